package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/adrg/xdg"
	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"pg-migrate-wizard/internal/plan"
	"pg-migrate-wizard/internal/sanitize"
	"pg-migrate-wizard/internal/unattended"
)

// variablePrefix begins the name of the environment variable of every flag.
const variablePrefix = "PG_MIGRATE_WIZARD_"

// variableOf is the environment variable of a flag: --api-url is
// PG_MIGRATE_WIZARD_API_URL.
func variableOf(flag string) string {
	return variablePrefix + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

// settable reports whether a flag can be set by more than the command line. Help
// is a question and no setting.
func settable(f *pflag.Flag) bool { return f.Name != "help" && f.Name != "version" }

// configFile is where settings are kept.
func configFile() string { return filepath.Join(xdg.ConfigHome, programName, "config.yaml") }

// configSays tells whether there is one.
func configSays() string {
	if _, err := os.Stat(configFile()); err != nil {
		return "no configuration file (" + configFile() + ")"
	}
	return configFile()
}

// applySettings gives the flags that the command line leaves open their values: from
// the environment, then from the configuration file. Where a value comes from is
// kept, for what is said about it.
func (p *program) applySettings(cmd *cobra.Command) error {
	f := &p.flags
	f.origins = map[string]string{}
	cmd.Flags().Visit(func(fl *pflag.Flag) { f.origins[fl.Name] = "--" + fl.Name })
	var wrong []string
	cmd.Flags().VisitAll(func(fl *pflag.Flag) {
		variable := variableOf(fl.Name)
		value := p.environment(variable)
		if f.given(fl.Name) || !settable(fl) || value == "" {
			return
		}
		f.origins[fl.Name] = variable
		values := []string{value}
		if isList(fl) { // one a line
			values = strings.Split(strings.TrimSuffix(value, "\n"), "\n")
		}
		for _, value := range values {
			if err := cmd.Flags().Set(fl.Name, value); err != nil {
				wrong = append(wrong, variable+": "+setProblem(err))
			}
		}
	})
	p.warnOfVariables(cmd.Root())
	for _, flag := range []string{unattended.FlagYes, unattended.FlagConfirm} {
		if v := variableOf(flag); f.origins[flag] == v {
			fmt.Fprintf(p.err, "Attention: the environment variable %s consents to what cannot be undone.\n", v)
		}
	}
	wrong = append(wrong, f.applyConfigFile(cmd, configFile())...)
	if len(wrong) > 0 {
		return usage("%s", strings.Join(wrong, "\n"))
	}
	return nil
}

// setProblem is pflag's reason, without its words about the command line.
func setProblem(err error) string {
	if invalid, ok := errors.AsType[*pflag.InvalidValueError](err); ok {
		return wrongValue(invalid)
	}
	return err.Error()
}

// warnOfVariables tells of variables that look like ours and are of no command:
// somebody believes that they have an effect.
func (p *program) warnOfVariables(root *cobra.Command) {
	known := map[string]bool{}
	walk(root, func(cmd *cobra.Command) {
		each := func(fl *pflag.Flag) { known[variableOf(fl.Name)] = settable(fl) }
		cmd.Flags().VisitAll(each)
		cmd.PersistentFlags().VisitAll(each)
	})
	for _, entry := range slices.Sorted(slices.Values(p.variables())) {
		if v, value, _ := strings.Cut(entry, "="); value != "" && strings.HasPrefix(v, variablePrefix) && !known[v] {
			fmt.Fprintf(p.err, "Attention: the environment variable %s belongs to no flag, and has no effect.\n", sanitize.Line(v))
		}
	}
}

// maxConfig bounds the configuration file: it has a dozen lines.
const maxConfig = 64 << 10

// readConfigFile reads at most what a configuration file may have, and a byte more. A
// pipe is none: nobody may ever write into it.
func readConfigFile(path string) ([]byte, error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, err
	case info.Mode()&fs.ModeNamedPipe != 0:
		return nil, errors.New(path + " is a pipe")
	}
	file, err := os.Open(path) //nolint:gosec // the user's own file
	if err != nil {
		return nil, err
	}
	defer file.Close() //nolint:errcheck // read only
	return io.ReadAll(io.LimitReader(file, maxConfig+1))
}

