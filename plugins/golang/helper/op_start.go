package main

import (
	"go/ast"
	"go/token"
	"go/types"
)

// startOps changes what a variable starts with: the first element or an extreme for what is compared later, a value
// for a declaration without one, a map that is not nil, a length or none for a made list.
func startOps(o *operators, n ast.Node) {
	switch n := n.(type) {
	case *ast.AssignStmt:
		if n.Tok != token.DEFINE || len(n.Lhs) != len(n.Rhs) {
			return
		}
		for i, e := range n.Lhs {
			if id, ok := e.(*ast.Ident); ok && isNumber(n.Rhs[i]) && o.isRival(o.info.Defs[id]) {
				edit := Edit{o.off(n.Rhs[i].Pos()), o.off(n.Rhs[i].End()), ""}
				for _, s := range o.starts(o.typeOf(n.Rhs[i]), n.Pos()) {
					edit.New = s.text
					o.emitImporting(s.path, s.op, s.rule, n, s.weight, edit)
				}
			}
		}
	case *ast.ValueSpec:
		o.giveValue(n)
	case *ast.CallExpr:
		o.makeLength(n)
	}
}

// isNumber tells whether an expression is a literal, with or without a sign.
func isNumber(e ast.Expr) bool {
	if sign, ok := e.(*ast.UnaryExpr); ok {
		e = sign.X
	}
	_, ok := e.(*ast.BasicLit)
	return ok
}

// isRival tells whether a variable is compared with others and then set: the best so far.
func (o *operators) isRival(obj types.Object) bool {
	v, ok := obj.(*types.Var)
	if !ok || !isNumeric(v.Type()) || o.facts.writes[v] == 0 {
		return false
	}
	compared := false
	ast.Inspect(o.fn.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BinaryExpr:
			if n.Op.Precedence() == token.EQL.Precedence() && n.Op != token.EQL && n.Op != token.NEQ {
				compared = compared || o.isName(n.X, v) || o.isName(n.Y, v)
			}
		case *ast.CallExpr:
			if isBestCall(n) {
				for _, arg := range n.Args {
					compared = compared || o.isName(arg, v)
				}
			}
		}
		return !compared
	})
	return compared
}

// isName tells whether an expression is the name of a variable.
func (o *operators) isName(e ast.Expr, v types.Object) bool {
	id, ok := ast.Unparen(e).(*ast.Ident)
	return ok && o.info.Uses[id] == v
}

// start is a value to start with, and the package that it needs, "" for none.
type start struct {
	text, path, op, rule string
	weight               float64
}

// starts returns the values that a best so far of type t may start with.
func (o *operators) starts(t types.Type, pos token.Pos) []start {
	var out []start
	m := &maker{operators: o, pos: pos}
	for i, list := range m.lists() {
		if s, ok := under(list.t).(*types.Slice); ok && i < 2 && types.Identical(s.Elem(), t) {
			out = append(out, start{list.text + "[0]", "", "INDEX", "start-first", 1})
		}
	}
	math := o.qualified("math")
	add := func(text, op string, weight float64) {
		out = append(out, start{text, "math", op, "start-extreme", weight})
	}
	switch basicKind(t) {
	case types.Int:
		add(math+".MinInt", "FIELD", 0.7)
		add(math+".MaxInt", "FIELD", 0.7)
	case types.Float64:
		add(math+".Inf(-1)", "CALL", 0.7)
		add(math+".Inf(1)", "CALL", 0.7)
		add(math+".MaxFloat64", "FIELD", 0.3)
		add("-"+math+".MaxFloat64", "REWRITE", 0.3)
	}
	return out
}

// giveValue gives a variable that is declared without a value one.
func (o *operators) giveValue(n *ast.ValueSpec) {
	if len(n.Names) != 1 || len(n.Values) > 0 || n.Type == nil {
		return
	}
	t, end := o.typeOf(n.Type), o.off(n.End())
	var values []string
	switch {
	case isBoolean(t):
		values = []string{"true"}
	case isNumeric(t):
		values = []string{"1"}
		if basicInfo(t)&types.IsUnsigned == 0 {
			values = append(values, "-1")
		}
	}
	if _, isMap := under(t).(*types.Map); isMap {
		values = []string{o.text(n.Type) + "{}"}
	}
	for _, value := range values {
		o.emit("DECL", "start-value", n, 1, Edit{end, end, " = " + value})
	}
	if o.isRival(o.info.Defs[n.Names[0]]) {
		for _, s := range o.starts(t, n.Pos()) {
			o.emitImporting(s.path, "DECL", s.rule, n, s.weight, Edit{end, end, " = " + s.text})
		}
	}
}

// makeLength makes a list with a capacity instead of a length, and the other way round; a channel gets a buffer.
func (o *operators) makeLength(call *ast.CallExpr) {
	if !isBuiltin(call.Fun, "make") {
		return
	}
	if _, channel := under(o.typeOf(call)).(*types.Chan); channel && len(call.Args) == 1 {
		end := o.off(call.Args[0].End())
		o.emit("ARG", "start-buffer", call, 1, Edit{end, end, ", 1"})
	}
	if len(call.Args) < 2 || !isPlainSlice(o.typeOf(call)) {
		return
	}
	at := o.off(call.Args[1].Pos())
	if len(call.Args) == 2 && o.info.Types[call.Args[1]].Value == nil {
		o.emit("ARG", "start-length", call, 1, Edit{at, at, "0, "})
	}
	if len(call.Args) == 3 && o.text(call.Args[1]) == "0" {
		o.emit("ARG", "start-length", call, 1, Edit{at, o.off(call.Args[2].Pos()), ""})
	}
}
