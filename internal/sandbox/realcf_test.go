package sandbox_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"pg-migrate-wizard/internal/sandbox"
)

// The unmodified cf on the landscape. It takes a cf on the PATH; where there is
// none, the recorded conversations (replay_test.go) have to do.

type realCF struct {
	*sandbox.Landscape
	t    *testing.T
	info sandbox.Info
	path string
	env  []string
}

// newRealCF starts a landscape that is so quick that no job is ever waited for.
func newRealCF(t *testing.T, cfg sandbox.Config) *realCF {
	t.Helper()
	path, err := exec.LookPath("cf")
	if err != nil {
		t.Skip("there is no cf on the PATH: install the cf CLI v8 or v9 to run this")
	}
	if testing.Short() {
		t.Skip("drives the real cf, which takes its time: left out with -short")
	}
	cfg.Speed = 1_000_000
	l, err := sandbox.Start(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	home := t.TempDir()
	env := slices.DeleteFunc(os.Environ(), func(v string) bool {
		return strings.HasPrefix(v, "CF_") || strings.HasPrefix(strings.ToLower(v), "http_proxy") || strings.HasPrefix(strings.ToLower(v), "https_proxy")
	})
	env = append(env, "CF_HOME="+home, "HOME="+home, "CF_COLOR=false", "LANG=en_US.UTF-8")
	return &realCF{Landscape: l, t: t, info: l.Info(), path: path, env: env}
}

// run runs cf and returns what it printed and whether it was content.
func (c *realCF) run(stdin string, args ...string) (string, bool) {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(c.t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, c.path, args...) //nolint:gosec // the cf that the person has
	cmd.Env, cmd.Stdin = c.env, strings.NewReader(stdin)
	out, err := cmd.CombinedOutput()
	if _, exited := errors.AsType[*exec.ExitError](err); err != nil && !exited {
		c.t.Fatalf("cf %s: %v", strings.Join(args, " "), err)
	}
	return string(out), err == nil
}

// says runs cf, which has to be content and to print the texts.
func (c *realCF) says(args []string, texts ...string) string {
	c.t.Helper()
	out, content := c.run("", args...)
	c.holds(args, out, content, true, texts)
	return out
}

// fails runs cf, which has to be discontent and to print the texts.
func (c *realCF) fails(args []string, texts ...string) {
	c.t.Helper()
	out, content := c.run("", args...)
	c.holds(args, out, content, false, texts)
}

func (c *realCF) holds(args []string, out string, content, want bool, texts []string) {
	c.t.Helper()
	if content != want {
		c.t.Errorf("cf %s: content is %v, want %v:\n%s", strings.Join(args, " "), content, want, out)
	}
	for _, text := range texts {
		if !regexp.MustCompile(text).MatchString(out) {
			c.t.Errorf("cf %s does not say %q:\n%s", strings.Join(args, " "), text, out)
		}
	}
}

func do(args ...string) []string { return args }

func (c *realCF) signIn() {
	c.t.Helper()
	c.says(do("api", c.info.API), `API endpoint: +`+regexp.QuoteMeta(c.info.API))
	c.says(do("login", "-u", c.info.User, "-p", c.info.Password, "-o", c.info.Org, "-s", c.info.Space), `Authenticating\.\.\.\s+OK`, `Targeted space prod`)
}

func TestRealCFSignsIn(t *testing.T) {
	t.Parallel()
	c := newRealCF(t, sandbox.Config{})
	c.signIn()
	c.says(do("target"), `user: +dana@acme\.example`, `org: +acme`, `space: +prod`)
	c.says(do("oauth-token"), `^bearer [\w-]+\.[\w-]+\.[\w-]+\s*$`)
	c.says(do("orgs"), `\nacme\n`, `\nacme-labs\n`)
	c.says(do("spaces"), `\ndev\n`, `\nprod\n`)
	c.says(do("target", "-o", "acme-labs"), `org: +acme-labs`, `space: +playground`)
	c.says(do("logout"), `OK`)
	c.fails(do("orgs"), `Not logged in`)

	c.says(do("auth", c.info.User, c.info.Password), `OK`)
	c.fails(do("auth", c.info.User, "wrong"), `Credentials were rejected`)
	c.says(do("auth", c.info.ClientID, c.info.ClientSecret, "--client-credentials"), `OK`)
	c.says(do("logout"), `OK`)
	c.says(do("login", "--sso-passcode", c.Info().Passcode, "-o", "acme", "-s", "dev"), `OK`, `user: +dana@acme\.example`, `space: +dev`)
	c.fails(do("login", "--sso-passcode", c.info.Passcode, "-o", "acme", "-s", "dev"), `Invalid passcode`) // used
	out, content := c.run(c.Info().Passcode+"\r\n", "login", "--sso", "-o", "acme", "-s", "prod")
	c.holds(do("login", "--sso"), out, content, true, []string{regexp.QuoteMeta(c.info.API + "/passcode"), `OK`, `space: +prod`})
	c.fails(do("target", "-o", "nobody"), `Organization 'nobody' not found`)
}

func TestRealCFManagesServices(t *testing.T) {
	t.Parallel()
	c := newRealCF(t, sandbox.Config{})
	c.signIn()
	c.says(do("marketplace"), `postgresql-db +trial\*?, free\*?, development, standard, premium`, `\npostgresql +v9\.6-dev`)
	c.says(do("marketplace", "-e", "postgresql-db"), `standard +1 CPU to 2 GB`)
	c.says(do("services"), `orders-db +postgresql +v9\.6-small +orders-api, orders-worker, orders-admin +create succeeded`)
	c.says(do("service", "orders-db"), `offering: +postgresql`, `plan: +v9\.6-small`, `tags: +orders`, `\n\s+orders-api +db +create succeeded`)

	c.says(do("create-service", "postgresql-db", "standard", "new-db", "--wait"), `OK`)
	c.says(do("create-service", "postgresql-db", "standard", "new-db"), `already exists`)
	c.fails(do("create-service", "postgresql-db", "gold", "other-db"), `gold`)
	c.says(do("update-service", "orders-db", "-c", `{"prepare_migration": "true"}`, "--wait"), `OK`)
	c.says(do("service", "orders-db", "--params"), `"prepare_migration": "true"`)
	c.fails(do("update-service", "orders-db", "-c", `{"nonsense": 1}`, "--wait"), `Additional property nonsense is not allowed`)

	c.says(do("create-service-key", "orders-db", "sk", "--wait"), `OK`)
	c.says(do("create-service-key", "orders-db", "sk"), `already exists`)
	c.says(do("create-service-key", "new-db", "tk", "-c", `{"enable_session_replication": true}`, "--wait"), `OK`)
	c.says(do("service-keys", "orders-db"), `\nsk +create succeeded`)
	c.says(do("service-key", "new-db", "tk"), `"sslrootcert": "-----BEGIN CERTIFICATE`, `"port": "5432"`)
	c.says(do("delete-service-key", "new-db", "tk", "-f", "--wait"), `OK`)
	c.fails(do("service-key", "new-db", "tk"), `not found|No service key`)

	c.says(do("rename-service", "new-db", "renamed-db"), `OK`)
	c.says(do("delete-service", "renamed-db", "-f", "--wait"), `OK|deleted`)
	c.fails(do("service", "renamed-db"), `'renamed-db' not found`)
	c.says(do("curl", "/v3/service_instances?names=orders-db"), `"total_results": ?2`)
	c.says(do("curl", "/v3/nothing"), `"CF-NotFound"`)
}

func TestRealCFManagesApps(t *testing.T) {
	t.Parallel()
	c := newRealCF(t, sandbox.Config{})
	c.signIn()
	c.says(do("apps"), `orders-api +started +web:3/3 +orders-api-prod\.apps\.sandbox\.example`, `orders-admin +stopped +web:0/1`)
	c.says(do("app", "orders-api"), `requested state: +started`, `instances: +3/3`, `#2 +running`)
	c.says(do("stop", "orders-api"), `OK`)
	c.says(do("start", "orders-api"), `#0 +running`)
	c.says(do("restart", "orders-worker"), `#0 +running`)
	c.says(do("bind-service", "orders-admin", "orders-hyperscaler", "--binding-name", "db", "-c", `{"schema":"admin"}`, "--wait"), `OK`)
	c.says(do("bind-service", "orders-admin", "orders-hyperscaler"), `already bound`)
	admin, _ := c.Truth().Spaces[1].App("orders-admin")
	if !slices.ContainsFunc(admin.Bindings, func(b sandbox.BindingTruth) bool {
		return b.Instance == "orders-hyperscaler" && b.Name == "db" && b.Parameters["schema"] == "admin"
	}) {
		t.Errorf("bindings: %+v", admin.Bindings)
	}
	c.says(do("unbind-service", "orders-admin", "orders-hyperscaler", "--wait"), `OK`)
	c.says(do("run-task", "orders-api", "--command", "bin/report", "--name", "report"), `OK`)
	c.says(do("tasks", "orders-api"), `report +SUCCEEDED`)
	c.fails(do("app", "nobody"), `App 'nobody' not found`)
}

// TestRealCFQuickStart is the contract's Quick Start with the REST API: cf for
// the platform, the output of cf oauth-token for the migration service.
func TestRealCFQuickStart(t *testing.T) {
	t.Parallel()
	c := newRealCF(t, sandbox.Config{})
	c.signIn()
	c.says(do("update-service", "orders-db", "-c", `{"prepare_migration": "true"}`, "--wait"), `OK`)
	c.says(do("create-service-key", "orders-db", "sk", "--wait"), `OK`)
	c.says(do("create-service-key", "orders-hyperscaler", "tk", "--wait"), `OK`)
	token := strings.TrimSpace(c.says(do("oauth-token")))
	six := url.Values{
		"org": {"acme"}, "space": {"prod"}, "source_service_instance_name": {"orders-db"}, "target_service_instance_name": {"orders-hyperscaler"},
		"source_service_key_name": {"sk"}, "target_service_key_name": {"tk"},
	}
	body := `{"org":"acme","space":"prod","source_service_instance_name":"orders-db","target_service_instance_name":"orders-hyperscaler","source_service_key_name":"sk","target_service_key_name":"tk"}`
	v1 := func(method, path string) string {
		t.Helper()
		address, sent := c.info.Migration+path, body
		if method == http.MethodGet {
			address, sent = address+"?"+six.Encode(), ""
		}
		req, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(sent))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("Authorization", "Bearer "+token) // the prefix of the output and all
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = resp.Body.Close() }()
		data, err := io.ReadAll(resp.Body)
		if err != nil || resp.StatusCode >= 300 {
			t.Fatalf("%s %s: %d %s %v", method, path, resp.StatusCode, data, err)
		}
		return string(data)
	}
	if got := v1("GET", "/preflight-check"); !strings.Contains(got, "Database is not empty (3 objects found)") {
		t.Errorf("preflight: %s", got)
	}
	until := func(path, want string) {
		t.Helper()
		for range 1000 {
			if strings.Contains(v1("GET", path), `"`+want+`"`) {
				return
			}
		}
		t.Fatalf("%s never was %s", path, want)
	}
	v1("POST", "/replication")
	until("/replication", "IN-SYNC")
	for _, app := range []string{"orders-api", "orders-worker"} {
		c.says(do("stop", app), `OK`)
	}
	v1("POST", "/finalization")
	until("/finalization", "COMPLETED")
	for _, app := range []string{"orders-api", "orders-worker"} {
		c.says(do("unbind-service", app, "orders-db", "--wait"), `OK`)
		c.says(do("bind-service", app, "orders-hyperscaler", "--wait"), `OK`)
		c.says(do("start", app), `#0 +running`)
	}
	c.says(do("delete-service-key", "orders-db", "sk", "-f", "--wait"), `OK`)
	c.says(do("delete-service", "orders-db", "-f", "--wait"), `OK|deleted`)
	if lost := c.Truth().Migrations[0].LostWrites; len(lost) != 0 {
		t.Errorf("lost: %+v", lost)
	}
}

