package plan

import (
	"slices"
	"strings"
)

// providerAliases are what people write for a provider beside its name in a plan and
// its full name.
var providerAliases = map[string][]string{
	"aws": {"amazon"}, "azure": {"microsoft"}, "gcp": {"google", "google cloud platform"}, "alibaba": {"alicloud", "alibaba cloud"}, "sap": {"converged"},
}

// ProviderWord is the name in a plan of a provider as people and sessions write it,
// like "AWS" or "Google Cloud"; empty when it is none. It takes what --provider takes.
func ProviderWord(text string) string {
	for _, w := range keys[KeyProvider].choices {
		if slices.ContainsFunc(spellings(w), func(s string) bool { return bare(s) == bare(text) }) {
			return w.value
		}
	}
	return ""
}

func spellings(c choice) []string {
	return append([]string{c.value, c.does}, providerAliases[c.value]...)
}

// bare is a text without case and separators.
func bare(text string) string {
	return strings.ToLower(strings.NewReplacer(" ", "", "-", "", "_", "").Replace(text))
}

// providerPattern is the same as a regular expression, for the schema.
func providerPattern() string {
	var all []string
	for _, w := range keys[KeyProvider].choices {
		for _, s := range spellings(w) {
			var p []string
			for _, r := range bare(s) {
				p = append(p, "["+string(r)+strings.ToUpper(string(r))+"]")
			}
			if one := strings.Join(p, "[ _-]*"); !slices.Contains(all, one) {
				all = append(all, one)
			}
		}
	}
	return "^[ _-]*(" + strings.Join(all, "|") + ")[ _-]*$"
}
