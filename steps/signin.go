package steps

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

type signInStep struct{ stepDefaults }

func (signInStep) done(s *State) bool { return s.signedIn() }

func (signInStep) looks(s *State) []Look {
	looks := []Look{{ObserveSession, paceIdle}, {ObserveMigrations, 0}, {ObserveNotes, paceIdle}}
	if s.choosingSpace() {
		looks = append(looks, Look{ObserveOrgs, 0})
		if s.Choices.Org != nil {
			looks = append(looks, Look{ObserveSpaces, 0})
		}
	}
	return looks
}

func (signInStep) commands(s *State) []Command {
	api := s.Facts.Session.API
	if api == "" {
		api = "https://api.cf.eu10.hana.ondemand.com"
	}
	return []Command{
		{"sign in (a browser gives you the passcode)", "cf login -a " + shell(api) + " --sso"},
		{"choose the org and the space", "cf target -o ORG -s SPACE"},
		{"see who you are and where", "cf target"},
	}
}

func (signInStep) guide() Guide {
	return Guide{
		What: "The wizard works with your own login to Cloud Foundry, the one that the cf command line tool keeps, in the org and space that you agree to.",
		Why:  "Both databases must be in the same org and space, and the migration service acts with your rights. The login is renewed by itself for as long as the migration takes.",
		Tips: []string{
			"You need the Space Developer role in the space.",
			"The wizard keeps your cf signed in; you can go on using cf in another window.",
			"Nothing is changed by signing in.",
		},
	}
}

// choosingSpace reports whether a space has to be picked from lists.
func (s *State) choosingSpace() bool {
	f := s.Facts.Session
	return f.SignedIn && s.Choices.Where == nil && (s.picking || s.Choices.Org != nil || f.Space.GUID == "" || f.Org.GUID == "")
}

func (signInStep) ask(s *State) *Question {
	f := s.Facts.Session
	switch {
	case !s.looked(ObserveSession):
		return nil
	case f.SignedIn && s.Choices.Told != nil && !s.fresh(ObserveSession): // what follows from that is looked at
		return nil
	case !f.SignedIn:
		return askLogin(s)
	case !s.picking && s.Choices.Org == nil && !s.fresh(ObserveMigrations) && s.Seen[ObserveMigrations].Problem == nil:
		return nil
	case !s.picking && s.Choices.Org == nil && !s.looked(ObserveNotes) && s.Seen[ObserveNotes].Problem == nil:
		return nil
	case s.choosingSpace() && s.Choices.Org == nil && (s.picking || len(s.migrationsHere()) == 0 && len(s.notesHere()) == 0):
		return askFrom(s, ObserveOrgs, s.Facts.Orgs, &Question{
			ID: QuestionOrg, Kind: KindNoRight, Title: "In which org are the databases?",
			Why: "Source and target must be in one org and one space.",
		}, "No org is visible to "+f.User+". An org manager has to invite you.")
	case s.Choices.Org != nil:
		if s.Facts.SpacesOf != s.Choices.Org.GUID {
			return nil
		}
		return askFrom(s, ObserveSpaces, s.Facts.Spaces, &Question{
			ID: QuestionSpace, Kind: KindNoRight, Title: "In which space of " + s.Choices.Org.Name + "?",
			Why: "Source and target must be in one org and one space.",
		}, "No space of "+s.Choices.Org.Name+" is visible to "+f.User+". A space manager has to add you.")
	}
	return askWhere(s)
}

// api is the address to sign in at: where the migration runs, what the person
// picked, or what cf was signed in to.
func (s *State) api() string {
	switch {
	case s.Choices.Where != nil:
		return s.Choices.Where.API
	case s.Choices.API != "":
		return s.Choices.API
	}
	return s.Facts.Session.API
}

