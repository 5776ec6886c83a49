package plan

import "strings"

// Suggest ends a sentence with the word that was probably meant, like `; did you mean
// "in-sync"?`. It is empty when none is near. A beginning of at least three letters is
// near.
func Suggest(said string, words []string) string {
	best, near := "", 0
	said = strings.ToLower(strings.NewReplacer("_", "-", " ", "-").Replace(said))
	for _, w := range words {
		d := distance(said, w)
		if len(said) >= 3 && strings.HasPrefix(w, said) {
			d = min(d, 1)
		}
		if d <= max(1, len(w)/3) && (best == "" || d < near) {
			best, near = w, d
		}
	}
	if best == "" {
		return ""
	}
	return `; did you mean "` + best + `"?`
}

// distance counts the letters to change, add, drop or swap with their neighbour
// to make one word of the other. What is far longer than any word is far.
func distance(a, b string) int {
	const far = 64
	if len(a) > far || len(b) > far {
		return far
	}
	rows := make([][]int, len(a)+1)
	for i := range rows {
		rows[i] = make([]int, len(b)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			rows[i][j] = min(rows[i-1][j]+1, rows[i][j-1]+1, rows[i-1][j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				rows[i][j] = min(rows[i][j], rows[i-2][j-2]+1)
			}
		}
	}
	return rows[len(a)][len(b)]
}