func TestRealCFInOtherStories(t *testing.T) {
	t.Parallel()
	for scenario, test := range map[string]func(*realCF){
		"expired-login": func(c *realCF) {
			c.fails(do("orgs"), `The token expired, was revoked, or the token ID is incorrect`, `log back in`)
			c.signIn()
			c.says(do("orgs"), `acme`)
		},
		"no-rights": func(c *realCF) {
			c.fails(do("stop", "orders-api"), `You are not authorized to perform the requested action`)
			c.fails(do("create-service-key", "orders-db", "sk"), `You are not authorized`)
		},
		"rotating-tokens": func(c *realCF) {
			for range 3 { // each renews and keeps the new one
				c.says(do("oauth-token"), `^bearer `)
			}
		},
		"async-slow": func(c *realCF) {
			c.fails(do("create-service-key", "orders-db", "sk", "--wait"), `bind could not be completed: Service broker error: no database user`)
			c.says(do("create-service-key", "orders-db", "sk", "--wait"), `OK`)
		},
		"shared-instance": func(c *realCF) {
			c.says(do("service", "orders-db"), `dev +`, `orders-report|orders-api`)
		},
		"crowded": func(c *realCF) {
			if out := c.says(do("orgs")); strings.Count(out, "\n") < 302 {
				c.t.Errorf("orgs: %s", out)
			}
			if out := c.says(do("services")); strings.Count(out, "\n") < 406 {
				c.t.Errorf("services: %s", out)
			}
			if out := c.says(do("apps")); strings.Count(out, "\n") < 364 {
				c.t.Errorf("apps: %s", out)
			}
		},
		"forgotten-writer": func(c *realCF) {
			c.says(do("services"), `orders-direct +user-provided +orders-export`)
			c.says(do("service", "orders-direct"), `user-provided`)
			c.says(do("env", "orders-board"), `REPORT_DATABASE: +jdbc:postgresql://postgres-`)
			c.says(do("env", "orders-export"), `"user-provided"`)
			c.says(do("service-keys", "orders-db"), `reporting +create succeeded`)
		},
		"many-apps": func(c *realCF) {
			c.says(do("apps"), `basket-01 +started +web:1/1`, `returns-14`)
			c.says(do("app", "basket-02"), `type: +worker`)
		},
		"already-done": func(c *realCF) {
			c.says(do("services"), `orders-hyperscaler +postgresql-db +standard +orders-api, orders-worker, orders-admin`)
		},
	} {
		t.Run(scenario, func(t *testing.T) {
			t.Parallel()
			c := newRealCF(t, sandbox.Config{Scenario: scenario, TokenLifetime: 50 * time.Second}) // renewed by every command
			for _, v := range c.env {
				if home, found := strings.CutPrefix(v, "CF_HOME="); found {
					if err := c.WriteCFHome(home); err != nil {
						t.Fatal(err)
					}
				}
			}
			c.t = t
			test(c)
		})
	}
}

func TestRealCFOverTLS(t *testing.T) {
	t.Parallel()
	caFile := filepath.Join(t.TempDir(), "ca.pem")
	c := newRealCF(t, sandbox.Config{TLS: true, CAFile: caFile})
	c.fails(do("api", c.info.API), `Invalid SSL Cert`)
	c.env = append(c.env, "SSL_CERT_FILE="+caFile)
	c.signIn()
	c.says(do("services"), `orders-db`)
}
