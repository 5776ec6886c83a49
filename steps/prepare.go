package steps

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// PrepareID names a thing to prepare. The values stand in journals and plans.
type PrepareID string

// What there is to prepare in good time, and not in the downtime.
const (
	PrepareTLS        PrepareID = "tls"
	PrepareLabel      PrepareID = "label"
	PrepareManifests  PrepareID = "manifests"
	PrepareSchedulers PrepareID = "schedulers"
	PrepareAddresses  PrepareID = "addresses"
	PrepareExtensions PrepareID = "extensions"
	PrepareRoles      PrepareID = "roles"
	PrepareStorage    PrepareID = "storage"
	PreparePsql       PrepareID = "psql"
)

// PrepareState is how far a thing is prepared.
type PrepareState string

// States. Only the first two settle it; the last one says that nobody has looked yet.
const (
	PrepareDone      PrepareState = "done"
	PrepareNotNeeded PrepareState = "not-needed"
	PrepareOpen      PrepareState = "open"
	PrepareUnknown   PrepareState = "not-known"
)

// Words is the state for people.
func (p PrepareState) Words() string { return strings.ReplaceAll(string(p), "-", " ") }

// Settled reports whether nothing is left to do.
func (p PrepareState) Settled() bool { return p == PrepareDone || p == PrepareNotNeeded }

// Preparation is one thing to prepare before the downtime. It blocks nothing: it is a list.
type Preparation struct {
	ID    PrepareID
	What  string
	Why   string
	Who   string
	Seen  string // what was seen of it, or what is asked because no look shows it
	About []Ref  // what it concerns, as far as it was seen
	State PrepareState
	By    string // whose word settles it; empty: a look does
	At    time.Time

	said bool // somebody has given a word on it, which may not hold any more
}

// Settled reports whether nothing is left to do.
func (p Preparation) Settled() bool { return p.State.Settled() }

// askable reports whether a person can say how it stands.
func (p Preparation) askable() bool { return p.State == PrepareOpen || p.said }

// PrepareWord is what somebody said of a thing to prepare. Nothing else of the list is
// kept: the rest is seen.
type PrepareWord struct {
	Item  PrepareID    `json:"item"`
	State PrepareState `json:"state"` // done or not-needed
	About []string     `json:"about,omitempty"`
	At    time.Time    `json:"at"`
	By    string       `json:"by,omitempty"`
}

// preparations are the things in the order of the list. Each looks at the state for what it
// concerns and how that stands, without the words of people.
var preparations = []struct {
	id        PrepareID
	what, why string
	who       string
	look      func(*State, *Preparation)
}{
	{PrepareTLS, "TLS in the applications", "The target takes only TLS connections: an application that does not speak it reaches no database after the switch.", whoTeam, lookTLS},
	{PrepareLabel, "label of the binding", prepareLabel, whoTeam, lookLabel},
	{PrepareManifests, "manifests and MTA descriptors", prepareManifests, whoTeam, lookManifests},
	{PrepareSchedulers, "schedulers and pipelines", "They start tasks and applications whenever they like: what they write in the downtime is lost. Know where each is switched off.", whoTeam, lookSchedulers},
	{PrepareAddresses, "addresses of the source", "Who has the address without a binding keeps it after the switch, and writes to the old database.", whoTeam, lookAddresses},
	{PrepareExtensions, "extensions", "What an extension provides is missing in a target without it. The commands of the preflight check list them.", whoBoth, lookExtensions},
	{PrepareRoles, "roles and rights", "No role and no right is migrated: have the statements ready that create them in the target.", whoOwner, lookRoles},
	{PrepareStorage, "storage of the target", "The target keeps log and temporary files beside the data: 30 % or 10 GB more than the source uses, whichever is more.", whoSpace, lookStorage},
	{PreparePsql, "a way to psql", "Findings are mended and rows are compared with it, and neither database is reached from outside: try it on both before the downtime.", whoOwner, lookPsql},
}

// What an application team has to change.
const (
	prepareLabel     = "The label of the binding changes from " + SourceOffering + " to " + TargetOffering + ": what looks for the old one in VCAP_SERVICES does not find its database. Change it before the downtime."
	prepareManifests = "A deployment with an old manifest or MTA descriptor binds the source again: have the changed one ready for the first deployment after the switch."
)

// PrepareIDs lists the things, in the order of the list.
func PrepareIDs() []PrepareID {
	ids := make([]PrepareID, len(preparations))
	for i, p := range preparations {
		ids[i] = p.id
	}
	return ids
}

// Title is the thing for people; the identity itself where this program does not know it.
func (id PrepareID) Title() string {
	for _, p := range preparations {
		if p.id == id {
			return p.what
		}
	}
	return string(id)
}

// Preparations lists what to prepare, from what the landscape shows and what people said.
func Preparations(s State) []Preparation { return s.preparations() }

func (s *State) preparations() []Preparation {
	if s.Choices.Source == nil {
		return nil
	}
	var list []Preparation
	for _, x := range preparations {
		p := Preparation{ID: x.id, What: x.what, Why: x.why, Who: x.who, State: PrepareOpen}
		x.look(s, &p)
		if w := s.prepareWord(x.id); w != nil {
			p.take(*w)
		}
		list = append(list, p)
	}
	return list
}

// take applies a word, as far as it goes: what was found since then is open.
func (p *Preparation) take(w PrepareWord) {
	p.said = true
	if p.Settled() {
		return // a look says more
	}
	since := slices.DeleteFunc(slices.Clone(p.About), func(r Ref) bool { return slices.Contains(w.About, r.GUID) })
	if len(since) > 0 {
		p.State = PrepareOpen
		p.Seen = fmt.Sprintf("%s, says %s; since then: %s", w.State.Words(), orSomebody(w.By), listNames(since, Ref.name))
		return
	}
	p.State, p.By, p.At = w.State, w.By, w.At
}

