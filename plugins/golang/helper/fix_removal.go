package main

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"
)

// removeUses deletes a definition and the assignments to the variable that are all that is left of it.
func (c *fixContext) removeUses(id *ast.Ident, a *ast.AssignStmt) []Edit {
	edits := []Edit{c.remove(a)}
	obj := c.pkg.Info.Defs[id]
	_, body, _ := c.function()
	if obj == nil || body == nil {
		return edits
	}
	ast.Inspect(body, func(n ast.Node) bool {
		if s, ok := n.(*ast.AssignStmt); ok && s != a && len(s.Lhs) == 1 && s.Tok == token.ASSIGN {
			if l, is := s.Lhs[0].(*ast.Ident); is && (c.pkg.Info.Uses[l] == obj) && c.pure(s.Rhs[0]) {
				edits = append(edits, c.remove(s))
				return false
			}
		}
		return true
	})
	return edits
}

// dropPair removes one name and its value from a parallel definition.
func (c *fixContext) dropPair(id *ast.Ident, a *ast.AssignStmt) {
	if len(a.Lhs) != len(a.Rhs) || len(a.Lhs) < 2 {
		return
	}
	for i, l := range a.Lhs {
		if l == ast.Expr(id) && c.pure(a.Rhs[i]) {
			c.add(0.9, "DECL", "drop-pair", c.dropElement(a.Lhs, i), c.dropElement(a.Rhs, i))
		}
	}
}

// dropElement returns the edit that removes element i of a comma-separated list.
func (c *fixContext) dropElement(list []ast.Expr, i int) Edit {
	if i+1 < len(list) {
		return c.span(list[i].Pos(), list[i+1].Pos(), "")
	}
	if i > 0 {
		return c.span(list[i-1].End(), list[i].End(), "")
	}
	return c.span(list[i].Pos(), list[i].End(), "")
}

// pure tells whether evaluating an expression has no effect.
func (c *fixContext) pure(e ast.Expr) bool {
	ok := true
	ast.Inspect(e, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.CallExpr:
			if c.pkg.Info.Types[n.Fun].IsType() {
				return true
			}
			if id, is := bare(n.Fun).(*ast.Ident); is {
				switch id.Name {
				case "len", "cap", "make", "new", "append", "min", "max", "string":
					return true
				}
			}
			if sel, is := n.Fun.(*ast.SelectorExpr); is {
				if x, named := sel.X.(*ast.Ident); named && c.imported(x.Name) != nil {
					switch x.Name {
					case "strings", "strconv", "math", "errors", "unicode", "utf8", "bytes", "filepath", "path", "time", "cmp":
						return true
					}
				}
				if x, named := sel.X.(*ast.Ident); named && x.Name == "fmt" && strings.HasPrefix(sel.Sel.Name, "Sprint") {
					return true
				}
			}
			ok = false
		case *ast.UnaryExpr:
			if n.Op == token.ARROW {
				ok = false
			}
		}
		return ok
	})
	return ok
}

// unusedRange drops the name of a range clause.
func (c *fixContext) unusedRange(id *ast.Ident, r *ast.RangeStmt) {
	switch {
	case r.Key == ast.Expr(id) && r.Value == nil:
		c.add(1, "CTRL", "range-without-names", c.span(r.Key.Pos(), r.Range, ""))
		t := c.typeOf(r.X)
		if elem := elemOf(t); elem != nil && !isMap(t) && !isChan(t) {
			c.add(0.2, "CTRL", "range-values", c.replace(id, "_, "+id.Name))
		}
	case r.Key == ast.Expr(id):
		c.add(1, "NAME", "blank", c.replace(id, "_"))
		if value, ok := r.Value.(*ast.Ident); ok && value.Name == "_" {
			c.add(0.8, "CTRL", "range-without-names", c.span(r.Key.Pos(), r.Range, ""))
		}
	case r.Value == ast.Expr(id):
		if key, ok := r.Key.(*ast.Ident); ok && key.Name == "_" {
			c.add(1, "CTRL", "range-without-names", c.span(r.Key.Pos(), r.Range, ""))
		} else {
			c.add(1, "CTRL", "drop-value", c.span(r.Key.End(), r.Value.End(), ""))
		}
	}
}

func isMap(t types.Type) bool { _, ok := t.Underlying().(*types.Map); return ok }

// unusedSpec removes a var declaration, or its one name.
func (c *fixContext) unusedSpec(id *ast.Ident, v *ast.ValueSpec) {
	decl, ok := enclosing[*ast.GenDecl](c.path)
	if !ok {
		return
	}
	if len(v.Names) > 1 {
		names := make([]ast.Expr, len(v.Names))
		at := 0
		for i, name := range v.Names {
			names[i] = name
			if name == id {
				at = i
			}
		}
		edits := []Edit{c.dropElement(names, at)}
		if len(v.Values) == len(v.Names) {
			edits = append(edits, c.dropElement(v.Values, at))
		}
		if len(v.Values) == 0 || len(v.Values) == len(v.Names) {
			c.add(1, "DECL", "drop-name", edits...)
		}
		c.add(0.5, "NAME", "blank", c.replace(id, "_"))
		return
	}
	var target ast.Node = v
	if len(decl.Specs) == 1 {
		target = decl
	}
	if len(v.Values) == 0 || c.pure(v.Values[0]) {
		edits := []Edit{c.remove(target)}
		c.add(1, "DELETE", "delete-declaration", append(edits, c.deadAssigns(id)...)...)
	}
	c.add(0.3, "NAME", "blank", c.replace(id, "_"))
}

// deadAssigns returns the edits that delete assignments to a variable that nothing reads.
func (c *fixContext) deadAssigns(id *ast.Ident) []Edit {
	var edits []Edit
	obj := c.pkg.Info.Defs[id]
	_, body, _ := c.function()
	if obj == nil || body == nil {
		return nil
	}
	ast.Inspect(body, func(n ast.Node) bool {
		if s, ok := n.(*ast.AssignStmt); ok && len(s.Lhs) == 1 && s.Tok == token.ASSIGN {
			if l, is := s.Lhs[0].(*ast.Ident); is && c.pkg.Info.Uses[l] == obj && c.pure(s.Rhs[0]) {
				edits = append(edits, c.remove(s))
			}
		}
		return true
	})
	return edits
}
