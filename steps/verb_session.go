package steps

// These change nothing on the landscape.
type (
	signInVerb        struct{ onlyLooks }
	findPasscodeVerb  struct{ onlyLooks }
	openMigrationVerb struct{ onlyLooks }
	followVerb        struct{ onlyLooks }
	takeOverVerb      struct{ onlyLooks } // writes the note, and is announced by nothing else
	unknownVerb       struct{ onlyLooks } // of a journal that a later version wrote
)

func (signInVerb) text(Effect) string        { return "sign in" }
func (findPasscodeVerb) text(Effect) string  { return "find the address that gives passcodes" }
func (openMigrationVerb) text(Effect) string { return "take up the earlier migration" }
func (followVerb) text(Effect) string        { return "read the record of the migration from its note" }
func (takeOverVerb) text(Effect) string      { return "take over the migration" }
func (unknownVerb) text(e Effect) string     { return string(e.Do) }
