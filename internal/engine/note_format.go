package engine

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"pg-migrate-wizard/cfsession"
	"pg-migrate-wizard/internal/sanitize"
	"pg-migrate-wizard/steps"
)

// A note is the record of a migration in the metadata of its target: a head that tells
// what it is and who leads, and the lines of a journal in pieces. The form is a public
// interface (docs/journal.md).
const (
	noteKey   = "pg-migrate-wizard" // of the head, and of the label by which notes are found
	noteValue = "migration"         // of that label
	noteV     = 1

	maxPieces   = 60       // of cfsession.MaxAnnotation characters each
	maxNoteText = 16 << 20 // unpacked
)

// noteHead is the part of a note that is read without unpacking it.
type noteHead struct {
	V      int        `json:"v"`
	ID     string     `json:"id"`
	Pieces int        `json:"pieces"`
	Digest string     `json:"digest"` // of the pieces, joined
	API    string     `json:"api"`
	Org    string     `json:"org"`
	Space  string     `json:"space"`
	Source steps.Ref  `json:"source"`
	Target steps.Ref  `json:"target"`
	Step   steps.ID   `json:"step"`
	Status string     `json:"status,omitempty"`
	Down   *time.Time `json:"down_since,omitempty"`
	At     time.Time  `json:"at"`
	Lead   noteLead   `json:"lead"`
}

// noteLead is who leads. The token tells one machine's lead from another's; it opens nothing.
type noteLead struct {
	Token   string    `json:"token"`
	User    string    `json:"user"`
	Machine string    `json:"machine"`
	Since   time.Time `json:"since"`
	Alive   time.Time `json:"alive"`
}

// note is the head as the machine knows it. What came over the wire is cleaned.
func (h noteHead) note(token string) *steps.Note {
	clean := func(r steps.Ref) steps.Ref {
		return steps.Ref{GUID: sanitize.Line(r.GUID), Name: sanitize.Line(r.Name)}
	}
	n := &steps.Note{
		ID: sanitize.Line(h.ID), API: h.API, Org: sanitize.Line(h.Org), Space: sanitize.Line(h.Space), Source: clean(h.Source), Target: clean(h.Target),
		Lead: steps.Lead{User: sanitize.Line(h.Lead.User), Machine: sanitize.Line(h.Lead.Machine), Since: h.Lead.Since, Alive: h.Lead.Alive},
		Mine: token != "" && h.Lead.Token == token, Step: h.Step, Status: sanitize.Line(truncate(h.Status)), At: h.At,
	}
	if h.Down != nil {
		n.Down = *h.Down
	}
	if !h.Step.Known() {
		n.Step = steps.SignIn
	}
	return n
}

var (
	errNoteNewer = errors.New("a newer version of this program wrote the note")
	errNoID      = errors.New("the note does not say which migration it is of")
)

// noteOf reads the head of the note on an instance; nil: there is none. A head that cannot
// be read is a note all the same: somebody leads.
func noteOf(i cfsession.Instance) (*noteHead, error) {
	text, there := i.Annotations[noteKey]
	if !there {
		return nil, nil
	}
	h := noteHead{Target: steps.Ref{GUID: i.GUID, Name: i.Name}}
	if err := json.Unmarshal([]byte(text), &h); err != nil {
		return &h, fmt.Errorf("the note: %w", err)
	}
	h.Target = steps.Ref{GUID: i.GUID, Name: i.Name} // it may have another name by now
	switch {
	case h.V > noteV:
		return &h, errNoteNewer
	case !plainID(h.ID):
		return &h, errNoID
	}
	return &h, nil
}

// plainID reports whether an identity can be that of a migration. It names a file of this
// machine, and may have been written by anybody who works in the space.
func plainID(id string) bool {
	return id != "" && sanitize.Line(id) == id && !strings.ContainsAny(id, `/\:`) && journalID(journalPath("", id)) == id
}

// unpack returns the lines of the note's record.
func (h *noteHead) unpack(annotations map[string]string) ([]byte, error) {
	if h.Pieces < 1 || h.Pieces > maxPieces {
		return nil, fmt.Errorf("the note has %d pieces", h.Pieces)
	}
	var joined strings.Builder
	for n := range h.Pieces {
		joined.WriteString(annotations[pieceKey(n)])
	}
	if digestOf(joined.String()) != h.Digest {
		return nil, errors.New("the pieces of the note do not belong together")
	}
	packed, err := base64.StdEncoding.DecodeString(joined.String())
	if err != nil {
		return nil, fmt.Errorf("the note: %w", err)
	}
	unzip, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, fmt.Errorf("the note: %w", err)
	}
	data, err := io.ReadAll(io.LimitReader(unzip, maxNoteText+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("the note: %w", err)
	case len(data) > maxNoteText:
		return nil, fmt.Errorf("the note has more than %d MB", maxNoteText>>20)
	}
	return data, nil
}

