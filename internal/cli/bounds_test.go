package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pg-migrate-wizard/internal/engine"
	"pg-migrate-wizard/internal/sandbox"
)

// endless never ends, as /dev/zero does.
type endless struct{ read int }

func (e *endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = '#'
	}
	e.read += len(p)
	return len(p), nil
}

// TestEveryFileThatIsReadHasABound: what is named by mistake ends with a sentence, and not
// with the machine's memory.
func TestEveryFileThatIsReadHasABound(t *testing.T) {
	t.Parallel()
	cards := &endless{}
	if _, err := sandbox.ReadFaults(cards); err == nil || !strings.Contains(err.Error(), "larger than 1 MB") || cards.read > 4<<20 {
		t.Errorf("cards: %v, after %d bytes", err, cards.read)
	}
	large := filepath.Join(t.TempDir(), "large")
	file, err := os.Create(large)
	if err != nil {
		t.Fatal(err)
	}
	if err := file.Truncate(1 << 30); err != nil { // it takes no room
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	if data, err := readConfigFile(large); err != nil || len(data) != maxConfig+1 {
		t.Errorf("configuration: %d bytes, %v", len(data), err)
	}
	if _, err := (engine.Config{CAFile: large}).RoundTripper(false); err == nil || !strings.Contains(err.Error(), "larger than 8 Mi") {
		t.Errorf("certificates: %v", err)
	}
	p := &program{}
	if data, err := p.readPlanData(large); err != nil || len(data) > 2<<20 {
		t.Errorf("plan: %d bytes, %v", len(data), err)
	}
}
