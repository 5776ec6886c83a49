package cli_test

import (
	"go/ast"
	"go/token"
	"regexp"
	"strconv"
	"testing"
)

// Sentences about how things stand are made of claims, in one place: a voice that has a
// text of its own says it also where nobody has looked.
var standing = []struct {
	in    []string       // packages
	words *regexp.Regexp // that no literal there may have
	// except are the files whose sentences are about something else, and about what.
	except map[string]string
}{
	{
		in:    []string{"tui", "internal/status", "internal/report", "internal/unattended", "internal/cli"},
		words: regexp.MustCompile(`(?i)\bon (?:the )?(?:SOURCE|TARGET)\b.*\blost\b|applications? (?:is |are )?on (?:SOURCE|TARGET)|nothing (?:is |was )?lost|nothing was (?:changed|copied|touched)|stays? stopped|\bstill there\b|no application (?:is|was)|finalization removed`),
		except: map[string]string{
			"internal/status/results.go":          "what the command itself has sent",
			"internal/unattended/observation.go":  "what the command itself has sent: it only looks",
			"internal/cli/wait.go":                "what the command itself has sent",
			"internal/cli/login.go":               "what the command itself has sent",
			"internal/cli/examine.go":             "the end of a demo, which looks at everything itself",
			"internal/report/document_cutover.go": "what the record has",
			"internal/report/document.go":         "the title of a list",
		},
	},
	{
		in:    []string{"steps"},
		words: regexp.MustCompile(`applications? (?:is |are )?(?:on (?:SOURCE|TARGET)|stay STOPPED)|Applications stay|, nothing lost|nothing was changed\b`),
		except: map[string]string{
			"steps/standing.go": "made of claims",
			"steps/card.go":     "how it would be after going back",
		},
	},
}

func TestNoVoiceHasAStandingTextOfItsOwn(t *testing.T) {
	t.Parallel()
	for _, x := range standing {
		used := map[string]bool{}
		for _, dir := range x.in {
			inspectSources(t, dir, func(name string, at token.Position, _ *token.FileSet, n ast.Node) bool {
				l, ok := n.(*ast.BasicLit)
				if !ok || l.Kind != token.STRING {
					return true
				}
				text, err := strconv.Unquote(l.Value)
				if err != nil || !x.words.MatchString(text) {
					return true
				}
				used[name] = true
				if x.except[name] == "" {
					t.Errorf("%s says how things stand by itself, and not by a claim: %q", at, text)
				}
				return true
			})
		}
		for name := range x.except {
			if !used[name] {
				t.Errorf("%s has no such sentence any more: take it off the list", name)
			}
		}
	}
}
