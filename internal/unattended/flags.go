package unattended

// Names of the flags that refusals and questions point at.
const (
	FlagYes       = "yes"
	FlagConfirm   = "confirm"
	FlagWas       = "was"
	FlagBeside    = "downtime-beside"
	FlagTakeOver  = "take-over"
	FlagAPI       = "api-url"
	FlagSourceKey = "source-key"
	FlagTargetKey = "target-key"
)
