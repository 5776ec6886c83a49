package cli

import (
	"cmp"
	"context"
	"errors"
	"net/http"

	"pg-migrate-wizard/cfsession"
	"pg-migrate-wizard/internal/engine"
	"pg-migrate-wizard/internal/unattended"
	"pg-migrate-wizard/steps"
)

// subject is the migration that the doctor looks at.
type subject struct {
	names steps.Names // incomplete, where none has begun and none is named
	place *flags      // where it works
	is    chosen      // nothing, where none is
	open  string      // what says which one is meant, where several could be
}

// nowhere is the address of an API that is not known.
const nowhere = "https://api.invalid"

// about finds the migration that the service is asked about, as status does: the
// one that is named, that of the only target that is kept, else the one that is
// remembered here. That there is none is no trouble.
func (d *doctor) about() subject {
	none := *d.f
	is := subject{place: &none}
	m, err := d.p.choose(choice{selection: d.which})
	if err == nil {
		is, err = d.f.subject(m)
	}
	if err == nil || errors.Is(err, engine.ErrNoMigration) {
		return is
	}
	remedy := "mend it, or name another with --" + flagTarget + " or -f"
	if kept, _ := d.p.targetStore(d.which.dir).names(); len(kept) > 1 && d.which.target == "" && d.which.file == "" {
		is.open = "say which one with --" + flagTarget
		remedy = is.open
	}
	d.attention("target", remedy, "%v", err)
	return is
}

// subject is what a chosen migration is between, and where it works: by its plan,
// and by its record.
func (f *flags) subject(m chosen) (subject, error) {
	at := *m.place(f)
	is := subject{place: &at, is: m}
	if m.plan != nil {
		is.names = unattended.PlannedNames(*m.plan)
	}
	if m.record == nil {
		return is, nil
	}
	s, err := engine.LoadMigration(f.stateDirectory(), m.record.ID)
	if err != nil {
		return is, err
	}
	if n := s.Names(); m.plan == nil || n.Complete() {
		is.names = n
	}
	if w := s.Choices.Where; w != nil && (at.apiURL == "" || sameAPI(at.apiURL) == w.API) {
		at.apiURL = w.API
		o := &at.overrides
		o.Name, o.Provider = cmp.Or(o.Name, w.Landscape), cmp.Or(o.Provider, w.Provider)
		o.MigrationURL = cmp.Or(o.MigrationURL, w.MigrationURL)
	}
	return is, nil
}

// migration asks the migration service, about a migration where one is known.
func (d *doctor) migration(ctx context.Context, about subject, s *cfsession.Session) {
	const check = "migration service"
	names, api, over := about.names, about.place.apiURL, about.place.overrides
	if api == "" {
		if over.MigrationURL == "" {
			d.attention(check, "sign in, or name the API with --"+unattended.FlagAPI, "its address follows from the API's, which is not known")
			return
		}
		api = nowhere // the landscape is not asked for: the address is there
	}
	l, err := cfsession.Derive(api, over)
	wrong, _ := errors.AsType[*cfsession.LandscapeError](err)
	switch {
	case l.MigrationURL == "" && about.open != "":
		d.attention(check, about.open, "its address is not known")
		return
	case l.MigrationURL == "":
		d.fail(check, "say it with --"+cfsession.SettingLandscape+" or --"+cfsession.SettingMigrationURL, "its address is not known: %s", reasonOf(err))
		return
	case err != nil && api != nowhere: // the provider: it decides on the rules for Google Cloud
		d.fail("landscape", "say it with --"+wrong.Setting, "%s: %s", sameAPI(api), wrong.Why)
	}
	cfg := about.place.config()
	if s == nil || !names.Complete() {
		r, err := cfg.Reach(ctx, l.MigrationURL+"/replication", cfg.SkipMigrationCheck)
		switch {
		case err != nil:
			d.fail(check, "check the network and --"+cfsession.SettingMigrationURL, "%s cannot be reached: %v", l.MigrationURL, err)
		case r.Status == http.StatusTooManyRequests:
			d.notYet = true
			d.attention(check, "try again later", "%s answers with HTTP %d", l.MigrationURL, r.Status)
		case r.Status >= 500:
			d.fail(check, "try again later", "%s answers with HTTP %d", l.MigrationURL, r.Status)
		default:
			d.ok(check, "%s is there (HTTP %d)", l.MigrationURL, r.Status)
		}
		return
	}
	word, err := cfg.AskReplication(ctx, l.MigrationURL, s, names)
	if no, refused := errors.AsType[*engine.NoRightError](err); refused {
		d.noRight = true
		d.fail(check, "ask for the role space developer in "+names.Org+" / "+names.Space, "%v", no)
		return
	}
	between := names.SourceInstance + " → " + names.TargetInstance
	switch {
	case err != nil && passes(err):
		d.unseen(check, err)
	case err != nil:
		d.attention(check, "look at the names, or try again", "%s, about %s: %v", l.MigrationURL, between, err)
	case word == "":
		d.ok(check, "%s knows no replication for %s yet", l.MigrationURL, between)
	default:
		d.ok(check, "%s says %s of %s", l.MigrationURL, word, between)
	}
}
