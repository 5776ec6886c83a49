package report_test

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"pg-migrate-wizard/internal/report"
	"pg-migrate-wizard/steps"
)

const (
	canary = "s3cr3t-canary-7411"
	// evil is what a name or a message could be, from somebody who wants harm.
	evil = "</td><script>alert(1)</script>\x1b[31m\u202etxt|`x`\n# a *b* <img src=x onerror=y> [l](javascript:z)\x00\u200b&amp;\x9b"
)

var start = time.Date(2026, 11, 22, 21, 0, 0, 0, time.UTC)

// hostile is a state in which every text from outside is evil, and every
// parameter a secret.
func hostile() steps.State {
	ref := func(guid string) steps.Ref { return steps.Ref{GUID: guid, Name: evil + guid} }
	params := json.RawMessage(`{"password":"` + canary + `","plain":"` + canary + `"}`)
	harmlessLooking := json.RawMessage(`{"role":"` + canary + `"}`)
	s := steps.New()
	c := &s.Choices
	c.Where = &steps.Where{API: evil, Org: ref("o"), Space: ref("s"), Landscape: evil, Provider: evil, MigrationURL: "javascript:" + evil, User: evil}
	c.Round = 2
	source, target, used := ref("i1"), ref("i2"), ref("i3")
	c.Source, c.Target, c.UsedTargets = &source, &target, []steps.Ref{used}
	c.SourceKey, c.TargetKey = &steps.KeyChoice{Name: evil}, &steps.KeyChoice{Name: evil}
	c.Replicate = &steps.Consent{At: start, By: evil + "two"}
	finding := steps.NewFinding(steps.Source, false, evil+" role")
	gone := steps.NewFinding(steps.Target, true, evil+" schema")
	c.Accepted = []steps.Acceptance{{ID: finding.ID, At: start, By: evil, Text: evil}, {ID: evil, At: start, By: evil, Text: evil}}
	c.LastCheck = &steps.Findings{At: start, Names: s.Names(), List: []steps.Finding{gone}}
	s.Facts.Findings = &steps.Findings{At: start, Names: s.Names(), List: []steps.Finding{finding}}
	forecast := &steps.Forecast{At: start, Parts: []steps.ForecastPart{{Phase: `x"><script>`, Low: time.Second, High: time.Minute, Basis: evil}, {Phase: steps.PhaseStop, Basis: evil}}}
	c.Stop = &steps.StopChoice{At: start, By: evil, Known: []string{evil}, Tasks: []string{evil}, Limit: 1, AskAfter: start, Forecast: forecast}
	c.Switch = &steps.SwitchChoice{Consent: steps.Consent{At: start, By: evil}, Canary: "a1", Restage: []string{"a1", evil}, Left: []string{"a2"}}
	c.Former = []steps.Former{{
		Round: 1, Stop: &steps.StopChoice{At: start.Add(-time.Hour), By: evil, Forecast: &steps.Forecast{At: start.Add(-time.Hour), Parts: forecast.Parts}},
		Memory:  []steps.AppMemory{{Ref: ref("a1"), State: evil, Processes: []steps.Process{{Type: evil, Instances: 1}}, Binding: &steps.BoundMemory{Name: evil, Params: steps.Params{Raw: params, Known: true}}}},
		Waivers: []steps.Waiver{{ID: evil, Name: evil, Reason: evil, At: start.Add(-time.Hour), By: evil}},
		BackOut: &steps.BackOutChoice{At: start.Add(-time.Minute), By: evil, Why: evil, Loss: evil},
	}}
	c.Waivers = []steps.Waiver{{ID: "app:a2", Name: evil, Reason: evil, At: start, By: evil}}
	for _, a := range []struct {
		guid string
		raw  json.RawMessage
	}{{"a1", params}, {"a2", harmlessLooking}} {
		c.Memory = append(c.Memory, steps.AppMemory{
			Ref: ref(a.guid), State: evil, Processes: []steps.Process{{Type: evil, Instances: 2}},
			Binding: &steps.BoundMemory{Name: evil, Params: steps.Params{Raw: a.raw, Known: true}},
		})
		s.Facts.Apps = append(s.Facts.Apps, steps.App{
			Ref: ref(a.guid), State: evil, Processes: []steps.Process{{Type: evil, Instances: 2}},
			Source: steps.Bindings{{GUID: "b", Name: evil, Params: a.raw, ParamsKnown: true}}, Healthy: evil, Ailment: evil,
		})
	}
	c.BackOut = &steps.BackOutChoice{At: start.Add(time.Minute), By: evil, Why: evil, Loss: evil, Remove: true}
	c.Ended = &steps.Ending{At: start.Add(time.Hour), How: evil}
	e := steps.Effect{Do: steps.DoStopApp, App: ref("a1"), Round: 2, Params: steps.Params{Raw: params}}
	s.Work[e.ID()] = steps.Work{
		Effect: e, Status: steps.GoneWrong, At: start.Add(time.Second),
		Problem: steps.Problem{Says: evil, RequestID: evil, Status: 502, Raw: canary},
	}
	for i, m := range []steps.Moment{
		{Kind: steps.MomentStep, Object: string(steps.Finalize), Status: "begun"},
		{Kind: steps.MomentEffect, Object: e.String(), Status: "failed", Says: evil, HTTPStatus: 502, RequestID: evil, ID: evil, Verb: steps.DoStopApp},
		{Kind: steps.MomentEffect, Object: evil, Verb: steps.DoCheck, Status: evil},
		{Kind: steps.MomentApp, Object: evil + "a1", ID: "a1", Status: "stopped"},
		{Kind: steps.MomentApp, Object: evil, ID: evil, Status: "stopped"},
		{Kind: steps.MomentAlarm, Object: evil, ID: evil, Status: "begun", Says: evil},
		{Kind: steps.MomentAlarm, Object: evil, ID: "instance:" + evil, Status: "begun", Says: evil},
		{Kind: steps.MomentWaiver, Object: evil, ID: evil, Status: evil, Says: evil, By: evil},
		{Kind: steps.MomentAnswer, Object: "decision", Status: evil, By: evil},
		{Kind: steps.MomentReplication, Status: evil},
		{Kind: steps.MomentFinalization, Status: evil},
		{Kind: steps.MomentEffect, Object: "delete the service key " + evil, Verb: steps.DoDeleteKey, Status: "done"},
		{Kind: steps.MomentAnswer, Object: "finalize", Status: "back-out"},
	} {
		m.At, m.Round = start.Add(time.Duration(i)*time.Second), 2
		if m.Kind == steps.MomentAnswer {
			m.At = c.BackOut.At
		}
		s.History = append(s.History, m)
	}
	return s
}

