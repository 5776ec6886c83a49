package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"pg-migrate-wizard/cfsession"
	"pg-migrate-wizard/internal/plan"
	"pg-migrate-wizard/internal/unattended"
)

type targetSetOptions struct {
	targetOptions
	file                 string
	org, space           string
	source, target       string // instances
	sourceKey, targetKey string
}

func (p *program) targetSetCommand(dir *string) *cobra.Command {
	o := &targetSetOptions{targetOptions: targetOptions{dir: dir}}
	cmd := &cobra.Command{
		Use:   "set NAME",
		Short: "Keeps a migration under a name, instead of what it stood for before",
		Long: `Keeps a migration under a name: from a plan file, or from the flags. With both, the
flags count. A service key that is named is created by "keys" where it is not there.
--api-url, --landscape, --provider and --migration-url are kept, too.`,
		Example: `  pg-migrate-wizard target set orders --org acme --space prod \
    --source-instance orders-db --target-instance orders-hyperscaler --target-key migration

  # from a plan
  pg-migrate-wizard target set rehearsal -f plan.yaml`,
		Args: oneName(&o.name),
		RunE: runE(p, o, p.targetSet),
	}
	o.output = addOutputFlag(cmd)
	fs := cmd.Flags()
	fs.StringVarP(&o.file, flagFile, "f", "", "plan file to keep")
	fs.StringVar(&o.org, flagOrg, "", "org of both databases")
	fs.StringVar(&o.space, flagSpace, "", "space of both databases")
	fs.StringVar(&o.source, flagSourceInstance, "", "service instance to move")
	fs.StringVar(&o.target, flagTargetInstance, "", "service instance to move to")
	fs.StringVar(&o.sourceKey, unattended.FlagSourceKey, "", "service key of the source (default: the wizard's own)")
	fs.StringVar(&o.targetKey, unattended.FlagTargetKey, "", "service key of the target (default: the wizard's own)")
	_ = cmd.MarkFlagFilename(flagFile, "yaml", "yml")
	return cmd
}

// targetSet keeps a target. A source is left for later in it: that it is deleted,
// or kept for good, is a word of its own.
func (p *program) targetSet(_ context.Context, o *targetSetOptions) error {
	pl := plan.Plan{Until: plan.CleanedUp, CleanUp: plan.CleanUp{SourceInstance: plan.Later}}
	if o.file != "" {
		var err error
		if pl, err = p.readPlan(o.file); err != nil {
			return err
		}
	}
	pl.Org, pl.Space = cmp.Or(o.org, pl.Org), cmp.Or(o.space, pl.Space)
	pl.Source.Instance, pl.Target.Instance = cmp.Or(o.source, pl.Source.Instance), cmp.Or(o.target, pl.Target.Instance)
	nameKeys(&pl, o.sourceKey, o.targetKey)
	at := p.flags.overrides
	pl.API, pl.MigrationURL = cmp.Or(p.flags.apiURL, pl.API), cmp.Or(at.MigrationURL, pl.MigrationURL)
	pl.Landscape, pl.Provider = cmp.Or(at.Name, pl.Landscape), cmp.Or(plan.ProviderWord(at.Provider), pl.Provider)
	var missing []string
	for _, needed := range []struct{ flag, value string }{{flagOrg, pl.Org}, {flagSpace, pl.Space}, {flagSourceInstance, pl.Source.Instance}, {flagTargetInstance, pl.Target.Instance}} {
		if needed.value == "" {
			missing = append(missing, "--"+needed.flag)
		}
	}
	switch len(missing) {
	case 0:
	case 1:
		return usage("target set %s: %s is not said, or -f FILE", o.name, missing[0])
	default:
		return usage("target set %s: %s are not said, or -f FILE", o.name, joined(missing))
	}
	keptAPI := ""
	if at.Name != "" && pl.API == "" {
		keptAPI = loginTellingNothing()
		pl.API = keptAPI
	}
	data, err := plan.Save(pl)
	if e, ok := errors.AsType[*plan.CheckError](err); ok {
		return usage("target set %s: %s", o.name, problemsOf(e))
	}
	if err != nil {
		return err
	}
	store := p.targetStore(*o.dir)
	kept, err := store.names()
	if err != nil {
		return err
	}
	var before *targetView
	if slices.Contains(kept, o.name) {
		was := store.view(o.name)
		before = &was
	}
	if err := store.save(o.name, data); err != nil {
		return err
	}
	v := store.view(o.name)
	v.Replaced = before
	return p.print(o.output, v, func(w io.Writer) {
		fmt.Fprintf(w, "The target %s is kept in %s\n", v.Name, v.File)
		if keptAPI != "" {
			fmt.Fprintf(w, "It works at %s, where cf is signed in: that address does not tell its landscape, and %s is it.\n", keptAPI, pl.Landscape)
		}
		if before != nil {
			fmt.Fprintf(w, "It replaced: %s\n", before)
		}
	})
}

// loginTellingNothing is the API of the login that there is, where its address does not
// tell the landscape: --landscape names it there, and does not point elsewhere. Kept
// without that address, the name would be one of its own, and no login could be at it.
func loginTellingNothing() string {
	kept, err := cfsession.ReadKept("")
	if err != nil || kept.API == "" {
		return "" // whoever needs the login says what is wrong with it
	}
	if l, _ := cfsession.Derive(kept.API, cfsession.Overrides{}); l.Name != "" {
		return ""
	}
	return kept.API
}
