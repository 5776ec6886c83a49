package apiclient

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
)

func TestWhatAStatusMeans(t *testing.T) {
	get := call{method: http.MethodGet}
	post := call{method: http.MethodPost}
	del := call{method: http.MethodDelete}
	check := call{method: http.MethodGet, once: true}
	for _, c := range []struct {
		call    call
		status  int
		body    string
		kind    Kind
		unclear bool
	}{
		{get, 401, "", KindUnauthorized, false},
		{get, 403, "", KindForbidden, false},
		{get, 404, "", KindNotFound, false},
		{del, 410, "", KindNotFound, false},
		{get, 408, "", KindTimeout, false},
		{get, 429, "", KindTooMany, false},
		{get, 500, "", KindUnavailable, false},
		{get, 502, "", KindUnavailable, false},
		{get, 504, "", KindTimeout, false},
		{check, 502, "", KindTimeout, false},
		{check, 503, "", KindUnavailable, false},
		{get, 303, "", KindRedirect, false},
		{post, 303, "", KindRedirect, true},
		{post, 400, "", KindInvalid, false},
		{post, 408, "", KindTimeout, false},
		{post, 409, "", KindConflict, false},
		{post, 422, "source database not prepared", KindInvalid, false},
		{post, 422, `{"message":"A replication already exists"}`, KindConflict, false},
		{post, 400, "<h1>Replication is already running</h1>", KindConflict, false},
		{post, 400, "The instance orders-db does not exist", KindInvalid, false},
		{post, 503, "already exists", KindUnavailable, true},
		{del, 400, "it already exists", KindInvalid, false},
		{post, 500, "", KindUnavailable, true},
		{del, 504, "", KindTimeout, true},
		{post, 600, "", KindUnreadable, true},
	} {
		h := &statusHandler{next: handlerFunc(func(context.Context, call) (*answer, error) {
			return &answer{status: c.status, header: http.Header{}, body: []byte(c.body)}, nil
		})}
		_, err := h.do(t.Context(), c.call)
		e := failure(t, err)
		if e.Kind != c.kind || e.Unclear() != c.unclear || e.Status != c.status || e.Raw != c.body {
			t.Errorf("%s %d %q: %s, unclear %v; want %s, %v", c.call.method, c.status, c.body, e.Kind, e.Unclear(), c.kind, c.unclear)
		}
	}
}

func TestAnAnswerCutOff(t *testing.T) {
	for _, c := range []struct {
		a    answer
		kind Kind
		why  error
	}{
		{answer{status: 202, cut: io.ErrUnexpectedEOF}, KindNetwork, io.ErrUnexpectedEOF},
		{answer{status: 202, tooLong: true}, KindUnreadable, errTooLong},
		// The status of a failure is clear, whatever becomes of its text.
		{answer{status: 409, cut: io.ErrUnexpectedEOF}, KindConflict, io.ErrUnexpectedEOF},
		{answer{status: 400, tooLong: true}, KindInvalid, nil},
	} {
		h := &statusHandler{next: handlerFunc(func(context.Context, call) (*answer, error) { return &c.a, nil })}
		_, err := h.do(t.Context(), change)
		e := failure(t, err)
		if e.Kind != c.kind || !errors.Is(e.Err, c.why) || e.Unclear() != (c.a.status < 300) {
			t.Errorf("%+v: %+v", c.a, e)
		}
	}
}

func TestALongAnswer(t *testing.T) {
	for body, want := range map[string]bool{
		`{"status":"RUNNING","x":"` + strings.Repeat("x", maxBody-27) + `"}`: true,
		`{"status":"RUNNING","x":"` + strings.Repeat("x", maxBody-26) + `"}`: false,
	} {
		c := startWild(t, func(w http.ResponseWriter, _ *http.Request) { say(w, http.StatusOK, body) })
		s, err := c.Replication(t.Context(), names)
		switch {
		case want && (err != nil || s.Word != Running):
			t.Errorf("%d bytes: %v", len(body), err)
		case !want:
			e := failure(t, err)
			if e.Kind != KindUnreadable || !strings.Contains(e.Error(), "longer than 1 MiB") || len(e.Raw) > maxRaw {
				t.Errorf("%d bytes: %v, raw %d", len(body), e, len(e.Raw))
			}
		}
	}
}
