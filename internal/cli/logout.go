package cli

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"pg-migrate-wizard/cfsession"
)

func (p *program) logoutCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "logout",
		Short: "Forgets the login, as cf logout does, and for cf too",
		Long: `Takes the login out of the file that it shares with cf: tokens, org and space. The
address of the API stays. Nothing is sent: the tokens run out by themselves.
A migration under way goes on; it is found again after the next login.`,
		Example: `  pg-migrate-wizard logout`,
		Args:    noArgs,
	}
	output := addOutputFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		before, err := cfsession.SignOut(cmd.Context(), "")
		if err != nil {
			return err
		}
		v := loginView{API: before.API, User: before.User, File: before.File}
		return p.print(output, v, func(w io.Writer) {
			switch {
			case !before.SignedIn:
				fmt.Fprintln(w, "Nobody was signed in.")
			default:
				fmt.Fprintf(w, "Signed out: %s at %s.\n", v.User, v.API)
			}
		})
	}
	return cmd
}
