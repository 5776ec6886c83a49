package cfsession

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"pg-migrate-wizard/internal/sanitize"
)

// Unseen is something that could not be looked into.
type Unseen struct {
	Kind string // KindSpace, or the kind of mention that would be there
	GUID string
	Name string // "" when that is unknown too
	Err  error  // why: mostly IsForbidden or IsNotFound
}

// KindSpace is a space that the login may not look into at all.
const KindSpace = "space"

// UnseenError comes along with a result that is right as far as it goes. What it
// names may hold more: nobody looked.
type UnseenError struct {
	Op     string
	Unseen []Unseen
}

// maxTold is how many things an error names; the rest is in its fields.
const maxTold = 3

func (e *UnseenError) Error() string {
	var told []string
	for _, u := range e.Unseen[:min(maxTold, len(e.Unseen))] {
		name := u.Name
		if name == "" {
			name = u.GUID
		}
		told = append(told, fmt.Sprintf("%s %s (%v)", unseenWords[u.Kind], name, u.Err))
	}
	if more := len(e.Unseen) - len(told); more > 0 {
		told = append(told, fmt.Sprintf("and %d more", more))
	}
	return sanitize.Line(e.Op + ": could not look into " + strings.Join(told, ", "))
}

// Unwrap makes every reason reachable.
func (e *UnseenError) Unwrap() []error {
	var all []error
	for _, u := range e.Unseen {
		all = append(all, u.Err)
	}
	return all
}

var unseenWords = map[string]string{
	KindSpace: "the space", KindUserProvided: "the user-provided service", KindEnvironment: "the environment of",
}

// concernsOneResource reports a refusal that concerns the one thing asked for, so that
// the next may still be seen: no right to its secrets, deleted meanwhile, or
// secrets that the Cloud Controller itself can't decrypt any more (500).
func concernsOneResource(err error) bool {
	return slices.Contains([]int{http.StatusForbidden, http.StatusNotFound, http.StatusInternalServerError}, refusalOf(err).status)
}
