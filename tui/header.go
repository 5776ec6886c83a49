package tui

import (
	"fmt"
	"strings"
	"time"

	"pg-migrate-wizard/engine"
	"pg-migrate-wizard/sanitize"
	"pg-migrate-wizard/steps"
)

// header is the first line: where am I working, as whom, and for how long.
func (p painter) header(snap engine.Snapshot, now time.Time, width int, spin string) string {
	s := snap.State
	var place []string
	f := s.Facts.Session
	if w := s.Choices.Where; w != nil {
		place = append(place, region(w.Landscape), w.Org.Name+" / "+w.Space.Name)
	} else if f.Landscape != "" {
		place = append(place, region(f.Landscape))
	}
	if f.User != "" {
		place = append(place, f.User)
	}
	left := " " + p.title.Render("pg-migrate-wizard")
	if width < 80 {
		left = ""
		if len(place) > 2 {
			place = place[:2]
		}
	}
	if len(place) > 0 {
		if left != "" {
			left += "   "
		} else {
			left = " "
		}
		left += p.accent.Render(sanitize.Line(strings.Join(place, " "+p.g.dot+" ")))
	}
	return ends(left, p.life(f, snap.Expiry, now, spin)+" ", width, p.g.ellipsis)
}

// life tells how the login stands. The token is renewed by itself; its life is
// shown because people have learnt to fear it.
func (p painter) life(f steps.Session, expiry, now time.Time, spin string) string {
	word := p.warn.Render("not signed in")
	if f.SignedIn {
		word = p.quiet.Render("signed in")
		if left := expiry.Sub(now); left > 0 {
			word = p.quiet.Render(fmt.Sprintf("signed in, %d min", int(left.Minutes())))
		}
	}
	if f.SSLDisabled {
		word = p.bad.Render("certificates unchecked") + " " + word
	}
	if spin != "" {
		word = p.accent.Render(spin) + " " + word
	}
	return word
}

// region is the short name of a landscape: eu10 for eu10.hana.ondemand.com.
func region(landscape string) string {
	name, _, _ := strings.Cut(landscape, ".")
	return name
}
