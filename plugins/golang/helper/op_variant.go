package main

import (
	"go/ast"
	"go/token"
	"go/types"
	"sort"
	"strings"
)

// Limits of the statements made from others by another name.
const (
	maxVaried   = 24 // statements that are varied
	maxVariants = 160
)

// variants returns the function's statements with one name or field exchanged for another of its type: the second of
// two parallel statements is the one that gets forgotten.
func (o *operators) variants() []template {
	if o.facts.variants != nil {
		return o.facts.variants
	}
	list, seen := []template{}, map[string]bool{}
	for _, t := range o.templates() {
		seen[t.text] = true
	}
	add := func(from template, text string, needs []need) {
		if !seen[text] && len(list) < maxVariants {
			seen[text] = true
			from.text, from.needs, from.rule, from.weight = text, needs, "insert-variant", 0.25
			list = append(list, from)
		}
	}
	varied := 0
	for _, t := range append(o.ifTemplates(), o.templates()...) {
		if t.stmt == nil || t.ends || t.stmt.Pos() < o.fn.Pos() || t.stmt.End() > o.fn.End() || varied == maxVaried {
			continue
		}
		varied++
		o.varyFields(t, add)
		o.varyNames(t, add)
		o.varyToken(t, add)
	}
	o.facts.variants = list
	return list
}

// ifTemplates returns the function's short ifs, as statements to vary.
func (o *operators) ifTemplates() []template {
	var out []template
	ast.Inspect(o.fn.Body, func(n ast.Node) bool {
		s, ok := n.(*ast.IfStmt)
		if ok && s.Else == nil && s.Init == nil && o.short(s) && len(out) < maxVaried/3 {
			t := template{text: o.flat(s), op: insertClass(s), stmt: s}
			ast.Inspect(s, func(n ast.Node) bool {
				if e, ok := n.(ast.Expr); ok {
					o.need(&t, e)
					return false
				}
				return true
			})
			out = append(out, t)
		}
		_, lit := n.(*ast.FuncLit)
		return !lit
	})
	return out
}

// varyNames exchanges each local variable of a statement, wherever it stands there.
func (o *operators) varyNames(t template, add func(template, string, []need)) {
	done := map[string]bool{}
	for _, n := range t.needs {
		if n.want == nil || done[n.name] {
			continue
		}
		done[n.name] = true
		for _, v := range o.sameTyped(n) {
			if mentions(t.text, v) {
				continue
			}
			needs := append([]need{}, t.needs...)
			for k := range needs {
				if needs[k].name == n.name {
					needs[k].name = v
				}
			}
			add(t, renameWord(t.text, n.name, v), needs)
		}
	}
}

// localVars returns the variables that the function declares, in source order.
func (o *operators) localVars() []*types.Var {
	if o.facts.locals == nil {
		o.facts.locals = []*types.Var{}
		ast.Inspect(o.fn, func(node ast.Node) bool {
			if id, ok := node.(*ast.Ident); ok && id.Name != "_" {
				if v, ok := o.info.Defs[id].(*types.Var); ok && !v.IsField() {
					o.facts.locals = append(o.facts.locals, v)
				}
			}
			return true
		})
	}
	return o.facts.locals
}

// sameTyped returns the names of the function's other local variables of a name's type, nearest declarations first.
func (o *operators) sameTyped(n need) []string {
	var out []string
	for _, v := range o.localVars() {
		if v.Name() != n.name && types.Identical(v.Type(), n.want) && len(out) < 8 {
			out = append(out, v.Name())
		}
	}
	sort.SliceStable(out, func(i, j int) bool { return similarity(out[i], n.name) > similarity(out[j], n.name) })
	return out[:min(3, len(out))]
}

// varyFields exchanges each selected field of a statement for a sibling of its type.
func (o *operators) varyFields(t template, add func(template, string, []need)) {
	done := map[string]bool{}
	ast.Inspect(t.stmt, func(n ast.Node) bool {
		sel, ok := n.(*ast.SelectorExpr)
		if !ok || done[sel.Sel.Name] {
			return true
		}
		done[sel.Sel.Name] = true
		selection := o.info.Selections[sel]
		if selection == nil || selection.Kind() != types.FieldVal {
			return true
		}
		left := 3
		for _, f := range structFields(o.typeOf(sel.X)) {
			if left > 0 && f.Name() != sel.Sel.Name && f.Name() != "_" && types.Identical(f.Type(), selection.Type()) && (f.Exported() || f.Pkg() == o.pkg.Types) {
				left--
				add(t, renameField(t.text, sel.Sel.Name, f.Name()), t.needs)
			}
		}
		return true
	})
}

// renameField replaces a selected name in a text.
func renameField(text, from, to string) string {
	var out strings.Builder
	for i := 0; i < len(text); {
		if text[i] == '.' && strings.HasPrefix(text[i+1:], from) && !wordByte(text, i+1+len(from)) {
			out.WriteString("." + to)
			i += 1 + len(from)
			continue
		}
		out.WriteByte(text[i])
		i++
	}
	return out.String()
}

// varyToken turns counting up into counting down, and each sum into a difference and back.
func (o *operators) varyToken(t template, add func(template, string, []need)) {
	if s, ok := t.stmt.(*ast.IncDecStmt); ok {
		add(t, o.text(s.X)+oppositeStep[s.Tok], t.needs)
	}
	flip := func(pos token.Pos, old, come string) {
		at := o.off(pos) - o.off(t.stmt.Pos())
		if text := o.text(t.stmt); text == t.text && text[at:at+len(old)] == old {
			add(t, text[:at]+come+text[at+len(old):], t.needs)
		}
	}
	ast.Inspect(t.stmt, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			if other := map[token.Token]string{token.ADD_ASSIGN: "-=", token.SUB_ASSIGN: "+="}[n.Tok]; other != "" && isNumeric(o.typeOf(n.Lhs[0])) {
				flip(n.TokPos, n.Tok.String(), other)
			}
		case *ast.BinaryExpr:
			if other := map[token.Token]string{token.ADD: "-", token.SUB: "+"}[n.Op]; other != "" && isNumeric(o.typeOf(n)) {
				flip(n.OpPos, n.Op.String(), other)
			}
		}
		return true
	})
}
