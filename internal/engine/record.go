package engine

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"time"

	"pg-migrate-wizard/steps"
)

// changesOf lists what the journal has to keep of the way from one state to the
// next: choices that changed, moments, requests announced and settled.
func changesOf(before, after steps.State, now time.Time) []line {
	var lines []line
	add := func(l line) {
		l.At = now
		lines = append(lines, l)
	}
	// Most events change no choice, which is quicker seen than written.
	if !reflect.DeepEqual(before.Choices, after.Choices) && !bytes.Equal(choicesJSON(before), choicesJSON(after)) {
		add(line{Kind: lineChoices, Choices: &after.Choices})
	}
	for i := len(before.History); i < len(after.History); i++ {
		add(line{Kind: lineMoment, Moment: &after.History[i]})
	}
	for _, id := range slices.Sorted(maps.Keys(before.Did)) {
		if _, still := after.Did[id]; !still {
			add(line{Kind: lineOutcome, ID: id, Result: resultAgain})
		}
	}
	for _, id := range slices.Sorted(maps.Keys(after.Did)) {
		if was, did := before.Did[id]; !did || !was.Equal(after.Did[id]) {
			add(line{Kind: lineOutcome, ID: id, Result: resultDone})
		}
	}
	for _, id := range slices.Sorted(maps.Keys(after.Work)) {
		w, was := after.Work[id], before.Work[id]
		if !w.Effect.Changes() || was.Status == w.Status {
			continue
		}
		switch w.Status {
		case steps.InFlight:
			add(line{Kind: lineIntent, ID: id, Effect: &w.Effect})
		case steps.GoneWrong:
			add(line{Kind: lineOutcome, ID: id, Result: resultFailed, Says: w.Problem.Says, Request: w.Problem.RequestID})
		case steps.Unclear:
			add(line{Kind: lineOutcome, ID: id, Result: resultUnclear, Says: w.Problem.Says, Request: w.Problem.RequestID})
		}
	}
	return lines
}

func choicesJSON(s steps.State) []byte {
	data, err := json.Marshal(s.Choices)
	if err != nil {
		panic(fmt.Sprintf("choices cannot be written as JSON: %v", err)) // plain data always can
	}
	return data
}
