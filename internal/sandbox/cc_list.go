package sandbox

import (
	"cmp"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Lists of the Cloud Controller: filters are combined with AND, the comma-separated
// values of one filter with OR; unknown parameters are errors.

const (
	defaultPage = 50
	maxPage     = 5000
)

// filter reports whether an item matches one of the values of its parameter.
type filter[T any] func(item T, values []string) bool

// by matches items by the value of a property.
func by[T any](property func(T) string) filter[T] {
	return func(item T, values []string) bool { return slices.Contains(values, property(item)) }
}

// appFilters adds the filters that all parts of applications have.
func appFilters[T interface{ parent() *app }](own map[string]filter[T]) map[string]filter[T] {
	own["app_guids"] = by(func(r T) string { return r.parent().guid })
	own["space_guids"] = by(func(r T) string { return r.parent().space.guid })
	own["organization_guids"] = by(func(r T) string { return r.parent().space.org.guid })
	return own
}

// partsOf returns the parts of one application, or all parts if a is nil.
func partsOf[T interface{ parent() *app }](a *app, all []T) []T {
	if a == nil {
		return all
	}
	return only(all, func(r T) bool { return r.parent() == a })
}

// anyApp is the finder for paths that name no application.
func anyApp(*call) (*app, error) { return nil, nil }

// always accepts a filter that excludes nothing in the sandbox.
func always[T any](T, []string) bool { return true }

type list[T resource] struct {
	path    string
	items   []T
	filters map[string]filter[T]
	// orders are the order_by values besides created_at and updated_at.
	orders map[string]func(a, b T) int
	// params are further parameters that are accepted.
	params []string
	refs   []reference[T]
	view   func(*call, T) object
}

// answer replies with the requested page of the items that the caller may read.
func (l list[T]) answer(q *call) (reply, error) {
	filters := make(map[string]filter[item], len(l.filters))
	for name, f := range l.filters {
		filters[name] = func(r item, values []string) bool { return f(r.(T), values) }
	}
	orders := make(map[string]func(a, b item) int, len(l.orders))
	for name, compare := range l.orders {
		orders[name] = func(a, b item) int { return compare(a.(T), b.(T)) }
	}
	return listing{
		path: l.path, items: asItems(l.items), filters: filters, orders: orders, params: l.params, refs: references(l.refs),
		view: func(q *call, r item) object { return l.view(q, r.(T)) },
	}.answer(q)
}

// item is a resource in a list of any type. What every list does is written for items and
// not for each type: the compiler would make a copy of it for every kind of resource.
type item interface {
	base() *meta
	readableBy(*identity) bool
}

func asItems[T resource](list []T) []item {
	items := make([]item, len(list))
	for i, r := range list {
		items[i] = r
	}
	return items
}

// listing is a list without its type.
type listing struct {
	path    string
	items   []item
	filters map[string]filter[item]
	orders  map[string]func(a, b item) int
	params  []string
	refs    []reference[item]
	view    func(*call, item) object
}

func (l listing) answer(q *call) (reply, error) {
	query := q.r.URL.Query()
	if err := l.check(query); err != nil {
		return reply{}, err
	}
	number, err := positive(query, "page", 1)
	if err != nil {
		return reply{}, err
	}
	size, err := positive(query, "per_page", defaultPage)
	if err != nil {
		return reply{}, err
	}
	if size > maxPage {
		return reply{}, badQuery("Per page must be between 1 and 5000")
	}

	items := only(l.items, func(r item) bool { return r.readableBy(q.who) && l.matches(r, query) })
	if err := l.sort(items, query.Get("order_by")); err != nil {
		return reply{}, err
	}

	total := len(items)
	last := max(1, (total+size-1)/size)
	from := min(total, (number-1)*size)
	items = items[from:min(total, from+size)]

	views := make([]object, 0, len(items))
	for _, r := range items {
		views = append(views, l.view(q, r))
	}
	href := func(page int) any {
		if page < 1 || page > last {
			return nil
		}
		to := maps.Clone(query)
		to.Set("page", strconv.Itoa(page))
		to.Set("per_page", strconv.Itoa(size))
		return q.link(l.path + "?" + to.Encode())
	}
	return ok(including(q, object{
		"pagination": object{
			"total_results": total, "total_pages": last,
			"first": href(1), "last": href(last), "next": href(number + 1), "previous": href(number - 1),
		},
		"resources": views,
	}, items, l.refs))
}

// standardParams are accepted by every list.
var standardParams = []string{"page", "per_page", "order_by", "guids", "created_ats", "updated_ats", "label_selector"}

func (l listing) check(query url.Values) error {
	var unknown []string
	for _, name := range slices.Sorted(maps.Keys(query)) {
		_, filters := l.filters[name]
		if !filters && !slices.Contains(standardParams, name) && !slices.Contains(l.params, name) && !accepts(l.refs, name) {
			unknown = append(unknown, name)
		}
	}
	if len(unknown) > 0 {
		known := slices.Concat(standardParams, l.params)
		if accepts(l.refs, "include") {
			known = append(known, "include")
		}
		known = append(known, slices.Sorted(maps.Keys(l.filters))...)
		return badQuery("Unknown query parameter(s): %s. Valid parameters are: %s", quoted(unknown), quoted(known))
	}
	for _, name := range []string{"created_ats", "updated_ats"} {
		for _, value := range commaList(query.Get(name)) {
			if _, err := time.Parse(time.RFC3339, value); err != nil {
				return badQuery("%s has an invalid timestamp format. Timestamps should be formatted as 'YYYY-MM-DDThh:mm:ssZ'", name)
			}
		}
	}
	return checkReferences(query, l.refs)
}

func (l listing) matches(r item, query url.Values) bool {
	m := r.base()
	for name, values := range query {
		match := true
		switch name {
		case "guids":
			match = slices.Contains(commaList(values[0]), m.guid)
		case "created_ats":
			match = slices.Contains(commaList(values[0]), timestamp(m.created))
		case "updated_ats":
			match = slices.Contains(commaList(values[0]), timestamp(m.updated))
		case "label_selector":
			match = m.selected(values[0])
		default:
			if f, filters := l.filters[name]; filters {
				match = f(r, commaList(values[0]))
			}
		}
		if !match {
			return false
		}
	}
	return true
}

// selected reports whether the labels satisfy all requirements of a selector:
// key=value, key==value, key!=value, key, !key.
func (m *meta) selected(selector string) bool {
	for requirement := range strings.SplitSeq(selector, ",") {
		requirement = strings.TrimSpace(requirement)
		key, value, compared := strings.Cut(requirement, "=")
		switch {
		case compared && strings.HasSuffix(key, "!"):
			if m.labels[strings.TrimSuffix(key, "!")] == value {
				return false
			}
		case compared:
			if got, set := m.labels[key]; !set || got != strings.TrimPrefix(value, "=") {
				return false
			}
		default:
			_, set := m.labels[strings.TrimPrefix(key, "!")]
			if set == strings.HasPrefix(key, "!") {
				return false
			}
		}
	}
	return true
}

func (l listing) sort(items []item, order string) error {
	if order == "" {
		return nil // in order of creation
	}
	name := strings.TrimLeft(order, "+-")
	var compare func(a, b item) int
	switch name {
	case "created_at":
		compare = func(a, b item) int { return a.base().created.Compare(b.base().created) }
	case "updated_at":
		compare = func(a, b item) int { return a.base().updated.Compare(b.base().updated) }
	default:
		if compare = l.orders[name]; compare == nil {
			return badQuery("Order by can only be: %s",
				quoted(append([]string{"created_at", "updated_at"}, slices.Sorted(maps.Keys(l.orders))...)))
		}
	}
	if strings.HasPrefix(order, "-") {
		slices.SortStableFunc(items, func(a, b item) int { return compare(b, a) })
	} else {
		slices.SortStableFunc(items, compare)
	}
	return nil
}

func byName[T any](name func(T) string) map[string]func(a, b T) int {
	return map[string]func(a, b T) int{"name": func(a, b T) int { return cmp.Compare(name(a), name(b)) }}
}

func positive(query url.Values, name string, usual int) (int, error) {
	text := query.Get(name)
	if text == "" {
		return usual, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > 1<<30 {
		words := strings.ReplaceAll(name, "_", " ")
		return 0, badQuery("%s must be a positive integer", strings.ToUpper(words[:1])+words[1:])
	}
	return n, nil
}

// commaList splits a list of values. A comma within a value is encoded twice.
func commaList(text string) []string {
	if text == "" {
		return nil
	}
	parts := strings.Split(text, ",")
	for i, part := range parts {
		if plain, err := url.PathUnescape(strings.TrimSpace(part)); err == nil {
			parts[i] = plain
		}
	}
	return parts
}

// timestamp formats a time as the Cloud Controller does.
func timestamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05Z") }
