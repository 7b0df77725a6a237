package server

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/google/uuid"

	"millrace.dev/crm"
	"millrace.dev/flow"
	"millrace.dev/store"
)

// recordID is what a record may be called.
var recordID = regexp.MustCompile(`^[A-Za-z0-9._:-]{1,128}$`)

func validRecordID(id string) bool { return recordID.MatchString(id) }

// RecordAt is the path of one record.
type RecordAt struct {
	ID string `path:"id" maxLength:"128" pattern:"^[A-Za-z0-9._:-]+$"`
}

type recordOut struct {
	ETag string `header:"ETag"`
	Body crm.Record
}

type recordQuery struct {
	Paging
	Search string `query:"search" maxLength:"200" doc:"The start of any word of the title, e-mail or phone."`
	Field  string `query:"field" maxLength:"40" doc:"A text field that must equal value."`
	Value  string `query:"value" maxLength:"200"`
}

// recordRoutes registers the same five routes for each resource.
func (s *Server) recordRoutes() {
	for _, res := range crm.Resources {
		k := kept{s, res}
		list := "/api/" + res.Plural()
		one := list + "/{id}"
		handle(s, "GET "+list, "List "+res.Plural()+", newest first", k.list)
		handle(s, "POST "+list, "Make a "+string(res)+" of plain fields", k.create, 201)
		handle(s, "GET "+one, "One "+string(res), k.read)
		handle(s, "PATCH "+one, "Change fields of a "+string(res)+": a merge patch, null empties", k.patch)
		handle(s, "DELETE "+one, "Delete a "+string(res), k.remove)
	}
}

// kept are the routes of one resource.
type kept struct {
	*Server
	res crm.Resource
}

func (k kept) out(ctx context.Context, r crm.Record) (*recordOut, error) {
	schema, err := k.schema(ctx, k.res)
	if err != nil {
		return nil, err
	}
	return &recordOut{ETag: etag(r.Rev), Body: shown(callerOf(ctx), schema, r)}, nil
}

// shown is a record as a member may see it: viewers see no sensitive fields.
func shown(c caller, schema crm.Schema, r crm.Record) crm.Record {
	if c.Role == crm.Viewer {
		r.Fields = publicFields(schema, r.Fields)
	}
	return r
}

func (k kept) list(ctx context.Context, in *recordQuery) (*pageOf[crm.Record], error) {
	schema, err := k.schema(ctx, k.res)
	if err != nil {
		return nil, err
	}
	q := store.RecordQuery{Resource: k.res, Search: in.Search, Field: in.Field, Value: in.Value, Limit: in.Limit}
	if f, known := schema.Field(in.Field); in.Field != "" && (!known || f.Sensitive) {
		return nil, flow.Errorf(flow.CodeInvalid, "A %s has no field %q to look for.", k.res, in.Field)
	}
	if q.Before, q.BeforeID, err = recordCursor(in.Cursor); err != nil {
		return nil, err
	}
	records, err := k.store.Records().List(ctx, q)
	if err != nil {
		return nil, fmt.Errorf("listing %s: %w", k.res.Plural(), err)
	}
	next := ""
	if n := len(records); n > 0 && n == in.Limit {
		last := records[n-1]
		next = cursorOf(last.CreatedAt.UTC().Format(time.RFC3339Nano) + "|" + last.ID)
	}
	for i := range records {
		records[i] = shown(callerOf(ctx), schema, records[i])
	}
	return onePage(records, next), nil
}

// recordCursor reads a position in the list of records: a time and an id.
func recordCursor(cursor string) (before time.Time, id string, err error) {
	position, err := positionOf(cursor)
	if err != nil || position == "" {
		return before, "", err
	}
	at, id, _ := strings.Cut(position, "|")
	if before, err = time.Parse(time.RFC3339Nano, at); err != nil {
		return before, "", badCursor()
	}
	return before, id, nil
}

func (k kept) read(ctx context.Context, in *RecordAt) (*recordOut, error) {
	r, err := k.store.Records().Load(ctx, k.res, in.ID)
	if err != nil {
		return nil, k.missing(err, in.ID)
	}
	return k.out(ctx, r)
}

func (k kept) missing(err error, id string) error {
	if flow.CodeOf(err) == flow.CodeNotFound {
		return flow.Errorf(flow.CodeNotFound, "There is no %s %s.", k.res, id)
	}
	return fmt.Errorf("loading %s %s: %w", k.res, id, err)
}

func (k kept) create(ctx context.Context, in *struct{ Body map[string]any }) (*recordOut, error) {
	fields, err := k.valid(ctx, in.Body, false)
	if err != nil {
		return nil, err
	}
	id := idFor(ctx, strings.ToUpper(string(k.res)[:1]))
	return k.write(ctx, store.Write{ID: id, Op: store.OpCreate, Change: func(r *crm.Record) error {
		r.Fields, r.Demo = crm.CloneFields(fields), k.demo
		return nil
	}})
}

// patch is a merge patch of the fields; a field that is null loses its value.
// Which fields are required is judged on the record as it is after the patch.
func (k kept) patch(ctx context.Context, in *struct {
	RecordAt
	IfMatch string `header:"If-Match" doc:"Refuse unless the record still has this ETag."`
	Body    map[string]any
}) (*recordOut, error) {
	fields, err := k.valid(ctx, in.Body, true)
	if err != nil {
		return nil, err
	}
	w := store.Write{ID: in.ID, Op: store.OpUpdate, Change: func(r *crm.Record) error {
		if r.Fields == nil {
			r.Fields = map[string]any{}
		}
		for name, v := range fields {
			if v == nil {
				delete(r.Fields, name)
			} else {
				r.Fields[name] = v
			}
		}
		return nil
	}}
	if in.IfMatch != "" {
		if w.IfRev, err = revOf(in.IfMatch); err != nil {
			return nil, err
		}
	}
	return k.write(ctx, w)
}

