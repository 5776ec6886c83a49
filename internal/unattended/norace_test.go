//go:build !race

package unattended

const underRace = false
