package plan

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Problem is one thing that is wrong with a plan. Line and Column count from
// one, in characters. Path is the key in question, like source.key.name, and
// empty for the file as a whole. Message never repeats a secret.
type Problem struct {
	Line, Column int
	Path         string
	Message      string
}

// CheckError is all that is wrong with a plan, in the order of the file.
type CheckError struct {
	File     string // for the message; set by the caller
	Problems []Problem
}

// Error lists the problems, one a line: FILE:LINE:COLUMN: what is wrong.
func (e *CheckError) Error() string {
	lines := make([]string, len(e.Problems))
	for i, p := range e.Problems {
		lines[i] = fmt.Sprintf("%s:%d:%d: %s", cmp.Or(e.File, "plan"), p.Line, p.Column, p.Message)
	}
	return strings.Join(lines, "\n")
}

func (e *CheckError) add(at position, path, format string, args ...any) {
	e.Problems = append(e.Problems, Problem{Line: max(1, at.line), Column: max(1, at.column), Path: path, Message: fmt.Sprintf(format, args...)})
}

// orNil returns the error, its problems in order, or nil when there are none.
func (e *CheckError) orNil() error {
	if len(e.Problems) == 0 {
		return nil
	}
	slices.SortStableFunc(e.Problems, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	e.Problems = slices.Compact(e.Problems)
	return e
}

type position struct{ line, column int }
