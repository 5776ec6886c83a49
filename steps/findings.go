package steps

import (
	"fmt"
	"hash/fnv"
	"strings"
	"unicode"
)

// NewFinding gives a line of the preflight check its identity: the same for the
// same statement, whatever numbers it carries, so that "3 objects found" today
// and "4 objects found" tomorrow are one finding.
func NewFinding(side Side, critical bool, said string) Finding {
	form := strings.Map(func(r rune) rune {
		if unicode.IsDigit(r) {
			return -1
		}
		return unicode.ToLower(r)
	}, said)
	h := fnv.New32a()
	_, _ = h.Write([]byte(strings.Join(strings.Fields(form), " ")))
	severity := "warning"
	if critical {
		severity = "critical"
	}
	return Finding{ID: fmt.Sprintf("%s-%s-%08x", side, severity, h.Sum32()), Side: side, Critical: critical, Text: said}
}

// remedies explain findings by words that the service is known to use
// (contract, example and limitations) or that its engine's limits make likely.
// They add to the service's text and never replace it.
var remedies = []struct{ words, help string }{
	{"data type", "Find the columns with that type and change the type, or update the server side extension that brings it. Until then the table cannot be read by the newer PostgreSQL."},
	{"primary key", "Background replication needs a key: ALTER TABLE … ADD PRIMARY KEY (…). A table without one is copied during the finalization, while the applications are down."},
	{"role", "Roles are not migrated. If your applications use roles of their own, create them in the target after the migration."},
	{"privilege", "Access rights are not migrated. Note the GRANTs that you need, and give them again in the target after the migration."},
	{"not empty", "Use a new, empty target, or drop what is in it. Objects of the same name would stand in the way."},
	{"large object", "Large objects are not migrated. Move them into columns of type bytea, or copy them yourself."},
	{"extension", "Create the extension in the target, if the hyperscaler option offers it, or do without it."},
	{"schema", "At most 1,000 schemas can be migrated. Drop the ones that nobody uses."},
	{"relation", "At most 30,000 relations can be migrated. Drop the ones that nobody uses."},
	{"storage", "Give the target more storage: 30 % or 10 GB more than the source uses, whichever is more."},
	{"disk", "Give the target more storage: 30 % or 10 GB more than the source uses, whichever is more."},
	{"trigger", "Triggers do not fire while data is copied. Check that nothing in the target depends on them during the migration."},
	{"lock", "End long-running transactions on the source, and start the replication in a quiet hour."},
	{"version", "Choose a target with a PostgreSQL version that supports what the source uses."},
}

// Remedy says what helps against a finding; empty when nothing is known, and
// then the service's own text stands alone.
func Remedy(f Finding) string {
	said := strings.ToLower(f.Text)
	for _, r := range remedies {
		if strings.Contains(said, r.words) {
			return r.help
		}
	}
	return ""
}
