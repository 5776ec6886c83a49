package status

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
		reflect.TypeFor[Event](), reflect.TypeFor[Page](), reflect.TypeFor[Place](), reflect.TypeFor[Step](),
		reflect.TypeFor[Progress](), reflect.TypeFor[Downtime](), reflect.TypeFor[Forecast](), reflect.TypeFor[BackOut](),
		reflect.TypeFor[Question](), reflect.TypeFor[Option](), reflect.TypeFor[Alarm](), reflect.TypeFor[Writer](),
		reflect.TypeFor[Finding](), reflect.TypeFor[Problem](), reflect.TypeFor[Ended](),
	} {
		for f := range typ.NumField() {
			name, _, _ := strings.Cut(typ.Field(f).Tag.Get("json"), ",")
			if n++; !strings.Contains(string(data), "`"+name+"`") {
				t.Errorf("%s: the field %q is not in docs/events.md", typ.Name(), name)
			}
		}
	}
	for _, kind := range []string{
		EventBegin, EventStep, EventStatus, EventEffect, eventApp, EventAlarm, eventWaiver, eventAcceptance, EventAnswer,
		EventQuestion, eventProblem, eventHeartbeat, EventAssumption, eventNote, EventDecision, EventEnd,
	} {
		if !strings.Contains(string(data), "| `"+kind+"` |") {
			t.Errorf("the event %q is not in docs/events.md", kind)
		}
	}
	if n < 80 {
		t.Errorf("only %d fields were seen", n)
	}
}