func askLogin(s *State) *Question {
	if s.api() == "" {
		return askAPI(s)
	}
	if url := s.Facts.Passcode; url != "" {
		return askPasscode(s, url)
	}
	f := s.Facts.Session
	q := &Question{
		ID: QuestionSignIn, Kind: KindNoRight, Title: "You are not signed in to Cloud Foundry.", Why: f.Reason, Recommended: OptionWait,
		Options: []Option{
			{
				ID: OptionWait, Label: "Sign in with cf in another window", Wait: true,
				Consequence: "the wizard looks every few seconds and goes on by itself",
				Then:        "Run cf login in another window. The wizard looks every few seconds, and goes on by itself.",
			},
			{ID: OptionPasscode, Label: "One-time passcode from a browser", Consequence: "the way for single sign-on; shows the address to open"},
			{
				ID: OptionPassword, Label: "User and password", Consequence: "with two factors, append the code to the password",
				Fields: []Field{
					{ID: "user", Label: "User", Kind: FieldText, Default: f.User},
					{ID: "secret", Label: "Password", Kind: FieldSecret},
					{ID: "origin", Label: "Identity provider (origin)", Kind: FieldText, Optional: true, Help: "empty for the default one"},
					keepField(),
				},
			},
			{
				ID: OptionClientCredentials, Label: "Client and secret, for machines", Consequence: "cannot be renewed by a browser",
				Fields: []Field{
					{ID: "user", Label: "Client", Kind: FieldText},
					{ID: "secret", Label: "Secret", Kind: FieldSecret},
					keepField(),
				},
			},
		},
	}
	if f.Damaged != "" { // cf login stumbles over it, too
		q.Why += " Sign in here, for cf too: the file is then kept beside its place, and a new one is written."
		q.Recommended = OptionPasscode
		q.Options[0].Consequence = "cf may not get past the damaged file: move it away first"
	}
	if s.Choices.Where != nil {
		q.Title = "Your login has ended. Sign in again; this step then goes on."
	} else {
		q.Options = append(q.Options, Option{ID: OptionLandscape, Label: "Another landscape…", Consequence: "now: " + s.api()})
	}
	return q
}

// askAPI lets the person pick a landscape, or name an address.
func askAPI(s *State) *Question {
	q := &Question{
		ID: QuestionAPI, Kind: KindNoRight, Title: "Which landscape is your Cloud Foundry on?", Search: true,
		Why: "The address of its API is in the BTP cockpit, on the page of your subaccount. Or sign in with cf in another window: the wizard sees it.",
	}
	if f := s.Facts.Session; f.Damaged != "" {
		q.Why = f.Reason + " Sign in here, for cf too: the file is then kept beside its place, and a new one is written. " +
			"The address of the API is in the BTP cockpit, on the page of your subaccount."
	}
	for _, m := range s.Facts.Migrations { // that first: it may be in the middle of a downtime
		if _, listed := q.Option(m.API); listed || m.API == "" {
			continue
		}
		q.Options = append(q.Options, Option{
			ID: m.API, Label: "Go on with " + migrationTitle(m),
			Consequence: m.API + ", " + m.whereAndHow(),
		})
		q.Recommended = q.Options[0].ID
	}
	for _, l := range s.Facts.Session.Known {
		if _, listed := q.Option(l.API); listed {
			continue
		}
		q.Options = append(q.Options, Option{ID: l.API, Label: l.Name, Consequence: l.Note})
	}
	q.Options = append(q.Options, Option{
		ID: OptionAddress, Label: "Another address", Consequence: "for example of a sandbox",
		Fields: []Field{{ID: "api", Label: "API address", Kind: FieldText, Help: "for example https://api.cf.eu10.hana.ondemand.com"}},
	})
	return q
}

// askPasscode shows where to get a passcode, and asks for it.
func askPasscode(s *State, url string) *Question {
	return &Question{
		ID: QuestionPasscode, Kind: KindNoRight, Title: "Open this address in a browser, and bring the passcode: " + url, Copy: url, Recommended: OptionEnter,
		Why: "Sign in there as you always do. A passcode works once, and for a few minutes.",
		Options: []Option{
			{
				ID: OptionEnter, Label: "Enter the passcode", Consequence: "signs in from here",
				Fields: []Field{{ID: "secret", Label: "Passcode", Kind: FieldSecret}, keepField()},
			},
			{ID: OptionOtherWay, Label: "Sign in another way"},
		},
	}
}

// keepField asks whether the new login is written for cf, too: it may replace
// one that the person needs elsewhere.
func keepField() Field {
	return Field{ID: "keep", Label: "Also sign cf in with it?", Kind: FieldOne, Default: "no", Choices: []Choice{
		{"no", "No", "kept in memory until the wizard ends"}, {"yes", "Yes", "written as cf login would write it; replaces cf's present login"},
	}}
}

func askFrom(s *State, see Observable, list []Ref, q *Question, none string) *Question {
	if !s.fresh(see) {
		return nil
	}
	for _, r := range list {
		q.Options = append(q.Options, Option{ID: r.GUID, Label: r.Name})
	}
	q.Search = len(q.Options) > 9
	if len(q.Options) == 0 {
		q.Title, q.Why, q.Tone = none, "Then look again.", Warn
	}
	if len(q.Options) == 1 {
		q.Recommended = q.Options[0].ID
	}
	q.Options = append(q.Options, Option{ID: OptionLook, Label: "Look again", Consequence: "reads the list anew"})
	if q.ID == QuestionSpace {
		q.Options = append(q.Options, Option{ID: OptionElsewhere, Label: "Another org…"})
	}
	return q
}

