package main

import (
	"encoding/json"
	"go/format"
)

func init() { methods["format"] = handleFormat }

// FormatParams hold a whole file, or the declarations or statements of one.
type FormatParams struct {
	Content string `json:"content"`
}

// FormatResult holds the text as gofmt writes it.
type FormatResult struct {
	Content string `json:"content"`
}

func handleFormat(_ *Server, raw json.RawMessage) (any, error) {
	var params FormatParams
	if err := json.Unmarshal(raw, &params); err != nil {
		return nil, err
	}
	out, err := format.Source([]byte(params.Content))
	if err != nil {
		return nil, err
	}
	return FormatResult{Content: string(out)}, nil
}
