//go:build !unix

package cli

import "os"

const canPause = false

// notifyPause: there is no signal for a pause here.
func notifyPause(chan os.Signal) {}

func (*signals) stop(bool) {}
