package report

import (
	"encoding/json"
	"fmt"
)

// JSON returns the report in the form that docs/report.md describes.
func (r Report) JSON() ([]byte, error) {
	data, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("write the report as JSON: %w", err)
	}
	return append(data, '\n'), nil
}
