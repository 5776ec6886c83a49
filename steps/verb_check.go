package steps

// The preflight check reads both databases (contract, Quick Start).
type (
	checkVerb       struct{ onlyLooks }
	cancelCheckVerb struct{ onlyLooks }
)

func (checkVerb) text(Effect) string          { return "run the preflight check" }
func (checkVerb) requests(Effect) []string    { return []string{"GET /v1/preflight-check"} }
func (checkVerb) withdraw(s *State, _ Effect) { s.Choices.Check = nil }

func (cancelCheckVerb) text(Effect) string { return "cancel the preflight check" }
