package status

import (
	"fmt"
	"slices"
	"strings"
	"sync"
)

// beside is what the printers of several migrations have in common that are told of at
// once.
type beside struct {
	mu        *sync.Mutex // guards all
	all       *EventPrinter
	migration string
}

// Several returns a printer for each of several migrations. They may be used at once:
// each tells which migration its events are about, and the end of one is not the end of
// all. Until they are through nothing else is told by p.
func (p *EventPrinter) Several(migrations []string) []*EventPrinter {
	mu := &sync.Mutex{}
	var list []*EventPrinter
	for _, m := range migrations {
		one := *p
		one.beside, one.begun = &beside{mu, p, m}, true // whoever reads of several is owed the end of each
		list = append(list, &one)
	}
	return list
}

func (b *beside) print(e Event) {
	b.mu.Lock()
	defer b.mu.Unlock()
	e.Migration = b.migration
	if e.Event == EventEnd {
		b.all.lives = slices.DeleteFunc(b.all.lives, func(l live) bool { return l.migration == b.migration })
	}
	b.all.Print(e)
}

func (b *beside) clear() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.all.Clear()
}

// heartbeat gives a sign of life: on a terminal one line for all of them.
func (b *beside) heartbeat(e Event) {
	b.mu.Lock()
	defer b.mu.Unlock()
	e.Migration = b.migration
	now := live{b.migration, e.Says}
	if i := slices.IndexFunc(b.all.lives, func(l live) bool { return l.migration == b.migration }); i >= 0 {
		b.all.lives[i] = now
	} else {
		b.all.lives = append(b.all.lives, now)
	}
	var says []string
	for _, l := range b.all.lives {
		says = append(says, l.migration+" "+l.says)
	}
	b.all.beat(e, fmt.Sprintf("%d under way: %s", len(says), strings.Join(says, "; ")))
}

func (b *beside) exit(status int) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.all.Exit(status)
}
