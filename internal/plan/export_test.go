package plan

// NoKey is what is said of a question that no plan knows.
const NoKey = noKey
