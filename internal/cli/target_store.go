package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/adrg/xdg"
	"github.com/google/renameio/v2/maybe"

	"pg-migrate-wizard/internal/lazyregexp"
	"pg-migrate-wizard/internal/plan"
)

// targetStore is the directory in which targets are kept: which migration a
// command is about, a plan file each. There is no secret in them.
type targetStore struct{ dir string }

// Where targets are kept, instead of below the XDG configuration directory.
const (
	flagTargetDir = "target-dir"
	envTargetDir  = "PG_MIGRATE_WIZARD_TARGET_DIR"
)

func (p *program) targetStore(dir string) targetStore {
	switch {
	case dir != "":
	case p.environment(envTargetDir) != "":
		dir = p.environment(envTargetDir)
	default:
		dir = filepath.Join(xdg.ConfigHome, name, "targets")
	}
	return targetStore{dir}
}

const targetSuffix = ".yaml"

// targetName is a name that is a file's name on every system, and no flag.
var targetName = lazyregexp.New(`^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$`)

func (t targetStore) path(name string) string { return filepath.Join(t.dir, name+targetSuffix) }

// checkTargetName refuses a name that could be no file's, or another one's.
func checkTargetName(name string) error {
	if !targetName().MatchString(name) || strings.HasSuffix(name, targetSuffix) {
		return usage("%q is no name for a target: letters, digits, dot, dash and underscore, at most 63", name)
	}
	return nil
}

// names lists the targets that are kept, in order.
func (t targetStore) names() ([]string, error) {
	entries, err := os.ReadDir(t.dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("targets: %w", err)
	}
	var list []string
	for _, e := range entries {
		if n, ok := strings.CutSuffix(e.Name(), targetSuffix); ok && targetName().MatchString(n) {
			list = append(list, n)
		}
	}
	return list, nil
}

// read returns a target, and the file as it stands.
func (t targetStore) read(name string) (plan.Plan, []byte, error) {
	if err := checkTargetName(name); err != nil {
		return plan.Plan{}, nil, err
	}
	pl, data, err := readPlanFile(t.path(name))
	if errors.Is(err, fs.ErrNotExist) {
		return plan.Plan{}, nil, t.unknown(name)
	}
	return pl, data, err
}

func (t targetStore) unknown(name string) error {
	list, err := t.names()
	switch {
	case err != nil:
		return err
	case len(list) == 0:
		return usage("there is no target %s, and none is kept in %s: target set NAME keeps one", name, t.dir)
	}
	return usage("there is no target %s; there are %s", name, joined(list))
}

// save keeps a target; it is there whole, or as it was.
func (t targetStore) save(name string, data []byte) error {
	if err := os.MkdirAll(t.dir, 0o700); err != nil {
		return fmt.Errorf("target %s: %w", name, err)
	}
	if err := maybe.WriteFile(t.path(name), data, 0o600); err != nil {
		return fmt.Errorf("target %s: %w", name, err)
	}
	return nil
}

func (t targetStore) remove(name string) error {
	err := os.Remove(t.path(name))
	if errors.Is(err, fs.ErrNotExist) {
		return t.unknown(name)
	}
	if err != nil {
		return fmt.Errorf("target %s: %w", name, err)
	}
	return nil
}

// readPlanFile reads a plan. What is wrong with it is wrong usage, and names the
// file.
func readPlanFile(path string) (plan.Plan, []byte, error) {
	data, err := os.ReadFile(path) //nolint:gosec // the user names the file
	if err != nil {
		return plan.Plan{}, nil, &fileError{path, err}
	}
	pl, err := plan.Parse(data)
	if e, ok := errors.AsType[*plan.CheckError](err); ok {
		e.File = path
		return plan.Plan{}, nil, usage("%v", e)
	}
	return pl, data, err
}
