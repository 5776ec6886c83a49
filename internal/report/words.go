package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"pg-migrate-wizard/steps"
)

// phaseLabels are the phases in words.
var phaseLabels = map[steps.PhaseName]string{
	steps.PhaseStopping:     "stopping the applications",
	steps.PhaseDecision:     "waiting for a decision",
	steps.PhaseFinalization: "finalization",
	steps.PhaseRebinding:    "binding to the target",
	steps.PhaseStarting:     "starting on the target",
	steps.PhaseReturning:    "going back to the source",
}

func phaseLabel(p steps.PhaseName) string { return cmp.Or(phaseLabels[p], string(p)) }

var verdictWords = map[Verdict]string{Inside: "inside the range", Shorter: "shorter than forecast", Longer: "longer than forecast"}

var leftLabels = map[steps.LeftKind]string{
	steps.LeftSource: "source instance", steps.LeftTarget: "target instance", steps.LeftSourceKey: "key of the source", steps.LeftTargetKey: "key of the target",
	steps.LeftBinding: "binding to the source", steps.LeftShare: "share of the source", steps.LeftAccess: "open to the migration service",
	steps.LeftReplication: "replication", steps.LeftFinalization: "finalization",
}

// writer is a writer's kind, in words, and name.
func writer(kind, name string) string {
	words := map[steps.WriterKind]string{
		steps.WriterApp: "application", steps.WriterKey: "service key", steps.WriterMention: "holder of the address", steps.WriterUnseen: "not looked into:",
	}
	return join(" ", cmp.Or(words[steps.WriterKind(kind)], kind), name)
}

// status is the status of a step in words. What a back-out gave up may have been done
// before.
func (s Step) status() string {
	switch {
	case s.Status == steps.Skipped && len(s.Rounds) > 0:
		return "given up"
	case s.Status == steps.Skipped, s.Status == steps.Todo:
		return "not reached"
	case s.Status == steps.Attention:
		return "needs attention"
	case s.Status == steps.Asking:
		return "waits for a decision"
	}
	return string(s.Status)
}

func (x Finding) acceptance() string {
	if !x.Accepted {
		return "no"
	}
	return join(", ", "yes", stamp(x.AcceptedAt), where(x.AcceptedBy != "", "by "+x.AcceptedBy))
}

// switched says how an application was brought to the target, where that is not
// as usual.
func (a Application) switched() string {
	return join(", ", where(a.Green, "first (green)"), where(a.Canary, "first, alone (canary)"), where(a.Restaged, "restaged"), where(a.Left, "LEFT as it is, to be mended"))
}

// words describes the state of an application: "started, web 3; on source as db, with
// parameters".
func (st *Standing) words() string {
	var procs []string
	for _, p := range st.Processes {
		procs = append(procs, fmt.Sprintf("%s × %d", p.Type, p.Instances))
	}
	parts := []string{join(", ", cmp.Or(strings.ToLower(st.State), "not visible to this login"), strings.Join(procs, ", "))}
	switch {
	case st.NotReady:
		parts = append(parts, join(": ", "is not ready", st.Ailment))
	case st.Healthy == string(steps.No):
		parts = append(parts, join(": ", "does not run", st.Ailment))
	case st.Ailment != "":
		parts = append(parts, "whether it runs is "+st.Ailment)
	}
	for _, b := range st.Bindings {
		as := where(b.Name != "", " as "+b.Name)
		with := map[string]string{"some": "with parameters", "none": "without parameters"}[b.Parameters]
		parts = append(parts, join(", ", "bound to the "+string(b.Side)+as, with, where(b.Unused != "", "not used: "+b.Unused)))
	}
	if len(st.Bindings) == 0 {
		parts = append(parts, "not bound")
	}
	return strings.Join(parts, "; ")
}

// cells are begin, end and duration.
func (s Span) cells() []string {
	if s.Begin.IsZero() {
		return []string{"", "", ""}
	}
	return []string{stamp(s.Begin), cmp.Or(stamp(s.End), "still on"), lasting(s.Seconds)}
}

// unseenFrom puts into cells that nobody saw it begin: that was at some time since a look.
func unseenFrom(look time.Time, cells []string, begin time.Time) []string {
	if !look.IsZero() && len(cells) == 3 {
		cells[0] = "between " + stamp(look) + " and " + stamp(begin)
		cells[2] = "at least " + cells[2]
	}
	return cells
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format("2006-01-02 15:04:05 MST")
}

func lasting(sec int64) string { return steps.Lasting(time.Duration(sec) * time.Second) }

func between(low, high int64) string { return lasting(low) + " to " + lasting(high) }

// where returns a text where something holds.
func where(holds bool, text string) string {
	if holds {
		return text
	}
	return ""
}

// join joins the parts that are not empty.
func join(sep string, parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(p string) bool { return p == "" }), sep)
}
