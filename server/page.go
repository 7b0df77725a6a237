package server

import (
	"encoding/base64"

	"millrace.dev/flow"
)

// Paging are the query parameters of every list.
type Paging struct {
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50" doc:"How many at most."`
	Cursor string `query:"cursor" maxLength:"1000" doc:"The next of the page before."`
}

// Page is one page of a list; Next is the cursor of the following one.
type Page[T any] struct {
	Items []T    `json:"items" nullable:"false"`
	Next  string `json:"next,omitempty"`
}

// pageOf is the answer of a list route.
type pageOf[T any] struct {
	Body Page[T]
}

func onePage[T any](items []T, next string) *pageOf[T] {
	if items == nil {
		items = []T{}
	}
	return &pageOf[T]{Body: Page[T]{Items: items, Next: next}}
}

// cursorOf hides a position from clients: they must not build their own.
func cursorOf(position string) string {
	if position == "" {
		return ""
	}
	return base64.RawURLEncoding.EncodeToString([]byte(position))
}

// positionOf reads a cursor back.
func positionOf(cursor string) (string, error) {
	b, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil {
		return "", badCursor()
	}
	return string(b), nil
}

func badCursor() error {
	return flow.Errorf(flow.CodeInvalid, "The cursor is not one that a list gave out.")
}
