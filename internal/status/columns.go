package status

import (
	"fmt"
	"io"
	"math"
	"os"
	"slices"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"pg-migrate-wizard/internal/lazyregexp"
)

// layout is a page for people, as wide as what it is printed on.
type layout struct {
	strings.Builder
	width int
}

// unlimitedWidth is the width of what is no terminal: what reads it there looks for lines
// that are whole.
const unlimitedWidth = math.MaxInt32

// widthFor is how wide lines may be.
func widthFor(w io.Writer) int {
	switch on := w.(type) {
	case *layout:
		return on.width
	case *os.File:
		return widthOf(on)
	}
	return unlimitedWidth
}

// gap is what stands between columns.
const gap = 2

// leastColumn is how wide the last column has to be to stand beside the others.
const leastColumn = 24

// Columns writes rows whose cells stand below each other. What is wider than the page
// is broken between words: the last cell in its own column or, where that would be too
// narrow, below the others.
func Columns(w io.Writer, rows [][]string) {
	var widths []int
	for _, r := range rows {
		for n, cell := range r[:max(len(r)-1, 0)] {
			if n == len(widths) {
				widths = append(widths, 0)
			}
			widths[n] = max(widths[n], ansi.StringWidth(cell))
		}
	}
	page := widthFor(w)
	for _, r := range rows {
		if len(r) == 0 {
			fmt.Fprintln(w)
			continue
		}
		head, last := "", r[len(r)-1]
		for n, cell := range r[:len(r)-1] {
			head += cell + strings.Repeat(" ", widths[n]-ansi.StringWidth(cell)+gap)
		}
		at := ansi.StringWidth(head)
		if page-at < leastColumn && at+ansi.StringWidth(last) > page {
			stacked(w, r, widths[0]+gap)
			continue
		}
		for _, l := range words(last, page-at) {
			fmt.Fprintln(w, strings.TrimRight(head+l, " "))
			head = strings.Repeat(" ", at)
		}
	}
}

// section writes rows below a blank line and a title; nothing where there are none.
func section(w io.Writer, title string, rows [][]string) {
	if len(rows) == 0 {
		return
	}
	fmt.Fprintln(w)
	if title != "" {
		fmt.Fprintln(w, title)
	}
	Columns(w, rows)
}

// rowsOf makes rows of a list, below their heads; none of an empty one.
func rowsOf[T any](list []T, row func(T) []string, heads ...string) (rows [][]string) {
	for _, x := range list {
		rows = append(rows, row(x))
	}
	if len(rows) > 0 && len(heads) > 0 {
		rows = slices.Insert(rows, 0, heads)
	}
	return rows
}

// stacked writes a row that does not fit: as many cells on a line as there is room for.
func stacked(w io.Writer, row []string, indent int) {
	page := widthFor(w)
	indent = min(indent, 6)
	text, begun := "", false
	for n, cell := range row {
		if cell == "" && n > 0 {
			continue
		}
		for i, part := range words(cell, page-indent) {
			if begun && text != "" && (i > 0 || ansi.StringWidth(text)+gap+ansi.StringWidth(cell) > page) {
				fmt.Fprintln(w, text)
				text, begun = strings.Repeat(" ", indent), false
			}
			if begun {
				text += strings.Repeat(" ", gap)
			}
			text, begun = text+part, true
		}
	}
	fmt.Fprintln(w, text)
}

// listMark is what an entry of a list begins with.
var listMark = lazyregexp.New(`^(- |\d+\. |stays: )`)

// printText writes a line of text, and breaks it between words where it is wider than the
// page: what comes after stands below its beginning, of a list below its text.
func printText(w io.Writer, format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	for l := range strings.SplitSeq(text, "\n") {
		bare := strings.TrimLeft(l, " ")
		indent := len(l) - len(bare)
		hang := len(listMark().FindString(bare))
		for n, part := range words(bare, widthFor(w)-indent-hang) {
			if n == 1 {
				indent += hang
			}
			fmt.Fprintln(w, strings.TrimRight(strings.Repeat(" ", indent)+part, " "))
		}
	}
}

// words breaks a text between words, so that no line is wider than that. A word that
// is wider stands on a line of its own.
func words(text string, width int) []string {
	if ansi.StringWidth(text) <= width {
		return []string{text}
	}
	return strings.Split(Fill("", strings.Fields(text), width, "", ""), "\n")
}

// shortened is a text on one line of that width: what is too much of it goes, in whole
// words.
func shortened(text string, width int) string {
	if ansi.StringWidth(text) <= width {
		return text
	}
	first := words(text, width-1)[0]
	if ansi.StringWidth(first) >= width {
		return ansi.Truncate(first, max(width, 0), "…")
	}
	return first + "…"
}

// Fill fills lines of a width with words. A line that is broken ends with tail, and
// the next one begins with indent. A backslash stays with what it continues.
func Fill(head string, parts []string, width int, tail, indent string) string {
	var b strings.Builder
	b.WriteString(head)
	at, begun := ansi.StringWidth(head), false
	for _, word := range parts {
		w := ansi.StringWidth(word)
		switch {
		case begun && at+1+w > width && word != "\\":
			b.WriteString(tail + "\n" + indent)
			at = len(indent)
		case begun:
			b.WriteByte(' ')
			at++
		}
		b.WriteString(word)
		at, begun = at+w, true
	}
	return b.String()
}
