package plan

import (
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"pg-migrate-wizard/steps"
)

// contradictions notes what each key may say by itself, and not together.
func (d *decoder) contradictions(p Plan) {
	d.addresses(p)
	if p.Source.Instance != "" && p.Source.Instance == p.Target.Instance {
		d.wrong(d.at["target.instance"], "target.instance", "target.instance and source.instance are the same")
	}
	for path, k := range map[string]Key{"source.key": p.Source.Key, "target.key": p.Target.Key} {
		if at, said := d.at[path+".create"]; said && k.Name == "" && !k.Create && d.at[path+".name"] == (position{}) {
			d.wrong(at, path+".create", "%s.create: false needs %s.name: which key shall be used?", path, path)
		}
	}
	if p.OnLate == LateBackOut && p.Stop.DecisionAfter == 0 && d.at["stop.decision-after"] == (position{}) {
		d.wrong(d.at["on-late"], "on-late", "on-late: back-out is never asked without stop.decision-after")
	}
	d.limiting(p.Limits)
	d.switching(p.Switch)
	d.cleaning(p)
}

func (d *decoder) limiting(l Limits) {
	if l.Anyway {
		return
	}
	const mend = "; limits.anyway: true goes on all the same"
	if l.Schemas > steps.MaxSchemas {
		d.wrong(d.at["limits.schemas"], "limits.schemas", "limits.schemas: the migration service takes at most 1,000 schemas"+mend)
	}
	if l.Relations > steps.MaxRelations {
		d.wrong(d.at["limits.relations"], "limits.relations", "limits.relations: the migration service takes at most 30,000 relations"+mend)
	}
}

func (d *decoder) switching(s Switch) {
	if s.How == Restage && len(s.Restage) > 0 {
		d.wrong(d.at["switch.restage"], "switch.restage", "switch.restage names the applications that are restaged while others are restarted; with switch.how: restage all are")
	}
	if s.Canary == "" || len(s.Order) == 0 {
		return
	}
	switch slices.Index(s.Order, s.Canary) {
	case 0:
	case -1:
		d.wrong(d.at["switch.canary"], "switch.canary", "switch.canary is not in switch.order")
	default:
		d.wrong(d.at["switch.canary"], "switch.canary", "switch.canary goes first, and switch.order begins with %s", quoted(s.Order[0], true))
	}
}

func (d *decoder) cleaning(p Plan) {
	c := p.CleanUp
	if p.Until != "" && p.Until != CleanedUp {
		for _, said := range []struct {
			key  string
			word Fate
		}{{"source-keys", c.SourceKeys}, {"bindings", c.Bindings}, {"shares", c.Shares}, {"source-instance", c.SourceInstance}} {
			if said.word == Delete {
				path := "clean-up." + said.key
				d.wrong(d.at[path], path, "%s: delete is never reached with until: %s", path, p.Until)
			}
		}
		if c.NameSwap {
			d.wrong(d.at["clean-up.name-swap"], "clean-up.name-swap", "clean-up.name-swap is never reached with until: %s", p.Until)
		}
	}
	if c.SourceInstance == Delete && c.SourceKeys == Keep {
		d.wrong(d.at["clean-up.source-instance"], "clean-up.source-instance", "clean-up.source-instance: delete takes the keys of the source with it: say clean-up.source-keys: delete, too")
	}
}

// addresses holds landscape, API and migration service against each other.
func (d *decoder) addresses(p Plan) {
	api, apiOK := d.address("api", p.API)
	service, serviceOK := d.address("migration-url", p.MigrationURL)
	if serviceOK && strings.TrimSuffix(service.Path, "/") != "/v1" {
		d.wrong(d.at["migration-url"], "migration-url", "migration-url ends in /v1")
	}
	if apiOK && strings.TrimSuffix(api.Path, "/") != "" {
		d.wrong(d.at["api"], "api", "api is an address without a path")
	}
	landscape := p.Landscape
	if apiOK {
		if of, told := strings.CutPrefix(strings.ToLower(api.Hostname()), "api.cf."); told {
			if landscape != "" && !sameLandscape(landscape, of) {
				d.wrong(d.at["api"], "api", "api is in the landscape %s, and landscape says %s: one of them is enough", quoted(of, false), quoted(landscape, false))
				return
			}
			landscape = of
		}
	}
	if serviceOK && landscape != "" {
		if of, told := strings.CutPrefix(strings.ToLower(service.Hostname()), "pg-migrate.cf."); told && !sameLandscape(landscape, of) {
			d.wrong(d.at["migration-url"], "migration-url", "migration-url is in the landscape %s, and everything else in %s", quoted(of, false), quoted(landscape, false))
		}
	}
}

// address takes an address apart. Where nobody can listen in, http will do.
func (d *decoder) address(path, text string) (*url.URL, bool) {
	if text == "" {
		return nil, false
	}
	u, err := url.Parse(text)
	if err != nil || u.Hostname() == "" || u.User != nil {
		d.wrong(d.at[path], path, "%s is %s", path, keys[path].shape)
		return nil, false
	}
	if u.Scheme == "http" && u.Hostname() != "localhost" {
		if ip, err := netip.ParseAddr(u.Hostname()); err != nil || !ip.IsLoopback() {
			d.wrong(d.at[path], path, "%s begins with https: a token is sent there", path)
			return nil, false
		}
	}
	return u, true
}

// sameLandscape compares a name, short or whole, with the whole one.
func sameLandscape(name, whole string) bool {
	return name == whole || !strings.Contains(name, ".") && strings.HasPrefix(whole, name+".")
}
