package secret_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"pg-migrate-wizard/internal/secret"
)

const canary = "s3cr3t-c4n4ry"

type holder struct {
	Name string
	Key  secret.Text
	Ptr  *secret.Text
	More []secret.Text
	Map  map[string]secret.Text

	inside  secret.Text // fmt cannot ask this one how it wants to be printed
	insides []secret.Text
}

func TestNoRoadOutShowsTheSecret(t *testing.T) {
	s := secret.New(canary)
	h := holder{"n", s, &s, []secret.Text{s}, map[string]secret.Text{"k": s}, s, []secret.Text{s}}

	var out bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d"} {
		fmt.Fprintf(&out, verb+"\n", s)
		fmt.Fprintf(&out, verb+"\n", h)
		fmt.Fprintf(&out, verb+"\n", fmt.Errorf("wrapped: %w", fmt.Errorf(verb, h)))
	}
	data, err := json.Marshal(h)
	if err != nil {
		t.Fatal(err)
	}
	out.Write(data)
	slog.New(slog.NewTextHandler(&out, nil)).Info("m", "secret", s, "holder", h)
	slog.New(slog.NewJSONHandler(&out, nil)).Info("m", "secret", s, "holder", h)

	hex := fmt.Sprintf("%x", canary)
	for _, form := range []string{canary, hex, strings.ToUpper(hex)} {
		if strings.Contains(out.String(), form) {
			t.Errorf("the secret got out as %q:\n%s", form, out.String())
		}
	}
	if s != secret.New(canary) || s == secret.New("other") || (secret.Text{}) != secret.New("") || (secret.Text{}).Reveal() != "" {
		t.Error("equality must follow the content")
	}
	if s.Reveal() != canary || s.IsZero() || !(secret.Text{}).IsZero() {
		t.Error("Reveal and IsZero must tell the truth")
	}
}
