package apiclient

import (
	"context"
	"encoding/json"
	"errors"
	"html"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"pg-migrate-wizard/internal/secret"
)

// redactHandler removes the token from responses and errors: servers, proxies and
// net/http may quote the request in errors.
type redactHandler struct{ next handler }

func (h *redactHandler) do(ctx context.Context, c call) (*answer, error) {
	a, err := h.next.do(ctx, c)
	hide := mask(c.Token.Reveal())
	if e, ok := errors.AsType[*Error](err); ok {
		e.Err = redacted(e.Err, hide)
		return nil, err
	}
	body := string(a.body)
	if a.tooLong || a.cut != nil {
		body = withoutPrefix(body, c.Token.Reveal())
	}
	a.body = []byte(hide.Replace(body))
	a.cut = redacted(a.cut, hide)
	header := make(http.Header, len(a.header))
	for name, values := range a.header {
		for _, value := range values {
			header.Add(name, hide.Replace(value))
		}
	}
	a.header = header
	return a, nil
}

// minToken is the length from which a text is redacted. Shorter ones reveal no
// token, and replacing them would garble the response.
const minToken = 8

// mask returns a replacer for all likely encodings of a token.
func mask(t string) *strings.Replacer {
	if len(t) < minToken {
		return strings.NewReplacer()
	}
	inJSON, _ := json.Marshal(t) // cannot fail for a string
	inGo := strconv.Quote(t)     // as net/http quotes
	forms := []string{
		t, url.QueryEscape(t), url.PathEscape(t), html.EscapeString(t),
		string(inJSON[1 : len(inJSON)-1]), inGo[1 : len(inGo)-1],
	}
	slices.Sort(forms)
	var pairs []string
	for _, form := range slices.Compact(forms) {
		pairs = append(pairs, form, secret.Mask)
	}
	return strings.NewReplacer(pairs...)
}

// withoutPrefix removes a truncated token at the end of an incomplete body.
func withoutPrefix(body, t string) string {
	for n := len(t) - 1; n >= minToken; n-- {
		if rest, cut := strings.CutSuffix(body, t[:n]); cut {
			return rest + secret.Mask
		}
	}
	return body
}

// redacted returns err, or a new error with redacted text if it holds the token.
func redacted(err error, hide *strings.Replacer) error {
	if err == nil {
		return nil
	}
	if text := hide.Replace(err.Error()); text != err.Error() {
		return errors.New(text)
	}
	return err
}
