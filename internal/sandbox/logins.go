package sandbox

// EndLogins invalidates all access and refresh tokens, as a reset of the login
// server would. New logins work.
func (l *Landscape) EndLogins() {
	w := l.world
	w.mu.Lock()
	defer w.mu.Unlock()
	w.signingKey = []byte(w.newGUID())
}
