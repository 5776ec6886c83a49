package cfsession

import (
	"context"
	"errors"
	"time"

	"pg-migrate-wizard/internal/secret"
)

const (
	renewLimit    = time.Minute      // for one renewal, waiting for the lock included
	renewBackoff  = 15 * time.Second // after a renewal ahead of time failed
	refusedAgain  = 2 * time.Minute  // see Renew
	stillUsable   = 5 * time.Second
	maxTokenCalls = 2 // for one renewal
)

// renewal is one renewal of the token that all who need it wait for.
type renewal struct {
	done      chan struct{}
	tokenPair tokenPair
	err       error
}

// Token returns an access token with at least 90 s to live, renewing it when
// need be: once for all callers, and written back to the login file. When the
// renewal fails for a transient reason and the present token still has some life,
// that one is returned. *[TokenError]: there is none at the moment. *[SignedOutError]:
// a person must sign in.
func (s *Session) Token(ctx context.Context) (secret.Text, error) {
	s.mu.Lock()
	now := s.tokenPair
	wait := time.Now().Before(s.notYet)
	ended := now.access == s.ended
	s.mu.Unlock()
	if ended {
		// It may have life left by the clock, but a server has refused it and the
		// UAA would not replace it: only a login from elsewhere helps.
		renewed, err := s.renew(ctx, now.access)
		return renewed.access, err
	}
	usable := now.left() > stillUsable
	if now.fresh() || usable && wait {
		return now.access, nil
	}
	renewed, err := s.renew(ctx, secret.Text{})
	if err == nil {
		return renewed.access, nil
	}
	if usable && ctx.Err() == nil {
		s.mu.Lock()
		s.notYet = time.Now().Add(renewBackoff)
		s.mu.Unlock()
		return now.access, nil
	}
	return secret.Text{}, err
}

// Renew returns another token than the one that a server has just refused: one
// that this session or cf got meanwhile, else a new one. *[TokenError]: there is none
// at the moment. *[SignedOutError]: the login is dead. When the refused token is itself the result of a renewal less
// than two minutes ago it is returned as it is, without a call: a server that
// refuses a brand-new token means something else, and asking the UAA for ever
// more of them cures nothing. So callers compare, and repeat only with another.
func (s *Session) Renew(ctx context.Context, rejected secret.Text) (secret.Text, error) {
	s.mu.Lock()
	now := s.tokenPair
	s.mu.Unlock()
	if now.access != rejected && now.fresh() {
		return now.access, nil
	}
	if now.access == rejected && now.afterRefusal && now.fresh() && time.Since(now.got) < refusedAgain {
		return now.access, nil
	}
	renewed, err := s.renew(ctx, rejected)
	if _, signedOut := errors.AsType[*SignedOutError](err); signedOut {
		s.mu.Lock()
		s.ended = rejected
		s.mu.Unlock()
	}
	return renewed.access, err
}

// renew starts a renewal or joins the one under way. It runs to its end even
// when the caller gives up: a refresh token that has been used must not be
// lost with the answer.
func (s *Session) renew(ctx context.Context, rejected secret.Text) (tokenPair, error) {
	s.mu.Lock()
	f := s.renewal
	if f == nil {
		f = &renewal{done: make(chan struct{})}
		s.renewal = f
		go func() {
			ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), renewLimit)
			defer cancel()
			f.tokenPair, f.err = s.renewLocked(ctx, rejected)
			s.mu.Lock()
			s.renewal = nil
			s.mu.Unlock()
			close(f.done)
		}()
	}
	s.mu.Unlock()
	select {
	case <-f.done:
		return f.tokenPair, f.err
	case <-ctx.Done():
		return tokenPair{}, &Error{Op: "renew the token", Err: ctx.Err()}
	}
}

// renewLocked is one renewal: what cf or another of our processes has got
// meanwhile is used first; else the newest refresh token is used. When that is
// refused the file is read once more (cf may have renewed between our look and
// our call) and another pair there is tried, once.
func (s *Session) renewLocked(ctx context.Context, rejected secret.Text) (tokenPair, error) {
	if s.file != nil {
		defer s.file.lock(ctx)()
	}
	for calls := 0; ; {
		p, err := s.newest(rejected)
		if err != nil {
			return tokenPair{}, err
		}
		if p.fresh() && p.access != rejected && p.access != s.current().access {
			s.adopt(p)
			return p, nil
		}
		if calls == maxTokenCalls {
			return tokenPair{}, s.signedOut()
		}
		if err := s.heldBack(); err != nil {
			return tokenPair{}, err
		}
		calls++
		got, err := s.refresh(ctx, p)
		if no, ok := errors.AsType[*grantRefusedError](err); ok {
			s.mu.Lock()
			s.refused[p.renewedBy()] = no
			s.mu.Unlock()
			continue
		}
		if err != nil {
			s.holdBack(err)
			return tokenPair{}, err
		}
		got.afterRefusal = !rejected.IsZero()
		s.adopt(got)
		s.save(p, got)
		return got, nil
	}
}

