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

// header is the first line: where am I working, as whom, and for how long. While
// applications are down it says that, whatever else is on the screen.
func (p painter) header(snap engine.Snapshot, now time.Time, width int, spin string) string {
	s := snap.State
	place := whereabouts(s)
	life := p.life(s.Facts.Session, snap.Expiry, now)
	if spin != "" {
		spin = p.accent.Render(spin) + " "
	}
	if clock := p.clock(s, now); clock != "" {
		if s.Facts.Session.SignedIn && !s.Facts.Session.SSLDisabled {
			life = "" // nothing to see to
		} else {
			life += "  "
		}
		return p.beside(place, life+spin+clock, width)
	}
	left := " " + p.title.Render("pg-migrate-wizard")
	gap := "   "
	if width < wideEnough {
		left, gap, place = "", " ", place[:min(2, len(place))]
	}
	if len(place) > 0 {
		left += gap + p.where(place)
	}
	return ends(left, spin+life+" ", width, p.g.ellipsis)
}

// beside puts as much of a place as there is room for before a text that must
// not be cut.
func (p painter) beside(place []string, text string, width int) string {
	for n := len(place); n > 0; n-- {
		left := " " + p.where(place[:n])
		if room := width - cells(left) - cells(text) - 1; room >= 2 {
			return left + strings.Repeat(" ", room) + text + " "
		}
	}
	return clip(" "+text, width, p.g.ellipsis)
}

func (p painter) where(place []string) string {
	return p.accent.Render(sanitize.Line(strings.Join(place, " "+p.g.dot+" ")))
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
func (p painter) clock(s steps.State, now time.Time) string {
	if s.Choices.Ended != nil {
		return ""
	}
	items := steps.Show(s, steps.Finalize, now)
	i := slices.IndexFunc(items, func(it steps.Item) bool { return it.Clock })
	if i < 0 {
		return ""
	}
	return p.warn.Render(p.g.bullet+" "+items[i].Text) + " " + p.g.dot + " " + items[i].Label
}

// life tells how the login stands. The token is renewed by itself; its life is
// shown because people have learnt to fear it.
func (p painter) life(f steps.Session, expiry, now time.Time) string {
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
	return word
}

// region is the short name of a landscape: eu10 for eu10.hana.ondemand.com.
func region(landscape string) string {
	name, _, _ := strings.Cut(landscape, ".")
	return name
}
