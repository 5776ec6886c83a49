package engine

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/gofrs/flock"

	"pg-migrate-wizard/steps"
)

// A journal is what outlives the program: one JSON object a line, only ever
// appended. The forms of the lines are a public interface (docs/journal.md).
type line struct {
	V       int            `json:"v"`
	At      time.Time      `json:"at"`
	Kind    string         `json:"kind"`
	Program string         `json:"program,omitempty"` // open
	User    string         `json:"user,omitempty"`    // open
	Choices *steps.Choices `json:"choices,omitempty"` // choices: all of them, as they are now
	Moment  *steps.Moment  `json:"moment,omitempty"`  // moment
	ID      string         `json:"id,omitempty"`      // intent, outcome
	Effect  *steps.Effect  `json:"effect,omitempty"`  // intent
	Result  string         `json:"result,omitempty"`  // outcome: done, failed, unclear, again
	Says    string         `json:"says,omitempty"`    // outcome
	Request string         `json:"request_id,omitempty"`
	Target  string         `json:"target,omitempty"` // lead: GUID of the instance with the note

	Record []json.RawMessage `json:"record,omitempty"` // note: the lines that stand in place of all before

	Seen *steps.Sighting `json:"seen,omitempty"` // seen: what was seen last
}

// journalVersion is that of most lines. A record from a note is of a later one: a program
// that does not know it must not go on with what stands before.
const (
	journalVersion = 1
	noteLineV      = 2
)

// Kinds of lines.
const (
	lineOpen    = "open"
	lineChoices = "choices"
	lineMoment  = "moment"
	lineIntent  = "intent"
	lineOutcome = "outcome"
	lineLead    = "lead" // under which token this machine leads, and where its note is
	lineNote    = "note" // the record as it was read from the note
	lineSeen    = "seen"
)

// Results of an outcome.
const (
	resultDone    = "done"
	resultFailed  = "failed"
	resultUnclear = "unclear"
	resultAgain   = "again" // a done request that the person has asked for anew

	resultKept    = "kept"    // lead: the note was written
	resultRemoved = "removed" // lead: it was taken off
)

// JournalBusyError says that another wizard has the migration open.
type JournalBusyError struct{ Path string }

func (e *JournalBusyError) Error() string {
	return "another wizard on this machine has this migration open (" + e.Path + "); close it first"
}

// JournalError says what is wrong with a journal.
type JournalError struct {
	Path string
	Err  error
}

func (e *JournalError) Error() string {
	err := e.Err
	if at, ok := errors.AsType[*fs.PathError](err); ok && at.Path == e.Path { // which is named already
		err = at.Err
	}
	return fmt.Sprintf("journal %s: %v", e.Path, err)
}

func (e *JournalError) Unwrap() error { return e.Err }

type journal struct {
	path string
	file *os.File
	lock *flock.Flock
}

func journalPath(stateDir, id string) string {
	return filepath.Join(stateDir, "migrations", id+".jsonl")
}

// journalID is the identity of the migration whose journal has that path; empty for none.
func journalID(path string) string {
	if path == "" {
		return ""
	}
	return strings.TrimSuffix(filepath.Base(path), ".jsonl")
}

// lockTimeout is how long to try for a journal: somebody may only be asking
// whether it is in use.
const lockTimeout = 200 * time.Millisecond

// openJournal opens or creates a journal for appending; a torn last line, the
// trace of a power cut, is cut off.
func openJournal(stateDir, id string) (*journal, error) {
	path := journalPath(stateDir, id)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, &JournalError{path, err}
	}
	lock := flock.New(path+".lock", flock.SetPermissions(0o600))
	ctx, cancel := context.WithTimeout(context.Background(), lockTimeout)
	defer cancel()
	switch _, err := lock.TryLockContext(ctx, lockTimeout/10); {
	case errors.Is(err, context.DeadlineExceeded):
		return nil, &JournalBusyError{path}
	case err != nil:
		return nil, &JournalError{path, err}
	}
	var file *os.File
	err := regular(path)
	if err == nil || errors.Is(err, fs.ErrNotExist) {
		file, err = os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600) //nolint:gosec // the user's own state directory
	}
	if err == nil {
		err = cutTornLine(file)
	}
	if err != nil {
		return nil, &JournalError{path, errors.Join(err, lock.Unlock())}
	}
	return &journal{path: path, file: file, lock: lock}, nil
}

// maxJournal is what a journal may have: a migration of weeks with hundreds of
// applications writes some megabytes.
const maxJournal = 256 << 20

// regular returns why something cannot be a journal: reading a pipe or a device would
// never end.
func regular(path string) error {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return err
	case !info.Mode().IsRegular():
		return errors.New("it is not a regular file")
	case info.Size() > maxJournal:
		return fmt.Errorf("it has more than %d MB", maxJournal>>20)
	}
	return nil
}

// cutTornLine leaves the file at its end, behind the last whole line.
func cutTornLine(file *os.File) error {
	data, err := io.ReadAll(file)
	if err != nil {
		return err
	}
	whole := bytes.LastIndexByte(data, '\n') + 1
	if err := file.Truncate(int64(whole)); err != nil {
		return err
	}
	_, err = file.Seek(int64(whole), io.SeekStart)
	return err
}

func encodeLines(lines []line) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	for _, l := range lines {
		if l.V = journalVersion; l.Kind == lineNote {
			l.V = noteLineV
		}
		if err := enc.Encode(l); err != nil {
			return nil, err
		}
	}
	return b.Bytes(), nil
}

