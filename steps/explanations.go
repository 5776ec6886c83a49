package steps

import (
	"fmt"
	"regexp"
	"slices"
)

// Explanation is what the wizard has to say about a finding, besides the service's
// own words. It explains and never judges: the severity is the service's.
type Explanation struct {
	Known   bool        // the wizard knows this statement; else the other fields say that it does not
	Meaning string      // in plain words
	Matters string      // why
	Remedy  string      // what to do
	Who     string      // who can do it
	Costs   string      // in downtime
	SQL     []Statement // to paste, where that helps
	// Grave says that data is at stake: such a warning takes a word of its own. What the
	// service calls critical nothing unlocks.
	Grave bool
	// Afterwards is what is left to be done on the target once the warning is accepted, as
	// part of a sentence; empty: nothing.
	Afterwards string
	Prepare    PrepareID // that it asks for; empty: none
}

// Who can do something about a finding.
const (
	whoOwner  = "the owner of the database"
	whoTeam   = "the application team"
	whoBoth   = "the application team with the owner of the database"
	whoSpace  = "a space developer"
	noOutage  = "no downtime"
	shortLock = "no downtime, but a lock on the table while it is changed"
)

// knownStatement is a explanation and the statements that it is for.
type knownStatement struct {
	side  Side // empty for both
	words *regexp.Regexp
	Explanation
}

