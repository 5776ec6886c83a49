package plan

import (
	"fmt"
	"reflect"
	"strings"
)

// Table returns the keys as a table in Markdown, as it stands in docs/plan.md.
func Table() string {
	var b strings.Builder
	b.WriteString("| key | meaning | without it |\n|---|---|---|\n")
	row := func(path string) {
		k := keys[path]
		says := k.says
		for i, w := range k.words {
			sep := "<br>"
			if i == 0 && says == "" {
				sep = ""
			}
			says += fmt.Sprintf("%s`%s`: %s", sep, w.word, w.does)
		}
		if len(k.words) == 0 && len(k.examples) > 0 {
			says += " Example: `" + k.examples[0] + "`."
		}
		without := k.without
		switch d := fallbacks[path]; {
		case k.required:
			without = "**needed**"
		case d != "":
			without = "`" + d + "`"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", path, says, without)
	}
	walk(reflect.ValueOf(Plan{}), "", func(path string, v reflect.Value) {
		row(path)
		if v.Type() == typeAcceptance {
			row(path + "[]")
		}
		if v.Kind() != reflect.Slice {
			return
		}
		row(path + "[]")
		if isGroup(v.Type().Elem()) {
			for name := range fields(v.Type().Elem()) {
				row(path + "[]." + name)
			}
		}
	})
	return b.String()
}
