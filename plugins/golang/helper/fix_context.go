package main

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"
)

// fixContext is one diagnostic with the syntax around it; fixers read it and add proposals.
type fixContext struct {
	job       *fixJob
	pkg       *Package
	file      *File
	diag      Diag
	index     int
	pos       token.Pos
	path      []ast.Node // nodes around the diagnostic, innermost first, ending with the file
	proposals []proposal
}

// newFixContext finds the node a diagnostic is about; nil when its file is not part of the package.
func newFixContext(j *fixJob, index int) *fixContext {
	d := j.pkg.Diags[index]
	for _, f := range j.pkg.Files {
		if f.Path != d.Path {
			continue
		}
		pos := f.Tok.Pos(min(d.Offset, f.Tok.Size()))
		c := &fixContext{job: j, pkg: j.pkg, file: f, diag: d, index: index, pos: pos}
		end := pos
		if d.End > d.Offset {
			end = f.Tok.Pos(min(d.End, f.Tok.Size()))
		}
		c.path = pathAt(f.AST, pos, end)
		return c
	}
	return nil
}

// pathAt returns the nodes that span pos..end, innermost first; with a node of exactly that range, that node first.
func pathAt(root *ast.File, pos, end token.Pos) []ast.Node {
	var stack, best []ast.Node
	ast.Inspect(root, func(n ast.Node) bool {
		if n == nil {
			stack = stack[:len(stack)-1]
			return true
		}
		stack = append(stack, n)
		if n != root && (n.Pos() > pos || n.End() < end || n.End() <= pos && end > pos) {
			stack = stack[:len(stack)-1]
			return false
		}
		// the type of a function declaration spans its name, too: the narrower of two siblings is meant
		if len(best) == 0 || n.End()-n.Pos() <= best[len(best)-1].End()-best[len(best)-1].Pos() {
			best = append(best[:0], stack...)
		}
		return true
	})
	for i, k := 0, len(best)-1; i < k; i, k = i+1, k-1 {
		best[i], best[k] = best[k], best[i]
	}
	return best
}

// pathTo returns the nodes around node n of file f, n first.
func pathTo(f *File, n ast.Node) []ast.Node {
	path := pathAt(f.AST, n.Pos(), n.End())
	for i := range path {
		if path[i] == n {
			return path[i:]
		}
	}
	return append([]ast.Node{n}, path...)
}

// node returns the innermost node, nil for none.
func (c *fixContext) node() ast.Node {
	if len(c.path) == 0 {
		return nil
	}
	return c.path[0]
}

// parent returns the i-th node up the path, nil past its end.
func (c *fixContext) parent(i int) ast.Node {
	if i >= len(c.path) {
		return nil
	}
	return c.path[i]
}

// expr returns the expression the diagnostic is about: the innermost one on the path.
func (c *fixContext) expr() ast.Expr {
	for _, n := range c.path {
		if e, ok := n.(ast.Expr); ok {
			return e
		}
	}
	return nil
}

// enclosing returns the innermost node of type N on a path.
func enclosing[N ast.Node](path []ast.Node) (N, bool) {
	for _, n := range path {
		if found, ok := n.(N); ok {
			return found, true
		}
	}
	var none N
	return none, false
}

// add proposes edits of the diagnostic's file.
func (c *fixContext) add(weight float64, op, rule string, edits ...Edit) {
	c.addIn(c.file, weight, op, rule, edits...)
}

// addIn proposes edits of another file of the package.
func (c *fixContext) addIn(f *File, weight float64, op, rule string, edits ...Edit) {
	if f == nil || !f.Editable || weight <= 0 || len(edits) == 0 {
		return
	}
	edits = joined(edits)
	sorted := sortedEdits(edits)
	for i := 1; i < len(sorted); i++ {
		if sorted[i].Start < sorted[i-1].End {
			return
		}
	}
	c.proposals = append(c.proposals, proposal{file: f, edits: edits, op: op, rule: rule, weight: weight, diag: c.index})
}

func (c *fixContext) off(pos token.Pos) int { return c.pkg.Offset(pos) }

// text returns the source of a node of the diagnostic's file.
func (c *fixContext) text(n ast.Node) string { return c.pkg.Text(c.file, n) }

// span returns an edit that replaces the text between two positions.
func (c *fixContext) span(from, to token.Pos, text string) Edit {
	return Edit{Start: c.off(from), End: c.off(to), New: text}
}

// replace returns an edit that replaces a node.
func (c *fixContext) replace(n ast.Node, text string) Edit { return c.span(n.Pos(), n.End(), text) }

// insert returns an edit that inserts text at pos.
func (c *fixContext) insert(pos token.Pos, text string) Edit { return c.span(pos, pos, text) }

// statement returns the innermost statement that stands in a list of statements, and that list's path.
func (c *fixContext) statement() (ast.Stmt, []ast.Node) { return statementOf(c.path) }

