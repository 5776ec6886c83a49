package cli

import (
	"testing"

	"pg-migrate-wizard/cfsession"
	"pg-migrate-wizard/internal/plan"
	"pg-migrate-wizard/steps"
)

// TestOneSpellingOfProviders: what the flag takes, a plan takes, and for the same; and
// what stands in a record has the same word.
func TestOneSpellingOfProviders(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"aws", "AWS", "Amazon", "Amazon Web Services", "amazon-web-services", "azure", "Azure", "microsoft", "Microsoft Azure", "gcp", "GCP", "google", "Google Cloud",
		"google_cloud", "Google Cloud Platform", "alibaba", "AliCloud", "Alibaba Cloud", "sap", "SAP", "converged", "SAP Cloud Infrastructure", "ibm", "",
	} {
		asFlag, err := cfsession.ParseProvider(text)
		word := plan.ProviderWord(text)
		if (err == nil) != (word != "") {
			t.Errorf("%q: the flag says %q, %v, and a plan %q", text, asFlag, err, word)
			continue
		}
		if of := steps.ProviderWord(string(asFlag)); of != word {
			t.Errorf("%q: a record of %q says %q, and a plan %q", text, asFlag, of, word)
		}
		if again, _ := cfsession.ParseProvider(word); again != asFlag {
			t.Errorf("%q is %q for the flag and %q in a plan", text, asFlag, again)
		}
	}
}
