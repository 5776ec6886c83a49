package steps

// Untouched reports whether there is nothing to come back to: no space was agreed to,
// nothing is being sent, and so nothing was chosen or changed.
func Untouched(s State) bool {
	return s.Choices.Where == nil && !s.busy()
}
