package sandbox

// EndLogins ends every login there is: access and refresh tokens are refused
// from now on, as after a reset of the login server. Signing in anew works.
func (l *Landscape) EndLogins() {
	w := l.world
	w.mu.Lock()
	defer w.mu.Unlock()
	w.signingKey = []byte(w.newGUID())
}
