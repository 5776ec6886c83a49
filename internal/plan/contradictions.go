package plan

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"pg-migrate-wizard/internal/origin"
	"pg-migrate-wizard/steps"
)

// contradictions notes values that each key may have, but not together.
func (d *decoder) contradictions(p Plan) {
	d.addresses(p)
	const mend = "; limits.anyway: true goes on all the same"
	l, sw, c := p.Limits, p.Switch, p.CleanUp
	for _, x := range piecesOfSource() {
		if *x.fate(&c) == Delete && p.endsBefore(CleanedUp) {
			d.against(x.key, ": delete is never reached with until: "+string(p.Until))
		}
	}
	for _, x := range []struct {
		wrong         bool
		path, message string // the message goes on behind the path
	}{
		{p.Source.Instance != "" && p.Source.Instance == p.Target.Instance, KeyTargetInstance, " and source.instance are the same"},
		{d.namesNoKey(KeySourceKey, p.Source.Key), KeySourceKey + ".create", ": false needs source.key.name: which key shall be used?"},
		{d.namesNoKey(KeyTargetKey, p.Target.Key), KeyTargetKey + ".create", ": false needs target.key.name: which key shall be used?"},
		{p.Target.Plan != "" && !p.Target.Create, "target.plan", " is of a target that is created: say target.create: true"},
		{p.Target.StorageGB != 0 && !p.Target.Create, "target.storage-gb", " is of a target that is created: say target.create: true"},
		{p.Target.MemoryGB != 0 && !p.Target.Create, "target.memory-gb", " is of a target that is created: say target.create: true"},
		{p.Stop.DecisionAfter%time.Minute != 0, "stop.decision-after", " is in whole minutes"},
		{p.OnLate == LateBackOut && p.Stop.DecisionAfter == 0 && !d.sets("stop.decision-after"), keyOnLate, ": back-out is never asked without stop.decision-after"},
		{l.Schemas > steps.MaxSchemas && !l.Anyway, "limits.schemas", ": the migration service takes at most 1,000 schemas" + mend},
		{l.Relations > steps.MaxRelations && !l.Anyway, "limits.relations", ": the migration service takes at most 30,000 relations" + mend},
		{sw.How == Restage && len(sw.Restage) > 0, KeyRestage, " names the applications that are restaged while others are restarted; with switch.how: restage all are"},
		{sw.Blue == BlueStay && len(sw.Green) == 0, KeyGreen, " names who runs instead of the applications that switch.blue: stay leaves"},
		{c.NameSwap && p.endsBefore(CleanedUp), KeyNameSwap, " is never reached with until: " + string(p.Until)},
		{c.SourceInstance == Delete && c.SourceKeys == Keep, keySourceInstance, ": delete takes the keys of the source with it: say clean-up.source-keys: delete, too"},
	} {
		if x.wrong {
			d.against(x.path, x.message)
		}
	}
	switch i := slices.Index(sw.Order, sw.Canary); {
	case sw.Canary == "" || len(sw.Order) == 0 || i == 0:
	case i < 0:
		d.against(KeyCanary, " is not in switch.order")
	default:
		d.against(KeyCanary, " goes first, and switch.order begins with "+quoted(sw.Order[0], true))
	}
}

// against notes a problem with a key; the message goes on behind its path.
func (d *decoder) against(path, message string) { d.wrong(d.at[path], path, "%s%s", path, message) }

// sets reports whether the file sets a key.
func (d *decoder) sets(path string) bool { return d.at[path] != position{} }

// namesNoKey reports whether no key is to be created, and none is named.
func (d *decoder) namesNoKey(path string, k Key) bool {
	return d.sets(path+".create") && k.Name == "" && !k.Create && !d.sets(path+".name")
}

func (p Plan) endsBefore(u Until) bool { return p.Until != "" && !p.Until.Covers(u) }

// addresses compares landscape, API and migration service.
func (d *decoder) addresses(p Plan) {
	api, apiOK := d.address(KeyAPI, p.API)
	service, serviceOK := d.address(KeyMigrationURL, p.MigrationURL)
	if serviceOK && strings.TrimSuffix(service.Path, "/") != "/v1" {
		d.against(KeyMigrationURL, " ends in /v1")
	}
	if apiOK && strings.TrimSuffix(api.Path, "/") != "" {
		d.against(KeyAPI, " is an address without a path")
	}
	landscape := p.Landscape
	if apiOK {
		if of, told := strings.CutPrefix(strings.ToLower(api.Hostname()), "api.cf."); told {
			if landscape != "" && !sameLandscape(landscape, of) {
				d.against(KeyAPI, " is in the landscape "+quoted(of, false)+", and landscape says "+quoted(landscape, false)+": one of them is enough")
				return
			}
			landscape = of
		}
	}
	if !serviceOK {
		return
	}
	if of, told := strings.CutPrefix(strings.ToLower(service.Hostname()), "pg-migrate.cf."); told && landscape != "" && !sameLandscape(landscape, of) {
		d.against(KeyMigrationURL, " is in the landscape "+quoted(of, false)+", and everything else in "+quoted(landscape, false))
		return
	}
	if !apiOK && landscape != "" {
		if !strings.Contains(landscape, ".") {
			landscape += origin.Domain(landscape)
		}
		api, apiOK = &url.URL{Scheme: "https", Host: "api.cf." + landscape}, true
	}
	if apiOK && !origin.MayServe(api, service) {
		d.against(KeyMigrationURL, " does not belong to "+quoted(api.Hostname(), false)+": a token of it would go there")
	}
}

// address parses an address. Plain http is for the loopback interface only.
func (d *decoder) address(path, text string) (*url.URL, bool) {
	if text == "" {
		return nil, false
	}
	u, err := url.Parse(text)
	if err != nil || u.Hostname() == "" || u.User != nil {
		d.against(path, " is "+keys[path].shape)
		return nil, false
	}
	if !origin.Private(u) {
		d.against(path, " begins with https: a token is sent there")
		return nil, false
	}
	return u, true
}

// sameLandscape compares a name, short or whole, with the whole one.
func sameLandscape(name, whole string) bool {
	return name == whole || !strings.Contains(name, ".") && strings.HasPrefix(whole, name+".")
}
