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
		help, without := n.help, n.without
		for i, w := range n.choices {
			if i > 0 || help != "" {
				help += "<br>"
			}
			help += fmt.Sprintf("`%s`: %s", w.value, w.does)
		}
		if len(n.choices) == 0 && n.example() != "" {
			help += " Example: `" + n.example() + "`."
		}
		switch {
		case n.required:
			without = "**needed**"
		case n.fallback != "":
			without = "`" + n.fallback + "`"
		}
		if n.path != "" {
			fmt.Fprintf(&b, "| `%s` | %s | %s |\n", n.path, help, without)
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
