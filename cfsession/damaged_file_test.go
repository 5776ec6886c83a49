package cfsession

import (
	"errors"
	"io/fs"
	"os"
	"strings"
	"testing"
	"testing/synctest"
)

// damaged are contents that cf does not understand either.
var damaged = map[string]string{
	"empty": "", "blank": " \n", "half": `{"ConfigVersion": 4, "Target": "htt`, "version of a wrong kind": `{"ConfigVersion":"", "Target":""}`,
	"garbage behind": "{}\nNo such file", "list": "[]", "byte order mark": "\ufeff{}", "null": "null", "text": `"x"`, "number": "7",
	"binary": "\x00\x01\x02", "endless": strings.Repeat(" ", maxLoginFile+1),
}

func TestADamagedLoginFileIsSetAsideAndANewOneWritten(t *testing.T) {
	for name, content := range damaged {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				stub := newStub(t)
				home := t.TempDir()
				path := writeConfig(t, home, "", "", nil)
				write := func() {
					if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
						t.Fatal(err)
					}
				}
				write()
				_, err := Open(t.Context(), stub.options(home))
				out, ok := errors.AsType[*SignedOutError](err)
				if !ok || out.Reason != MalformedFile || !strings.Contains(err.Error(), path) {
					t.Errorf("open: %v", err)
				}
				kept, err := ReadKept(home)
				if _, ok := errors.AsType[*DamagedFileError](err); !ok || kept.File != path || kept.SignedIn {
					t.Errorf("kept: %+v, %v", kept, err)
				}

				s, err := SignInWith(t.Context(), stub.options(home), SignIn{API: stubAPI, User: "dana", Password: newSecret(canary), Persist: true})
				if err != nil {
					t.Fatal(err)
				}
				if err := s.Target(t.Context(), Ref{"o-1", "acme"}, Ref{"s-1", "prod"}); err != nil {
					t.Fatal(err)
				}
				if again, err := Open(t.Context(), stub.options(home)); err != nil || again.Identity().Space.Name != "prod" {
					t.Fatalf("the new file is not used: %v", err)
				}
				aside := s.SetAside()
				data, err := os.ReadFile(aside)
				if err != nil || string(data) != content || !strings.HasPrefix(aside, path+".damaged-") {
					t.Errorf("aside %s: %v", aside, err)
				}
				if info, err := os.Stat(aside); err != nil || info.Mode().Perm() != 0o600 {
					t.Errorf("%v: it may hold a token", info.Mode())
				}

				// Signing out, in the same second.
				write()
				kept, err = SignOut(t.Context(), home)
				if err != nil || kept.SetAside == "" || kept.SetAside == aside {
					t.Errorf("sign out: %+v, %v", kept, err)
				}
				if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
					t.Errorf("the file is still there: %v", err)
				}
			})
		})
	}
}

// A session that goes on while its file is damaged keeps its token, and leaves the file.
func TestARenewalLeavesADamagedFileAlone(t *testing.T) {
	for name, content := range damaged {
		synctest.Test(t, func(t *testing.T) {
			stub := newStub(t)
			s, path := stub.signedIn(t)
			if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
				t.Fatal(err)
			}
			if _, err := s.Renew(t.Context(), s.current().access); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			if _, err := s.CFTarget(); err == nil {
				t.Errorf("%s: taken for a login", name)
			}
			if err := s.SaveError(); err == nil {
				t.Errorf("%s: not told", name)
			}
			if data, err := os.ReadFile(path); err != nil || string(data) != content {
				t.Errorf("%s: the file was touched: %v", name, err)
			}
		})
	}
}
