package tui

import (
	"path"
	"strings"

	tea "charm.land/bubbletea/v2"
)

// saveReport writes the report of the present state while the screen goes on.
func (m *model) saveReport() tea.Cmd {
	if m.o.SaveReport == nil {
		m.note = "No report can be written here."
		return nil
	}
	m.note = "Writing the report…"
	return m.save(false)
}

func (m *model) save(itself bool) tea.Cmd {
	s, save := m.snap.State, m.o.SaveReport
	return func() tea.Msg {
		paths, err := save(s)
		return savedMsg{paths, err, itself}
	}
}

// reportEnd writes the report when the migration has ended, once.
func (m *model) reportEnd() tea.Cmd {
	if m.ended || m.snap.State.Choices.Ended == nil || !m.o.Reports || m.o.SaveReport == nil {
		return nil
	}
	m.ended = true
	return m.save(true)
}

// SavedWords says where a report was written, or why not. Files that differ only
// in their extension are named once.
func SavedWords(paths []string, err error) string {
	if err != nil {
		return "The report could not be written: " + err.Error()
	}
	var list []string
	for i, file := range paths {
		stem := strings.TrimSuffix(file, path.Ext(file))
		if i > 0 && strings.HasPrefix(paths[0], stem+".") {
			file = path.Ext(file)
		}
		list = append(list, file)
	}
	return "Report written: " + strings.Join(list, ", ")
}