func TestHostileTextIsHarmless(t *testing.T) {
	t.Parallel()
	r := report.New(hostile(), start.Add(2*time.Hour))
	for name, n := range map[string]int{
		"forecasts": len(r.Forecasts), "decisions": len(r.Decisions), "alarms": len(r.Alarms), "waivers": len(r.Waivers), "back-outs": len(r.BackOuts),
		"requests": len(r.Requests), "applications": len(r.Applications), "earlier": len(r.Applications[0].Earlier), "downtimes": len(r.Downtimes),
	} {
		if n == 0 {
			t.Errorf("no %s: this test proves nothing of them", name)
		}
	}
	js, html := forms(t, r)
	md := r.Markdown()
	for name, form := range map[string]string{"Markdown": md, "JSON": js, "HTML": html} {
		if i := strings.IndexFunc(form, func(c rune) bool { return c != '\n' && unicode.In(c, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) }); i >= 0 {
			t.Errorf("%s: something hidden at %q", name, form[max(0, i-40):min(len(form), i+40)])
		}
		if strings.Contains(strings.ToLower(form), "<script") || strings.Contains(form, "<img") {
			t.Errorf("%s: a tag came through", name)
		}
		if strings.Contains(form, canary) {
			t.Errorf("%s: a secret came through", name)
		}
		if strings.Contains(form, "ZgotmplZ") {
			t.Errorf("%s: the template refused a value", name)
		}
		if !strings.Contains(form, "alert(1)") {
			t.Errorf("%s: the text is not there at all, so this test proves nothing", name)
		}
	}
	if !json.Valid([]byte(js)) {
		t.Error("JSON is not valid")
	}
	checkPage(t, html)
	checkMarkdown(t, md)
}

