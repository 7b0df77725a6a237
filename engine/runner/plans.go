package runner

import (
	"context"
	"encoding/json"
	"fmt"
	"sort"
	"strconv"
	"strings"
	"sync"

	"millrace.dev/crm"
	"millrace.dev/engine"
	"millrace.dev/flow"
	"millrace.dev/store"
)

// plans caches what is published: flows with their states, compiled versions,
// and the index of the triggers of the active ones.
type plans struct {
	store store.Store
	// loading keeps an older reading from overwriting a newer one.
	loading sync.Mutex
	mu      sync.RWMutex
	flows   map[string]flow.Flow
	index   *engine.Index
	made    map[string]*engine.Plan // by "<flow>@<version>"
	// fields identifies the custom fields that made was compiled with.
	fields  string
	schemas crm.Schemas
}

func newPlans(s store.Store) *plans {
	return &plans{store: s, flows: map[string]flow.Flow{}, index: engine.NewIndex(nil),
		made: map[string]*engine.Plan{}, schemas: crm.BuiltIn()}
}

// flow is a flow as it was last read.
func (p *plans) flow(id string) (flow.Flow, bool) {
	p.mu.RLock()
	defer p.mu.RUnlock()
	f, ok := p.flows[id]
	return f, ok
}

// paused reports whether nothing of the flow may move.
func (r *Runner) paused(flowID string) bool {
	f, _ := r.plans.flow(flowID)
	return f.State == flow.Paused
}

// all lists the flows.
func (p *plans) all() []flow.Flow {
	p.mu.RLock()
	defer p.mu.RUnlock()
	list := make([]flow.Flow, 0, len(p.flows))
	for _, f := range p.flows {
		list = append(list, f)
	}
	return list
}

// triggers is the index of the active flows' triggers.
func (p *plans) triggers() *engine.Index {
	p.mu.RLock()
	defer p.mu.RUnlock()
	return p.index
}

// plan compiles a version, once. Problems in it show on the runs that meet them.
func (p *plans) plan(ctx context.Context, flowID string, version int) (*engine.Plan, error) {
	id := flowID + "@" + strconv.Itoa(version)
	p.mu.RLock()
	made, schemas, fields := p.made[id], p.schemas, p.fields
	p.mu.RUnlock()
	if made != nil {
		return made, nil
	}
	doc, err := p.store.Shelf(store.Versions).Load(ctx, id)
	if err != nil {
		return nil, fmt.Errorf("loading version %s: %w", id, err)
	}
	var v flow.Version
	if err := json.Unmarshal(doc.Body, &v); err != nil {
		return nil, fmt.Errorf("reading version %s: %w", id, err)
	}
	made, _ = engine.Compile(v, schemas)
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.fields == fields { // else the fields have changed meanwhile
		p.made[id] = made
	}
	return made, nil
}

// reload reads the flows and custom fields again.
func (p *plans) reload(ctx context.Context) error {
	p.loading.Lock()
	defer p.loading.Unlock()
	if err := p.reloadFields(ctx); err != nil {
		return fmt.Errorf("reading custom fields: %w", err)
	}
	docs, err := listAll(ctx, p.store.Shelf(store.Flows))
	if err != nil {
		return fmt.Errorf("reading flows: %w", err)
	}
	flows := make(map[string]flow.Flow, len(docs))
	var active []flow.Flow
	for _, d := range docs {
		var f flow.Flow
		if err := json.Unmarshal(d.Body, &f); err != nil {
			return fmt.Errorf("reading flow %s: %w", d.ID, err)
		}
		flows[f.ID] = f
		if f.State == flow.Active && f.Active > 0 {
			active = append(active, f)
		}
	}
	sort.Slice(active, func(i, j int) bool {
		if active[i].Order != active[j].Order {
			return active[i].Order < active[j].Order
		}
		return active[i].ID < active[j].ID
	})
	var taking []*engine.Plan
	for _, f := range active {
		plan, err := p.plan(ctx, f.ID, f.Active)
		if err != nil {
			return err
		}
		taking = append(taking, plan)
	}
	index := engine.NewIndex(taking)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.flows, p.index = flows, index
	return nil
}

// reloadFields builds the schemas; other fields than before mean that every
// version is compiled again.
func (p *plans) reloadFields(ctx context.Context) error {
	docs, err := listAll(ctx, p.store.Shelf(store.Fields))
	if err != nil {
		return err
	}
	var all strings.Builder
	schemas := crm.BuiltIn()
	for _, d := range docs {
		var f crm.Field
		if err := json.Unmarshal(d.Body, &f); err != nil {
			return fmt.Errorf("reading field %s: %w", d.ID, err)
		}
		resource, _, _ := strings.Cut(d.ID, ".")
		schemas = schemas.With(crm.Resource(resource), f)
		all.Write(d.Body)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.fields != all.String() {
		p.fields, p.schemas, p.made = all.String(), schemas, map[string]*engine.Plan{}
	}
	return nil
}

// listAll reads a whole shelf, page by page.
func listAll(ctx context.Context, shelf store.Shelf) ([]store.Doc, error) {
	var all []store.Doc
	for after := ""; ; {
		docs, err := shelf.List(ctx, store.ShelfQuery{After: after, Limit: 1000})
		if err != nil {
			return nil, err
		}
		all = append(all, docs...)
		if len(docs) < 1000 {
			return all, nil
		}
		after = docs[len(docs)-1].ID
	}
}
