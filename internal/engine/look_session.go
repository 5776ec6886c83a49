package engine

import (
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
		if _, err := p.Token(ctx); err == nil {
			return steps.SawSession{Observation: o, Session: e.whereCFPoints(p, s, e.sessionFacts(p.Identity()))}, nil
		} else if _, out := errors.AsType[*cfsession.SignedOutError](err); !out {
			return nil, err
		} else if stamp := e.cfg.loginStamp(); stamp == e.triedLogin.Swap(stamp) {
			return e.signedOut(o, p.Identity(), err), nil
		}
	}
	e.triedLogin.Store(e.cfg.loginStamp())
	opened, err := e.cfg.open(ctx, e.log)
	if err == nil {
		if e.cfg.otherAPI(opened.Identity()) {
			return e.signedOut(o, opened.Identity(), nil), nil
		}
		e.session.Store(opened)
		if _, err = opened.Token(ctx); err == nil {
			return steps.SawSession{Observation: o, Session: e.whereCFPoints(opened, s, e.sessionFacts(opened.Identity()))}, nil
		}
	}
	if _, out := errors.AsType[*cfsession.SignedOutError](err); !out {
		return nil, err
	}
	id := cfsession.Identity{}
	if opened != nil {
		id = opened.Identity()
	}
	return e.signedOut(o, id, err), nil
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
func (e *Engine) signedOut(o steps.Observation, id cfsession.Identity, err error) steps.Occurrence {
	f := steps.Session{API: e.cfg.address(), User: id.User, SSLDisabled: id.SSLDisabled}
	if f.API == "" {
		f.API = id.API
	}
	if out, ok := errors.AsType[*cfsession.SignedOutError](err); ok {
		f.Reason = reasonOf(out)
	} else {
		f.Reason = "The login is for " + id.API + ", and the wizard was started for " + f.API + "."
	}
	for _, l := range cfsession.KnownLandscapes {
		f.Known = append(f.Known, steps.KnownLandscape{API: l.API(), Name: l.Name, Note: l.Provider.String() + ", " + l.Location})
	}
	return steps.SawSession{Observation: o, Session: f}
}

func reasonOf(out *cfsession.SignedOutError) string {
	return sentence(string(out.Reason))
}

func (e *Engine) sessionFacts(id cfsession.Identity) steps.Session {
	f := steps.Session{
		SignedIn: true, User: id.User, API: id.API, Org: steps.Ref(id.Org), Space: steps.Ref(id.Space),
		Expiry: id.Expiry, SSLDisabled: id.SSLDisabled, Provider: "provider not known",
	}
	l, err := cfsession.Derive(id.API, e.cfg.Overrides)
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