func askWhere(s *State) *Question {
	f := s.Facts.Session
	q := &Question{
		ID: QuestionWhere, Title: fmt.Sprintf("Work in %s / %s?", f.Org.Name, f.Space.Name),
		Why:         "Everything that follows happens in this one space. Nothing is changed yet.",
		Recommended: OptionHere,
		Options: []Option{
			{ID: OptionHere, Label: "Start in " + f.Org.Name + " / " + f.Space.Name, Consequence: "as " + f.User},
			{ID: OptionElsewhere, Label: "Another org or space…", Consequence: "pick it from the lists; where your cf points is not changed"},
		},
	}
	if f.Space.GUID == "" || f.Org.GUID == "" { // cf points at none
		q.Options = q.Options[1:]
		q.Options[0].Label, q.Options[0].Consequence = "Start another one: choose org and space…", "pick them from the lists"
	} else if f.Unsettled != "" {
		q.Options[0].Blocked, q.Options[0].Setting = f.Unsettled, f.Setting
		q.Recommended = ""
		if o, ok := settle(f); ok {
			q.Options = slices.Insert(q.Options, 0, o)
			q.Recommended = o.ID
		}
	}
	for i, m := range s.migrationsHere() {
		o := Option{
			ID:          ContinueMigration(m.ID),
			Label:       "Go on with " + migrationTitle(m),
			Consequence: m.whereAndHow(),
		}
		q.Options = slices.Insert(q.Options, i, o)
	}
	here := len(s.migrationsHere())
	for i, n := range s.notesHere() {
		o := Option{
			ID:          FollowNote(n.Target.GUID),
			Label:       "Look at " + n.Source.Name + " → " + n.Target.Name,
			Consequence: fmt.Sprintf("%s, last sign of life %s; it can be taken over then", n.Summary().whereAndHow(), clockTime(n.Lead.Alive, s.At)),
			Blocked:     n.Damage,
		}
		q.Options = slices.Insert(q.Options, here+i, o)
	}
	switch {
	case here > 0:
		q.Title = "Go on with a migration, or start another one?"
		q.Why = "This machine has the journal of a migration that has not ended. The wizard looks where it really stands."
		if n := len(s.migrationsHere()); n > 1 {
			q.Why = fmt.Sprintf("This machine has the journals of %d migrations that have not ended, each as it was seen last. What is IN-SYNC can wait: lead one at a time through its downtime.", n)
		}
		q.Recommended = q.Options[0].ID
	case len(s.notesHere()) > 0:
		q.Title = "Look at a migration that others lead, or start another one?"
		q.Why = "The databases of these spaces say that a migration is under way. " + q.Why
		q.Recommended = ""
	}
	return q
}

// whereAndHow is where it is, and how it stood when it was last seen.
func (m JournalSummary) whereAndHow() string {
	const at = "2 Jan 15:04"
	list := []string{m.Org + " / " + m.Space}
	switch {
	case !m.DownSince.IsZero():
		list = append(list, "DOWNTIME since "+m.DownSince.Format(at))
	case m.Parked() && m.Since.IsZero():
		list = append(list, "parked IN-SYNC")
	case m.Parked():
		list = append(list, "parked IN-SYNC since "+m.Since.Format(at))
	case m.Status != "" && !m.GoesBack:
		list = append(list, string(m.Of)+" "+m.Status)
	}
	list = append(list, "last at step "+m.Step.Title(), m.At.Format(at))
	if m.InUse {
		list = append(list, "open in another program")
	}
	if m.Lead != "" {
		list = append(list, "led by "+m.Lead)
	}
	return strings.Join(list, ", ")
}

// notesHere are the migrations that are led from elsewhere and that this machine has no
// journal of, where the login is.
func (s *State) notesHere() []Note {
	return slices.DeleteFunc(slices.Clone(s.Facts.Notes), func(n Note) bool {
		return n.API != s.Facts.Session.API || slices.ContainsFunc(s.Facts.Migrations, func(m JournalSummary) bool { return m.ID == n.ID })
	})
}

func migrationTitle(m JournalSummary) string {
	return m.Source + " → " + cmp.Or(m.Target, "(not chosen yet)")
}

// migrationsHere are those of this machine that run where the login is.
func (s *State) migrationsHere() []JournalSummary {
	known := s.Facts.Migrations
	list := WithNotes(known, s.Facts.Notes)[:len(known)] // of what others lead by now, the note is newer
	return slices.DeleteFunc(list, func(m JournalSummary) bool {
		return s.Facts.Session.SignedIn && m.API != "" && m.API != s.Facts.Session.API
	})
}

