package steps

import "strings"

// settle is the option to say what the address of the API does not tell; false where
// nothing that a person knows would help.
func settle(f Session) (Option, bool) {
	o := Option{ID: OptionSettle, Consequence: "nothing is changed; the migration service's address and the rules for keys follow from it"}
	address := Field{
		ID: string(SettingMigrationURL), Label: "Address of the migration service", Kind: FieldText,
		Help: "for example https://pg-migrate.cf.eu10.hana.ondemand.com/v1",
	}
	switch f.Setting {
	case SettingLandscape:
		o.Label = "Say which landscape this is…"
		address.Optional, address.Help = true, "empty: it follows from the landscape"
		o.Fields = []Field{{
			ID: string(SettingLandscape), Label: "Landscape", Kind: FieldText, Default: f.Landscape,
			Help: "for example eu10-004, or its whole name",
		}, address}
	case SettingProvider:
		o.Label = "Say whose machines it runs on…"
		o.Fields = []Field{{ID: string(SettingProvider), Label: "Provider", Kind: FieldOne, Choices: providers}}
	case SettingMigrationURL:
		o.Label = "Say where the migration service is…"
		o.Fields = []Field{address}
	default:
		return Option{}, false
	}
	return o, true
}

// providers are those of SAP BTP regions, by the words of flags and plans.
var providers = []Choice{
	{"aws", "AWS", ""},
	{"azure", "Azure", ""},
	{"gcp", "Google Cloud", "the target's key needs session replication"},
	{"alibaba", "Alibaba Cloud", ""},
	{"sap", "SAP Cloud Infrastructure", ""},
}

// tell keeps what was said, for this API only, and looks at the login with it.
func (s *State) tell(a Answer) {
	told := Told{API: s.Facts.Session.API}
	if t := s.Choices.Told; t != nil && t.API == told.API {
		told = *t
	}
	for setting, kept := range map[Setting]*string{
		SettingLandscape: &told.Landscape, SettingProvider: &told.Provider, SettingMigrationURL: &told.MigrationURL,
	} {
		if value := strings.TrimSpace(a.Value(string(setting))); value != "" {
			*kept = value
		}
	}
	s.Choices.Told = &told
	s.invalidate(ObserveSession)
}