func statementOf(path []ast.Node) (ast.Stmt, []ast.Node) {
	for i := 0; i+1 < len(path); i++ {
		s, ok := path[i].(ast.Stmt)
		if !ok {
			continue
		}
		for _, other := range stmtList(path[i+1]) {
			if other == s {
				return s, path[i+1:]
			}
		}
	}
	return nil, nil
}

// stmtList returns the statements a block, case or select clause holds.
func stmtList(n ast.Node) []ast.Stmt {
	switch n := n.(type) {
	case *ast.BlockStmt:
		return n.List
	case *ast.CaseClause:
		return n.Body
	case *ast.CommClause:
		return n.Body
	}
	return nil
}

// before returns an edit that puts statements (lines without indentation) in front of s.
func (c *fixContext) before(s ast.Stmt, lines ...string) Edit {
	indent := indentOf(c.file.Src, c.off(s.Pos()))
	return c.insert(s.Pos(), strings.Join(lines, "\n"+indent)+"\n"+indent)
}

// after returns an edit that puts statements behind s.
func (c *fixContext) after(s ast.Stmt, lines ...string) Edit {
	indent := "\n" + indentOf(c.file.Src, c.off(s.Pos()))
	return c.insert(s.End(), indent+strings.Join(lines, indent))
}

// remove returns an edit that deletes a node, with its lines when it has them for itself.
func (c *fixContext) remove(n ast.Node) Edit {
	return removal(c.file.Src, c.off(n.Pos()), c.off(n.End()))
}

// removal deletes start..end, with the whole lines when nothing else (but a comment) stands on them.
func removal(src []byte, start, end int) Edit {
	first, last := startOfLine(src, start), endOfLine(src, end)
	rest := strings.TrimLeft(strings.TrimSpace(string(src[end:last])), "; ")
	if strings.TrimSpace(string(src[first:start])) == "" && (rest == "" || strings.HasPrefix(rest, "//")) {
		return Edit{Start: first, End: last}
	}
	if rest != "" && strings.HasPrefix(strings.TrimSpace(string(src[end:last])), ";") {
		end += strings.IndexByte(string(src[end:last]), ';') + 1
	}
	return Edit{Start: start, End: end}
}

// function returns the innermost function around the diagnostic: its type, body and checked signature.
func (c *fixContext) function() (*ast.FuncType, *ast.BlockStmt, *types.Signature) {
	return c.functionOf(c.path)
}

func (c *fixContext) functionOf(path []ast.Node) (*ast.FuncType, *ast.BlockStmt, *types.Signature) {
	for _, n := range path {
		switch n := n.(type) {
		case *ast.FuncDecl:
			if obj, ok := c.pkg.Info.Defs[n.Name]; ok && obj != nil {
				sig, _ := obj.Type().(*types.Signature)
				return n.Type, n.Body, sig
			}
			return n.Type, n.Body, nil
		case *ast.FuncLit:
			sig, _ := c.typeOf(n).(*types.Signature)
			return n.Type, n.Body, sig
		}
	}
	return nil, nil, nil
}

// receiver returns the name and type of the enclosing method's receiver, "" for none.
func (c *fixContext) receiver() (string, types.Type) {
	fd, ok := enclosing[*ast.FuncDecl](c.path)
	if !ok || fd.Recv == nil || len(fd.Recv.List) == 0 || len(fd.Recv.List[0].Names) == 0 {
		return "", nil
	}
	name := fd.Recv.List[0].Names[0]
	if obj := c.pkg.Info.Defs[name]; obj != nil && name.Name != "_" {
		return name.Name, obj.Type()
	}
	return "", nil
}

// typeOf returns the type of an expression, nil when it is unknown or invalid.
func (c *fixContext) typeOf(e ast.Expr) types.Type {
	if e == nil {
		return nil
	}
	return known(c.pkg.Info.TypeOf(e))
}

// known returns t, or nil for an invalid type.
func known(t types.Type) types.Type {
	if t == nil || t == types.Typ[types.Invalid] {
		return nil
	}
	return t
}

// declaredIn returns the file and identifier that declare obj, nil when it is not declared in this package.
func (c *fixContext) declaredIn(obj types.Object) (*File, *ast.Ident) {
	if obj == nil || !obj.Pos().IsValid() || !c.own(obj.Pkg()) {
		return nil, nil
	}
	f := c.pkg.FileOf(obj.Pos())
	if f == nil {
		return nil, nil
	}
	for _, n := range pathAt(f.AST, obj.Pos(), obj.Pos()+token.Pos(len(obj.Name()))) {
		if id, ok := n.(*ast.Ident); ok && id.Pos() == obj.Pos() {
			return f, id
		}
	}
	return nil, nil
}

// own tells whether p is the package under repair; its test units are checked as packages of their own.
func (c *fixContext) own(p *types.Package) bool {
	return p != nil && (p == c.pkg.Types || p.Path() == c.pkg.Types.Path())
}

// bare returns an expression without the parentheses around it.
func bare(e ast.Expr) ast.Expr {
	for {
		p, ok := e.(*ast.ParenExpr)
		if !ok {
			return e
		}
		e = p.X
	}
}
