package enginetest

import (
	"bytes"
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"time"

	"github.com/google/go-cmp/cmp"

	"pg-migrate-wizard/internal/engine"
)

// Left is what a migration has left behind, without what tells a time: the
// landscape, and the lines of the one journal.
type Left struct {
	Landscape any
	Journal   []string
}

// Left looks at what is there now.
func (s *Stage) Left() Left {
	s.t.Helper()
	truth, err := json.Marshal(s.Landscape.Truth())
	if err != nil {
		s.t.Fatal(err)
	}
	left := Left{Landscape: s.timeless(truth)}
	list, err := engine.Journals(s.Config.StateDir)
	if err != nil || len(list) != 1 {
		s.t.Fatalf("%d journals, %v", len(list), err)
	}
	data, err := os.ReadFile(list[0].Path)
	if err != nil {
		s.t.Fatal(err)
	}
	for l := range bytes.Lines(data) {
		if bytes.Contains(l, []byte(`"kind":"lead"`)) {
			continue // of this machine alone
		}
		if bytes.Contains(l, []byte(`"kind":"seen"`)) {
			continue // stands there only once the program has ended
		}
		line, err := json.Marshal(s.timeless(l))
		if err != nil {
			s.t.Fatal(err)
		}
		left.Journal = append(left.Journal, string(line))
	}
	return left
}

// Diff tells two of them apart; it is empty when they are the same. What is done
// to several applications at the same time may stand in any order: whose answer
// comes first is chance.
func Diff(was, is Left) string {
	if diff := cmp.Diff(was.Landscape, is.Landscape); diff != "" {
		return "the landscape:\n" + diff
	}
	if diff := cmp.Diff(inTurn(was.Journal), inTurn(is.Journal)); diff != "" {
		return "the journal:\n" + diff
	}
	if diff := cmp.Diff(slices.Sorted(slices.Values(was.Journal)), slices.Sorted(slices.Values(is.Journal))); diff != "" {
		return "the lines of the journal:\n" + diff
	}
	return ""
}

var sideBySide = regexp.MustCompile(`"app"|"(id|subject)":"(stop|start|bind|unbind|restage)[ :-]`)

func inTurn(lines []string) []string {
	return slices.DeleteFunc(slices.Clone(lines), sideBySide.MatchString)
}

// timeless is JSON without what tells a time or a duration.
func (s *Stage) timeless(data []byte) any {
	s.t.Helper()
	var v any
	if err := json.Unmarshal(data, &v); err != nil {
		s.t.Fatalf("%v: %s", err, data)
	}
	var walk func(any) any
	walk = func(v any) any {
		switch v := v.(type) {
		case map[string]any:
			for k, x := range v {
				if slices.Contains([]string{"at", "seconds", "parts", "ask_after"}, k) {
					delete(v, k)
					continue
				}
				v[k] = walk(x)
			}
		case []any:
			for i := range v {
				v[i] = walk(v[i])
			}
		case string:
			if _, err := time.Parse(time.RFC3339Nano, v); err == nil {
				return "TIME"
			}
		}
		return v
	}
	return walk(v)
}
