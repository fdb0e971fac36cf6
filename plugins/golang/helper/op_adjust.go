package main

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"
)

// maxAdjusted bounds the variables that one place may adjust.
const maxAdjusted = 5

// adjust makes the small ifs that keep a value within bounds: the larger or smaller of two, no negative number, no
// zero, a map that is not nil, two values in order. It looks at parameters, at what the statement before has set, and
// at what is declared and never brought up to date.
func (m *maker) adjust(before ast.Stmt) {
	if m.thin {
		return
	}
	locals := m.adjustable(before)
	for i, v := range locals {
		name, weight := v.Name(), 0.3
		switch {
		case m.isStale(v):
			weight = 1
		case before != nil && m.writes(before, v):
			weight = 0.5
		}
		switch {
		case isNumeric(v.Type()) && ordered(v.Type()):
			if !m.isStale(v) {
				m.ifSet("adjust-sign", name+" < 0", name+" = -"+name, weight, v)
				m.ifSet("adjust-zero", name+" < 0", name+" = 0", 0.7*weight, v)
				m.ifSet("adjust-zero", name+" == 0", name+" = 1", 0.5*weight, v)
			}
			m.bounds(v, locals[i+1:], weight)
		case m.isNilMap(v):
			m.ifSet("adjust-map", name+" == nil", name+" = "+m.typeText(v.Type())+"{}", 1, v)
		}
	}
}

// adjustable returns the nearest local variables that an adjustment may assign.
func (m *maker) adjustable(before ast.Stmt) []*types.Var {
	var out []*types.Var
	for _, obj := range m.visible(m.pos) {
		v, ok := obj.(*types.Var)
		if !ok || !m.isLocal(v) || len(out) == maxAdjusted || m.counts(v) || !isNumeric(v.Type()) && !m.isNilMap(v) {
			continue
		}
		if m.isStale(v) || m.isParam(v) && !m.inLoop() || before != nil && m.writes(before, v) {
			out = append(out, v)
		}
	}
	return out
}

// isStale tells whether a local variable is declared and never brought up to date.
func (o *operators) isStale(v *types.Var) bool {
	return o.facts.updates[v] == 0 && !o.isParam(v)
}

// counts tells whether a loop gives v its values.
func (o *operators) counts(v *types.Var) bool {
	for _, n := range o.stack {
		switch n := n.(type) {
		case *ast.ForStmt:
			if n.Init != nil && v.Pos() >= n.Init.Pos() && v.Pos() < n.Init.End() {
				return true
			}
		case *ast.RangeStmt:
			if n.Key != nil && v.Pos() == n.Key.Pos() || n.Value != nil && v.Pos() == n.Value.Pos() {
				return true
			}
		}
	}
	return false
}

// isNilMap tells whether v is a map that the caller may have left nil, or that is declared without a value.
func (o *operators) isNilMap(v *types.Var) bool {
	_, isMap := under(v.Type()).(*types.Map)
	return isMap && o.facts.writes[v] == 0 && o.isParam(v)
}

// writes tells whether a statement assigns or declares v.
func (o *operators) writes(s ast.Stmt, v *types.Var) bool {
	for _, written := range o.assigned(s) {
		if written == v {
			return true
		}
	}
	return false
}

// bounds keeps v at the larger or smaller of it and the other values of its type, and two parameters in order.
func (m *maker) bounds(v *types.Var, later []*types.Var, weight float64) {
	name := v.Name()
	others := m.namesFor(m.pos, v.Type(), v)
	for i, other := range others[:min(4, len(others))] {
		m.ifSet("adjust-bound", other+" > "+name, name+" = "+other, weight/float64(i+1), v)
		m.ifSet("adjust-bound", other+" < "+name, name+" = "+other, weight/float64(i+1), v)
	}
	if isInt(v.Type()) {
		for i, list := range m.sized() {
			m.ifSet("adjust-length", name+" > len("+list+")", name+" = len("+list+")", weight/float64(i+1), v)
		}
	}
	for _, w := range later {
		if m.isParam(v) && m.isParam(w) && types.Identical(v.Type(), w.Type()) {
			m.ifSet("adjust-order", w.Name()+" > "+name, w.Name()+", "+name+" = "+name+", "+w.Name(), 0.5*weight, v)
		}
	}
}