// append writes lines and makes sure that they are on the disk.
func (j *journal) append(lines []line) error {
	data, err := encodeLines(lines)
	if err != nil {
		return &JournalError{j.path, err}
	}
	if _, err := j.file.Write(data); err != nil {
		return &JournalError{j.path, err}
	}
	if err := j.file.Sync(); err != nil {
		return &JournalError{j.path, err}
	}
	return nil
}

func (j *journal) close() error {
	if j == nil {
		return nil
	}
	return errors.Join(j.file.Close(), j.lock.Unlock())
}

// record is what a journal holds, put together.
type record struct {
	Choices  steps.Choices
	Did      map[string]time.Time
	History  steps.History
	Dangling []steps.Work
	LastSeen *steps.Sighting
	Last     time.Time
	Lead     ownLead
}

// ownLead is what a journal knows of this machine's lead.
type ownLead struct {
	token string // empty: it never led by a note
	kept  string // GUID of the instance with its note; empty: there is none
}

// readJournal puts a journal together. With an error comes what its lines before the
// damage say.
func readJournal(path string) (record, error) {
	rec := record{Did: map[string]time.Time{}}
	if err := regular(path); err != nil {
		return rec, &JournalError{path, err}
	}
	file, err := os.Open(path) //nolint:gosec // the user's own state directory
	if err != nil {
		return rec, &JournalError{path, err}
	}
	defer file.Close() //nolint:errcheck // read only
	r := journalReader{rec: &rec, open: map[string]steps.Work{}}
	in := bufio.NewReader(file)
	for n := 1; err == nil; n++ {
		var text []byte
		if text, err = in.ReadBytes('\n'); errors.Is(err, io.EOF) {
			err = nil // what follows the last line break is torn
			break
		}
		if err == nil {
			err = r.take(text)
		}
		if err != nil {
			err = &JournalError{path, fmt.Errorf("line %d: %w", n, err)}
		}
	}
	rec.Dangling = r.dangling()
	return rec, err
}

// journalReader reads a journal line by line.
type journalReader struct {
	rec       *record
	open      map[string]steps.Work
	order     []string
	announced []steps.Effect
}

var errNewer = errors.New("a newer version of this program wrote it")

func (r *journalReader) take(text []byte) error {
	var l line
	if err := json.Unmarshal(text, &l); err != nil {
		return err
	}
	if l.V > noteLineV {
		return errNewer
	}
	r.rec.Last = l.At
	switch l.Kind {
	case lineChoices:
		if l.Choices == nil {
			return noObject(l.Kind)
		}
		r.rec.Choices = *l.Choices
	case lineMoment:
		switch {
		case l.Moment == nil:
			return noObject(l.Kind)
		case l.Moment.Kind == steps.MomentStep && !l.Moment.Step().Known():
			return fmt.Errorf("the step %q is not known: %w", l.Moment.Object, errNewer)
		}
		r.rec.History = append(r.rec.History, l.Moment.Identified(r.announced))
	case lineSeen:
		if l.Seen == nil {
			return noObject(l.Kind)
		}
		r.rec.LastSeen = l.Seen
	case lineIntent:
		switch {
		case l.Effect == nil:
			return noObject("effect")
		case !l.Effect.Do.Known():
			return fmt.Errorf("the request %q is not known: %w", l.Effect.Do, errNewer)
		}
		r.announced = append(r.announced, *l.Effect)
		r.open[l.ID] = steps.Work{Effect: *l.Effect, At: l.At}
		r.order = append(r.order, l.ID)
	case lineOutcome:
		switch l.Result {
		case resultDone:
			r.rec.Did[l.ID] = l.At
			delete(r.open, l.ID)
		case resultAgain:
			delete(r.rec.Did, l.ID)
		case resultFailed:
			delete(r.open, l.ID)
		}
	case lineLead:
		switch l.Result {
		case resultKept:
			r.rec.Lead = ownLead{l.ID, l.Target}
		case resultRemoved:
			r.rec.Lead.kept = ""
		default:
			r.rec.Lead = ownLead{token: l.ID}
		}
	case lineNote:
		return r.replace(l)
	}
	return nil
}

// replace puts a record in place of what was read so far.
func (r *journalReader) replace(l line) error {
	fresh := record{Did: map[string]time.Time{}, Lead: r.rec.Lead}
	*r.rec, r.open, r.order, r.announced = fresh, map[string]steps.Work{}, nil, nil
	for _, text := range l.Record {
		if err := r.take(text); err != nil {
			return err
		}
	}
	r.rec.Last = l.At
	return nil
}

func noObject(name string) error { return fmt.Errorf("it has no %q", name) }

// dangling lists the requests of which no outcome is known.
func (r *journalReader) dangling() []steps.Work {
	var list []steps.Work
	for _, id := range r.order {
		if w, ok := r.open[id]; ok {
			list = append(list, w)
			delete(r.open, id)
		}
	}
	return list
}

// savedMigrations lists the migrations at an API, or at any where it is not known yet, the newest first: those that have not
// ended, and all but the one whose journal this is. A journal that cannot be read is left
// out: it is no reason not to start.
func savedMigrations(stateDir, api, own string) (open, others []steps.JournalSummary, err error) {
	list, err := Journals(stateDir)
	for _, m := range list {
		if m.Damage != nil || api != "" && m.API != api {
			continue
		}
		if m.Ended == nil {
			m.InUse = m.Path != own && InUse(m.Path)
			open = append(open, m)
		}
		if m.Path != own {
			others = append(others, m)
		}
	}
	return open, others, err
}
