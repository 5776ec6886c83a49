package apiclient

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"pg-migrate-wizard/internal/secret"
)

// redactHandler removes the token from responses and errors: servers, proxies and
// net/http may quote the request in errors.
type redactHandler struct{ next handler }

func (h *redactHandler) do(ctx context.Context, c call) (*answer, error) {
	a, err := h.next.do(ctx, c)
	hide := mask(c.Token)
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

// mask returns a replacer for a token.
func mask(token secret.Text) *strings.Replacer {
	if len(token.Reveal()) < minToken {
		return strings.NewReplacer()
	}
	return secret.Redactor(token)
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
