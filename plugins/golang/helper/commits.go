package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"runtime/debug"
)

// runCommits is the command `helper commits`: it answers framed requests about real changes, as training data needs
// them. "classify" says what pairs of texts differ in; "half_apply" takes back parts of a change to a package and
// says what the type checker makes of it.
func runCommits(args []string, in io.Reader, out, errs io.Writer) int {
	flags := flag.NewFlagSet("commits", flag.ContinueOnError)
	flags.SetOutput(errs)
	goTool := flags.String("go", "", "the go command, whose tree holds the standard library")
	if err := flags.Parse(args); err != nil {
		return 2
	}
	root, err := goRoot(*goTool)
	if err != nil {
		fmt.Fprintln(errs, "helper commits:", err)
		return 2
	}
	debug.SetGCPercent(400)
	reader, writer := bufio.NewReaderSize(in, 1<<20), bufio.NewWriterSize(out, 1<<20)
	loader := newBlobLoader(root)
	for {
		body, err := readFrame(reader)
		if errors.Is(err, io.EOF) {
			return 0
		}
		if err == nil {
			if err = writeFrame(writer, loader.respond(body)); err == nil {
				err = writer.Flush()
			}
		}
		if err != nil {
			fmt.Fprintln(errs, "helper commits:", err)
			return 1
		}
	}
}

// respond answers one request; a panic over odd input becomes an error.
func (l *blobLoader) respond(body []byte) (resp Response) {
	var req Request
	if err := json.Unmarshal(body, &req); err != nil {
		return Response{Error: "bad request: " + err.Error()}
	}
	resp.ID = req.ID
	defer func() {
		if p := recover(); p != nil {
			resp.Result, resp.Error = nil, fmt.Sprintf("internal error: %v", p)
		}
	}()
	var err error
	switch req.Method {
	case "classify":
		var params PairsParams
		if err = json.Unmarshal(req.Params, &params); err == nil {
			resp.Result = classifyPairs(params)
		}
	case "half_apply":
		var params HalfApplyParams
		if err = json.Unmarshal(req.Params, &params); err == nil {
			resp.Result, err = l.halfApply(params)
		}
	default:
		err = fmt.Errorf("unknown method %q", req.Method)
	}
	if err != nil {
		resp.Result, resp.Error = nil, err.Error()
	}
	return resp
}

// PairsParams hold texts of a declaration before and after a change.
type PairsParams struct {
	Pairs []TextPair `json:"pairs"`
}

// TextPair is one declaration before and after; either may be empty.
type TextPair struct {
	Before string `json:"before"`
	After  string `json:"after"`
}

// PairsResult answers in the order of the pairs.
type PairsResult struct {
	Classes []Class `json:"classes"`
}

// Class says what a pair is about.
type Class struct {
	Op     string `json:"op"`     // operation class of the plan language
	Kind   string `json:"kind"`   // func, method, type, interface, var or import; "" when neither text parses
	Symbol string `json:"symbol"` // Stack.Pop for a method
	Before bool   `json:"before"` // the text before parses as declarations
	After  bool   `json:"after"`
}

func classifyPairs(params PairsParams) PairsResult {
	result := PairsResult{Classes: make([]Class, len(params.Pairs))}
	for i, pair := range params.Pairs {
		c := &result.Classes[i]
		before, after := declarations(pair.Before), declarations(pair.After)
		c.Before, c.After = before != nil, after != nil
		for _, list := range [][]ast.Decl{after, before} {
			if c.Kind == "" && len(list) > 0 {
				c.Symbol, c.Kind = described(list[0])
			}
		}
		c.Op = classifyFix(pair.Before, pair.After)
	}
	return result
}

// declarations parses a text as top-level declarations, nil when it does not parse.
func declarations(text string) []ast.Decl {
	tree, err := parser.ParseFile(token.NewFileSet(), "", "package p;"+text, parser.SkipObjectResolution)
	if err != nil {
		return nil
	}
	if tree.Decls == nil {
		return []ast.Decl{}
	}
	return tree.Decls
}

// described returns the plan language's name and kind of a declaration; constants count as variables.
func described(d ast.Decl) (symbol, kind string) {
	switch d := d.(type) {
	case *ast.FuncDecl:
		return symbolOf(d)
	case *ast.GenDecl:
		if d.Tok == token.IMPORT {
			return "", "import"
		}
		if len(d.Specs) == 0 {
			return "", "var"
		}
		switch spec := d.Specs[0].(type) {
		case *ast.TypeSpec:
			if _, ok := spec.Type.(*ast.InterfaceType); ok {
				return spec.Name.Name, "interface"
			}
			return spec.Name.Name, "type"
		case *ast.ValueSpec:
			return spec.Names[0].Name, "var"
		}
	}
	return "", ""
}
