package status

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/goccy/go-yaml"

	"pg-migrate-wizard/internal/sanitize"
)

// Forms of output.
const (
	FormatTable = "table"
	FormatJSON  = "json"
	FormatYAML  = "yaml"
)

// encode is a value for programs: JSON, on one line without an indent, or the same as YAML.
func encode(value any, form, indent string) (string, error) {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", indent)
	if err := e.Encode(value); err != nil {
		return "", err
	}
	text := sanitize.Text(b.String())
	if form != FormatYAML {
		return text, nil
	}
	document, err := yaml.JSONToYAML([]byte(text))
	if err != nil {
		return "", fmt.Errorf("output as YAML: %w", err)
	}
	return string(document), nil
}

// Print writes a value: as JSON or YAML with the names of its JSON tags, or as the
// table that the function writes. What comes from outside is cleaned in all three.
func Print(out *os.File, form string, value any, table func(io.Writer)) error {
	var text string
	switch form {
	case FormatJSON, FormatYAML:
		var err error
		if text, err = encode(value, form, "  "); err != nil {
			return err
		}
	default:
		page := &layout{width: widthOf(out)}
		table(page)
		text = sanitize.Text(page.String())
	}
	if _, err := out.WriteString(text); err != nil {
		return fmt.Errorf("standard output: %w", err)
	}
	return nil
}
