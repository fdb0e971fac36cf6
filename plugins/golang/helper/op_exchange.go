package main

import (
	"go/ast"
	"go/token"
	"go/types"
)

// Limits of renaming inside one statement.
const (
	maxPairs  = 4  // pairs of names exchanged
	maxPlaces = 12 // places where a name is changed
)

// exchangeOps exchanges two variables throughout a statement, puts another variable for every use of one, and
// exchanges the two indices of a table: mistakes that no change at a single place mends.
func exchangeOps(o *operators, n ast.Node) {
	switch n := n.(type) {
	case *ast.IndexExpr:
		o.transpose(n)
	case *ast.ForStmt, *ast.RangeStmt, *ast.IfStmt, *ast.AssignStmt, *ast.ExprStmt, *ast.ReturnStmt:
		if s := n.(ast.Stmt); isListOwner(o.parent(1)) {
			o.renameIn(s)
		}
	}
}

// transpose exchanges i and j of a[i][j].
func (o *operators) transpose(n *ast.IndexExpr) {
	x, ok := n.X.(*ast.IndexExpr)
	if !ok || !isInteger(o.typeOf(n.Index)) || !types.Identical(types.Default(o.typeOf(n.Index)), types.Default(o.typeOf(x.Index))) {
		return
	}
	o.emit("INDEX", "exchange-index", n, 1, Edit{o.off(x.Index.Pos()), o.off(x.Index.End()), o.text(n.Index)},
		Edit{o.off(n.Index.Pos()), o.off(n.Index.End()), o.text(x.Index)})
}

// usesIn returns where a statement uses each local variable that is declared outside of it, in order of first use.
func (o *operators) usesIn(s ast.Stmt) ([]*types.Var, map[*types.Var][]*ast.Ident) {
	var order []*types.Var
	uses := map[*types.Var][]*ast.Ident{}
	ast.Inspect(s, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		if !ok {
			return true
		}
		v, ok := o.info.Uses[id].(*types.Var)
		if !ok || v.IsField() || !o.isLocal(v) || v.Pos() >= s.Pos() && v.Pos() < s.End() {
			return true
		}
		if uses[v] == nil {
			order = append(order, v)
		}
		uses[v] = append(uses[v], id)
		return true
	})
	return order, uses
}

// renameIn exchanges the pairs of variables of a statement, and renames all uses of one.
func (o *operators) renameIn(s ast.Stmt) {
	order, uses := o.usesIn(s)
	pairs := 0
	for i, v := range order {
		for _, w := range order[i+1:] {
			places := len(uses[v]) + len(uses[w])
			sides := across(s, uses[v], uses[w])
			if pairs < maxPairs && types.Identical(v.Type(), w.Type()) && places <= maxPlaces && (places > 2 || bodyOf(s) != nil || sides) {
				pairs++
				op := "NAME"
				if sides {
					op = "ASSIGN"
				}
				o.emit(op, "exchange-names", s, 1, o.renaming(s, map[types.Object]string{v: w.Name(), w: v.Name()})...)
			}
		}
		if len(uses[v]) < 2 || len(uses[v]) > maxPlaces || !o.isParam(v) && o.facts.reads[v] <= len(uses[v]) {
			continue
		}
		for k, name := range o.namesFor(s.Pos(), v.Type(), v) {
			if k < 3 && o.isAssigned(name, s) {
				o.emit("NAME", "exchange-all", s, 1/float64(k+1), o.renaming(s, map[types.Object]string{v: name})...)
			}
		}
	}
}

// across tells whether an assignment's target uses one variable inside of it and its value the other.
func across(s ast.Stmt, one, other []*ast.Ident) bool {
	a, ok := s.(*ast.AssignStmt)
	if !ok || len(one) != 1 || len(other) != 1 || a.Tok == token.DEFINE {
		return false
	}
	left := func(id *ast.Ident) bool { return id.Pos() < a.TokPos }
	return left(one[0]) != left(other[0])
}

// renaming returns the edits that rename variables throughout a statement, in source order.
func (o *operators) renaming(s ast.Stmt, names map[types.Object]string) []Edit {
	var edits []Edit
	ast.Inspect(s, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			if name := names[o.info.Uses[id]]; name != "" {
				edits = append(edits, Edit{o.off(id.Pos()), o.off(id.End()), name})
			}
		}
		return true
	})
	return edits
}
