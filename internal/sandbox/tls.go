package sandbox

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"math/big"
	"net"
	"os"
	"time"
)

// TLS with a private certificate authority. Its key is discarded after the
// start, so trusting it means trusting one landscape only.

// certificateLife is the validity of both certificates.
const certificateLife = 14 * 24 * time.Hour

// serveTLS wraps a listener and writes the certificate of the authority.
func serveTLS(listener net.Listener, caFile string) (net.Listener, error) {
	now := time.Now()
	root := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "pg-migrate-wizard sandbox CA"},
		NotBefore: now.Add(-time.Hour), NotAfter: now.Add(certificateLife),
		IsCA: true, BasicConstraintsValid: true, MaxPathLenZero: true, KeyUsage: x509.KeyUsageCertSign,
	}
	rootKey, rootDER, err := certify(root, root, nil)
	if err != nil {
		return nil, err
	}
	leaf := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "pg-migrate-wizard sandbox"},
		NotBefore: root.NotBefore, NotAfter: root.NotAfter, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		DNSNames: []string{"localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback},
	}
	if own := addressOf(listener); own != nil {
		leaf.IPAddresses = append(leaf.IPAddresses, own)
	}
	key, der, err := certify(leaf, root, rootKey)
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(caFile, []byte(encodePEM("CERTIFICATE", rootDER)), 0o644); err != nil { //nolint:gosec // everybody may read a certificate
		return nil, fmt.Errorf("sandbox: certificate of the authority: %w", err)
	}
	return tls.NewListener(listener, &tls.Config{
		Certificates: []tls.Certificate{{Certificate: [][]byte{der, rootDER}, PrivateKey: key}},
		MinVersion:   tls.VersionTLS12,
		NextProtos:   []string{"http/1.1"}, // so that a fault that aborts a connection affects one request
	}), nil
}

// certify generates a key and its certificate. A nil signer means self-signed.
func certify(cert, parent *x509.Certificate, signer *ecdsa.PrivateKey) (*ecdsa.PrivateKey, []byte, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, fmt.Errorf("sandbox: key of %s: %w", cert.Subject.CommonName, err)
	}
	if signer == nil {
		signer = key
	}
	der, err := x509.CreateCertificate(rand.Reader, cert, parent, key.Public(), signer)
	if err != nil {
		return nil, nil, fmt.Errorf("sandbox: certificate of %s: %w", cert.Subject.CommonName, err)
	}
	return key, der, nil
}

// addressOf returns the IP address of a listener, nil if unspecified.
func addressOf(listener net.Listener) net.IP {
	host, _, err := net.SplitHostPort(listener.Addr().String())
	if err != nil {
		return nil
	}
	if ip := net.ParseIP(host); ip != nil && !ip.IsUnspecified() {
		return ip
	}
	return nil
}
