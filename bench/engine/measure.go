package main

import (
	"fmt"
	"os"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// usage is a moment in the life of this process.
type usage struct {
	at  time.Time
	cpu time.Duration
}

// span is what lies between two moments.
type span struct{ wall, cpu time.Duration }

func now() usage {
	var r syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &r); err != nil {
		panic(err) // it cannot fail for the process itself
	}
	return usage{at: time.Now(), cpu: time.Duration(r.Utime.Nano() + r.Stime.Nano())}
}

func (u usage) since() span {
	n := now()
	return span{wall: n.at.Sub(u.at), cpu: n.cpu - u.cpu}
}

// figures are what one measurement gave.
type figures struct {
	runs  int
	took  span
	times []time.Duration
}

func (f figures) perSecond() float64 { return float64(f.runs) / f.took.wall.Seconds() }

func (f figures) cpuPerRun() string {
	return fmt.Sprintf("%d µs", (f.took.cpu / time.Duration(f.runs)).Microseconds())
}

func (f figures) latency() string {
	if len(f.times) == 0 {
		return "none"
	}
	slices.Sort(f.times)
	at := func(p int) string { return f.times[(len(f.times)-1)*p/100].Round(100 * time.Microsecond).String() }
	return at(50) + " / " + at(95)
}

// residentMB is the memory that the process holds after a collection (Linux;
// elsewhere "unknown").
func residentMB() string {
	debug.FreeOSMemory()
	data, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return "unknown"
	}
	fields := strings.Fields(string(data))
	if len(fields) < 2 {
		return "unknown"
	}
	pages, err := strconv.ParseInt(fields[1], 10, 64)
	if err != nil {
		return "unknown"
	}
	return fmt.Sprintf("%d MB", pages*int64(os.Getpagesize())>>20)
}
