package cfsession

import (
	"context"

	"github.com/cloudfoundry/go-cfclient/v3/resource"
)

// Roles lists the roles that the login has in a space, like space_developer. A
// login that has them from further up, as an administrator, has none here.
func (s *Session) Roles(ctx context.Context, spaceGUID string) ([]string, error) {
	s.mu.Lock()
	who := s.tokenPair.claims.UserID
	if who == "" {
		who = s.tokenPair.claims.ClientID // the Cloud Controller knows a client by its id
	}
	s.mu.Unlock()
	r := newRequest("list the roles in the space", "/v3/roles").where("space_guids", spaceGUID).with("user_guids", who)
	return list(ctx, s, r, func(r resource.Role) string { return r.Type })
}
