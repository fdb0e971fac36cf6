package main

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/token"
)

// coverBlock is what one counter counts.
type coverBlock struct {
	Path     string `json:"path"`
	Function string `json:"function"` // as in schemataResult.Functions
	Lines    []int  `json:"lines"`    // lines of the statement itself, without those of blocks in it
}

// coverResult is the package with a counter in front of every statement.
type coverResult struct {
	Files      map[string]string `json:"files"`
	Blocks     []coverBlock      `json:"blocks"` // by index of the counter, one byte each
	Conditions []coverCondition  `json:"conditions"`
}

func init() {
	methods["cover"] = func(s *Server, raw json.RawMessage) (any, error) {
		var params struct {
			Plain bool `json:"plain"` // count statements alone
		}
		if err := json.Unmarshal(raw, &params); err != nil {
			return nil, err
		}
		base := s.Base()
		if base == nil {
			return nil, fmt.Errorf("no package is loaded")
		}
		return buildCover(base, !params.Plain), nil
	}
}

// buildCover rewrites the package so that a test run says which statements it reached. The counters are in a file that
// the run maps, so that they outlive panics, os.Exit and kills; a statement each, so that they end where the run did.
// With conditions, their outcomes are counted too.
func buildCover(p *Package, conditions bool) coverResult {
	r := coverResult{Files: map[string]string{}}
	if takenPrefix(p) != "" {
		return r
	}
	for _, f := range p.Files {
		if !sharesPackage(p, f) || usesCgo(f) {
			continue
		}
		patches := loopTicks(p.Offset, f.AST)
		if !f.Test {
			c := &coverer{p: p, f: f, r: &r}
			for _, d := range f.AST.Decls {
				if fd, ok := d.(*ast.FuncDecl); ok && fd.Body != nil && !unsafeToTouch(fd) {
					c.function(fd)
					if conditions {
						c.conditions(fd)
					}
				}
			}
			patches = append(c.patches, patches...)
		}
		if len(patches) > 0 {
			r.Files[f.Path] = applyPatches(string(f.Src), patches)
		}
	}
	addRuntime(p, r.Files, coverRuntime, len(r.Blocks))
	return r
}

// coverer puts counters into one file.
type coverer struct {
	p       *Package
	f       *File
	r       *coverResult
	name    string
	patches []patch
}

// counter adds a counter for lines and returns the statement that sets it.
func (c *coverer) counter(lines []int) string {
	c.r.Blocks = append(c.r.Blocks, coverBlock{Path: c.f.Path, Function: c.name, Lines: lines})
	return fmt.Sprintf("%sCov[%d] = 1; ", namePrefix, len(c.r.Blocks)-1)
}

// insert puts text in front of pos.
func (c *coverer) insert(pos token.Pos, text string) {
	at := c.p.Offset(pos)
	c.patches = append(c.patches, patch{at, at, text})
}

// function puts counters into a function and the closures in it.
func (c *coverer) function(d *ast.FuncDecl) {
	c.name = functionKey(c.p, c.f, d)
	var lines []int
	if len(d.Body.List) == 0 {
		lines = c.between(d.Pos(), d.End())
	}
	c.insert(d.Body.Lbrace+1, " "+c.counter(lines))
	ast.Inspect(d.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BlockStmt:
			c.list(n.List)
		case *ast.CaseClause:
			c.list(n.Body)
		case *ast.CommClause:
			c.list(n.Body)
		case *ast.IfStmt:
			if chained, ok := n.Else.(*ast.IfStmt); ok {
				c.insert(chained.Pos(), "{ "+c.counter(c.own(chained)))
				c.insert(chained.End(), " }")
			}
		}
		return true
	})
}

// list puts a counter in front of every statement of a list.
func (c *coverer) list(stmts []ast.Stmt) {
	for _, s := range stmts {
		switch s.(type) {
		case *ast.CaseClause, *ast.CommClause, *ast.EmptyStmt:
			continue
		}
		c.insert(s.Pos(), c.counter(c.own(s)))
	}
}

// own returns the lines of a statement without those inside its blocks, whose statements have counters of their own.
// The cases of a switch are evaluated with it and belong to it.
func (c *coverer) own(s ast.Stmt) []int {
	drop := map[int]bool{}
	ast.Inspect(s, func(n ast.Node) bool {
		if block, ok := n.(*ast.BlockStmt); ok {
			for line := c.p.Line(block.Lbrace) + 1; line <= c.p.Line(block.Rbrace); line++ {
				drop[line] = true
			}
		}
		return true
	})
	for _, clause := range clauses(s) {
		if cc, ok := clause.(*ast.CaseClause); ok {
			for line := c.p.Line(cc.Case); line <= c.p.Line(cc.Colon); line++ {
				delete(drop, line)
			}
		}
	}
	var lines []int
	for _, line := range c.between(s.Pos(), s.End()) {
		if !drop[line] {
			lines = append(lines, line)
		}
	}
	return lines
}

// clauses returns the clauses of a switch, none for other statements.
func clauses(s ast.Stmt) []ast.Stmt {
	switch s := s.(type) {
	case *ast.SwitchStmt:
		return s.Body.List
	case *ast.TypeSwitchStmt:
		return s.Body.List
	case *ast.LabeledStmt:
		return clauses(s.Stmt)
	}
	return nil
}

// between returns the lines from one position to another.
func (c *coverer) between(from, to token.Pos) []int {
	var lines []int
	for line := c.p.Line(from); line <= c.p.Line(to); line++ {
		lines = append(lines, line)
	}
	return lines
}
