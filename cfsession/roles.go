package cfsession

import (
	"context"
	"net/url"

	"github.com/cloudfoundry/go-cfclient/v3/resource"
)

// Roles lists the roles that the login has in a space, like space_developer. A
// login that has them from further up, as an administrator, has none here.
func (s *Session) Roles(ctx context.Context, spaceGUID string) ([]string, error) {
	const op = "list the roles in the space"
	if err := checkGUID(op, spaceGUID); err != nil {
		return nil, err
	}
	s.mu.Lock()
	who := s.pair.claims.UserID
	if who == "" {
		who = s.pair.claims.ClientID // the Cloud Controller knows a client by its id
	}
	s.mu.Unlock()
	var roles []string
	query := url.Values{"space_guids": {spaceGUID}, "user_guids": {who}}
	err := listPages(ctx, s, op, "/v3/roles", query, func(page []resource.Role, _ none) error {
		for _, r := range page {
			roles = append(roles, r.Type)
		}
		return nil
	})
	return roles, err
}
