package server

import (
	"bytes"
	_ "embed"
	"html/template"
	"net/http"
	"sort"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

//go:embed docs.html
var docsHTML string

//go:embed docs.css
var docsCSS []byte

// docsPage is the template of /docs: no scripts, nothing from elsewhere.
var docsPage = template.Must(template.New("docs").Parse(docsHTML))

// docsRoute is one operation as the page shows it.
type docsRoute struct {
	Method, Path, Summary, Who string
	Query                      []*huma.Param
	Body, Answer               string
}

type docsGroup struct {
	Name   string
	Routes []docsRoute
}

// docsRoutes renders the page once: the API does not change while it runs.
func (s *Server) docsRoutes() {
	var page bytes.Buffer
	err := docsPage.Execute(&page, map[string]any{"Groups": s.docsGroups(), "Codes": docsCodes()})
	if err != nil {
		panic("server: rendering the docs page: " + err.Error())
	}
	s.gate.HandleFunc("GET /docs", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Security-Policy", docsCSP)
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write(page.Bytes())
	})
	s.gate.HandleFunc("GET /docs/docs.css", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/css; charset=utf-8")
		_, _ = w.Write(docsCSS)
	})
}

func (s *Server) docsGroups() []docsGroup {
	byName := map[string]*docsGroup{}
	var names []string
	for path, item := range s.api.OpenAPI().Paths {
		for method, op := range map[string]*huma.Operation{
			"GET": item.Get, "POST": item.Post, "PUT": item.Put, "PATCH": item.Patch, "DELETE": item.Delete,
		} {
			if op == nil {
				continue
			}
			name := op.Tags[0]
			if byName[name] == nil {
				byName[name] = &docsGroup{Name: name}
				names = append(names, name)
			}
			byName[name].Routes = append(byName[name].Routes, docsRoute{
				Method: method, Path: path, Summary: op.Summary, Who: whoMay(method + " " + path),
				Query: queryOf(op), Body: bodyOf(op), Answer: answerOf(op),
			})
		}
	}
	sort.Strings(names)
	groups := make([]docsGroup, 0, len(names))
	for _, n := range names {
		g := byName[n]
		sort.Slice(g.Routes, func(i, j int) bool {
			a, b := g.Routes[i], g.Routes[j]
			return a.Path < b.Path || (a.Path == b.Path && a.Method < b.Method)
		})
		groups = append(groups, *g)
	}
	return groups
}

func whoMay(pattern string) string {
	row := policy[pattern]
	if row.everyone {
		return "everyone"
	}
	roles := make([]string, len(row.roles))
	for i, r := range row.roles {
		roles[i] = string(r)
	}
	who := strings.Join(roles, ", ")
	if row.own {
		who += " (analysts: their own flows)"
	}
	return who
}

func queryOf(op *huma.Operation) []*huma.Param {
	var out []*huma.Param
	for _, p := range op.Parameters {
		if p.In == "query" || p.In == "header" {
			out = append(out, p)
		}
	}
	return out
}

func bodyOf(op *huma.Operation) string {
	if op.RequestBody == nil {
		return ""
	}
	return schemaName(op.RequestBody.Content)
}

func answerOf(op *huma.Operation) string {
	for code, r := range op.Responses {
		if strings.HasPrefix(code, "2") {
			return strings.TrimSpace(code + " " + schemaName(r.Content))
		}
	}
	return ""
}

func schemaName(content map[string]*huma.MediaType) string {
	for _, m := range content {
		if m.Schema != nil && m.Schema.Ref != "" {
			return m.Schema.Ref[strings.LastIndexByte(m.Schema.Ref, '/')+1:]
		}
	}
	return "JSON"
}

// docsCode is one error code as the page shows it.
type docsCode struct {
	Code   string
	Status int
}

func docsCodes() []docsCode {
	var out []docsCode
	for code, status := range statusOf {
		out = append(out, docsCode{Code: string(code), Status: status})
	}
	sort.Slice(out, func(i, j int) bool {
		return out[i].Status < out[j].Status || (out[i].Status == out[j].Status && out[i].Code < out[j].Code)
	})
	return out
}
