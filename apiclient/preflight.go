package apiclient

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"pg-migrate-wizard/internal/secret"
)

// Preflight is the result of a preflight check. A migration with critical findings
// will fail (contract, "Perform a preflight check").
type Preflight struct {
	SourceCritical []string
	SourceWarning  []string
	TargetCritical []string
	TargetWarning  []string
	Raw            string // the body
	RequestID      string
}

// readPreflight parses the findings. A null or absent list is empty, but a missing
// database or a list in another format is an error: the absence of findings must
// be explicit.
func readPreflight(a *answer) (Preflight, error) {
	p := Preflight{Raw: string(a.body), RequestID: requestID(a.header)}
	fields, err := readObject(a.body)
	if err != nil {
		return p, err
	}
	room := mostOfAll
	if p.SourceCritical, p.SourceWarning, err = issues(fields, "sourceDatabaseIssues", &room); err != nil {
		return p, err
	}
	p.TargetCritical, p.TargetWarning, err = issues(fields, "targetDatabaseIssues", &room)
	return p, err
}

func issues(fields object, name string, room *int) (critical, warning []string, err error) {
	value, there := fields.field(name)
	if !there {
		return nil, nil, fmt.Errorf("it says nothing of %s", name)
	}
	if isNull(value) {
		return nil, nil, nil
	}
	lists, err := readObject(value)
	if err != nil {
		return nil, nil, fmt.Errorf("%s has an unknown form", name)
	}
	criticals, hasCritical := lists.field("critical")
	warnings, hasWarning := lists.field("warning")
	if len(lists) > 0 && !hasCritical && !hasWarning {
		return nil, nil, fmt.Errorf("%s holds neither critical nor warning findings, but something else", name)
	}
	if critical, err = findings(criticals, room); err != nil {
		return nil, nil, fmt.Errorf("the critical findings of %s %w", name, err)
	}
	if warning, err = findings(warnings, room); err != nil {
		return nil, nil, fmt.Errorf("the warnings of %s %w", name, err)
	}
	return critical, warning, nil
}

// Bounds of what is kept: whoever sends more does not help anybody to read it, and all of
// it would stand in every line of a record.
const (
	mostFindings = 500     // in a list
	mostOfAll    = 100_000 // bytes of all lists together: one may name thousands of relations
)

// findings parses a list. No finding is dropped without a word, whatever its format.
func findings(value json.RawMessage, room *int) ([]string, error) {
	if isNull(value) {
		return nil, nil
	}
	var items []json.RawMessage
	if err := json.Unmarshal(value, &items); err != nil {
		return nil, errors.New("are not a list")
	}
	found := make([]string, 0, min(len(items), mostFindings+1))
	for i, item := range items {
		if i == mostFindings || *room <= 0 {
			found = append(found, fmt.Sprintf("%d more findings like these", len(items)-i))
			break
		}
		text := bounded(secret.Scrub(finding(item)), *room)
		*room -= len(text)
		found = append(found, text)
	}
	return found, nil
}

// bounded is a text of at most so many characters.
func bounded(text string, most int) string {
	if r := []rune(text); len(r) > most {
		return string(r[:most]) + "…"
	}
	return text
}

// finding returns the text of a finding, or its JSON if it is not a nonempty
// string.
func finding(item json.RawMessage) string {
	var text string
	if json.Unmarshal(item, &text) == nil && strings.TrimSpace(text) != "" {
		return strings.TrimSpace(text)
	}
	var compact bytes.Buffer
	if err := json.Compact(&compact, item); err != nil {
		return string(item)
	}
	return compact.String()
}
