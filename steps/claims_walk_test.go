package steps_test

import (
	"slices"
	"strings"

	. "pg-migrate-wizard/steps" //nolint:revive // the tests speak the package's words
)

// seenWorld is the world as it was at the last look of each kind, with what the machine
// itself was told to have changed since: all that a claim may rest on.
type seenWorld struct {
	apps      map[string]App     // nil: nobody has looked
	processes map[Subject]string // the word, or "none"; absent: nobody has looked
	begun     map[Subject]bool   // made, and not looked at since

	looked   map[Observable]bool // since the program was started
	failed   map[Observable]bool // the last look was in vain
	signedIn bool
}

func newSeenWorld() *seenWorld {
	return &seenWorld{processes: map[Subject]string{}, begun: map[Subject]bool{}, looked: map[Observable]bool{}, failed: map[Observable]bool{}}
}

// now reports whether the last look has shown it.
func (v *seenWorld) now(see Observable) bool { return v.looked[see] && !v.failed[see] && v.signedIn }

// look notes that there was a look, and how it went.
func (v *seenWorld) look(see Observable, failed bool) {
	v.looked[see], v.failed[see] = v.looked[see] || !failed, failed
}

// note takes in what a machine is told.
func (v *seenWorld) note(e Occurrence, s State) {
	word := func(exists bool, word string) string {
		if !exists {
			return string(ValueNone)
		}
		return word
	}
	switch e := e.(type) {
	case Resumed:
		was := v.signedIn
		*v = *newSeenWorld()
		v.signedIn = was
	case SawSession:
		v.signedIn = s.Facts.Session.SignedIn
	case LookFailed:
		v.look(e.Of, true)
		v.signedIn = v.signedIn && e.Problem.Kind != ProblemSignedOut
	case SawKeys:
		v.look(map[Side]Observable{Source: ObserveSourceKeys, Target: ObserveTargetKeys}[e.Side], false)
	case SawInstances:
		v.look(ObserveInstances, false)
	case SawApps:
		v.look(ObserveApps, false)
		v.apps = map[string]App{}
		for _, a := range e.Apps {
			v.apps[a.GUID] = copyApp(a)
		}
	case SawReplication:
		if e.Names == s.Names() {
			v.look(ObserveReplication, false)
			v.processes[AboutReplication], v.begun[AboutReplication] = word(e.Exists, e.Word), false
		}
	case SawFinalization:
		if e.Names == s.Names() {
			v.look(ObserveFinalization, false)
			v.processes[AboutFinalization], v.begun[AboutFinalization] = word(e.Exists, e.Word), false
		}
	case Did:
		v.changed(e.Effect)
	}
}

// changed is what the answer to a request tells.
func (v *seenWorld) changed(e Effect) {
	switch e.Do {
	case DoCreateReplication:
		v.begun[AboutReplication] = true
	case DoCreateFinalization:
		v.begun[AboutFinalization] = true
	case DoDeleteReplication:
		v.processes[AboutReplication], v.begun[AboutReplication] = string(ValueNone), false
	case DoDeleteFinalization:
		v.processes[AboutFinalization], v.begun[AboutFinalization] = string(ValueNone), false
	}
	a, known := v.apps[e.App.GUID]
	if !known {
		return
	}
	here := &a.Target
	if e.Instance.GUID == "i1" {
		here = &a.Source
	}
	switch e.Do {
	case DoStopApp:
		a.State = Stopped
	case DoStartApp:
		a.State = Started
	case DoBind:
		*here = Bindings{{}}
	case DoUnbind:
		*here = nil
	}
	v.apps[a.GUID] = a
}

