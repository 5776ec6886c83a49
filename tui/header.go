package tui

import (
	"cmp"
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
	room := width - cells(life) - 2*2 // as if it were spinning: nothing moves when it begins to
	if clocks := t.clocks(s, now, spin); clocks != nil {
		if life += "  "; s.Facts.Session.SignedIn && !s.Facts.Session.SSLDisabled {
			life = "" // nothing to do about it
		}
		for i, c := range clocks {
			clocks[i] = life + c
		}
		return t.downtime(place, spaceOf(s), s.Names(), clocks, width)
	}
	if spin != "" {
		spin = t.accent.Render(spin) + " "
	}
	title := " " + t.title.Render("pg-migrate-wizard") + "  "
	if width < wideEnough {
		title, place = "", place[:min(2, len(place))]
	}
	var left string
	if len(place) > 0 {
		left = " " + t.where(place)
	}
	if cells(title+left) <= room { // before a name is cut, the program's goes
		left = title + left
	}
	return t.ends(left, spin+life+" ", width)
}

// downtime is the first line while applications are down. Where there is little room
// words go, and then letters of names: never the space, nor from where to where.
func (t theme) downtime(place []string, space string, n steps.Names, clocks []string, width int) string {
	arrow, pair := " → ", []string{}
	if t.rule == asciiSymbols.rule {
		arrow = " -> "
	}
	if n.SourceInstance != "" && n.TargetInstance != "" {
		pair = []string{n.SourceInstance, n.TargetInstance}
	}
	forms := [][]string{place, place[:min(2, len(place))]}
	if space != "" {
		forms = append(forms, []string{space})
	}
	least := clocks[len(clocks)-1]
	for _, clock := range clocks {
		for _, form := range forms {
			if line, fits := t.beside(form, strings.Join(pair, arrow), clock, width); fits {
				return line
			}
		}
	}
	for room := 40; room > 3; room-- {
		var names []string
		for _, name := range pair {
			names = append(names, t.clip(sanitize.Line(name), room))
		}
		if line, fits := t.beside([]string{space}, strings.Join(names, arrow), least, width); fits {
			return line
		}
	}
	if room := width - cells(least) - 4; room > 3 {
		line, _ := t.beside([]string{t.clip(sanitize.Line(space), room)}, "", least, width)
		return line
	}
	return t.clip(" "+least, width)
}

// beside is a line of what is at its left and its right end, if there is room for both.
func (t theme) beside(place []string, pair, right string, width int) (string, bool) {
	left := " " + t.where(place)
	if pair != "" {
		left += "  " + t.plain.Render(sanitize.Line(pair))
	}
	room := width - cells(left) - cells(right) - 1
	return left + strings.Repeat(" ", max(room, 0)) + right + " ", room >= 2
}

func (t theme) where(place []string) string {
	return t.accent.Render(sanitize.Line(strings.Join(place, " "+t.dot+" ")))
}

// whereabouts are the landscape, the space and the user, as far as known.
func whereabouts(s steps.State) []string {
	var place []string
	f := s.Facts.Session
	if w := s.Choices.Where; w != nil {
		place = append(place, region(w.Landscape), spaceOf(s))
	} else if f.Landscape != "" {
		place = append(place, region(f.Landscape))
	}
	if f.User != "" {
		place = append(place, f.User)
	}
	return place
}

func spaceOf(s steps.State) string {
	if w := s.Choices.Where; w != nil {
		return w.Org.Name + " / " + w.Space.Name
	}
	return ""
}

// clocks say how long applications are down, the longest form first; nil while none is.
// What spins does so where the bullet is: no room is lost to it.
func (t theme) clocks(s steps.State, now time.Time, spin string) []string {
	if s.Choices.Ended != nil {
		return nil
	}
	items := steps.Show(s, steps.Finalize, now)
	i := slices.IndexFunc(items, func(it steps.Item) bool { return it.Clock })
	if i < 0 {
		return nil
	}
	it := items[i]
	style := t.tone(it.Tone)
	bullet := cmp.Or(spin, t.bullet)
	long, short := style.Render(bullet+" "+it.Text), style.Render(bullet+" "+it.Short)
	return []string{long + " " + t.dot + " " + it.Label, long, short}
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
		life = t.quiet.Render(fmt.Sprintf("token: %d min left", int(left.Minutes())))
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
