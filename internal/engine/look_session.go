package engine

import (
	"cmp"
	"context"
	"errors"

	"pg-migrate-wizard/cfsession"
	"pg-migrate-wizard/steps"
)

// lookSession uses the session there is, or opens the one that cf keeps. After
// a login has died, the file is tried again only when somebody has written it:
// a dead refresh token is not sent a second time.
func (e *Engine) lookSession(ctx context.Context, o steps.Observation, s steps.State) (steps.Occurrence, error) {
	p := e.session.Load()
	if p != nil {
		seen, err := e.observeSession(ctx, o, s, p)
		if err != nil || seen.Session.SignedIn {
			return seen, err
		}
		if stamp := e.cfg.loginStamp(); stamp == e.triedLogin.Swap(stamp) {
			return seen, nil
		}
	}
	e.triedLogin.Store(e.cfg.loginStamp())
	p, err := e.cfg.open(ctx, e.log)
	switch {
	case isSignedOut(err):
		return e.signedOut(o, cfsession.Identity{}, err), nil
	case err != nil:
		return nil, err
	case e.cfg.otherAPI(p.Identity()):
		return e.signedOut(o, p.Identity(), nil), nil
	}
	e.session.Store(p)
	return e.observeSession(ctx, o, s, p)
}

// observeSession tells whether a session still has a token.
func (e *Engine) observeSession(ctx context.Context, o steps.Observation, s steps.State, p Platform) (steps.SawSession, error) {
	switch _, err := p.Token(ctx); {
	case err == nil:
		return steps.SawSession{Observation: o, Session: e.whereCFPoints(p, s, e.sessionFacts(p.Identity(), s.Choices.Told))}, nil
	case isSignedOut(err):
		return e.signedOut(o, p.Identity(), err), nil
	default:
		return steps.SawSession{}, err
	}
}

func isSignedOut(err error) bool {
	_, out := errors.AsType[*cfsession.SignedOutError](err)
	return out
}

// cfTarget is where cf points, and the state of its file when that was read.
type cfTarget struct {
	stamp string
	cfsession.Kept
}

// whereCFPoints tells where another program may have turned the cf login while
// the wizard works on. The wizard's own place and login stay; before a place is
// agreed upon, the question must not change under the person's hand. A file that
// somebody is just writing is looked at again at the next look.
func (e *Engine) whereCFPoints(p Platform, s steps.State, f steps.Session) steps.Session {
	f.CFUser = f.User
	if s.Choices.Where == nil || p.Identity().File == "" {
		return f
	}
	now := e.target.Load()
	if stamp := e.cfg.loginStamp(); now == nil || now.stamp != stamp {
		read, err := p.CFTarget()
		switch {
		case err == nil:
			now = &cfTarget{stamp, read}
			e.target.Store(now)
		case now == nil:
			return f
		}
	}
	f.Org, f.Space, f.CFUser = steps.Ref(now.Org), steps.Ref(now.Space), now.User
	return f
}

// signedOut is the observation that there is no usable login.
func (e *Engine) signedOut(o steps.Observation, id cfsession.Identity, err error) steps.SawSession {
	f := steps.Session{API: e.cfg.address(), User: id.User, SSLDisabled: id.SSLDisabled}
	if f.API == "" {
		f.API = id.API
	}
	if out, ok := errors.AsType[*cfsession.SignedOutError](err); ok {
		f.Reason = sentence(string(out.Reason))
		if damaged, ok := errors.AsType[*cfsession.DamagedFileError](err); ok {
			f.Damaged = damaged.Path
			f.Reason = sentence(damaged.Error())
		}
	} else {
		f.Reason = "The login is for " + id.API + ", and the wizard was started for " + f.API + "."
	}
	for _, l := range cfsession.KnownLandscapes {
		f.Known = append(f.Known, steps.KnownLandscape{API: l.API(), Name: l.Name, Note: l.Provider.String() + ", " + l.Location})
	}
	return steps.SawSession{Observation: o, Session: f}
}

// sessionFacts is what a login is, and what follows from its API. What was told of that
// API in the wizard is the latest word.
func (e *Engine) sessionFacts(id cfsession.Identity, told *steps.Told) steps.Session {
	f := steps.Session{
		SignedIn: true, User: id.User, API: id.API, Org: steps.Ref(id.Org), Space: steps.Ref(id.Space),
		Expiry: id.Expiry, SSLDisabled: id.SSLDisabled, Provider: "provider not known",
	}
	over := e.cfg.Overrides
	if told != nil && told.API == id.API {
		over.Name = cmp.Or(told.Landscape, over.Name)
		over.Provider = cmp.Or(told.Provider, over.Provider)
		over.MigrationURL = cmp.Or(told.MigrationURL, over.MigrationURL)
	}
	l, err := cfsession.Derive(id.API, over)
	f.Landscape = l.Name
	if l.Provider != cfsession.Unknown {
		f.Provider = l.Provider.String()
	}
	f.GoogleCloud = l.GoogleCloud()
	f.MigrationURL = l.MigrationURL
	if err != nil {
		f.Unsettled = err.Error()
	}
	if wrong, ok := errors.AsType[*cfsession.LandscapeError](err); ok {
		f.Setting = steps.Setting(wrong.Setting)
	}
	return f
}
