package cli

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"pg-migrate-wizard/cfsession"
)

type logoutOptions struct{ output *wordFlag }

func (p *program) logoutCommand() *cobra.Command {
	o := &logoutOptions{}
	cmd := &cobra.Command{
		Use:   "logout",
		Short: "Forgets the login, as cf logout does, and for cf too",
		Long: `Takes the login out of the file that it shares with cf: tokens, org and space. The
address of the API stays. Nothing is sent: the tokens run out by themselves.
A migration under way goes on; it is found again after the next login.`,
		Example: `  pg-migrate-wizard logout`,
		Args:    noArgs,
		RunE:    runE(p, o, p.logout),
	}
	o.output = addOutputFlag(cmd)
	return cmd
}

func (p *program) logout(ctx context.Context, o *logoutOptions) error {
	before, err := cfsession.SignOut(ctx, "")
	if err != nil {
		return err
	}
	v := loginView{API: before.API, User: before.User, File: before.File, SetAside: before.SetAside}
	return p.print(o.output, v, func(w io.Writer) {
		if v.SetAside != "" {
			fmt.Fprintf(w, "%s was damaged, and nobody could be signed in by it. It lies in %s now, and may hold a token.\n", v.File, v.SetAside)
			return
		}
		if !before.SignedIn {
			fmt.Fprintln(w, "Nobody was signed in.")
			return
		}
		fmt.Fprintf(w, "Signed out: %s at %s.\n", v.User, v.API)
	})
}
