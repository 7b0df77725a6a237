package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/pprof"
	"time"

	"millrace.dev/bus"
	"millrace.dev/engine/host"
	"millrace.dev/engine/runner"
	"millrace.dev/flow"
	"millrace.dev/store"
	"millrace.dev/store/sqlite"
)

// reference is the flow that is measured: five steps, two effects.
const reference = `
flow reference "Reference" lead
node start record_created
node rich branch cases=[{"name":"yes","if":"lead.score >= 50"}]
node mark set_value name="level" value="hot"
node write update_record set={"status":"= vars.level"}
node mail send_email to="{{ lead.email }}" subject="Hello {{ lead.full_name }}" body="Welcome to Millrace."
start.out -> rich
rich.yes -> mark
mark.out -> write
write.out -> mail
`

type settings struct {
	runs    int
	rate    int
	seconds int
	workers int
	profile string
}

func main() {
	var s settings
	flag.IntVar(&s.runs, "runs", 20_000, "runs of the saturated measurement")
	flag.IntVar(&s.rate, "rate", 300, "records a second of the steady measurement")
	flag.IntVar(&s.seconds, "seconds", 10, "length of the steady measurement")
	flag.IntVar(&s.workers, "workers", 0, "activations side by side, 0 for the default")
	flag.StringVar(&s.profile, "cpuprofile", "", "file for a CPU profile of the saturated measurement")
	flag.Parse()
	if err := measure(context.Background(), s); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// workspace is the engine in one process, on files in a temporary folder.
type workspace struct {
	store  *sqlite.DB
	bus    *bus.Bus
	runner *runner.Runner
	start  time.Duration
	// finished is how many runs earlier measurements ended.
	finished int
}

func open(ctx context.Context, dir string, workers int) (*workspace, error) {
	began := time.Now()
	w := &workspace{}
	var err error
	if w.store, err = sqlite.Open(ctx, filepath.Join(dir, "store.db")); err != nil {
		return nil, err
	}
	if err := publish(ctx, w.store, reference); err != nil {
		return nil, err
	}
	if w.bus, err = bus.Open(ctx, bus.Config{Dir: filepath.Join(dir, "bus")}); err != nil {
		return nil, err
	}
	w.runner = runner.New(runner.Config{Store: w.store, Bus: w.bus, Outside: host.Providers{Capture: true}, Workers: workers})
	if err := w.runner.Start(ctx); err != nil {
		return nil, err
	}
	w.start = time.Since(began)
	return w, nil
}

func (w *workspace) close(ctx context.Context) error {
	return errors.Join(w.runner.Stop(ctx), w.bus.Close(), w.store.Close())
}

// publish stores a flow in written form as active, at version 1.
func publish(ctx context.Context, s store.Store, src string) error {
	file, problems := flow.ParseWritten(src)
	if len(problems) > 0 {
		return fmt.Errorf("the reference flow: %s", problems)
	}
	f := flow.Flow{ID: file.Flow, Name: file.Name, Resource: file.Graph.Resource, State: flow.Active, Active: 1}
	docs := map[store.Kind]any{store.Flows: f, store.Versions: flow.Version{Flow: f.ID, Number: 1, Graph: file.Graph}}
	for kind, v := range docs {
		body, err := json.Marshal(v)
		if err != nil {
			return err
		}
		id := f.ID
		if kind == store.Versions {
			id += "@1"
		}
		if _, err := s.Shelf(kind).Insert(ctx, store.Doc{ID: id, Body: body}); err != nil {
			return err
		}
	}
	return nil
}

func measure(ctx context.Context, s settings) (err error) {
	dir, err := os.MkdirTemp("", "millrace-bench-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	w, err := open(ctx, dir, s.workers)
	if err != nil {
		return err
	}
	t := &table{}
	t.add("cores", fmt.Sprint(runtime.NumCPU()))
	t.add("start", w.start.Round(time.Millisecond).String())
	t.add("memory idle", residentMB())
	steady, err := w.steady(ctx, s.rate, s.seconds)
	if err != nil {
		return err
	}
	t.add(fmt.Sprintf("latency at %d/s, p50 / p95", s.rate), steady.latency())
	t.add(fmt.Sprintf("CPU per run at %d/s", s.rate), steady.cpuPerRun())
	if s.profile != "" {
		file, err := os.Create(s.profile)
		if err != nil {
			return err
		}
		if err := pprof.StartCPUProfile(file); err != nil {
			return err
		}
	}
	full, err := w.saturated(ctx, s.runs)
	pprof.StopCPUProfile()
	if err != nil {
		return err
	}
	t.add("runs/s sustained", fmt.Sprintf("%.0f", full.perSecond()))
	t.add("CPU per run, saturated", full.cpuPerRun())
	t.add("latency saturated, p50 / p95", full.latency())
	t.add("memory end", residentMB())
	stop := time.Now()
	if err := w.close(ctx); err != nil {
		return err
	}
	t.add("stop", time.Since(stop).Round(time.Millisecond).String())
	t.print(os.Stdout)
	return nil
}
