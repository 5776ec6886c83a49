package sandbox

import (
	"crypto/ed25519"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net/url"
	"time"
)

// authority signs the certificates of the databases. As on SAP BTP, clients get
// the root certificate, and on Google Cloud a client certificate and key too.
type authority struct {
	cert *x509.Certificate
	key  ed25519.PrivateKey
	pem  string
}

func (w *world) newAuthority() *authority {
	key := ed25519.NewKeyFromSeed(w.random(ed25519.SeedSize))
	root := &x509.Certificate{
		SerialNumber:          big.NewInt(1),
		Subject:               pkix.Name{CommonName: "Sandbox database root", Organization: []string{"acme.example"}},
		NotBefore:             w.started.Add(-time.Hour),
		NotAfter:              w.started.AddDate(10, 0, 0),
		IsCA:                  true,
		BasicConstraintsValid: true,
		KeyUsage:              x509.KeyUsageCertSign,
	}
	a := &authority{cert: root, key: key}
	a.pem = encodePEM("CERTIFICATE", a.sign(root, key.Public()))
	return a
}

func (a *authority) sign(cert *x509.Certificate, key any) []byte {
	der, err := x509.CreateCertificate(nil, cert, a.cert, key, a.key)
	if err != nil {
		panic(fmt.Sprintf("sandbox: a certificate made of constants: %v", err))
	}
	return der
}

func encodePEM(kind string, der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
}

// newCredentials generates credentials for a key or binding, each with its own
// database user. All values are strings, including the port.
func (w *world) newCredentials(i *instance) map[string]any {
	user, password := w.randomText(12), w.randomText(24)
	if i.database() == noDatabase {
		return map[string]any{
			"clientid": "sb-" + i.guid, "clientsecret": password,
			"url": "https://" + i.plan.offering.name + ".sandbox.example",
		}
	}
	const port = "5432"
	uri := url.URL{Scheme: "postgres", User: url.UserPassword(user, password), Host: i.host + ":" + port, Path: "/" + i.dbname}
	credentials := map[string]any{
		"username": user, "password": password,
		"hostname": i.host, "port": port, "dbname": i.dbname, "uri": uri.String(),
	}
	if i.database() == oldPostgres {
		return credentials
	}
	credentials["sslrootcert"] = w.authority.pem
	credentials["sslcert"] = w.authority.pem
	if w.scenario.provider == providerGoogle {
		key := ed25519.NewKeyFromSeed(w.random(ed25519.SeedSize))
		der, err := x509.MarshalPKCS8PrivateKey(key)
		if err != nil {
			panic(fmt.Sprintf("sandbox: a key just made: %v", err))
		}
		credentials["sslkey"] = encodePEM("PRIVATE KEY", der)
		credentials["sslcert"] = encodePEM("CERTIFICATE", w.authority.sign(&x509.Certificate{
			SerialNumber: new(big.Int).SetBytes(w.random(8)),
			Subject:      pkix.Name{CommonName: user},
			NotBefore:    w.started.Add(-time.Hour),
			NotAfter:     w.started.AddDate(1, 0, 0),
			KeyUsage:     x509.KeyUsageDigitalSignature,
			ExtKeyUsage:  []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
		}, key.Public()))
	}
	return credentials
}
