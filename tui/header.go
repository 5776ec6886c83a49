package tui

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"pg-migrate-wizard/internal/engine"
	"pg-migrate-wizard/internal/sanitize"
	"pg-migrate-wizard/steps"
)

// header is the first line: where the person works, as whom, and for how long. While
// applications are down it says so, whatever else is on the screen.
func (t theme) header(snap engine.Snapshot, now time.Time, width int, spin string) string {
	s := snap.State
	place := whereabouts(s)
	life := t.life(s.Facts.Session, snap.Expiry, now)
	if spin != "" {
		spin = t.accent.Render(spin) + " "
	}
	if clock := t.clock(s, now); clock != "" {
		if life += "  "; s.Facts.Session.SignedIn && !s.Facts.Session.SSLDisabled {
			life = "" // nothing to do about it
		}
		return t.beside(place, life+spin+clock, width)
	}
	left := " " + t.title.Render("pg-migrate-wizard") + "  "
	if width < wideEnough {
		left, place = "", place[:min(2, len(place))]
	}
	if len(place) > 0 {
		left += " " + t.where(place)
	}
	return t.ends(left, spin+life+" ", width)
}

// beside puts a text that must not be cut after as much of the place as there is
// room for.
func (t theme) beside(place []string, text string, width int) string {
	for n := len(place); n > 0; n-- {
		left := " " + t.where(place[:n])
		if room := width - cells(left) - cells(text) - 1; room >= 2 {
			return left + strings.Repeat(" ", room) + text + " "
		}
	}
	return t.clip(" "+text, width)
}

func (t theme) where(place []string) string {
	return t.accent.Render(sanitize.Line(strings.Join(place, " "+t.dot+" ")))
}

// whereabouts are the landscape, the space and the user, as far as known.
func whereabouts(s steps.State) []string {
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
	return place
}

// clock says how long applications are down; empty while none is.
func (t theme) clock(s steps.State, now time.Time) string {
	if s.Choices.Ended != nil {
		return ""
	}
	items := steps.Show(s, steps.Finalize, now)
	i := slices.IndexFunc(items, func(it steps.Item) bool { return it.Clock })
	if i < 0 {
		return ""
	}
	return t.warn.Render(t.bullet+" "+items[i].Text) + " " + t.dot + " " + items[i].Label
}

// life says how long the login lasts. The token is renewed by itself; its life is
// shown because people have learnt to fear its end.
func (t theme) life(f steps.Session, expiry, now time.Time) string {
	left := expiry.Sub(now)
	var life string
	switch {
	case !f.SignedIn:
		life = t.warn.Render("not signed in")
	case left > 0:
		life = t.quiet.Render(fmt.Sprintf("signed in, %d min", int(left.Minutes())))
	default:
		life = t.quiet.Render("signed in")
	}
	if f.SSLDisabled {
		life = t.bad.Render("certificates unchecked") + " " + life
	}
	return life
}

// region is the short name of a landscape: eu10 for eu10.hana.ondemand.com.
func region(landscape string) string {
	name, _, _ := strings.Cut(landscape, ".")
	return name
}
