package report

import (
	"fmt"
	"strings"
)

// Markdown returns the report for reading and for tickets (CommonMark with
// tables).
func (r Report) Markdown() string {
	d := r.document()
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n\n%s\n", escape(d.Title), join(" ", "**"+escape(d.Outcome)+"**", escape(d.Standing)))
	for _, s := range d.Sections {
		fmt.Fprintf(&b, "\n## %s\n\n", escape(s.Title))
		for _, line := range s.Text {
			fmt.Fprintf(&b, "%s\n", escape(line))
		}
		for _, f := range s.Facts {
			fmt.Fprintf(&b, "- **%s:** %s\n", escape(f.Label), escape(f.Text))
		}
		for i, t := range s.Tables {
			if i > 0 || len(s.Text) > 0 {
				b.WriteString("\n")
			}
			t.markdown(&b)
		}
	}
	return b.String()
}

func (t table) markdown(b *strings.Builder) {
	fmt.Fprintf(b, "%s\n\n", escape(t.Caption))
	row := func(cells []string) {
		b.WriteString("|")
		for _, c := range cells {
			b.WriteString(" " + escape(c) + " |")
		}
		b.WriteString("\n")
	}
	row(t.Head)
	b.WriteString(strings.Repeat("|---", len(t.Head)) + "|\n")
	for _, cells := range t.Rows {
		row(cells)
	}
}

// escape keeps text from being read as Markdown or as HTML. What HTML reads
// becomes an entity, because not every program that shows Markdown obeys a
// backslash there.
var escape = strings.NewReplacer(
	"&", "&amp;", "<", "&lt;", ">", "&gt;",
	`\`, `\\`, "`", "\\`", "*", `\*`, "_", `\_`, "{", `\{`, "}", `\}`, "[", `\[`, "]", `\]`,
	"#", `\#`, "|", `\|`, "~", `\~`, "!", `\!`, "$", `\$`,
).Replace