// checkMarkdown: no tag, no heading but ours, and every table keeps its columns.
func checkMarkdown(t *testing.T, md string) {
	t.Helper()
	if strings.ContainsAny(md, "<>") {
		t.Error("Markdown: HTML is left in it")
	}
	unescaped := regexp.MustCompile(`(^|[^\\])\|`)
	columns := 0
	for line := range strings.Lines(md) {
		line = strings.TrimSpace(line)
		if !strings.HasPrefix(line, "|") {
			columns = 0
			continue
		}
		n := len(unescaped.FindAllString(line, -1))
		if columns != 0 && n != columns && !strings.HasPrefix(line, "|---") {
			t.Errorf("Markdown: %d columns, not %d: %s", n, columns, line)
		}
		columns = n
	}
	if n := strings.Count(md, "\n# "); n != 0 || !strings.HasPrefix(md, "# ") {
		t.Error("Markdown: not exactly one title")
	}
}

// checkPage reads the page as tags that must be balanced, and holds what makes
// it self-contained and accessible.
func checkPage(t *testing.T, html string) {
	t.Helper()
	void := []string{"meta", "br", "link", "img", "input", "hr"}
	d := xml.NewDecoder(strings.NewReader(html))
	d.Strict, d.AutoClose, d.Entity = false, void, xml.HTMLEntity
	var open []string
	ids, count, labels := map[string]bool{}, map[string]int{}, []string{}
	for {
		token, err := d.RawToken()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("HTML: %v", err)
		}
		switch e := token.(type) {
		case xml.StartElement:
			count[e.Name.Local]++
			for _, a := range e.Attr {
				switch {
				case a.Name.Local == "id" && ids[a.Value]:
					t.Errorf("HTML: id %s twice", a.Value)
				case a.Name.Local == "id":
					ids[a.Value] = true
				case a.Name.Local == "aria-labelledby":
					labels = append(labels, a.Value)
				case a.Name.Local == "src", a.Name.Local == "href", strings.HasPrefix(a.Name.Local, "on"):
					t.Errorf("HTML: %s has %s", e.Name.Local, a.Name.Local)
				}
			}
			if e.Name.Local == "th" && !slices.ContainsFunc(e.Attr, func(a xml.Attr) bool { return a.Name.Local == "scope" }) {
				t.Error("HTML: a table header without scope")
			}
			if !slices.Contains(void, e.Name.Local) {
				open = append(open, e.Name.Local)
			}
		case xml.EndElement:
			if n := len(open); n == 0 || open[n-1] != e.Name.Local {
				t.Fatalf("HTML: </%s> closes %v", e.Name.Local, open)
			}
			open = open[:len(open)-1]
		}
	}
	if len(open) > 0 {
		t.Errorf("HTML: left open: %v", open)
	}
	for _, id := range labels {
		if !ids[id] {
			t.Errorf("HTML: no heading %s", id)
		}
	}
	if count["h1"] != 1 || count["h2"] == 0 || count["caption"] != count["table"] || count["script"]+count["link"]+count["img"] != 0 {
		t.Errorf("HTML: %v", count)
	}
	for _, outside := range []string{"url(", "@import"} {
		if strings.Contains(html, outside) {
			t.Errorf("HTML: %s", outside)
		}
	}
}

func TestGoldenPagesAreWellFormed(t *testing.T) {
	t.Parallel()
	for name := range stories {
		for ending, check := range map[string]func(*testing.T, string){".html": checkPage, ".md": checkMarkdown} {
			data, err := os.ReadFile(filepath.Join("testdata", name+ending))
			if err != nil {
				t.Fatal(err)
			}
			check(t, string(data))
		}
	}
}