// checkClaims holds every claim against what was seen, and the words that are made of it
// against the claim.
func (r *walk) checkClaims() {
	v := r.view
	for _, c := range Claims(r.s) {
		looked := c.Basis == BasisSeen || c.Basis == BasisLastSeen
		switch {
		case c.Basis == BasisSeen && !r.s.Facts.Session.SignedIn:
			r.t.Fatalf("seen without a login: %+v", c)
		case (c.Basis == BasisNone) != (c.Value == ValueNotKnown):
			r.t.Fatalf("without a basis nothing is known: %+v", c)
		case looked && c.About == AboutApplications && v.apps == nil:
			r.t.Fatalf("nobody has looked: %+v", c)
		case c.About == AboutReplication, c.About == AboutFinalization:
			r.checkProcess(c)
		case c.About == AboutApplications:
			r.checkApps(c)
		}
	}
	if len(Claims(r.s)) == 0 || r.s.Choices.Source == nil {
		return
	}
	said := Standing(r.s) + strings.Join(Leaving(r.s), " ")
	switch c := Claims(r.s)[0]; {
	case c.Basis == BasisNone && !strings.Contains(said, "is not known"):
		r.t.Fatalf("not known, and said %q", said)
	case (c.Basis == BasisLastSeen || c.Basis == BasisRecord && !c.At.IsZero()) && !strings.Contains(said, "last seen "):
		r.t.Fatalf("not seen just now, and said %q: %+v", said, c)
	case strings.Contains(said, "stay stopped until") && (c.Value != ValueStopped || c.Basis != BasisSeen):
		r.t.Fatalf("said %q of %+v", said, c)
	}
}

func (r *walk) checkProcess(c Claim) {
	if c.Basis != BasisSeen && c.Basis != BasisLastSeen {
		return
	}
	if c.Value == ValueBegun {
		if !r.view.begun[c.About] {
			r.t.Fatalf("nothing was begun: %+v", c)
		}
		return
	}
	if c.Basis == BasisLastSeen && Doubted(r.s, map[Subject]Observable{AboutReplication: ObserveReplication, AboutFinalization: ObserveFinalization}[c.About]) {
		return // another machine has removed it: one look does not say enough
	}
	if is := r.view.processes[c.About]; is != string(c.Value) {
		r.t.Fatalf("%+v, and was seen as %q", c, is)
	}
}

// checkApps counts again, by what was seen.
func (r *walk) checkApps(c Claim) {
	if c.Value == ValueUntouched {
		for _, m := range r.s.History {
			if m.Did(DoStopApp) || m.Did(DoBind) || m.Did(DoUnbind) || m.Did(DoStartApp) {
				r.t.Fatalf("%s, and no application was touched?", m.Object)
			}
		}
		return
	}
	if c.Basis != BasisSeen && c.Basis != BasisLastSeen {
		return
	}
	memory := r.s.Choices.Memory
	for i := len(r.s.Choices.Former) - 1; i >= 0 && len(memory) == 0; i-- {
		memory = r.s.Choices.Former[i].Memory
	}
	stopped, source, target := 0, 0, 0
	for _, a := range r.view.apps {
		i := slices.IndexFunc(memory, func(m AppMemory) bool { return m.GUID == a.GUID })
		if i < 0 {
			continue
		}
		m := memory[i]
		switch {
		case m.State == Started && a.State == Stopped:
			stopped++
		case a.State == m.State && a.Source.InForce() != nil && (a.Target.InForce() == nil || m.Side == Both):
			source++
		case (a.State == m.State || green(r.s, a.GUID)) && a.Target.InForce() != nil && a.Source.InForce() == nil:
			target++
		}
	}
	most := map[ClaimValue]int{ValueStopped: stopped, ValueOnSource: source, ValueOnTarget: target, ValueUnsure: len(r.view.apps)}[c.Value]
	if c.Count > most || c.Value == ValueStopped && c.Count != stopped {
		r.t.Fatalf("%+v, and seen: %d stopped, %d on the source, %d on the target: %+v", c, stopped, source, target, r.view.apps)
	}
}

// green reports whether an application is one that is started on the target on purpose.
func green(s State, app string) bool {
	return s.Choices.Switch != nil && slices.Contains(s.Choices.Switch.Green, app)
}
