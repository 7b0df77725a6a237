package rule

import (
	"sync"
	"time"
)

var timeFunctions = []function{
	{Func{"now", "now() date", "The current time."}, nil, timeType, func(m *machine, a []any) (any, error) { return m.scope.Now, nil }},
	{Func{"date", `date("2026-12-31") date`, "A date written as year-month-day, or a time as RFC 3339."}, []string{"text"}, timeType, readDate},
	{Func{"duration", `duration("1h30m") length of time`, "A length of time in h, m and s."}, []string{"text"}, durationType, readDuration},
	{Func{"days", "days(number) length of time", "That many times 24 hours, as in now() + days(3)."}, []string{"number"}, durationType, times(24 * time.Hour)},
	{Func{"hours", "hours(number) length of time", "That many hours."}, []string{"number"}, durationType, times(time.Hour)},
	{Func{"minutes", "minutes(number) length of time", "That many minutes."}, []string{"number"}, durationType, times(time.Minute)},
	{Func{"year", "year(date, zone?) number", "The year."}, []string{"time", "text?"}, intType, part(time.Time.Year)},
	{Func{"month", "month(date, zone?) number", "The month, 1 to 12."}, []string{"time", "text?"}, intType, part(func(t time.Time) int { return int(t.Month()) })},
	{Func{"day", "day(date, zone?) number", "The day of the month, 1 to 31."}, []string{"time", "text?"}, intType, part(time.Time.Day)},
	{Func{"weekday", "weekday(date, zone?) number", "The day of the week: Monday is 1, Sunday is 7."}, []string{"time", "text?"}, intType, part(func(t time.Time) int { return (int(t.Weekday())+6)%7 + 1 })},
	{Func{"hour", "hour(date, zone?) number", "The hour of the day, 0 to 23."}, []string{"time", "text?"}, intType, part(time.Time.Hour)},
}

// part reads a calendar part of a time, in UTC or in the IANA zone given.
func part(of func(time.Time) int) func(*machine, []any) (any, error) {
	return func(m *machine, a []any) (any, error) {
		t := a[0].(time.Time)
		zone := "UTC"
		if len(a) == 2 && a[1] != nil {
			zone = a[1].(string)
		}
		loc, err := location(m, zone)
		if err != nil {
			return nil, err
		}
		return of(t.In(loc)), nil
	}
}

var locations sync.Map // zone name → *time.Location; valid names only, so it is bounded

func location(m *machine, zone string) (*time.Location, error) {
	if zone == "UTC" {
		return time.UTC, nil
	}
	if l, ok := locations.Load(zone); ok {
		return l.(*time.Location), nil
	}
	// Reading the zone's table is dear, and a loop could try many wrong names.
	if err := m.budget.spend(2000); err != nil {
		return nil, err
	}
	l, err := time.LoadLocation(zone)
	if err != nil || zone == "" || zone == "Local" || len(zone) > 64 {
		return nil, errorf(CodeArgument, "This is not a time zone. Write it as in Europe/Bucharest.")
	}
	locations.Store(zone, l)
	return l, nil
}

func readDate(m *machine, a []any) (any, error) {
	s, ok := a[0].(string)
	if !ok {
		return nil, nil
	}
	if err := m.budget.spend(10); err != nil {
		return nil, err
	}
	for _, layout := range []string{time.DateOnly, time.RFC3339, time.DateTime, "2006-01-02T15:04", "2006-01-02 15:04"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC(), nil
		}
	}
	return nil, errorf(CodeArgument, "This is not a date. Write it as in 2026-12-31.")
}

func readDuration(m *machine, a []any) (any, error) {
	s, ok := a[0].(string)
	if !ok {
		return nil, nil
	}
	d, err := time.ParseDuration(s)
	if err != nil || len(s) > 64 {
		return nil, errorf(CodeArgument, "This is not a length of time. Write it as in 1h30m.")
	}
	return d, nil
}

func times(unit time.Duration) func(*machine, []any) (any, error) {
	return func(m *machine, a []any) (any, error) { return multiply(m, []any{unit, a[0]}) }
}
