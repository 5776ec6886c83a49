package tui

// introduces reports whether a byte behind ESC begins a sequence, as answers of a
// terminal do: CSI, OSC, DCS, APC, PM, SOS and SS3.
func introduces(b byte) bool {
	switch b {
	case '[', ']', 'P', '_', '^', 'X', 'O':
		return true
	}
	return false
}

// sequence is how many of some bytes, of which the first is ESC, belong to one escape
// sequence, and whether it is whole. One that is not whole, and takes less than all of
// them, was broken off: another key or sequence begins in its middle.
func sequence(b []byte) (n int, whole bool) {
	if len(b) < 2 {
		return len(b), false
	}
	switch b[1] {
	case '[':
		return controlSequence(b)
	case 'O':
		if len(b) < 3 {
			return len(b), false
		}
		return keyBehind(b, 3)
	case ']', 'P', '_', '^', 'X':
		return stringSequence(b)
	case '\x1b':
		return 1, true // the key, and the beginning of the next
	}
	return keyBehind(b, 2)
}

// keyBehind is ESC with a key behind it that ends at n at the earliest: one character.
func keyBehind(b []byte, n int) (int, bool) {
	for n < len(b) && b[n]&0xC0 == 0x80 {
		n++
	}
	return n, true
}

// controlSequence is ESC [ with its parameters and the character that ends it.
func controlSequence(b []byte) (int, bool) {
	i := 2
	if i < len(b) && b[i] == '[' { // function keys of the Linux console
		i++
	}
	for ; i < len(b); i++ {
		switch c := b[i]; {
		case c >= 0x20 && c <= 0x3F:
		case c == 'M' && i == 2: // a mouse of the old kind: three bytes more
			return min(len(b), 6), len(b) >= 6
		case c >= 0x40 && c <= 0x7E:
			return i + 1, true
		default:
			return i, false
		}
	}
	return len(b), false
}

// stringSequence is ESC ] or the like, up to BEL or ESC \.
func stringSequence(b []byte) (int, bool) {
	for i := 2; i < len(b); i++ {
		switch c := b[i]; {
		case c == '\a':
			return i + 1, true
		case c == '\x1b' && i+1 == len(b):
			return len(b), false
		case c == '\x1b' && b[i+1] == '\\':
			return i + 2, true
		case c < 0x20, c == 0x7F:
			return i, false
		}
	}
	return len(b), false
}
