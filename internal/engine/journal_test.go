package engine_test

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// checkNoSecret reads a journal and the tokens of a login, and looks for the
// ones in the other.
func checkNoSecret(t *testing.T, journal, home string) {
	t.Helper()
	data, err := os.ReadFile(journal)
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(journal)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	in := bufio.NewScanner(strings.NewReader(string(data)))
	in.Buffer(nil, 1<<20)
	for in.Scan() {
		var l map[string]any
		if err := json.Unmarshal(in.Bytes(), &l); err != nil || l["kind"] == nil || l["v"] != 1.0 {
			t.Errorf("line %q: %v", in.Text(), err)
		}
	}
	login, err := os.ReadFile(filepath.Join(home, ".cf", "config.json"))
	if err != nil {
		t.Fatal(err)
	}
	var tokens struct{ AccessToken, RefreshToken string }
	if err := json.Unmarshal(login, &tokens); err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{strings.TrimPrefix(tokens.AccessToken, "bearer "), tokens.RefreshToken, "sslkey", "password"} {
		if strings.Contains(string(data), secret) {
			t.Errorf("the journal holds %.20q", secret)
		}
	}
}
