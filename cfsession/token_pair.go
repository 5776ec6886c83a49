package cfsession

import (
	"crypto/sha256"
	"time"

	"pg-migrate-wizard/internal/secret"
)

// renewAhead is how much life a token must have left to be handed out: enough
// for a slow request to arrive while it is still good. cf renews at 60 s.
const renewAhead = 90 * time.Second

// tokenPair is an access token with the refresh token that came with it.
type tokenPair struct {
	access, refresh secret.Text
	claims          claims
	expiry          time.Time     // by the clock of this machine; zero: unknown, renew first
	life            time.Duration // whole lifetime; 0 when unknown
	got             time.Time     // when the UAA gave it to us; zero when read from the file
	afterRefusal    bool          // got because a server refused its predecessor
}

// newTokenPair reads a pair as it stands in the login file. skew is how far the
// server's clock is known to be ahead of ours.
func newTokenPair(access, refresh secret.Text, skew time.Duration) tokenPair {
	p := tokenPair{access: access, refresh: refresh}
	c, err := parseClaims(access)
	if err != nil {
		return p // a token that says nothing about itself is renewed before use
	}
	p.claims = c
	exp, iat := unixTime(c.Exp), unixTime(c.Iat)
	if exp.IsZero() {
		return p
	}
	if !iat.IsZero() {
		p.life = exp.Sub(iat)
		// A token issued in the future: our clock is behind at least that much.
		skew = max(skew, time.Until(iat))
	}
	p.expiry = exp.Add(-skew)
	return p
}

// left is the life that is left, by the wall clock: the monotonic clock stands
// still while a laptop sleeps.
func (p tokenPair) left() time.Duration { return p.expiry.Sub(time.Now().Round(0)) }

// fresh reports whether the token may be handed out as it is. A token that
// lives shorter than some minutes is kept for two thirds of its life.
func (p tokenPair) fresh() bool {
	ahead := renewAhead
	if p.life > 0 {
		ahead = min(ahead, p.life/3)
	}
	return !p.access.IsZero() && p.left() > ahead
}

// fingerprint identifies a secret without keeping it.
type fingerprint [sha256.Size]byte

func fingerprintOf(s secret.Text) fingerprint { return sha256.Sum256([]byte(s.Reveal())) }

// renewedBy identifies what a pair is renewed with.
func (p tokenPair) renewedBy() fingerprint {
	if p.refresh.IsZero() {
		return fingerprintOf(p.access)
	}
	return fingerprintOf(p.refresh)
}
