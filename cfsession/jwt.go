package cfsession

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"pg-migrate-wizard/internal/secret"
)

// claims is what an access token says about itself. It is read, never trusted:
// whether the token is good is for the server to say.
type claims struct {
	Exp      int64  `json:"exp"`
	Iat      int64  `json:"iat"`
	UserID   string `json:"user_id"`
	UserName string `json:"user_name"`
	ClientID string `json:"client_id"`
}

var errNotJWT = errors.New("the access token is not a JSON web token")

func parseClaims(access secret.Text) (claims, error) {
	parts := strings.Split(access.Reveal(), ".")
	if len(parts) != 3 {
		return claims{}, errNotJWT
	}
	payload, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(parts[1], "="))
	if err != nil {
		return claims{}, errNotJWT
	}
	var c claims
	if err := json.Unmarshal(payload, &c); err != nil {
		return claims{}, errNotJWT
	}
	return c, nil
}

// who is the person, or the technical client, that the token stands for.
func (c claims) who() string {
	if c.UserName != "" {
		return c.UserName
	}
	return c.ClientID
}

// sameLogin reports whether two tokens belong to the same person or client.
func (c claims) sameLogin(other claims) bool {
	if c.UserID != "" || other.UserID != "" {
		return c.UserID == other.UserID
	}
	return c.who() == other.who()
}

func unixTime(seconds int64) time.Time {
	if seconds <= 0 {
		return time.Time{}
	}
	return time.Unix(seconds, 0)
}
