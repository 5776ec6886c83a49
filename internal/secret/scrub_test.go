package secret_test

import (
	"strings"
	"testing"

	"pg-migrate-wizard/internal/secret"
)

func TestScrub(t *testing.T) {
	for _, text := range []string{
		"postgres://u:" + canary + "@db.example:5432/d", `{"password":"` + canary + `"}`, `{\"password\": \"` + canary + `\"}`,
		"password=" + canary + " host=db", "PGPASSWORD=" + canary, "Authorization: Basic " + canary, "Bearer " + canary,
		"client_secret: " + canary + ";", "api-key=" + canary, "refresh_token=" + canary + "&x=1", "FATAL: passwd '" + "x" + "' = " + "y, secret = " + canary,
	} {
		got := secret.Scrub(text)
		if strings.Contains(got, canary) || !strings.Contains(got, secret.Mask) {
			t.Errorf("%s: %s", text, got)
		}
		if again := secret.Scrub(got); again != got {
			t.Errorf("a second time: %s, %s", got, again)
		}
	}
	for _, text := range []string{
		"The password is wrong", "password authentication failed for user \"orders\"", "Service keys: 3", "https://api.cf.eu10.hana.ondemand.com/v3",
		"The role lacks SELECT on public.tokens", "12:30: still running", "",
	} {
		if got := secret.Scrub(text); got != text {
			t.Errorf("%s: %s", text, got)
		}
	}
}
