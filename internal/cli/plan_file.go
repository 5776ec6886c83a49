package cli

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"syscall"

	"pg-migrate-wizard/internal/plan"
	"pg-migrate-wizard/internal/sanitize"
	"pg-migrate-wizard/internal/status"
)

// readPlan reads a plan from a file, or from standard input. What is wrong with it is
// wrong usage, and names the file.
func (p *program) readPlan(file string) (plan.Plan, error) {
	data, err := p.readPlanData(file)
	if err != nil {
		return plan.Plan{}, err
	}
	pl, err := plan.Parse(data)
	if e, ok := errors.AsType[*plan.CheckError](err); ok {
		e.File = file
		return plan.Plan{}, usage("%v", e)
	}
	return pl, err
}

// readPlanData reads what may be a plan: more than one may have is not read.
func (p *program) readPlanData(path string) ([]byte, error) {
	file := p.in
	if path != "-" {
		var err error
		if file, err = os.Open(path); err != nil { //nolint:gosec // the user names the file
			return nil, &fileError{path, err}
		}
		defer file.Close() //nolint:errcheck // read only
	}
	data, err := io.ReadAll(io.LimitReader(file, 2<<20))
	if err != nil {
		return nil, &fileError{file.Name(), err}
	}
	return data, nil
}

// problemsOf lists what is wrong with a plan that is in no file yet.
func problemsOf(e *plan.CheckError) string {
	var list []string
	for _, x := range e.Problems {
		list = append(list, x.Message)
	}
	return joined(list)
}

// fileError says why a file that was named cannot be read: wrong usage.
type fileError struct {
	file string
	err  error
}

func (e *fileError) Error() string { return sanitize.Line(e.file + ": " + e.reason()) }

// Unwrap makes an exit of it, too.
func (e *fileError) Unwrap() []error { return []error{status.Exit(status.ExitUsage, e.Error()), e.err} }

func (e *fileError) reason() string {
	switch reason, _ := errors.AsType[*fs.PathError](e.err); {
	case errors.Is(e.err, fs.ErrNotExist):
		return "there is no such file"
	case errors.Is(e.err, fs.ErrPermission):
		return "it may not be read"
	case errors.Is(e.err, syscall.EISDIR):
		return "it is a directory, and not a file"
	case reason != nil:
		return sanitize.Line(reason.Err.Error())
	}
	return sanitize.Line(e.err.Error())
}
