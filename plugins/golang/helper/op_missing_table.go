package main

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"
)

// table is a list or map that a statement makes.
type table struct {
	name   string
	made   string // how it is made
	key    types.Type
	elem   types.Type
	isMap  bool
	filled bool // a loop behind has filled it
}

// firstElement sets the element that the others of a table are computed from, behind the statement that makes the
// table or the loop that makes its rows or fills it.
func (o *operators) firstElement(list []ast.Stmt) {
	t, ok := o.madeTable(list[0])
	if !ok {
		return
	}
	anchor := list[0]
	for _, s := range list[1:min(3, len(list))] {
		if body := bodyOf(s); body != nil && !t.isMap && o.fills(body, t.name) {
			anchor, t.filled = s, true
		}
	}
	if row, ok := tableOf(t.elem); ok && !t.isMap {
		o.firstOfRows(t, row, anchor)
		return
	}
	for i, key := range o.firstKeys(t) {
		for k, value := range o.firstValues(t.elem, t.isMap || t.filled) {
			place := t.name + "[" + key + "]"
			if !strings.Contains(string(o.src[o.start:o.end]), place+" =") {
				o.putBehind("insert-first", anchor, 1/float64(i+k+1), place+" = "+value)
			}
		}
	}
}

// firstOfRows sets the first element of the first row, and the first row or column to ones or to its own numbers.
func (o *operators) firstOfRows(t, row table, anchor ast.Stmt) {
	values := o.firstValues(row.elem, false)
	if len(values) == 0 || !t.filled && strings.HasPrefix(t.made, "make") {
		return
	}
	o.putBehind("insert-first", anchor, 1, t.name+"[0][0] = "+values[0])
	if !isInt(row.elem) {
		values = values[:1]
	} else {
		values = append(values[:1:1], "i")
	}
	for _, value := range values {
		o.putBehind("insert-first-row", anchor, 1, "for i := range "+t.name+" {", "\t"+t.name+"[i][0] = "+value, "}")
		o.putBehind("insert-first-row", anchor, 1, "for i := range "+t.name+"[0] {", "\t"+t.name+"[0][i] = "+value, "}")
	}
}

// madeTable takes apart the statement that makes a table of numbers or truth values, or of rows of them.
func (o *operators) madeTable(s ast.Stmt) (table, bool) {
	var name *ast.Ident
	var made ast.Node
	switch s := s.(type) {
	case *ast.AssignStmt:
		if len(s.Lhs) == 1 && len(s.Rhs) == 1 && (s.Tok == token.DEFINE || s.Tok == token.ASSIGN) && isMade(s.Rhs[0]) {
			name, _ = s.Lhs[0].(*ast.Ident)
			made = s.Rhs[0]
		}
	case *ast.DeclStmt:
		if d, ok := s.Decl.(*ast.GenDecl); ok && d.Tok == token.VAR && len(d.Specs) == 1 {
			if spec := d.Specs[0].(*ast.ValueSpec); len(spec.Names) == 1 && len(spec.Values) == 0 {
				if _, array := under(o.typeOf(spec.Type)).(*types.Array); array {
					name, made = spec.Names[0], spec.Type
				}
			}
		}
	}
	if name == nil {
		return table{}, false
	}
	t, ok := tableOf(o.typeOf(name))
	t.name, t.made = name.Name, o.text(made)
	return t, ok
}

// isMade tells whether an expression makes a list with a length, or a map.
func isMade(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.CallExpr:
		return isBuiltin(e.Fun, "make") && len(e.Args) < 3 && (len(e.Args) != 2 || !isZero(e.Args[1]))
	case *ast.CompositeLit:
		_, isMap := e.Type.(*ast.MapType)
		return isMap && len(e.Elts) == 0
	}
	return false
}

// isZero tells whether an expression is the literal 0.
func isZero(e ast.Expr) bool {
	lit, ok := e.(*ast.BasicLit)
	return ok && lit.Value == "0"
}

// tableOf returns the keys and elements of a type; ok is false for what is no table.
func tableOf(t types.Type) (out table, ok bool) {
	switch u := under(t).(type) {
	case *types.Slice:
		return table{key: types.Typ[types.Int], elem: u.Elem()}, true
	case *types.Array:
		return table{key: types.Typ[types.Int], elem: u.Elem()}, true
	case *types.Map:
		return table{key: u.Key(), elem: u.Elem(), isMap: true}, true
	}
	return out, false
}

// fills tells whether a node sets elements of a list, on no condition, to a constant or to rows.
func (o *operators) fills(n ast.Node, list string) bool {
	found := false
	ast.Inspect(n, func(n ast.Node) bool {
		if s, ok := n.(*ast.AssignStmt); ok && len(s.Rhs) == 1 && (o.info.Types[s.Rhs[0]].Value != nil || isMade(s.Rhs[0])) {
			index, ok := s.Lhs[0].(*ast.IndexExpr)
			found = found || ok && strings.HasPrefix(o.text(index), list+"[")
		}
		_, check := n.(*ast.IfStmt)
		return !found && !check
	})
	return found
}

// firstKeys returns the keys that a table may start with: 0, 1 where there is one place more than asked for, and the
// parameters that say where to start.
func (o *operators) firstKeys(t table) []string {
	var out []string
	if isInteger(t.key) && (isNumeric(t.elem) || !t.isMap) {
		out = append(out, "0")
		if strings.HasSuffix(strings.ReplaceAll(t.made, " ", ""), "+1)") && isNumeric(t.elem) {
			out = append(out, "1")
		}
	}
	for _, v := range o.localVars() {
		if o.ownParam(v) && types.Identical(v.Type(), t.key) && !mentions(t.made, v.Name()) && len(out) < 3 {
			out = append(out, v.Name())
		}
	}
	return out
}

// firstValues returns the values that the first element of a table may have; zero is one when it has another.
func (o *operators) firstValues(t types.Type, other bool) []string {
	switch {
	case isBoolean(t):
		return []string{"true"}
	case isNumeric(t) && other:
		return []string{"0", "1"}
	case isNumeric(t):
		return []string{"1"}
	}
	return nil
}