// explanations recognise statements by words that the service is known to use (contract:
// its example and limitations) or that the engine's limits make likely. The first match
// counts. The patterns are narrow on purpose: a wrong explanation
// is worse than none.
var explanations = []knownStatement{
	{Source, regexp.MustCompile(`(?i)\b(unknown|unsupported|not support\w*)\b.*\bdata ?types?\b|\bdata ?types?\b.*\b(unknown|unsupported|not support\w*)|\b(abstime|reltime|tinterval)\b`), Explanation{
		Meaning: "Columns have a type that newer PostgreSQL does not have, such as unknown or abstime.",
		Matters: "The target cannot hold such a column, so its table cannot be copied.",
		Remedy:  "Change the type of these columns, or drop them, also in views.",
		Who:     whoBoth, Costs: shortLock,
		SQL: []Statement{sqlOldTypes, sqlOwnTypes, sqlChangeType},
	}},
	{Source, regexp.MustCompile(`(?i)\bwith oids\b|\boids? columns?\b`), Explanation{
		Meaning: "Tables have the hidden column oid, which PostgreSQL 12 and newer do not have.",
		Matters: "What reads that column finds nothing in the target.",
		Remedy:  "Take the column off, and use a column of your own where one is needed.",
		Who:     whoBoth, Costs: shortLock,
		SQL:        []Statement{sqlWithOids, sqlWithoutOids},
		Afterwards: "see that nothing on the target reads the hidden column oid",
	}},
	{"", regexp.MustCompile(`(?i)\b(without|no|missing)\b.*\bprimary keys?\b|\bprimary keys? (missing|not found)`), Explanation{
		Meaning: "Some tables have no primary key, so the background copy leaves them out.",
		Matters: "They are copied in the finalization, while the applications are down.",
		Remedy:  "Give the large ones a primary key, or empty them of what nobody needs.",
		Who:     whoBoth, Costs: "grows with the size of these tables; with keys, none",
		SQL: []Statement{sqlNoKey, sqlAddKey},
	}},
	{"", regexp.MustCompile(`(?i)\bmultiple roles\b|\broles?\b.*\bmigrated\b`), Explanation{
		Meaning: "The database has more roles than the one of your service key.",
		Matters: "No role is migrated: what signs in or owns tables as another one finds it missing.",
		Remedy:  "Note the roles that are needed, and create them in the target afterwards.",
		Who:     whoOwner, Costs: noOutage, Prepare: PrepareRoles,
		SQL:        []Statement{sqlRoles, sqlMembers},
		Afterwards: "create the roles that are needed in the target",
	}},
	{"", regexp.MustCompile(`(?i)\bmultiple access privileges\b|\b(privileges?|grants?|access rights?)\b.*\bmigrated\b`), Explanation{
		Meaning: "Rights were given on objects of the database (GRANT).",
		Matters: "No right is migrated: who lives on one is refused in the target.",
		Remedy:  "Note the rights that are needed, and grant them in the target afterwards.",
		Who:     whoOwner, Costs: noOutage, Prepare: PrepareRoles,
		SQL:        []Statement{sqlGrants, sqlSchemaGrants},
		Afterwards: "grant the rights that are needed in the target",
	}},
	{Target, regexp.MustCompile(`(?i)\bnot empty\b`), Explanation{
		Meaning: "The target holds objects already.",
		Matters: "Objects of the same name stand in the way, or get mixed with yours.",
		Remedy:  "Choose a new, empty target, or drop what nobody needs in this one.",
		Who:     whoSpace, Costs: noOutage, Grave: true,
		SQL:        []Statement{sqlInTheWay},
		Afterwards: "look whether what the target held before got mixed with yours",
	}},
	{"", regexp.MustCompile(`(?i)\blarge objects?\b`), Explanation{
		Meaning: "Data is kept as large objects, outside the tables.",
		Matters: "They are not migrated; columns that point to them would point to nothing.",
		Remedy:  "Move them into columns of type bytea, or delete them if nobody needs them.",
		Who:     whoTeam, Costs: noOutage + " when it is done before", Grave: true,
		SQL:        []Statement{sqlLargeObjects, sqlLargeObjectColumns},
		Afterwards: "bring the large objects to the target by hand, or see that nothing needs them",
	}},
	{"", regexp.MustCompile(`(?i)\bextensions?\b.*\b(not|missing|unsupported|unavailable)\b|\b(missing|unsupported|unknown)\b.*\bextensions?\b`), Explanation{
		Meaning: "The source uses an extension that the target does not have.",
		Matters: "Types and functions of it are missing in the target.",
		Remedy:  "Create it in the target if it is offered there, or do without it.",
		Who:     whoBoth, Costs: noOutage, Prepare: PrepareExtensions,
		SQL:        []Statement{sqlExtensions, sqlAvailable},
		Afterwards: "see that what needs the extension works on the target",
	}},
	{Source, regexp.MustCompile(`(?i)\b(too many|more than|number of|maximum|limit)\b.*\bschemas?\b|\bschemas?\b.*\b(too many|more than|exceed\w*|limit|maximum)\b`), Explanation{
		Meaning: "The source has more schemas than the service can migrate.",
		Matters: "More than 1,000 schemas are not supported.",
		Remedy:  "Drop the ones that nobody uses, or ask SAP support.",
		Who:     whoBoth, Costs: noOutage,
		SQL: []Statement{sqlSchemas, sqlRelationsBySchema},
	}},
	{Source, regexp.MustCompile(`(?i)\b(too many|more than|number of|maximum|limit)\b.*\brelations?\b|\brelations?\b.*\b(too many|more than|exceed\w*|limit|maximum)\b`), Explanation{
		Meaning: "The source has more tables, indexes, sequences and views than the service can migrate.",
		Matters: "More than 30,000 relations are not supported.",
		Remedy:  "Drop the ones that nobody uses, or ask SAP support.",
		Who:     whoBoth, Costs: noOutage,
		SQL: []Statement{sqlRelations, sqlRelationsBySchema},
	}},
	{"", regexp.MustCompile(`(?i)\b(storage|disk)\b.*\b(space|size|small|full|enough|insufficient|low)\b|\b(insufficient|not enough|too little|low)\b.*\b(storage|disk)\b`), Explanation{
		Meaning: "The target may have too little storage for the data.",
		Matters: "It keeps log and temporary files beside the data; a full disk stops the copy.",
		Remedy:  "Give the target 30 % or 10 GB more than the source uses, whichever is more.",
		Who:     whoSpace, Costs: noOutage, Prepare: PrepareStorage,
		SQL: []Statement{sqlSize},
	}},
	{Source, regexp.MustCompile(`(?i)\b(long[- ]running|open|idle|prepared)\b.*\b(transactions?|quer(y|ies))\b|\btable locks?\b|\bwraparound\b`), Explanation{
		Meaning: "Something holds locks on tables of the source for long.",
		Matters: "At its start the replication needs a short lock on every table.",
		Remedy:  "Let it end, or end it, and start the replication in a quiet hour.",
		Who:     whoOwner, Costs: noOutage,
		SQL: []Statement{sqlLongTransactions, sqlPrepared, sqlWraparound},
	}},
	{Source, regexp.MustCompile(`(?i)\btriggers? found\b|\bbucardo\w*`), Explanation{
		Meaning: "The source has triggers; those named bucardo_… are left from an earlier replication.",
		Matters: "Left-over ones fill the source's disk; your own do not fire while data is copied.",
		Remedy:  "Ask SAP support about left-over ones, and see that nothing needs the others meanwhile.",
		Who:     whoBoth + ", SAP support", Costs: noOutage,
		SQL: []Statement{sqlTriggers},
	}},
	{"", regexp.MustCompile(`(?i)\b(version|release)\b.*\b(older|newer|lower|higher|mismatch|not supported|unsupported)\b|\b(older|newer|lower|unsupported)\b.*\b(version|release)\b`), Explanation{
		Meaning: "The versions of the two servers do not go together.",
		Matters: "What the source uses may be missing in the target.",
		Remedy:  "Choose a target of another version.",
		Who:     whoSpace, Costs: noOutage,
		SQL:        []Statement{sqlVersion},
		Afterwards: "see that what needs the source's version works on the target",
	}},
}

