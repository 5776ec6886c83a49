package plan

import (
	"fmt"
	"strings"
)

// Table returns the keys as a table in Markdown, as it stands in docs/plan.md.
func Table() string {
	var b strings.Builder
	b.WriteString("| key | meaning | without it |\n|---|---|---|\n")
	var rows func(*node)
	rows = func(n *node) {
		says, without := n.says, n.without
		for i, w := range n.words {
			if i > 0 || says != "" {
				says += "<br>"
			}
			says += fmt.Sprintf("`%s`: %s", w.word, w.does)
		}
		if len(n.words) == 0 && n.example() != "" {
			says += " Example: `" + n.example() + "`."
		}
		switch {
		case n.required:
			without = "**needed**"
		case n.fallback != "":
			without = "`" + n.fallback + "`"
		}
		if n.path != "" {
			fmt.Fprintf(&b, "| `%s` | %s | %s |\n", n.path, says, without)
		}
		for _, sub := range n.group {
			rows(sub)
		}
		if n.entry != nil {
			rows(n.entry)
		}
	}
	rows(nodes()[""])
	return b.String()
}
