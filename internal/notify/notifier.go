package notify

import (
	"context"
	"crypto/x509"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	"pg-migrate-wizard/internal/sanitize"
)

// Options say what a Notifier works with.
type Options struct {
	Bell        io.Writer // the terminal; nil: there is none to ring at
	Environment []string  // of the programs: without what is secret in ours
	Roots       *x509.CertPool
	UserAgent   string
	// Failed is told, once for each way, why somebody could not be told. It is called from
	// another goroutine, and must not wait.
	Failed func(says string)
}

// Notifier tells somebody by several ways, each at its own pace. Its methods may be called
// from any goroutine, and none but Close waits.
type Notifier struct {
	o      Options
	client *http.Client
	stop   context.CancelFunc
	queues []chan Message
	done   sync.WaitGroup

	mu     sync.Mutex // guards what follows
	closed bool
}

// waiting is how many messages wait for a way at the most. What comes then is dropped: who
// does not answer for so long is not told of everything.
const waiting = 32

// New begins to tell by these ways. A way for which there is nothing is said to Failed.
func New(ways []Way, o Options) *Notifier {
	ctx, stop := context.WithCancel(context.Background())
	n := &Notifier{o: o, client: newClient(o), stop: stop}
	for _, w := range ways {
		if w.bell && o.Bell == nil {
			o.Failed("There is no terminal whose bell could ring.")
			continue
		}
		queue := make(chan Message, waiting)
		n.queues = append(n.queues, queue)
		n.done.Go(func() { n.serve(ctx, w, queue) })
	}
	return n
}

func (n *Notifier) serve(ctx context.Context, w Way, queue <-chan Message) {
	failed := false
	for m := range queue {
		if ctx.Err() != nil {
			return
		}
		if err := n.deliver(ctx, w, m); err != nil && !failed {
			failed = true // once is enough: the migration goes on
			n.o.Failed(sanitize.Line(fmt.Sprintf("Nobody could be told by %s: %v. The migration goes on.", w, err)))
		}
	}
}

// Tell hands a message over.
func (n *Notifier) Tell(m Message) {
	m.Migration, m.Text = sanitize.Line(m.Migration), sanitize.Line(m.Text)
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.closed {
		return
	}
	for _, queue := range n.queues {
		select {
		case queue <- m:
		default:
		}
	}
}

// Close waits until all was told, for a short time, and ends what is still going on then.
func (n *Notifier) Close() {
	n.mu.Lock()
	if !n.closed {
		n.closed = true
		for _, queue := range n.queues {
			close(queue)
		}
	}
	n.mu.Unlock()
	late := time.AfterFunc(patience, n.stop)
	n.done.Wait()
	late.Stop()
	n.stop()
	n.client.CloseIdleConnections()
}
