package status

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"

	"github.com/goccy/go-yaml"

	"pg-migrate-wizard/internal/sanitize"
)

// Forms of output.
const (
	FormatTable = "table"
	FormatJSON  = "json"
	FormatYAML  = "yaml"
)

// encodeJSON writes a value and a line break; without an indent on one line.
func encodeJSON(w io.Writer, value any, indent string) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", indent)
	return e.Encode(value)
}

// Print writes a value: as JSON or YAML with the names of its JSON tags, or as the
// table that the function writes. What comes from outside is cleaned in all three.
func Print(out *os.File, form string, value any, table func(io.Writer)) error {
	var b bytes.Buffer
	switch form {
	case FormatJSON, FormatYAML:
		if err := encodeJSON(&b, value, "  "); err != nil {
			return err
		}
	default:
		page := &layout{width: widthOf(out)}
		table(page)
		b.WriteString(page.String())
	}
	text := []byte(sanitize.Text(b.String()))
	if form == FormatYAML {
		var err error
		if text, err = yaml.JSONToYAML(text); err != nil {
			return fmt.Errorf("output as YAML: %w", err)
		}
	}
	if _, err := out.Write(text); err != nil {
		return fmt.Errorf("standard output: %w", err)
	}
	return nil
}