// ExplainFinding returns what the wizard knows about a finding. For a statement that
// it does not know, the explanation says so.
func ExplainFinding(f Finding) Explanation {
	for _, p := range explanations {
		if (p.side == "" || p.side == f.Side) && p.words.MatchString(f.Text) {
			known := p.Explanation
			known.Known, known.SQL = true, slices.Clone(known.SQL)
			return known
		}
	}
	p := Explanation{
		Meaning: "The wizard does not know this statement; it stands here exactly as the service made it.",
		Matters: "The service calls it a warning: it does not stop the migration, but is for you to judge.",
		Remedy:  "Ask SAP support (component BC-CP-BSB-POSTGRESQL) if the words do not say enough.",
		Who:     "you; SAP support",
		Costs:   "not known",

		Afterwards: "look whether the target has what a warning is about that the wizard does not know",
	}
	if f.Critical {
		p.Matters = "The service calls it critical: with it the migration would fail."
	}
	return p
}

// explainFindings looks the explanations of the latest check up once: they are asked for
// with every frame.
func (s *State) explainFindings() {
	s.explained = nil
	f := s.Choices.Checked
	if f == nil {
		return
	}
	s.explained = make(map[string]Explanation, len(f.List))
	for _, x := range f.List {
		s.explained[x.ID] = ExplainFinding(x)
	}
}

// explain is ExplainFinding, with what was looked up.
func (s *State) explain(f Finding) Explanation {
	if known, ok := s.explained[f.ID]; ok {
		return known
	}
	return ExplainFinding(f)
}

// Remedy says what helps against a finding; empty when nothing is known, and
// then the service's own text stands alone.
func Remedy(f Finding) string {
	if p := ExplainFinding(f); p.Known {
		return p.Remedy
	}
	return ""
}

// maxInline is how long a statement may be to be shown beside its finding; longer
// ones stand among the commands only.
const maxInline = 66

// cells are the lines of a explanation, each with a word in front.
func (p Explanation) cells() []string {
	lines := []string{"Means: " + p.Meaning, "Matters: " + p.Matters, "Do: " + p.Remedy, "Who: " + p.Who, "Costs: " + p.Costs}
	more := 0
	for _, q := range p.SQL {
		if len(q.Line) <= maxInline {
			lines = append(lines, "SQL: "+q.Line)
		} else {
			more++
		}
	}
	if more > 0 {
		lines = append(lines, fmt.Sprintf("SQL: %s to paste, among the commands", plural(more, "statement", "statements")))
	}
	return lines
}