// pack makes the annotations of a note. Where it would be too large, the oldest moments
// that only tell a story are left out.
func (h *noteHead) pack(lines []line) (map[string]*string, error) {
	for {
		data, err := encodeLines(lines)
		if err != nil {
			return nil, err
		}
		var packed bytes.Buffer
		zip, _ := gzip.NewWriterLevel(&packed, gzip.BestCompression) // the level is a valid one
		_, _ = zip.Write(data)                                       // to memory
		_ = zip.Close()
		text := base64.StdEncoding.EncodeToString(packed.Bytes())
		if h.Pieces = (len(text) + cfsession.MaxAnnotation - 1) / cfsession.MaxAnnotation; h.Pieces > maxPieces {
			fewer := shortened(lines)
			if len(fewer) == len(lines) {
				return nil, fmt.Errorf("the record is too large for a note: %d pieces, and %d are possible", h.Pieces, maxPieces)
			}
			lines = fewer
			continue
		}
		h.Digest = digestOf(text)
		all := map[string]*string{}
		for n := range h.Pieces {
			piece := text[n*cfsession.MaxAnnotation : min((n+1)*cfsession.MaxAnnotation, len(text))]
			all[pieceKey(n)] = &piece
		}
		head, err := json.Marshal(h)
		if err != nil {
			return nil, err
		}
		all[noteKey] = new(string)
		*all[noteKey] = string(head)
		return all, nil
	}
}

// shortened leaves out half of the moments that decide nothing, the oldest ones.
func shortened(lines []line) []line {
	telling := func(l line) bool {
		if l.Kind != lineMoment {
			return false
		}
		switch l.Moment.Kind {
		case steps.MomentEffect, steps.MomentAnswer, steps.MomentAcceptance:
			return true
		}
		return false
	}
	drop := 0
	for _, l := range lines {
		if telling(l) {
			drop++
		}
	}
	drop = (drop + 1) / 2
	return slices.DeleteFunc(slices.Clone(lines), func(l line) bool {
		if drop > 0 && telling(l) {
			drop--
			return true
		}
		return false
	})
}

func pieceKey(n int) string { return noteKey + "." + strconv.Itoa(n) }

func digestOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:8])
}

// taken off are the keys of a note that has so many pieces.
func noteKeys(pieces int) map[string]*string {
	all := map[string]*string{noteKey: nil}
	for n := range min(pieces, maxPieces) {
		all[pieceKey(n)] = nil
	}
	return all
}

// noteLines is the record of a state as a journal would have it.
func noteLines(s steps.State, program string) []line {
	lines := []line{
		{Kind: lineOpen, At: s.At, Program: program, User: s.Facts.Session.User},
		{Kind: lineChoices, At: s.At, Choices: &s.Choices},
	}
	for i := range s.History {
		lines = append(lines, line{Kind: lineMoment, At: s.History[i].At, Moment: &s.History[i]})
	}
	for _, id := range slices.Sorted(maps.Keys(s.Did)) {
		lines = append(lines, line{Kind: lineOutcome, At: s.Did[id], ID: id, Result: resultDone})
	}
	for _, id := range slices.Sorted(maps.Keys(s.Work)) {
		if w := s.Work[id]; w.Effect.Changes() && (w.Status == steps.InFlight || w.Status == steps.Unclear) {
			lines = append(lines, line{Kind: lineIntent, At: w.At, ID: id, Effect: &w.Effect})
		}
	}
	return lines
}

// headOf describes a state.
func headOf(s steps.State, id string) noteHead {
	h := noteHead{V: noteV, ID: id, Step: steps.Current(s), At: s.At}
	if w := s.Choices.Where; w != nil {
		h.API, h.Org, h.Space = w.API, w.Org.Name, w.Space.Name
	}
	if s.Choices.Source != nil {
		h.Source = *s.Choices.Source
	}
	if s.Choices.Target != nil {
		h.Target = *s.Choices.Target
	}
	h.Status = cmp.Or(s.History.LastStatus(s.Choices.Round, steps.MomentFinalization), s.History.LastStatus(s.Choices.Round, steps.MomentReplication))
	if d := steps.LastDowntime(s); !d.Begin.IsZero() && d.End.IsZero() {
		h.Down = &d.Begin
	}
	return h
}

// recordIn puts the record of a note together.
func recordIn(data []byte) (record, error) {
	rec := record{Did: map[string]time.Time{}}
	r := journalReader{rec: &rec, open: map[string]steps.Work{}}
	for text := range bytes.SplitSeq(bytes.TrimSpace(data), []byte("\n")) {
		if err := r.take(text); err != nil {
			return rec, fmt.Errorf("the note: %w", err)
		}
	}
	rec.Dangling = r.dangling()
	if rec.Choices.Where == nil || rec.Choices.Source == nil || rec.Choices.Target == nil {
		return rec, errors.New("the note does not say where it belongs")
	}
	return rec, nil
}