// sized returns the nearest lists and texts.
func (m *maker) sized() []string {
	var out []string
	for _, obj := range m.visible(m.pos) {
		if v, ok := obj.(*types.Var); ok && m.isLocal(v) && hasLen(v.Type()) && len(out) < 2 {
			if _, isMap := under(v.Type()).(*types.Map); !isMap {
				out = append(out, v.Name())
			}
		}
	}
	return out
}

// fieldBounds keeps a field at the larger or smaller of it and the same field of another value.
func (m *maker) fieldBounds() {
	var fields []*ast.SelectorExpr
	for _, e := range m.fieldsUsed() {
		if sel := e.(*ast.SelectorExpr); isNumeric(m.typeOf(sel)) && len(fields) < maxAdjusted && m.resolves(sel, m.pos) {
			fields = append(fields, sel)
		}
	}
	for _, x := range fields {
		for _, y := range fields {
			if x != y && x.Sel.Name == y.Sel.Name && types.Identical(m.typeOf(x), m.typeOf(y)) {
				to, from := m.text(x), m.text(y)
				m.add("INSERT", "adjust-bound", "if "+from+" > "+to+" {\n\t"+to+" = "+from+"\n}", 0.5, false)
				m.add("INSERT", "adjust-bound", "if "+from+" < "+to+" {\n\t"+to+" = "+from+"\n}", 0.5, false)
			}
		}
	}
}

// maxChecks bounds the conditions under which one place may bring a variable up to date.
const maxChecks = 6

// underChecks brings the variables that are declared and never brought up to date up to date under a condition: a
// loop that looks for something and does nothing about it.
func (m *maker) underChecks(before ast.Stmt) {
	if m.thin {
		return
	}
	var updates []string
	for _, obj := range m.visible(m.pos) {
		v, ok := obj.(*types.Var)
		if !ok || !m.isLocal(v) || !m.isStale(v) || m.counts(v) || len(updates) >= 4 {
			continue
		}
		switch {
		case isInteger(v.Type()):
			updates = append(updates, v.Name()+"++")
		case isBoolean(v.Type()):
			updates = append(updates, v.Name()+" = true", v.Name()+" = false")
		default:
			if s, ok := under(v.Type()).(*types.Slice); ok {
				if names := m.namesFor(m.pos, s.Elem(), nil); len(names) > 0 {
					updates = append(updates, v.Name()+" = append("+v.Name()+", "+names[0]+")")
				}
			}
		}
	}
	if len(updates) == 0 || !m.inLoop() {
		return
	}
	for i, c := range m.conditionsAt(m.pos, m.around(before)...) {
		if i == maxChecks {
			break
		}
		for _, update := range updates {
			m.add("INSERT", "adjust-check", "if "+c.text+" {\n\t"+update+"\n}", 0.5/float64(i+1), false)
		}
	}
}

// around returns the statement in front of a place and the head of the loop around it.
func (m *maker) around(before ast.Stmt) []ast.Node {
	var out []ast.Node
	if before != nil {
		out = append(out, before)
	}
	for i := len(m.stack) - 1; i > 0; i-- {
		switch n := m.stack[i].(type) {
		case *ast.RangeStmt:
			for _, e := range []ast.Expr{n.Key, n.Value, n.X} {
				if e != nil {
					out = append(out, e)
				}
			}
			return out
		case *ast.ForStmt:
			if n.Cond != nil {
				out = append(out, n.Cond)
			}
			return out
		}
	}
	return out
}

// ifSet adds an if that assigns v; an assignment that the function makes under the same condition is no news.
func (m *maker) ifSet(rule, cond, assignment string, weight float64, v *types.Var) {
	if basicInfo(v.Type())&types.IsUnsigned != 0 && strings.Contains(cond, "< 0") {
		return
	}
	m.add("INSERT", rule, "if "+cond+" {\n\t"+assignment+"\n}", weight, false)
}