func (signInStep) decide(s *State, a Answer) {
	switch {
	case a.Question == QuestionAPI && a.Option == OptionAddress:
		s.Choices.API = a.Value("api")
	case a.Question == QuestionAPI:
		s.Choices.API = a.Option
	case a.Option == OptionLandscape:
		s.Choices.API, s.Facts.Session.API, s.Facts.Passcode = "", "", ""
	case a.Option == OptionOtherWay:
		s.Facts.Passcode = ""
	case a.Option == OptionLook:
		s.invalidate(ObserveOrgs, ObserveSpaces)
	case a.Question == QuestionWhere && a.Option == OptionSettle:
		s.tell(a)
	case a.Question == QuestionWhere && a.Option == OptionHere:
		s.chooseSpace(s.Facts.Session.Org, s.Facts.Session.Space)
	case a.Option == OptionElsewhere:
		s.Choices.Org, s.picking = nil, true
		s.Facts.Session.Org, s.Facts.Session.Space = Ref{}, Ref{}
		s.invalidate(ObserveOrgs)
	case a.Question == QuestionOrg:
		s.Choices.Org = find(slices.Clone(s.Facts.Orgs), func(r Ref) bool { return r.GUID == a.Option })
		s.invalidate(ObserveSpaces)
	case a.Question == QuestionSpace:
		if p := find(s.Facts.Spaces, func(r Ref) bool { return r.GUID == a.Option }); p != nil {
			s.chooseSpace(*s.Choices.Org, *p)
		}
	}
}

func (s *State) chooseSpace(org, space Ref) {
	f := s.Facts.Session
	s.Choices.Where = &Where{
		API: f.API, Org: org, Space: space, Landscape: f.Landscape, Provider: f.Provider,
		GoogleCloud: f.GoogleCloud, MigrationURL: f.MigrationURL, User: f.User,
	}
	s.Choices.Org, s.picking = nil, false
}

// immediateEffects returns the effects of an answer that are not computed from the
// state: signing in, cancelling a check, opening a journal.
func (s *State) immediateEffects(id ID, a Answer) []Effect {
	if m, ok := continuedMigration(a.Option); ok && a.Question == QuestionWhere {
		return []Effect{{Do: DoOpenMigration, Migration: m}}
	}
	if target, ok := followedNote(a.Option); ok && a.Question == QuestionWhere {
		e := Effect{Do: DoFollow, Instance: Ref{GUID: target}}
		if n := find(s.Facts.Notes, func(n Note) bool { return n.Target.GUID == target }); n != nil {
			e.Instance, e.Migration = n.Target, n.ID
		}
		return []Effect{e}
	}
	access := &Access{How: a.Option, API: s.api(), User: a.Value("user"), Origin: a.Value("origin"), Keep: a.Value("keep") == "yes"}
	switch {
	case a.Question == QuestionSignIn && a.Option == OptionPasscode:
		return []Effect{{Do: DoFindPasscode, SignIn: access}}
	case a.Question == QuestionSignIn && (a.Option == OptionPassword || a.Option == OptionClientCredentials):
		return []Effect{{Do: DoSignIn, SignIn: access}}
	case a.Question == QuestionPasscode && a.Option == OptionEnter:
		access.How = OptionPasscode
		return []Effect{{Do: DoSignIn, SignIn: access}}
	case id == Preflight && a.Option == OptionCancel:
		return []Effect{{Do: DoCancelCheck, Round: s.Choices.Round}}
	}
	return nil
}

func (signInStep) show(s *State, _ time.Time) []Item {
	f := s.Facts.Session
	if !s.looked(ObserveSession) {
		return []Item{quiet("Looking for your cf login…")}
	}
	items := []Item{fact("API", "%s", cmp.Or(s.api(), "none yet"))}
	if !f.SignedIn {
		return append(items, Item{Kind: ItemText, Tone: Warn, Text: f.Reason})
	}
	items = append(items, fact("User", "%s", f.User), fact("Landscape", "%s (%s)", cmp.Or(f.Landscape, "not known"), f.Provider))
	if w := s.Choices.Where; w != nil {
		items = append(items, fact("Space", "%s / %s", w.Org.Name, w.Space.Name))
	} else if f.Space.Name != "" {
		items = append(items, fact("Space", "%s / %s", f.Org.Name, f.Space.Name))
	}
	items = append(items, fact("Migration service", "%s", cmp.Or(f.MigrationURL, "not known")))
	if f.GoogleCloud {
		items = append(items, text("This landscape runs on Google Cloud: the target's key needs session replication. The wizard sees to that."))
	}
	if f.SSLDisabled {
		items = append(items, toned(Warn, "Your cf login skips the check of certificates (--skip-ssl-validation)."))
	}
	return items
}
