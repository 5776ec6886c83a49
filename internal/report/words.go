package report

import (
	"fmt"
	"strings"
	"time"

	"pg-migrate-wizard/steps"
)

// phaseLabel is the phase in words.
func phaseLabel(p PhaseName) string {
	switch p {
	case PhaseStopping:
		return "stopping the applications"
	case PhaseDecision:
		return "waiting for a decision"
	case PhaseFinalization:
		return "finalization"
	case PhaseRebinding:
		return "binding to the target"
	case PhaseStarting:
		return "starting on the target"
	case PhaseReturning:
		return "going back to the source"
	}
	return string(p)
}

func (x Finding) acceptance() string {
	if !x.Accepted {
		return "no"
	}
	text := "yes"
	if !x.AcceptedAt.IsZero() {
		text += ", " + stamp(x.AcceptedAt)
	}
	if x.AcceptedBy != "" {
		text += ", by " + x.AcceptedBy
	}
	return text
}

// words says how an application stands: "started, web 3; on source as db, with
// parameters".
func (st *Standing) words() string {
	var procs []string
	for _, p := range st.Processes {
		procs = append(procs, fmt.Sprintf("%s × %d", p.Type, p.Instances))
	}
	parts := []string{join(", ", or(strings.ToLower(st.State), "not visible to this login"), strings.Join(procs, ", "))}
	if st.Healthy == string(steps.No) {
		parts = append(parts, join(": ", "does not run", st.Ailment))
	}
	for _, b := range st.Bindings {
		bond := "bound to the " + string(b.Side)
		if b.Name != "" {
			bond += " as " + b.Name
		}
		switch b.Parameters {
		case "some":
			bond += ", with parameters"
		case "none":
			bond += ", without parameters"
		}
		parts = append(parts, bond)
	}
	if len(st.Bindings) == 0 {
		parts = append(parts, "not bound")
	}
	return strings.Join(parts, "; ")
}

func spanCells(s Span) []string {
	if s.Begin.IsZero() {
		return []string{"", "", ""}
	}
	return []string{stamp(s.Begin), or(stamp(s.End), "still on"), lasts(s)}
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format("2006-01-02 15:04:05 MST")
}

func lasts(s Span) string { return lasting(s.Seconds) }

func lasting(sec int64) string { return steps.Lasting(time.Duration(sec) * time.Second) }

func between(low, high int64) string { return lasting(low) + " to " + lasting(high) }

func total(list []Downtime) string {
	var sum int64
	for _, d := range list {
		sum += d.Seconds
	}
	if len(list) == 0 {
		return ""
	}
	return lasting(sum)
}

func or(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

func join(sep string, parts ...string) string {
	var kept []string
	for _, p := range parts {
		if p != "" {
			kept = append(kept, p)
		}
	}
	return strings.Join(kept, sep)
}
