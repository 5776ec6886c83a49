package cli

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

// release is the version that a build was given: make build VERSION=v1.2.3.
var release string

// version is what the build was given, else what the Go tool wrote into the
// program: the module's version, or the commit that it was built from.
func version() string {
	if release != "" {
		return release
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	v := info.Main.Version
	if v == "" || v == "(devel)" {
		v = "devel"
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" && len(s.Value) >= 12 {
				v += "-" + s.Value[:12]
			}
		}
	}
	return v
}

func userAgent() string { return programName + "/" + version() }

func (p *program) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:         "version",
		Short:       "Says which version this is",
		Example:     "  pg-migrate-wizard version",
		Args:        noArgs,
		Annotations: map[string]string{withoutSettings: "yes"},
		RunE: func(*cobra.Command, []string) error {
			_, err := fmt.Fprintf(p.out, "%s %s %s %s/%s\n", programName, version(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
			return err
		},
	}
}