func orSomebody(name string) string {
	if name == "" {
		return "somebody"
	}
	return name
}

func (s *State) prepareWord(id PrepareID) *PrepareWord {
	return find(s.Choices.Prepared, func(w PrepareWord) bool { return w.Item == id })
}

// concerned lists the applications that are bound to the source, or were before they were
// brought over.
func (s *State) concerned() []Ref {
	var list []Ref
	for _, a := range s.bound() {
		list = append(list, a.Ref)
	}
	for _, m := range s.Choices.Memory {
		if !slices.ContainsFunc(list, func(r Ref) bool { return r.GUID == m.GUID }) {
			list = append(list, m.Ref)
		}
	}
	return byName(list, func(r Ref) Ref { return r })
}

// ofApps is for what concerns each application that is bound to the source: nothing is to
// be prepared where a look shows none. It returns their names.
func (s *State) ofApps(p *Preparation) string {
	p.About = s.concerned()
	if len(p.About) > 0 {
		return listNames(p.About, Ref.name)
	}
	if s.looked(ObserveApps) {
		p.State, p.Seen = PrepareNotNeeded, "no application is bound to the source"
	}
	return "the applications"
}

func lookTLS(s *State, p *Preparation) {
	if names := s.ofApps(p); p.State == PrepareOpen {
		p.Seen = names + ": no look shows what their code does"
	}
}

func lookLabel(s *State, p *Preparation) {
	if names := s.ofApps(p); p.State == PrepareOpen {
		p.Seen = names + ": bound under " + SourceOffering
	}
}

func lookManifests(s *State, p *Preparation) {
	names := s.ofApps(p)
	if p.State != PrepareOpen {
		return
	}
	p.Seen = names + ": no look shows how they are deployed"
	var mtas, of []string
	for _, a := range s.Facts.Apps {
		if a.MTA != "" && slices.Contains(p.About, a.Ref) {
			of = append(of, a.Name)
			if !slices.Contains(mtas, a.MTA) {
				mtas = append(mtas, a.MTA)
			}
		}
	}
	if len(mtas) > 0 {
		p.Seen = "MTA " + strings.Join(mtas, ", ") + ": " + strings.Join(of, ", ")
	}
}

func lookSchedulers(s *State, p *Preparation) {
	for _, x := range s.Facts.Elsewhere.Schedulers {
		p.About = append(p.About, x.Ref)
	}
	p.Seen = "no look shows pipelines and jobs outside the platform"
	if len(p.About) > 0 {
		p.Seen = listNames(p.About, Ref.name) + ", of the same applications; no look shows pipelines"
	}
}

func lookAddresses(s *State, p *Preparation) {
	for _, m := range s.Facts.Elsewhere.Mentions {
		p.About = append(p.About, m.Ref)
	}
	known := len(p.About)
	for _, u := range s.Facts.Elsewhere.Unseen {
		p.About = append(p.About, u.Ref)
	}
	switch {
	case !s.looked(ObserveElsewhere):
		p.State, p.Seen = PrepareUnknown, "a look tells who else has it"
	case known > 0:
		p.Seen = "named by " + listNames(p.About[:known], Ref.name)
	case len(p.About) > 0:
		p.Seen = "could not be looked into: " + listNames(p.About, Ref.name)
	default:
		p.State, p.Seen = PrepareNotNeeded, "no environment and no user-provided service names it"
	}
}

// foundOf lists findings of the last check that mean something to prepare; known: there was
// a check.
func (s *State) foundOf(id PrepareID) (found []Ref, known bool) {
	f := s.Choices.Checked
	if f == nil || !f.sameDatabases(s.Names()) {
		return nil, false
	}
	for _, x := range f.List {
		if s.explain(x).Prepare == id {
			found = append(found, Ref{GUID: x.ID, Name: x.Text})
		}
	}
	return found, true
}

func lookExtensions(s *State, p *Preparation) {
	p.About, _ = s.foundOf(p.ID)
	p.Seen = "no check names each of them"
	if len(p.About) > 0 {
		p.Seen = "the check says: " + listNames(p.About, Ref.name)
	}
}

func lookRoles(s *State, p *Preparation) {
	found, known := s.foundOf(p.ID)
	switch p.About = found; {
	case !known:
		p.State, p.Seen = PrepareUnknown, "the preflight check tells"
	case len(found) > 0:
		p.Seen = "the check says: " + listNames(found, Ref.name)
	default:
		p.State, p.Seen = PrepareNotNeeded, "the check found none"
	}
}

func lookStorage(s *State, p *Preparation) {
	p.About, _ = s.foundOf(p.ID)
	l := s.limits()
	made := 0
	if n := s.Choices.NewTarget; n != nil {
		made = n.StorageGB
	}
	switch {
	case len(p.About) > 0:
		p.Seen = "the check says: " + listNames(p.About, Ref.name)
	case l == nil || l.SizeGB == 0:
		p.Seen = "nobody has said how much the source uses, and no look shows how much the target has"
	case made >= StorageFor(l.SizeGB):
		p.State, p.Seen = PrepareDone, fmt.Sprintf("it was made with %d GB, and %d GB are needed", made, StorageFor(l.SizeGB))
	case made > 0:
		p.Seen = fmt.Sprintf("it was made with %d GB, and %d GB are needed", made, StorageFor(l.SizeGB))
	default:
		p.Seen = SayStorage(l.SizeGB) + "; no look shows how much it has"
	}
}

func lookPsql(_ *State, p *Preparation) {
	p.Seen = "no look shows it: cf ssh, a bastion, or the owner of the database"
}
