package cli

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"golang.org/x/term"

	"pg-migrate-wizard/internal/engine"
	"pg-migrate-wizard/internal/notify"
	"pg-migrate-wizard/internal/status"
	"pg-migrate-wizard/steps"
)

// notifying tells somebody by the ways that --notify names, while a migration is led or
// watched. failed is told what does not work of it. Whoever has begun it closes it.
func (p *program) notifying(cfg engine.Config, failed func(says string)) (watcher *notify.Watcher, end func()) {
	if len(p.flags.notify) == 0 {
		return notify.Watch(func(notify.Message) {}), func() {}
	}
	var ways []notify.Way
	for _, text := range p.flags.notify {
		if w, err := notify.Parse(text); err == nil { // checked before any command
			ways = append(ways, w)
		}
	}
	roots, _ := cfg.Roots() // checked, too
	n := notify.New(ways, notify.Options{Bell: p.bell(), Environment: p.environmentOfOthers(), Roots: roots, UserAgent: userAgent(), Failed: failed})
	return notify.Watch(n.Tell), n.Close
}

// notifyOf tells of the events that a command prints.
func (p *program) notifyOf(events *status.EventPrinter, names steps.Names, cfg engine.Config) (end func()) {
	watcher, end := p.notifying(cfg, func(says string) { fmt.Fprintln(p.err, says) })
	watcher.Name(names)
	events.Also = watcher.Event
	return end
}

// bell is the terminal, nil where there is none.
func (p *program) bell() io.Writer {
	if file, ok := p.err.(interface {
		io.Writer
		Fd() uintptr
	}); ok && term.IsTerminal(int(file.Fd())) {
		return file
	}
	if term.IsTerminal(int(p.out.Fd())) {
		return p.out
	}
	return nil
}

// environmentOfOthers is the environment for programs of others: without our own
// variables, and without what signs somebody in.
func (p *program) environmentOfOthers() []string {
	return slices.DeleteFunc(slices.Clone(p.variables()), func(entry string) bool {
		name, _, _ := strings.Cut(entry, "=")
		return strings.HasPrefix(name, variablePrefix) || name == "CF_PASSWORD" || name == "CF_USERNAME"
	})
}

// toldOf lets a one-line command tell of what it sees, by the ways that --notify names.
func (p *program) toldOf(cfg engine.Config) (engine.Config, func()) {
	if len(p.flags.notify) == 0 {
		return cfg, func() {}
	}
	watcher, end := p.notifying(cfg, func(says string) { fmt.Fprintln(p.err, says) })
	person := watcher.Person()
	cfg.Published = person.Saw
	return cfg, end
}
