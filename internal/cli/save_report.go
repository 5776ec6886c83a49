package cli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/google/renameio/v2/maybe"

	"pg-migrate-wizard/internal/report"
	"pg-migrate-wizard/steps"
)

// saveReport writes the report of a state in its three forms beside the journals,
// under the name of the migration's journal: another migration has another one. A
// report of the same migration is replaced, whole or not at all. It returns where
// they are.
func saveReport(stateDir, journal string, s steps.State, at time.Time) ([]string, error) {
	if journal == "" {
		return nil, errors.New("there is nothing to report yet: no migration was begun")
	}
	r := report.New(s, at)
	asJSON, err := r.JSON()
	if err != nil {
		return nil, fmt.Errorf("report: %w", err)
	}
	dir := filepath.Join(stateDir, "reports")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("report: %w", err)
	}
	stem := strings.TrimSuffix(filepath.Base(journal), filepath.Ext(journal))
	var paths []string
	for _, form := range []struct {
		ext  string
		text []byte
	}{{".md", []byte(r.Markdown())}, {".html", []byte(r.HTML())}, {".json", asJSON}} {
		path := filepath.Join(dir, stem+form.ext)
		if err := maybe.WriteFile(path, form.text, 0o600); err != nil {
			return paths, fmt.Errorf("report: %w", err)
		}
		paths = append(paths, path)
	}
	return paths, nil
}
