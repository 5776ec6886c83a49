package cli

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/adrg/xdg"

	"pg-migrate-wizard/internal/lazyregexp"
	"pg-migrate-wizard/internal/plan"
)

// targetStore is the directory in which targets are kept: which migration a
// command is about, a plan file each. There is no secret in them.
type targetStore struct {
	dir string
	p   *program
}

// flagTargetDir says where targets are kept, instead of below the XDG configuration
// directory.
const flagTargetDir = "target-dir"

// targetStore is the one in a directory. A completion asks for it before the
// environment has given the flags their values.
func (p *program) targetStore(dir string) targetStore {
	return targetStore{cmp.Or(dir, p.environment(variableOf(flagTargetDir)), filepath.Join(xdg.ConfigHome, programName, "targets")), p}
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

func (t targetStore) read(name string) (plan.Plan, error) {
	if err := checkTargetName(name); err != nil {
		return plan.Plan{}, err
	}
	pl, err := t.p.readPlan(t.path(name))
	if errors.Is(err, fs.ErrNotExist) {
		err = t.unknown(name)
	}
	return pl, err
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
	err := os.MkdirAll(t.dir, 0o700)
	if err == nil {
		err = writeFile(t.path(name), data, 0o600)
	}
	if err != nil {
		return fmt.Errorf("target %s: %w", name, err)
	}
	return nil
}

func (t targetStore) remove(name string) error {
	switch err := os.Remove(t.path(name)); {
	case errors.Is(err, fs.ErrNotExist):
		return t.unknown(name)
	case err != nil:
		return fmt.Errorf("target %s: %w", name, err)
	}
	return nil
}
