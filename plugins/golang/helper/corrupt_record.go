package main

import (
	"go/ast"
	"strings"
)

// Record is one training sample: a declaration, what the checker says of it, and one hunk that mends it.
type Record struct {
	Pkg     string   `json:"pkg"`
	Path    string   `json:"path"`    // relative to GOROOT, or to the folder named on the command line
	Symbol  string   `json:"symbol"`  // Stack.Pop for a method
	Kind    string   `json:"kind"`    // func or method
	Numbers int      `json:"numbers"` // file line of the window's first line
	Window  []string `json:"window"`  // lines of the declaration, indentation and trailing blanks stripped
	Fix     *Fix     `json:"fix"`     // null for a clean sample
	Op      string   `json:"op"`      // what the fix does (hrgc/tokens.py Op), "" for a clean sample
	Rule    string   `json:"rule"`    // what broke it
	Group   string   `json:"group"`   // build, behaviour or clean
	Remain  int      `json:"remain"`  // errors left when the fix is made
	Diags   []Note   `json:"diags"`   // root causes first
	Context []string `json:"context"` // at most 12 symbols, as the context method gives them
	Imports []string `json:"imports"`
	Offers  []Offer  `json:"offers,omitempty"` // what the catalogue proposes for it
}

// Fix replaces the window lines First..Last (1-based, inclusive) by Lines. Last == First-1 inserts Lines behind
// window line Last (in front of line First); no Lines delete the lines.
type Fix struct {
	First int      `json:"first"`
	Last  int      `json:"last"`
	Lines []string `json:"lines"`
}

// Note is one finding, its line counted in the window (0 when it lies outside).
type Note struct {
	Code  string   `json:"code"`
	Stage string   `json:"stage"`
	Line  int      `json:"line"`
	Root  bool     `json:"root"`
	Names []string `json:"names"`
}

// windowLines splits a declaration's text into lines without indentation and trailing blanks.
func windowLines(text string) []string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = strings.TrimSpace(line)
	}
	return lines
}

// hunkBetween returns the one hunk that turns the lines before into after, nil when only blanks differ.
func hunkBetween(before, after []string) *Fix {
	head := 0
	for head < len(before) && head < len(after) && sameLine(before[head], after[head]) {
		head++
	}
	tail := 0
	for tail < len(before)-head && tail < len(after)-head && sameLine(before[len(before)-1-tail], after[len(after)-1-tail]) {
		tail++
	}
	if head+tail == len(before) && head+tail == len(after) {
		return nil
	}
	lines := append([]string{}, after[head:len(after)-tail]...)
	return &Fix{First: head + 1, Last: len(before) - tail, Lines: lines}
}

// sameLine compares two lines; runs of blanks count as one, since gofmt aligns comments by their neighbours.
func sameLine(a, b string) bool {
	return a == b || strings.Join(strings.Fields(a), " ") == strings.Join(strings.Fields(b), " ")
}

// symbolOf returns the plan language's name of a function and its kind.
func symbolOf(fn *ast.FuncDecl) (symbol, kind string) {
	if fn.Recv == nil || len(fn.Recv.List) == 0 {
		return fn.Name.Name, "func"
	}
	t := fn.Recv.List[0].Type
	for {
		switch inner := t.(type) {
		case *ast.StarExpr:
			t = inner.X
			continue
		case *ast.ParenExpr:
			t = inner.X
			continue
		case *ast.IndexExpr:
			t = inner.X
			continue
		case *ast.IndexListExpr:
			t = inner.X
			continue
		case *ast.Ident:
			return inner.Name + "." + fn.Name.Name, "method"
		}
		return fn.Name.Name, "method"
	}
}

// importPaths returns the imports of a file as written, a local name in front.
func importPaths(f *ast.File) []string {
	out := []string{}
	for _, spec := range f.Imports {
		path := strings.Trim(spec.Path.Value, "`\"")
		if spec.Name != nil {
			path = spec.Name.Name + " " + path
		}
		out = append(out, path)
	}
	return out
}
