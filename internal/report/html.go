package report

import (
	_ "embed" // page.css
	"fmt"
	"html"
	"strconv"
	"strings"
)

//go:embed page.css
var pageStyle string

// HTML returns the report as one page that needs nothing else: no script, no
// picture, no font from elsewhere.
//
// It is written without html/template: a template calls methods by name, and a
// program that holds one is linked with every method of every type.
func (r Report) HTML() string { return r.document().html() }

func (d document) html() string {
	var w htmlWriter
	w.put(`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>%s</title>
<style>
`, d.Title)
	w.page.WriteString(pageStyle)
	w.put(`</style>
</head>
<body>
<header>
<h1>%s</h1>
<p class="outcome"><strong>%s</strong>`, d.Title, d.Outcome)
	if d.Standing != "" {
		w.put(" %s", d.Standing)
	}
	w.put("</p>\n</header>\n<main>")
	for _, s := range d.Sections {
		s.html(&w)
	}
	w.put("\n</main>\n</body>\n</html>\n")
	return w.page.String()
}

func (s section) html(w *htmlWriter) {
	w.put("\n<section aria-labelledby=\"%s\">\n<h2 id=\"%s\">%s</h2>", s.ID, s.ID, s.Title)
	for _, line := range s.Text {
		w.put("\n<p>%s</p>", line)
	}
	if len(s.Facts) > 0 {
		w.put("\n<dl>")
		for _, f := range s.Facts {
			w.put("\n<dt>%s</dt><dd>%s</dd>", f.Label, f.Text)
		}
		w.put("\n</dl>")
	}
	for _, t := range s.Tables {
		t.html(w)
	}
	w.put("\n</section>")
}

func (t table) html(w *htmlWriter) {
	if len(t.Bar) > 0 {
		w.put("\n<div class=\"bar\" aria-hidden=\"true\">")
		for _, p := range t.Bar {
			w.put(`<span class="%s" style="flex-grow: %s"></span>`, string(p.Name), strconv.FormatInt(p.Seconds, 10))
		}
		w.put("</div>")
	}
	w.put("\n<div class=\"scroll\" role=\"region\" aria-label=\"%s\" tabindex=\"0\">\n<table>\n<caption>%s</caption>\n<thead><tr>", t.Caption, t.Caption)
	for _, name := range t.Head {
		w.put(`<th scope="col">%s</th>`, name)
	}
	w.put("</tr></thead>\n<tbody>")
	for i, row := range t.Rows {
		w.put("\n<tr>")
		for j, cell := range row {
			if j > 0 {
				w.put("<td>%s</td>", cell)
				continue
			}
			w.put(`<th scope="row">`)
			if len(t.Bar) > 0 {
				w.put(`<span class="key %s" aria-hidden="true"></span>`, string(t.Bar[i].Name))
			}
			w.put("%s</th>", cell)
		}
		w.put("</tr>")
	}
	w.put("\n</tbody>\n</table>\n</div>")
}

// markup is HTML of our own. A constant is one by itself; a value from outside would
// have to be converted, which nobody has a reason to.
type markup string

// htmlWriter escapes whatever is not markup.
type htmlWriter struct{ page strings.Builder }

// put writes a piece of markup with a value for each %s. A value may stand where
// text stands or inside a quoted attribute. None may be an address or a script,
// nor a style unless it is a number: no escaping makes those harmless.
func (w *htmlWriter) put(piece markup, values ...string) {
	safe := make([]any, len(values))
	for i, v := range values {
		safe[i] = html.EscapeString(v)
	}
	fmt.Fprintf(&w.page, string(piece), safe...)
}
