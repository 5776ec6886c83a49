package cli

import (
	"os"
	"reflect"
	"strings"
	"testing"
)

// TestEveryFieldIsDocumented holds docs/events.md to the fields that programs get.
func TestEveryFieldIsDocumented(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("../../docs/events.md")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, typ := range []reflect.Type{
		reflect.TypeFor[Event](), reflect.TypeFor[Status](), reflect.TypeFor[statusPlace](), reflect.TypeFor[statusStep](),
		reflect.TypeFor[statusProgress](), reflect.TypeFor[statusDowntime](), reflect.TypeFor[statusForecast](), reflect.TypeFor[statusBackOut](),
		reflect.TypeFor[statusQuestion](), reflect.TypeFor[statusOption](), reflect.TypeFor[statusAlarm](), reflect.TypeFor[statusWriter](),
		reflect.TypeFor[statusFinding](), reflect.TypeFor[statusProblem](), reflect.TypeFor[statusEnded](),
	} {
		for f := range typ.NumField() {
			name, _, _ := strings.Cut(typ.Field(f).Tag.Get("json"), ",")
			if n++; !strings.Contains(string(data), "`"+name+"`") {
				t.Errorf("%s: the field %q is not in docs/events.md", typ.Name(), name)
			}
		}
	}
	for _, kind := range []string{
		eventBegin, eventStep, eventStatus, eventEffect, eventApp, eventAlarm, eventWaiver, eventAcceptance, eventAnswer,
		eventQuestion, eventProblem, eventHeartbeat, eventAssumption, eventNote, eventDecision, eventEnd,
	} {
		if !strings.Contains(string(data), "| `"+kind+"` |") {
			t.Errorf("the event %q is not in docs/events.md", kind)
		}
	}
	if n < 80 {
		t.Errorf("only %d fields were seen", n)
	}
}
