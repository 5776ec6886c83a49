package report

import (
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"pg-migrate-wizard/steps"
)

// Every value comes back from the page as it went in, from text and from
// attributes, and brings no tag and no attribute of its own.
func TestEveryValueIsEscaped(t *testing.T) {
	t.Parallel()
	hostile := func(name string) string {
		return name + ` "><script>alert('1')</script><a href='javascript:x' onclick=y> &amp; & --> </title></style> {{.}} %s %!`
	}
	id, caption, phase := hostile("id"), hostile("caption"), hostile("phase")
	texts := []string{hostile("title"), hostile("outcome"), hostile("standing"), hostile("heading"), hostile("line"), hostile("label"), hostile("fact")}
	texts = append(texts, caption, hostile("head"), hostile("column"), hostile("row"), hostile("cell"))
	d := document{
		Title: texts[0], Outcome: texts[1], Standing: texts[2],
		Sections: []section{{
			ID: id, Title: texts[3], Text: texts[4:5], Facts: []fact{{texts[5], texts[6]}},
			Tables: []table{{
				Caption: caption, Head: texts[8:10], Rows: [][]string{texts[10:12]},
				Bar: []Phase{{Name: steps.PhaseName(phase), Span: Span{Seconds: 7}}},
			}},
		}},
	}
	text, attributes := readPage(t, d.html())
	for _, want := range texts {
		if !strings.Contains(text, want) {
			t.Errorf("not in the text: %s", want)
		}
	}
	for name, want := range map[string][]string{
		"aria-labelledby": {id}, "id": {id}, "aria-label": {caption}, "style": {"flex-grow: 7"},
		"class": {"outcome", "bar", phase, "scroll", "key " + phase}, "href": nil, "onclick": nil,
	} {
		if got := attributes[name]; !slices.Equal(got, want) {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
}

// readPage returns the text of a page and, by name, the values of all attributes.
func readPage(t *testing.T, page string) (text string, attributes map[string][]string) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(page))
	d.Strict, d.Entity = false, xml.HTMLEntity
	attributes = map[string][]string{}
	for {
		token, err := d.RawToken()
		if errors.Is(err, io.EOF) {
			return text, attributes
		}
		if err != nil {
			t.Fatal(err)
		}
		switch e := token.(type) {
		case xml.CharData:
			text += string(e)
		case xml.StartElement:
			if e.Name.Local == "script" || e.Name.Local == "a" {
				t.Errorf("a value made an element: %s", e.Name.Local)
			}
			for _, a := range e.Attr {
				attributes[a.Name.Local] = append(attributes[a.Name.Local], a.Value)
			}
		}
	}
}
