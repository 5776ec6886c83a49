package cli_test

import (
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// TestLinkedModules holds the list of modules that the program is linked from,
// and keeps package testing out of it.
func TestLinkedModules(t *testing.T) {
	t.Parallel()
	var linked []string
	for _, system := range []string{"linux", "darwin", "windows"} {
		cmd := exec.CommandContext(t.Context(), "go", "list", "-deps", "-f", "{{with .Module}}{{if not .Main}}{{.Path}}{{end}}{{else}}{{.ImportPath}}{{end}}", ".")
		cmd.Dir = "../.."
		cmd.Env = append(os.Environ(), "GOOS="+system, "GOARCH=amd64", "CGO_ENABLED=0")
		out, err := cmd.Output()
		if err != nil {
			t.Fatal(err)
		}
		for name := range strings.FieldsSeq(string(out)) {
			if name == "testing" || name == "html/template" {
				t.Errorf("%s is linked (%s)", name, system)
			}
			if first, _, _ := strings.Cut(name, "/"); strings.Contains(first, ".") {
				linked = append(linked, name)
			}
		}
	}
	slices.Sort(linked)
	linked = slices.Compact(linked)

	text, err := os.ReadFile("../../docs/modules.txt")
	if err != nil {
		t.Fatal(err)
	}
	var listed []string
	for line := range strings.Lines(string(text)) {
		if name, why, _ := strings.Cut(strings.TrimSpace(line), " "); name != "" && name != "#" {
			listed = append(listed, name)
			if strings.TrimSpace(why) == "" {
				t.Errorf("%s: the list does not say what it is for", name)
			}
		}
	}
	for _, name := range linked {
		if !slices.Contains(listed, name) {
			t.Errorf("%s is linked and not in docs/modules.txt", name)
		}
	}
	for _, name := range listed {
		if !slices.Contains(linked, name) {
			t.Errorf("%s is in docs/modules.txt and not linked", name)
		}
	}
}
