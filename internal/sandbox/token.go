package sandbox

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"
)

// Tokens are JWTs, signed with HS256, the only algorithm that cf accepts without
// a certificate. They expire in real time.

// refreshLifetime is the lifetime of refresh tokens, a common setting of the UAA
// for cf.
const refreshLifetime = 30 * 24 * time.Hour

// claims of an access or refresh token. cf reads exp, jti, user_name, user_id and
// origin, and panics on a user_name without the latter two.
type claims struct {
	ID        string   `json:"jti"`
	Subject   string   `json:"sub"`
	UserID    string   `json:"user_id,omitempty"`
	UserName  string   `json:"user_name,omitempty"`
	Email     string   `json:"email,omitempty"`
	Origin    string   `json:"origin,omitempty"`
	ClientID  string   `json:"client_id"`
	CID       string   `json:"cid"`
	AZP       string   `json:"azp"`
	GrantType string   `json:"grant_type"`
	Scope     []string `json:"scope"`
	Audience  []string `json:"aud"`
	Issuer    string   `json:"iss"`
	Zone      string   `json:"zid"`
	IssuedAt  int64    `json:"iat"`
	Expires   int64    `json:"exp"`
}

var (
	errBadToken     = errors.New("token is malformed, not of this landscape, or revoked")
	errTokenExpired = errors.New("token has expired")
)

// refreshSuffix marks the ID of a refresh token, as in the UAA.
const refreshSuffix = "-r"

func (c claims) refresh() bool { return strings.HasSuffix(c.ID, refreshSuffix) }

// issue creates an access or refresh token.
func (w *world) issue(who *identity, grant, base string, refresh bool, now time.Time) (claims, string) {
	c := claims{
		ID: w.newGUID(), Subject: who.guid, GrantType: grant,
		ClientID: clientCF, Scope: []string{"openid", "uaa.user", "cloud_controller.read", "cloud_controller.write", "password.write"},
		Audience: []string{"cloud_controller", "password", clientCF, "uaa", "openid"},
		Issuer:   base + "/oauth/token", Zone: "uaa",
		IssuedAt: now.Unix(), Expires: now.Add(w.lifetime).Unix(),
	}
	if who.client {
		c.ClientID = who.name
		c.Scope = []string{"cloud_controller.read", "cloud_controller.write"}
	} else {
		c.UserID, c.UserName, c.Email, c.Origin = who.guid, who.name, who.name, originUAA
	}
	c.CID, c.AZP = c.ClientID, c.ClientID
	if refresh {
		c.ID += refreshSuffix
		c.Expires = now.Add(refreshLifetime).Unix()
	}
	return c, w.sign(c)
}

var base64URL = base64.RawURLEncoding

func (w *world) sign(c claims) string {
	payload, err := json.Marshal(c)
	if err != nil {
		panic(err) // cannot fail
	}
	const header = `{"alg":"HS256","kid":"sandbox","typ":"JWT"}`
	text := base64URL.EncodeToString([]byte(header)) + "." + base64URL.EncodeToString(payload)
	return text + "." + base64URL.EncodeToString(w.signature(text))
}

func (w *world) signature(text string) []byte {
	mac := hmac.New(sha256.New, w.signingKey)
	mac.Write([]byte(text)) // never fails
	return mac.Sum(nil)
}

// verify returns the claims of a token; those of an expired one come with
// errTokenExpired.
func (w *world) verify(token string, now time.Time) (claims, error) {
	dot := strings.LastIndexByte(token, '.')
	if dot < 0 {
		return claims{}, errBadToken
	}
	text := token[:dot]
	signature, err := base64URL.DecodeString(token[dot+1:])
	if err != nil || !hmac.Equal(signature, w.signature(text)) {
		return claims{}, errBadToken
	}
	_, encoded, _ := strings.Cut(text, ".")
	payload, err := base64URL.DecodeString(encoded)
	var c claims
	if err != nil || json.Unmarshal(payload, &c) != nil || w.revoked[c.ID] {
		return claims{}, errBadToken
	}
	if now.Unix() >= c.Expires {
		return c, errTokenExpired
	}
	return c, nil
}

// holder returns the identity that an access token was issued to.
func (w *world) holder(token string, now time.Time) (*identity, error) {
	c, err := w.verify(token, now)
	if err != nil {
		return nil, err
	}
	if c.refresh() {
		return nil, errBadToken
	}
	return w.subject(c)
}

func (w *world) subject(c claims) (*identity, error) {
	i := slices.IndexFunc(w.identities, func(i *identity) bool { return i.guid == c.Subject })
	if i < 0 {
		return nil, errBadToken
	}
	return w.identities[i], nil
}
