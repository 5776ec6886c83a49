package steps

import "strings"

// Evidence is what support asks for first: where it is, which objects it is about by
// their identities, and by which identities the other side knows the requests.
type Evidence struct {
	Region       string // empty: the landscape's name does not tell
	Org, Space   Ref
	Source       Ref
	Target       Ref
	SourceKey    Ref // without a GUID where nobody has looked at the keys
	TargetKey    Ref
	Requests     []Moment // with a request id; also those that went well
	MigrationURL string
}

// EvidenceOf collects it from record and facts.
func EvidenceOf(s State) Evidence {
	var e Evidence
	if w := s.Choices.Where; w != nil {
		e.Region, e.Org, e.Space, e.MigrationURL = Region(w.Landscape), w.Org, w.Space, w.MigrationURL
	}
	for _, x := range s.endpoints() {
		instance, key := &e.Source, &e.SourceKey
		if x.side == Target {
			instance, key = &e.Target, &e.TargetKey
		}
		if x.instance != nil {
			*instance = *x.instance
		}
		if k := x.key(); k != nil {
			*key = k.Ref
		} else if *x.choice != nil {
			key.Name = (*x.choice).Name
		}
	}
	for _, m := range s.History {
		if m.RequestID != "" {
			e.Requests = append(e.Requests, m)
		}
	}
	return e
}

// Region is the region that the name of a landscape begins with: eu10 of eu10-004 and of
// eu10-004.hana.ondemand.com; empty where it is none.
func Region(landscape string) string {
	name, _, _ := strings.Cut(landscape, ".")
	name, _, _ = strings.Cut(name, "-")
	digits := func(text string) bool { return strings.Trim(text, "0123456789") == "" }
	if len(name) != 4 || digits(name[:2]) || !digits(name[2:]) {
		return ""
	}
	return name
}

// ProviderWord is the word that flags and plans have for a provider, whose full name
// stands in a record; empty for none that is known.
func ProviderWord(name string) string {
	return map[string]string{"AWS": "aws", "Azure": "azure", "Google Cloud": "gcp", "Alibaba Cloud": "alibaba", "SAP Cloud Infrastructure": "sap"}[name]
}

// lastRequests is how many request ids a screen shows; the report has them all.
const lastRequests = 3

// evidenceItems shows what support asks for.
func (s *State) evidenceItems() []Item {
	e := EvidenceOf(*s)
	var items []Item
	for _, x := range []struct {
		label string
		ref   Ref
	}{{"Org", e.Org}, {"Space", e.Space}, {"Source", e.Source}, {"Target", e.Target}, {"Source key", e.SourceKey}, {"Target key", e.TargetKey}} {
		if x.ref.GUID != "" {
			items = append(items, fact(x.label, "%s, GUID %s", x.ref.Name, x.ref.GUID))
		}
	}
	if e.Region != "" {
		items = append([]Item{fact("Region", "%s", e.Region)}, items...)
	}
	for _, m := range e.Requests[max(0, len(e.Requests)-lastRequests):] {
		items = append(items, fact("Request id", "%s (%s)", m.RequestID, m.Request()))
	}
	return append([]Item{quiet("For support; the report has all of it:")}, items...)
}

// Request says in words what a moment with a request id was about.
func (m Moment) Request() string {
	switch m.Kind {
	case MomentReplication, MomentFinalization:
		return string(m.Kind) + " " + m.Status
	}
	return m.Object + ": " + m.Status
}
