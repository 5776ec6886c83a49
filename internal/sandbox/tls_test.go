package sandbox_test

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pg-migrate-wizard/internal/sandbox"
)

func TestTLS(t *testing.T) {
	t.Parallel()
	caFile := filepath.Join(t.TempDir(), "ca.pem")
	l, err := sandbox.Start(sandbox.Config{TLS: true, CAFile: caFile})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	info := l.Info()
	if !strings.HasPrefix(info.API, "https://127.0.0.1:") || info.Migration != info.API+"/v1" || info.CAFile != caFile {
		t.Fatalf("%+v", info)
	}
	data, err := os.ReadFile(caFile)
	if err != nil {
		t.Fatal(err)
	}
	block, rest := pem.Decode(data)
	if block == nil || block.Type != "CERTIFICATE" || len(rest) != 0 {
		t.Fatalf("not one certificate: %s", data)
	}
	ca, err := x509.ParseCertificate(block.Bytes)
	if err != nil || !ca.IsCA || ca.PublicKeyAlgorithm != x509.ECDSA || time.Until(ca.NotAfter) > 30*24*time.Hour {
		t.Errorf("the authority: %v, %+v", err, ca.Subject)
	}

	get := func(pool *x509.CertPool, url string) (string, error) {
		transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}}
		defer transport.CloseIdleConnections()
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
		if err != nil {
			return "", err
		}
		resp, err := (&http.Client{Transport: transport}).Do(req)
		if err != nil {
			return "", err
		}
		defer func() { _ = resp.Body.Close() }()
		body, err := io.ReadAll(resp.Body)
		return string(body), err
	}
	trusting := x509.NewCertPool()
	trusting.AddCert(ca)
	for _, url := range []string{info.API, strings.Replace(info.API, "127.0.0.1", "localhost", 1)} {
		root, err := get(trusting, url)
		if err != nil || !strings.Contains(root, `"uaa":{"href":"`+url+`"}`) || !strings.Contains(root, `"logging":{"href":"wss://`) {
			t.Errorf("%s: %v %s", url, err, root)
		}
	}
	var unknown x509.UnknownAuthorityError
	if _, err := get(x509.NewCertPool(), info.API); !errors.As(err, &unknown) {
		t.Errorf("without the authority: %v", err)
	}

	home := t.TempDir()
	if err := l.WriteCFHome(home); err != nil {
		t.Fatal(err)
	}
	session, err := os.ReadFile(filepath.Join(home, ".cf", "config.json"))
	if err != nil || !strings.Contains(string(session), `"Target": "`+info.API+`"`) || !strings.Contains(string(session), `"SSLDisabled": false`) {
		t.Errorf("session: %v", err)
	}
}

func TestEveryLandscapeHasItsOwnAuthority(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var seen []string
	for _, name := range []string{"a.pem", "b.pem"} {
		l, err := sandbox.Start(sandbox.Config{TLS: true, CAFile: filepath.Join(dir, name), Seed: 1})
		if err != nil {
			t.Fatal(err)
		}
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		seen = append(seen, string(data))
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	}
	if seen[0] == seen[1] {
		t.Error("the same authority twice")
	}
}
