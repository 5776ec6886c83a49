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

// redactHandler takes the token out of what comes back. Servers, proxies and
// net/http itself quote what they were sent when they complain.
type redactHandler struct{ next handler }

func (h *redactHandler) do(ctx context.Context, c call) (*answer, error) {
	a, err := h.next.do(ctx, c)
	hide := mask(c.Token.Reveal())
	if e, ok := errors.AsType[*Error](err); ok {
		e.Err = hidden(e.Err, hide)
		return nil, err
	}
	body := string(a.body)
	if a.tooLong || a.cut != nil {
		body = withoutBeginning(body, c.Token.Reveal())
	}
	a.body = []byte(hide.Replace(body))
	a.cut = hidden(a.cut, hide)
	header := make(http.Header, len(a.header))
	for name, values := range a.header {
		for _, value := range values {
			header.Add(name, hide.Replace(value))
		}
	}
	a.header = header
	return a, nil
}

// A piece of text shorter than this is no token and betrays none: replacing "t"
// would only garble the answer.
const shortest = 8

// mask replaces every form in which a token is likely to be quoted.
func mask(t string) *strings.Replacer {
	if len(t) < shortest {
		return strings.NewReplacer()
	}
	inJSON, _ := json.Marshal(t) // a string: there is no error
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

// withoutBeginning drops the beginning of a token at the end of a body that was
// cut in the middle of one.
func withoutBeginning(body, t string) string {
	for n := len(t) - 1; n >= shortest; n-- {
		if rest, cut := strings.CutSuffix(body, t[:n]); cut {
			return rest + secret.Mask
		}
	}
	return body
}

// hidden returns err itself, or if its text holds the token only the rest of the text.
func hidden(err error, hide *strings.Replacer) error {
	if err == nil {
		return nil
	}
	if text := hide.Replace(err.Error()); text != err.Error() {
		return errors.New(text)
	}
	return err
}
