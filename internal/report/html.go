package report

import (
	"bytes"
	_ "embed" // the page
	"fmt"
	"html/template"
)

//go:embed page.gohtml
var pageText string

var page = template.Must(template.New("page").Parse(pageText))

// HTML returns the report as one page that needs nothing else: no script, no
// picture, no font from elsewhere.
func (r Report) HTML() ([]byte, error) {
	var b bytes.Buffer
	if err := page.Execute(&b, r.document()); err != nil {
		return nil, fmt.Errorf("write the report as HTML: %w", err)
	}
	return b.Bytes(), nil
}