// holdBack keeps what the token server asks for: until then nothing is sent there, who
// ever wants a token.
func (s *Session) holdBack(err error) {
	if e, ok := errors.AsType[*TokenError](err); ok && e.RetryAfter > 0 {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.busy, s.busyUntil = e, time.Now().Round(0).Add(e.RetryAfter)
	}
}

// heldBack is why nothing is sent to the token server now; nil: it may be.
func (s *Session) heldBack() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	left := s.busyUntil.Sub(time.Now().Round(0)) // by the wall clock, which goes on while a laptop sleeps
	if s.busy == nil || left <= 0 {
		return nil
	}
	return &TokenError{RetryAfter: left, Err: s.busy.Err}
}

func (s *Session) current() tokenPair {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.tokenPair
}

// newest is the pair to go on with: ours or the file's, whichever lives longer,
// passing over those that cannot be renewed and over those of another person.
// None left: *SignedOutError.
func (s *Session) newest(rejected secret.Text) (tokenPair, error) {
	ours := s.current()
	theirs, fromFile := s.onDisk()
	good := func(p tokenPair) bool {
		if p.fresh() && p.access != rejected && p.access != ours.access {
			return true
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		_, refused := s.refused[p.renewedBy()]
		return !refused && s.renewable(p)
	}
	switch {
	case fromFile && good(theirs) && (!good(ours) || theirs.expiry.After(ours.expiry)):
		return theirs, nil
	case good(ours):
		return ours, nil
	default:
		return tokenPair{}, s.signedOut()
	}
}

// onDisk is the pair in the login file, if it is one to consider: same API, same
// person, and not one that this session has had before (a long cf command writes
// old tokens back).
func (s *Session) onDisk() (tokenPair, bool) {
	if s.file == nil {
		return tokenPair{}, false
	}
	rec, err := s.file.read()
	if err != nil || !s.sameAPI(rec) || rec.AccessToken == "" {
		return tokenPair{}, false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	p := newTokenPair(rec.access(), rec.refresh(), s.skew)
	_, had := s.held[fingerprintOf(p.access)]
	return p, !had && p.claims.sameLogin(s.tokenPair.claims)
}

// renewable reports whether there is anything to renew a pair with.
func (s *Session) renewable(p tokenPair) bool {
	if s.login.grant == grantClientCredentials {
		return !s.login.clientSecret.IsZero()
	}
	return !p.refresh.IsZero()
}

func (s *Session) adopt(p tokenPair) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tokenPair = p
	s.notYet = time.Time{}
	s.held[fingerprintOf(p.access)] = struct{}{}
}

// signedOut is the error at the end of a login, with what the UAA said about it.
func (s *Session) signedOut() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := &SignedOutError{Reason: Expired, Err: s.refused[s.tokenPair.renewedBy()]}
	if s.file != nil {
		out.Path = s.file.path
	}
	if out.Err == nil {
		out.Err = errors.New("there is nothing to renew the token with")
	}
	return out
}

// save writes a renewed pair to the login file, so that cf stays signed in. It
// does so only where the file still holds this login: the pair that was just
// replaced, or one that this session had before. Somebody else's sign-in, another
// API, or a cf logout is left alone.
func (s *Session) save(previous, got tokenPair) {
	if s.file == nil {
		return
	}
	err := s.file.change(func(now loginRecord) map[string]any {
		s.mu.Lock()
		defer s.mu.Unlock()
		_, had := s.held[fingerprintOf(now.access())]
		ours := had || now.access() == previous.access || (!previous.refresh.IsZero() && now.refresh() == previous.refresh)
		if !s.sameAPI(now) || now.AccessToken == "" || !ours {
			return nil
		}
		return map[string]any{
			"AccessToken":  "bearer " + got.access.Reveal(),
			"RefreshToken": got.refresh.Reveal(),
		}
	})
	s.mu.Lock()
	defer s.mu.Unlock()
	s.saveErr = err
}

// SaveError tells why the last renewed token could not be written back to the
// login file; nil when it could. This session goes on with it in memory, but cf
// will have to sign in again if the server gives each refresh token only once.
func (s *Session) SaveError() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.saveErr == nil {
		return nil
	}
	return &Error{Op: "save the renewed token in " + s.file.path, Err: s.saveErr}
}