// applyConfigFile reads the configuration file: keys are the names of the flags
// that every command has. It returns all that is wrong, with line and column.
func (f *flags) applyConfigFile(cmd *cobra.Command, path string) (wrong []string) {
	data, err := readConfigFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return []string{"configuration file: " + err.Error()}
	case len(data) > maxConfig:
		return []string{path + ": this is no configuration file: it is larger than 64 KiB"}
	}
	entries, err := readConfig(data)
	if err != nil {
		return []string{path + ":" + err.Error()}
	}
	seen := map[string]bool{}
	for _, e := range entries {
		key, pos := e.Key.GetToken().Value, e.Key.GetToken().Position
		at := fmt.Sprintf("%s:%d:%d: ", path, pos.Line, pos.Column)
		fl := cmd.Root().PersistentFlags().Lookup(key)
		values, problem := valuesOf(e.Value, fl)
		switch {
		case fl == nil:
			wrong = append(wrong, fmt.Sprintf("%sthere is no setting %q; there are %s", at, sanitize.Line(key), joined(settings(cmd.Root()))))
		case seen[key]:
			wrong = append(wrong, fmt.Sprintf("%s%q is set a second time", at, key))
		case problem != "":
			wrong = append(wrong, at+key+": "+problem)
		case !f.given(key):
			f.origins[key] = at + key
			for _, value := range values {
				if err := cmd.Flags().Set(key, value); err != nil {
					wrong = append(wrong, at+key+": "+setProblem(err))
				}
			}
		}
		seen[key] = true
	}
	return wrong
}

// settings are the keys of the configuration file.
func settings(root *cobra.Command) (keys []string) {
	root.PersistentFlags().VisitAll(func(fl *pflag.Flag) {
		if settable(fl) {
			keys = append(keys, fl.Name)
		}
	})
	return keys
}

// readConfig reads a flat YAML mapping. The error begins with line and column.
func readConfig(data []byte) (entries []*ast.MappingValueNode, _ error) {
	file, err := parser.ParseBytes(data, 0, parser.AllowDuplicateMapKey())
	if bad, ok := errors.AsType[*yaml.SyntaxError](err); ok && bad.Token != nil && bad.Token.Position != nil {
		return nil, fmt.Errorf("%d:%d: this is no YAML: %s", bad.Token.Position.Line, bad.Token.Position.Column, plan.PlainYAML(bad.Message))
	}
	if err != nil {
		return nil, fmt.Errorf("1:1: this is no YAML: %s", sanitize.Line(err.Error()))
	}
	for _, doc := range file.Docs {
		switch body := doc.Body.(type) {
		case nil, *ast.NullNode, *ast.CommentGroupNode:
		case *ast.MappingNode:
			entries = append(entries, body.Values...)
		case *ast.MappingValueNode:
			entries = append(entries, body)
		default:
			at := body.GetToken().Position
			return nil, fmt.Errorf("%d:%d: the file is made of lines like \"landscape: eu10-004\"", at.Line, at.Column)
		}
	}
	return entries, nil
}

// valuesOf reads the value of a flag, or a list where it can be said several times.
func valuesOf(node ast.Node, fl *pflag.Flag) (values []string, problem string) {
	entries := []ast.Node{node}
	if list, ok := node.(*ast.SequenceNode); ok && fl != nil && isList(fl) {
		entries = list.Values
	}
	for _, entry := range entries {
		value, problem := valueOf(entry)
		if problem != "" {
			return nil, problem
		}
		values = append(values, value)
	}
	return values, ""
}

// isList reports whether a flag can be said several times.
func isList(fl *pflag.Flag) bool {
	_, several := fl.Value.(pflag.SliceValue)
	return several
}

func valueOf(node ast.Node) (value, problem string) {
	switch node := node.(type) {
	case *ast.StringNode:
		return node.Value, ""
	case *ast.BoolNode, *ast.IntegerNode, *ast.FloatNode:
		return node.GetToken().Value, ""
	case *ast.NullNode:
		return "", "it has no value"
	}
	return "", "its value is one word or one line"
}

// variablesNote begins what every command's help says of the variables.
const variablesNote = "\n\nEvery flag has an environment variable:"

// mentionVariables adds to the help of every command how its flags are set
// otherwise.
func mentionVariables(root *cobra.Command) {
	walk(root, func(cmd *cobra.Command) {
		example := unattended.FlagAPI
		cmd.LocalNonPersistentFlags().VisitAll(func(fl *pflag.Flag) {
			if settable(fl) && (example == unattended.FlagAPI || fl.Name < example) {
				example = fl.Name
			}
		})
		if cmd.Long == "" {
			cmd.Long = cmd.Short + "."
		}
		cmd.Long += fmt.Sprintf("%s --%s is %s.", variablesNote, example, variableOf(example))
	})
}