func (k kept) remove(ctx context.Context, in *RecordAt) (*struct{}, error) {
	_, err := k.write(ctx, store.Write{ID: in.ID, Op: store.OpDelete})
	return nil, err
}

// write sends a change through the runner, so that flows learn of it.
func (k kept) write(ctx context.Context, w store.Write) (*recordOut, error) {
	w.Resource, w.Actor, w.At = k.res, callerOf(ctx).ID, k.now()
	w.OpKey = operationKey(ctx)
	done, err := k.runner.Write(ctx, w)
	if code := flow.CodeOf(err); code == flow.CodeNotFound {
		return nil, k.missing(err, w.ID)
	} else if code == flow.CodeStale {
		return nil, k.staleRecord(ctx, w.ID)
	} else if err != nil {
		return nil, fmt.Errorf("writing %s %s: %w", k.res, w.ID, err)
	}
	return k.out(ctx, done.Record)
}

func (k kept) staleRecord(ctx context.Context, id string) error {
	r, err := k.store.Records().Load(ctx, k.res, id)
	if err != nil {
		return k.missing(err, id)
	}
	return stale(r.Rev)
}

// valid checks fields against the resource's schema: unknown names, wrong
// types, missing required values.
func (k kept) valid(ctx context.Context, fields map[string]any, partial bool) (map[string]any, error) {
	schema, err := k.schema(ctx, k.res)
	if err != nil {
		return nil, err
	}
	clean, invalid := crm.Validate(schema, fields, partial)
	if len(invalid) == 0 {
		return clean, nil
	}
	return nil, refuse(flow.CodeInvalid, "The %s has values that cannot be kept. Nothing was stored.", k.res).
		with(problemsOf(invalid)...)
}

// problemsOf says which fields hold wrong values.
func problemsOf(wrong []crm.Invalid) flow.Problems {
	ps := make(flow.Problems, 0, len(wrong))
	for _, i := range wrong {
		p := problemAt(flow.Pointer(i.Field), i.Code, "%s", i.Text)
		p.Suggestion = i.Suggestion
		ps = append(ps, p)
	}
	return ps
}

// EventNew is something that happened outside, about a record.
type EventNew struct {
	// ID makes a repeat harmless: the same id about the same record is one event
	// for all time.
	ID       string         `json:"id,omitempty" maxLength:"128" pattern:"^[A-Za-z0-9._:-]+$"`
	Type     string         `json:"type" maxLength:"100" pattern:"^[a-z][a-z0-9_]*(\\.[a-z0-9_]+)+$"`
	Kind     string         `json:"kind,omitempty" maxLength:"64"`
	Resource string         `json:"resource" enum:"ticket,lead,deal,user,organization"`
	Record   string         `json:"record" maxLength:"128" pattern:"^[A-Za-z0-9._:-]+$"`
	Data     map[string]any `json:"data,omitempty"`
}

// maxEventData is the largest data of an event, in bytes of JSON: it is kept with
// the record until it is matched, and with the runs that it starts.
const maxEventData = 64 << 10

// EventTaken says that an event is stored and will be matched.
type EventTaken struct {
	ID string `json:"id"`
	// Duplicate is set when this id was taken before: nothing happens twice.
	Duplicate bool `json:"duplicate,omitempty"`
}

func (s *Server) eventRoutes() {
	handle(s, "POST /api/events", "Report an event from outside", s.takeEvent, 202)
}

func (s *Server) takeEvent(ctx context.Context, in *struct{ Body EventNew }) (*struct{ Body EventTaken }, error) {
	e := in.Body
	res := crm.Resource(e.Resource)
	noun, verb, _ := strings.Cut(e.Type, ".")
	if crm.Resource(noun).Valid() && oneOf(verb, []string{"created", "updated", "deleted"}) {
		return nil, badName("/type", "reserved", "Events of this type are made by changing the record itself.")
	}
	if e.ID == "" {
		if e.ID = operationKey(ctx); strings.HasPrefix(e.ID, "op_") {
			e.ID = uuid.Must(uuid.NewV7()).String()
		}
	}
	if data, err := json.Marshal(e.Data); err != nil || len(data) > maxEventData {
		return nil, badName("/data", "too_large", fmt.Sprintf("An event carries at most %d KiB.", maxEventData>>10))
	}
	now, by := s.now(), callerOf(ctx).ID
	// Two senders may use the same ids about different records, and no sender may
	// take the id of a change: runs are made once for each event id.
	ev := crm.Event{ID: fmt.Sprintf("%s:%s#%s", res, e.Record, e.ID), Type: e.Type, Kind: e.Kind, Resource: res, Record: e.Record, At: now, Actor: by, Data: e.Data}
	done, err := s.runner.Write(ctx, store.Write{
		Resource: res, ID: e.Record, OpKey: "event:" + e.ID, Op: store.OpEvent, Event: &ev, Actor: by, At: now,
	})
	if err != nil {
		return nil, kept{s, res}.missing(err, e.Record)
	}
	return &struct{ Body EventTaken }{EventTaken{ID: e.ID, Duplicate: done.Already}}, nil
}
