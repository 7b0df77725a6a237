package nodes

import (
	"encoding/json"

	"millrace.dev/crm"
	"millrace.dev/flow"
)

// SchemaID is the address under which the flow file's JSON Schema is published.
const SchemaID = "https://millrace.dev/schemas/flow/v1.json"

// object is a JSON object under construction.
type object = map[string]any

// Schema is the JSON Schema (2020-12) of the flow file, made from the forms, so
// that editors complete and check flows outside the builder. It knows the JSON
// types and the choices; Check knows the rest.
func Schema() []byte {
	defs := object{}
	var types []string
	var rules []any
	for _, s := range All() {
		types = append(types, s.Type)
		defs[s.Type] = nodeSchema(s)
		rules = append(rules, object{
			"if":   object{"properties": object{"type": object{"const": s.Type}}, "required": []string{"type"}},
			"then": object{"$ref": "#/$defs/" + s.Type},
		})
	}
	defs["node"] = object{
		"type": "object", "required": []string{"type"}, "allOf": rules,
		"properties": object{"type": object{"enum": types, "description": "What the node does."}},
	}
	defs["connector"] = connectorSchema()
	defs["settings"] = settingsSchema()
	file := object{
		"$schema": "https://json-schema.org/draft/2020-12/schema",
		"$id":     SchemaID, "title": "Millrace flow",
		"type": "object", "additionalProperties": false,
		"required": []string{"schema", "resource", "nodes", "connectors"},
		"properties": object{
			"$schema":    object{"type": "string"},
			"schema":     object{"const": 1},
			"flow":       object{"type": "string", "maxLength": flow.MaxID},
			"name":       object{"type": "object", "additionalProperties": object{"type": "string", "maxLength": flow.MaxName}},
			"resource":   object{"enum": crm.Resources},
			"settings":   object{"$ref": "#/$defs/settings"},
			"nodes":      byID("node", flow.MaxNodes),
			"connectors": byID("connector", flow.MaxConnectors),
			"layout": object{"type": "object", "additionalProperties": object{
				"type": "array", "items": object{"type": "integer"}, "minItems": 2, "maxItems": 2,
			}},
		},
		"$defs": defs,
	}
	data, err := json.MarshalIndent(file, "", "  ")
	if err != nil {
		return nil // unreachable: every value above is plain
	}
	return append(data, '\n')
}

func byID(def string, most int) object {
	return object{
		"type": "object", "maxProperties": most,
		"propertyNames":        object{"pattern": "^[A-Za-z0-9_-]{1,64}$"},
		"additionalProperties": object{"$ref": "#/$defs/" + def},
	}
}

func connectorSchema() object {
	return object{
		"type": "object", "additionalProperties": false, "required": []string{"from", "to"},
		"properties": object{
			"from":  object{"type": "string", "description": "<node>.<port>"},
			"to":    object{"type": "string"},
			"if":    object{"type": "string", "maxLength": flow.MaxExpression},
			"label": object{"type": "string", "maxLength": flow.MaxName},
			"order": object{"type": "integer"},
		},
	}
}

func settingsSchema() object {
	text, yesNo := object{"type": "string"}, object{"type": "boolean"}
	return object{
		"type": "object", "additionalProperties": false,
		"properties": object{
			"public": yesNo, "members": object{"type": "array", "items": text},
			"allow_multiple": yesNo, "allow_self": yesNo, "key": text, "zone": text,
			"reentry": object{"enum": []string{flow.OneActive, flow.OnceEver, flow.Parallel}},
		},
	}
}

func nodeSchema(s Spec) object {
	props := object{
		"type":     object{"const": s.Type},
		"title":    object{"type": "string", "maxLength": flow.MaxName},
		"disabled": object{"type": "boolean"},
		"routing":  object{"type": "object", "additionalProperties": object{"enum": []string{flow.RouteFirst, flow.RouteAll}}},
	}
	required := []string{"type"}
	for _, p := range formOf(s) {
		props[p.Name] = propSchema(p)
		if p.Required && p.When == nil {
			required = append(required, p.Name)
		}
	}
	return object{
		"title": s.Title, "description": s.Summary, "type": "object",
		"additionalProperties": false, "properties": props, "required": required,
	}
}

func propSchema(p *Prop) object {
	schema := object{"title": p.Label}
	if p.Help != "" {
		schema["description"] = p.Help
	}
	if p.Default != nil {
		schema["default"] = p.Default
	}
	list := func(item object) {
		schema["type"], schema["items"] = "array", item
		limit(schema, "maxItems", p.Max)
	}
	switch p.Kind {
	case KindNumber:
		schema["type"] = "number"
		limit(schema, "maximum", p.Max)
		limit(schema, "minimum", p.Min)
	case KindBool:
		schema["type"] = "boolean"
	case KindValue:
	case KindValues:
		schema["type"] = "object"
	case KindChoice:
		schema["enum"] = p.Choices
	case KindChoices:
		item := object{"type": "string"}
		if len(p.Choices) > 0 {
			item = object{"enum": p.Choices}
		}
		list(item)
	case KindFields, KindMembers, KindTeams, KindList:
		list(object{"type": "string"})
	case KindCases:
		list(caseSchema(p))
	case KindDuration:
		schema["type"] = "string"
		schema["pattern"] = `^P(\d+W)?(\d+D)?(T(\d+H)?(\d+M)?(\d+S)?)?$`
	default:
		schema["type"] = "string"
		limit(schema, "maxLength", p.Max)
	}
	return schema
}

func caseSchema(p *Prop) object {
	value := object{"type": "string"}
	if p.CaseKey == "value" {
		value = object{}
	}
	return object{
		"type": "object", "additionalProperties": false, "required": []string{"name", p.CaseKey},
		"properties": object{
			"name":    object{"type": "string", "pattern": "^[A-Za-z0-9_-]{1,64}$"},
			p.CaseKey: value,
		},
	}
}

func limit(schema object, key string, n int) {
	if n != 0 {
		schema[key] = n
	}
}