// flush makes what a loop does with a finished part once more for the last part, behind the loop: an if of its body,
// what stands in that if, and what hands a value on when there is one.
func (m *maker) flush(loop ast.Stmt) {
	body := bodyOf(loop)
	if _, isIf := loop.(*ast.IfStmt); body == nil || isIf || m.thin {
		return
	}
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.IfStmt:
			if n.Else == nil && n.Init == nil && m.short(n) && m.resolves(n, m.pos) {
				m.add(insertClass(n), "insert-flush-if", m.flat(n), 1, false)
				if short := m.withoutReset(n); short != "" {
					m.add(insertClass(n), "insert-flush-if", short, 1, false)
				}
			}
			if list := n.Body.List; len(list) > 1 && !exits(n.Body) && m.short(n) && m.resolves(n.Body, m.pos) {
				m.add("INSERT", "insert-flush", m.flatSpan(list[0].Pos(), list[len(list)-1].End()), 0.6, false)
			}
		case *ast.AssignStmt, *ast.ExprStmt:
			m.flushValue(n.(ast.Stmt))
		}
		return true
	})
}

// withoutReset returns an if without the last statement of its body where that begins a new part, "" for any other.
func (m *maker) withoutReset(n *ast.IfStmt) string {
	list := n.Body.List
	if len(list) < 2 {
		return ""
	}
	last, ok := list[len(list)-1].(*ast.AssignStmt)
	if !ok || last.Tok != token.ASSIGN || len(last.Lhs) != 1 {
		return ""
	}
	return m.flatSpan(n.Pos(), list[len(list)-2].End()) + "\n}"
}

// flushValue makes a statement under the condition that the value it hands on is not empty.
func (m *maker) flushValue(s ast.Stmt) {
	if !m.short(s) || !m.resolves(s, m.pos) {
		return
	}
	call, ok := lastCall(s)
	if !ok || len(call.Args) == 0 {
		return
	}
	handed := operand{m.text(call.Args[len(call.Args)-1]), m.typeOf(call.Args[len(call.Args)-1]), 1}
	root := rootIdent(call.Args[len(call.Args)-1])
	if handed.t == nil || root == nil || !isVariable(m.info.Uses[root]) {
		return
	}
	cond := ""
	switch {
	case hasLen(handed.t) && isSimple(call.Args[len(call.Args)-1]):
		cond = "len(" + handed.text + ") > 0"
	case isString(m.typeOf(root)) || hasLen(m.typeOf(root)):
		cond = "len(" + root.Name + ") > 0"
	case isInteger(handed.t):
		cond = handed.text + " > 0"
	case nilable(handed.t):
		cond = handed.text + " != nil"
	default:
		return
	}
	m.add("INSERT", "insert-flush", "if "+cond+" {\n\t"+m.flat(s)+"\n}", 1, false)
}

// isVariable tells whether an object is a variable.
func isVariable(obj types.Object) bool {
	_, ok := obj.(*types.Var)
	return ok
}

// lastCall returns the call that a statement consists of or assigns.
func lastCall(s ast.Stmt) (*ast.CallExpr, bool) {
	switch s := s.(type) {
	case *ast.ExprStmt:
		call, ok := s.X.(*ast.CallExpr)
		return call, ok
	case *ast.AssignStmt:
		if len(s.Rhs) == 1 && s.Tok == token.ASSIGN {
			call, ok := s.Rhs[0].(*ast.CallExpr)
			return call, ok
		}
	}
	return nil, false
}

// maxFlat is the most lines of a statement that is written once more.
const maxFlat = 4

// short tells whether a statement may be written once more: few lines, nothing declared, no way out of a loop.
func (o *operators) short(s ast.Stmt) bool {
	if o.line(s.End())-o.line(s.Pos()) > maxFlat {
		return false
	}
	plain := true
	ast.Inspect(s, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BranchStmt, *ast.DeclStmt, *ast.FuncLit, *ast.LabeledStmt:
			plain = false
		case *ast.AssignStmt:
			plain = plain && n.Tok != token.DEFINE
		}
		return plain
	})
	return plain
}

// flat returns a statement's text as it stands without indentation.
func (o *operators) flat(s ast.Stmt) string { return o.flatSpan(s.Pos(), s.End()) }

// flatSpan returns a range of whole statements without indentation.
func (o *operators) flatSpan(from, to token.Pos) string {
	text := string(o.src[o.off(from):o.off(to)])
	return strings.ReplaceAll(text, "\n"+o.indent(o.off(from)), "\n")
}
