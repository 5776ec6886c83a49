package apiclient

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"pg-migrate-wizard/internal/secret"
)

// door is a service that takes some tokens and refuses others, and notes all.
type door struct {
	status int // of a refusal
	takes  func(token string, change bool) bool
	seen   []string
}

func (d *door) do(_ context.Context, c call) (*answer, error) {
	d.seen = append(d.seen, c.Token.Reveal())
	if d.takes(c.Token.Reveal(), c.changes()) {
		return &answer{status: http.StatusOK}, nil
	}
	a := &answer{status: d.status, header: http.Header{}}
	return nil, c.reject(kindOf(c, a), a, nil)
}

func only(good ...string) func(string, bool) bool {
	return func(token string, _ bool) bool { return slices.Contains(good, token) }
}

var (
	read   = call{op: "read", method: http.MethodGet, limit: time.Minute}
	change = call{op: "change", method: http.MethodPost, limit: time.Minute}
)

func TestARefusedTokenIsRenewedAndAReadRepeated(t *testing.T) {
	for _, status := range []int{http.StatusUnauthorized, http.StatusForbidden} {
		s, d := newSession("old", "new"), &door{status: status, takes: only("new")}
		a, err := (&authHandler{next: d, tokens: s}).do(t.Context(), read)
		if err != nil || a.status != http.StatusOK {
			t.Fatal(a, err)
		}
		if !slices.Equal(d.seen, []string{"old", "new"}) || !slices.Equal(s.rejected, []string{"old"}) {
			t.Errorf("seen %v, rejected %v", d.seen, s.rejected)
		}
	}
}

func TestARefusedTokenIsRenewedAndAChangeNotRepeated(t *testing.T) {
	for _, status := range []int{http.StatusUnauthorized, http.StatusForbidden} {
		s, d := newSession("old", "new"), &door{status: status, takes: only("new")}
		h := &authHandler{next: d, tokens: s}
		_, err := h.do(t.Context(), change)
		e := failure(t, err)
		if e.Kind != KindUnauthorized || !e.Renewed || e.Status != status || e.Unclear() {
			t.Errorf("%+v", e)
		}
		if !strings.Contains(e.Error(), "nothing was done; the token has been renewed") {
			t.Errorf("%v", e)
		}
		if !slices.Equal(d.seen, []string{"old"}) {
			t.Errorf("sent with %v", d.seen)
		}
		if _, err := h.do(t.Context(), change); err != nil {
			t.Errorf("the caller's own repetition: %v", err)
		}
	}
}

func TestAFreshTokenRefusedIsAMissingRole(t *testing.T) {
	for status, kind := range map[int]Kind{403: KindForbidden, 401: KindUnauthorized} {
		s, d := newSession("old", "new", "newer"), &door{status: status, takes: only()}
		h := &authHandler{next: d, tokens: s}
		for range 3 { // and asking again does not trouble the session again
			_, err := h.do(t.Context(), read)
			if e := failure(t, err); e.Kind != kind {
				t.Errorf("%d: %+v", status, e)
			}
		}
		if len(s.rejected) != 1 {
			t.Errorf("%d: renewed %d times", status, len(s.rejected))
		}
	}
}

func TestAFreshTokenThatMayReadButNotChange(t *testing.T) {
	s := newSession("old", "new", "newer")
	d := &door{status: 403, takes: func(_ string, change bool) bool { return !change }}
	h := &authHandler{next: d, tokens: s}
	_, err := h.do(t.Context(), change)
	if e := failure(t, err); e.Kind != KindUnauthorized || !e.Renewed {
		t.Errorf("%+v", e)
	}
	if _, err := h.do(t.Context(), read); err != nil { // the look
		t.Error(err)
	}
	_, err = h.do(t.Context(), change) // the repetition
	if e := failure(t, err); e.Kind != KindForbidden || e.Renewed || !strings.Contains(e.Error(), "lack the role") {
		t.Errorf("%+v", e)
	}
}

func TestAnOlderTokenTakenProvesNothingOfTheFreshOne(t *testing.T) {
	h := &authHandler{next: &door{takes: only("old")}, tokens: newSession("old")}
	h.remember(secret.New("new")) // while a read with the old one is on its way
	if _, err := h.do(t.Context(), read); err != nil {
		t.Fatal(err)
	}
	if !h.isFresh(secret.New("new"), read) {
		t.Error("it counts as taken")
	}
}

func TestATokenDoesNotStayFresh(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSession("1st", "2nd", "3rd", "4th")
		d := &door{status: 403, takes: only("2nd")}
		h := &authHandler{next: d, tokens: s}
		if _, err := h.do(t.Context(), read); err != nil {
			t.Fatal(err)
		}
		d.takes = only("3rd") // it was taken, now it is refused: it ran out
		if _, err := h.do(t.Context(), read); err != nil {
			t.Fatal(err)
		}
		d.takes = only("4th")
		time.Sleep(freshFor)
		_, err := h.do(t.Context(), change)
		if e := failure(t, err); e.Kind != KindUnauthorized || !e.Renewed {
			t.Errorf("%+v", e)
		}
		if !slices.Equal(s.rejected, []string{"1st", "2nd", "3rd"}) {
			t.Errorf("rejected %v", s.rejected)
		}
	})
}

func TestNoFreshTokenToBeHad(t *testing.T) {
	signedOut := errors.New("sign in again")
	s, d := newSession("old"), &door{status: 403, takes: only()}
	s.renewErr = signedOut
	_, err := (&authHandler{next: d, tokens: s}).do(t.Context(), read)
	e := failure(t, err)
	if e.Kind != KindUnauthorized || e.Renewed || !errors.Is(err, signedOut) || !strings.Contains(e.Error(), "sign in again") {
		t.Errorf("%+v", e)
	}
	if len(d.seen) != 1 {
		t.Errorf("sent %d times", len(d.seen))
	}
}

func TestASessionThatGivesTheSameTokenAgain(t *testing.T) {
	s, d := newSession("old"), &door{status: 401, takes: only()}
	_, err := (&authHandler{next: d, tokens: s}).do(t.Context(), read)
	if e := failure(t, err); e.Kind != KindUnauthorized || e.Renewed || len(d.seen) != 1 {
		t.Errorf("%+v, sent %d times", e, len(d.seen))
	}
}

func TestNoTokenNothingSent(t *testing.T) {
	signedOut := errors.New("sign in first")
	for name, s := range map[string]*session{
		"the session fails": {tokens: []string{"t"}, err: signedOut},
		"empty":             newSession(""),
		"two lines":         newSession("a\r\nX-Evil: 1"),
		"with its prefix":   newSession("bearer abc"),
	} {
		t.Run(name, func(t *testing.T) {
			d := &door{takes: only()}
			_, err := (&authHandler{next: d, tokens: s}).do(t.Context(), change)
			e := failure(t, err)
			if e.Kind != KindNoToken || !e.NotSent || e.Unclear() || len(d.seen) != 0 {
				t.Errorf("%+v, sent %d times", e, len(d.seen))
			}
			if s.err != nil && !errors.Is(err, signedOut) {
				t.Errorf("the cause is lost: %v", err)
			}
		})
	}
}

func TestCancelledWhileTheTokenIsRenewed(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	s, d := newSession("old"), &door{status: 403, takes: func(string, bool) bool { cancel(); return false }}
	s.renewErr = context.Canceled
	_, err := (&authHandler{next: d, tokens: s}).do(ctx, change)
	if e := failure(t, err); e.Kind != KindCancelled || e.Unclear() || !errors.Is(err, context.Canceled) {
		t.Errorf("%+v", e)
	}
}
