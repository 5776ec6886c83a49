package steps

import (
	"fmt"
	"hash/fnv"
	"regexp"
	"slices"
	"strings"
)

// amount is a number that stands by itself: a count, and no part of a name.
var amount = regexp.MustCompile(`^[(\[]*\d[\d.,%]*[)\],.:;]*$`)

// NewFinding gives a line of the preflight check its identity: the same for the
// same statement, whatever it counts, so that "3 objects found" today and "4
// objects found" tomorrow are one finding. Names are part of the statement, with
// the digits in them.
func NewFinding(side Side, critical bool, said string) Finding {
	words := strings.Fields(strings.ToLower(said))
	for i, w := range words {
		if amount.MatchString(w) {
			words[i] = "#"
		}
	}
	h := fnv.New32a()
	_, _ = h.Write([]byte(strings.Join(words, " ")))
	severity := "warning"
	if critical {
		severity = "critical"
	}
	return Finding{ID: fmt.Sprintf("%s-%s-%08x", side, severity, h.Sum32()), Side: side, Critical: critical, Text: said}
}

// distinctIDs gives lines that came twice in one run, or differ in a count only,
// identities of their own: none of them is dropped, nor accepted with another.
func distinctIDs(list []Finding) []Finding {
	list = slices.Clone(list)
	seen := map[string]int{}
	for i := range list {
		id := list[i].ID
		if seen[id]++; seen[id] > 1 {
			list[i].ID = fmt.Sprintf("%s-%d", id, seen[id])
		}
	}
	return list
}

// Difference is what changed from one run of the check to the next.
type Difference struct {
	Mended []Finding // of the earlier run only
	New    []Finding // of the later run only
	Still  []Finding // of both, as the later run has them
}

// Compare tells two runs apart. Every finding of either is in exactly one of the
// three lists.
func Compare(earlier, later []Finding) Difference {
	in := func(list []Finding, x Finding) bool {
		return slices.ContainsFunc(list, func(y Finding) bool { return y.ID == x.ID })
	}
	var d Difference
	for _, x := range later {
		if in(earlier, x) {
			d.Still = append(d.Still, x)
		} else {
			d.New = append(d.New, x)
		}
	}
	for _, x := range earlier {
		if !in(later, x) {
			d.Mended = append(d.Mended, x)
		}
	}
	return d
}

// String is the difference in one line: "1 mended, 1 new, 2 still there".
func (d Difference) String() string {
	return fmt.Sprintf("%d mended, %d new, %d still there", len(d.Mended), len(d.New), len(d.Still))
}
