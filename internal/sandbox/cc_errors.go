package sandbox

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
)

// cfError is an error of the Cloud Controller. Codes and texts are the original
// ones, since clients depend on them.
type cfError struct {
	status, code  int
	title, detail string
}

func (e *cfError) Error() string { return e.title + ": " + e.detail }

func (e *cfError) view() object {
	return object{"code": e.code, "title": e.title, "detail": e.detail}
}

// cfErrorReply formats an error. Any other than a cfError is a bug of the
// sandbox: status 500.
func cfErrorReply(err error) reply {
	var e *cfError
	if !errors.As(err, &e) {
		e = &cfError{http.StatusInternalServerError, 10001, "UnknownError", err.Error()}
	}
	return reply{status: e.status, body: object{"errors": []object{e.view()}}}
}

var (
	errNotAuthenticated = &cfError{http.StatusUnauthorized, 10002, "CF-NotAuthenticated", "Authentication error"}
	errInvalidToken     = &cfError{http.StatusUnauthorized, 1000, "CF-InvalidAuthToken", "Invalid Auth Token"}
	errNotAuthorized    = &cfError{http.StatusForbidden, 10003, "CF-NotAuthorized", "You are not authorized to perform the requested action"}
	errUnknownRequest   = &cfError{http.StatusNotFound, 10000, "CF-NotFound", "Unknown request"}
	errParse            = &cfError{http.StatusBadRequest, 1001, "CF-MessageParseError", "Request invalid due to parse error: invalid request body"}
	errNoInstanceParams = &cfError{http.StatusBadRequest, 120004, "CF-ServiceFetchInstanceParametersNotSupported", "This service does not support fetching service instance parameters."}
	errNoBindingParams  = &cfError{http.StatusBadRequest, 90007, "CF-ServiceFetchBindingParametersNotSupported", "This service does not support fetching service binding parameters."}
	errInstanceBusy     = unprocessable("There is an operation in progress for the service instance.")
	errBindingBusy      = unprocessable("There is an operation in progress for the service binding.")
)

func notFound(what string) *cfError {
	return &cfError{http.StatusNotFound, 10010, "CF-ResourceNotFound", what + " not found"}
}

func notFoundText(text string) *cfError {
	return &cfError{http.StatusNotFound, 10010, "CF-ResourceNotFound", text}
}

func unprocessable(format string, args ...any) *cfError {
	return &cfError{http.StatusUnprocessableEntity, 10008, "CF-UnprocessableEntity", fmt.Sprintf(format, args...)}
}

func badQuery(format string, args ...any) *cfError {
	return &cfError{http.StatusBadRequest, 10005, "CF-BadQueryParameter", "The query parameter is invalid: " + fmt.Sprintf(format, args...)}
}

func instanceInProgress(name string) *cfError {
	return &cfError{http.StatusConflict, 60016, "CF-AsyncServiceInstanceOperationInProgress", "An operation for service instance " + name + " is in progress."}
}

// unableToPerform is the error of a job whose broker failed.
func unableToPerform(what, said string) *cfError {
	return &cfError{http.StatusBadRequest, 10009, "CF-UnableToPerform", what + " could not be completed: " + said}
}

func quoted(names []string) string { return "'" + strings.Join(names, "', '") + "'" }
