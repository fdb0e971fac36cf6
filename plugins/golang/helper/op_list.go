package main

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"strconv"
	"strings"
	"unicode"
)

// listOps adds what is missing in a list: a field of a composite literal, a value of a case, a capacity that keeps
// an append from overwriting what follows.
func listOps(o *operators, n ast.Node) {
	switch n := n.(type) {
	case *ast.CompositeLit:
		o.addField(n)
	case *ast.CaseClause:
		o.addCase(n)
	case *ast.SliceExpr:
		if _, list := under(o.typeOf(n)).(*types.Slice); list && n.High != nil && n.Max == nil && isSimple(n.High) {
			if call, ok := o.parent(1).(*ast.CallExpr); ok && isBuiltin(call.Fun, "append") {
				end := o.off(n.High.End())
				o.emit("INDEX", "slice-full", n, 1, Edit{end, end, ":" + o.text(n.High)})
			}
		}
	}
}

// addField gives a struct literal a field that it leaves out and for which a value of its name is in reach.
func (o *operators) addField(n *ast.CompositeLit) {
	fields := structFields(o.typeOf(n))
	given := map[string]bool{}
	for _, e := range n.Elts {
		kv, ok := e.(*ast.KeyValueExpr)
		if !ok || !o.isFieldKey(kv) {
			return
		}
		given[o.text(kv.Key)] = true
	}
	if len(n.Elts) == 0 {
		return
	}
	last := n.Elts[len(n.Elts)-1]
	left := 6
	for _, f := range fields {
		if given[f.Name()] || f.Name() == "_" || !f.Exported() && f.Pkg() != o.pkg.Types {
			continue
		}
		for _, value := range o.valuesNamed(f, n) {
			if left--; left < 0 {
				return
			}
			o.insertElement(n, last, f.Name()+": "+value)
		}
	}
}

// insertElement puts an element behind the last of a literal.
func (o *operators) insertElement(n *ast.CompositeLit, last ast.Expr, text string) {
	end := o.off(last.End())
	if o.line(last.End()) != o.line(n.Rbrace) {
		rest := string(o.src[end:o.off(n.Rbrace)])
		comma := strings.IndexByte(rest, ',')
		if comma < 0 {
			return
		}
		end += comma + 1
		o.emit("LIT", "list-field", n, 1, Edit{end, end, "\n" + o.indent(o.off(last.Pos())) + text + ","})
		return
	}
	o.emit("LIT", "list-field", n, 1, Edit{end, end, ", " + text})
}

// valuesNamed returns the variables in reach, and the fields of those that the literal reads, with a field's name.
func (o *operators) valuesNamed(f *types.Var, n *ast.CompositeLit) []string {
	var out []string
	for _, name := range o.namesFor(n.Pos(), f.Type(), nil) {
		if strings.EqualFold(name, f.Name()) {
			out = append(out, name)
		}
	}
	seen := map[string]bool{}
	ast.Inspect(n, func(node ast.Node) bool {
		sel, ok := node.(*ast.SelectorExpr)
		if !ok || !isSimple(sel.X) || seen[o.text(sel.X)] || o.typeOf(sel.X) == nil || !o.resolves(sel.X, n.Pos()) {
			return true
		}
		seen[o.text(sel.X)] = true
		for _, g := range structFields(o.typeOf(sel.X)) {
			if strings.EqualFold(g.Name(), f.Name()) && fits(g.Type(), f.Type()) && (g.Exported() || g.Pkg() == o.pkg.Types) {
				out = append(out, o.text(sel.X)+"."+g.Name())
			}
		}
		return true
	})
	return out
}

// addCase adds the constants of a case's type to its values, those that its switch does not have.
func (o *operators) addCase(n *ast.CaseClause) {
	if len(n.List) == 0 {
		return
	}
	last := n.List[len(n.List)-1]
	end := o.off(last.End())
	put := func(text string, weight float64) {
		o.emit("CTRL", "list-case", n, weight, Edit{end, end, ", " + text})
	}
	if lit, ok := last.(*ast.BasicLit); ok && lit.Kind == token.CHAR {
		o.addRuneCase(lit, put)
		return
	}
	named, ok := o.typeOf(last).(*types.Named)
	if !ok || o.info.Types[last].Value == nil {
		return
	}
	for _, text := range o.constants(named, 6, func(c *types.Const) bool { return o.switchHas(c.Val()) }) {
		put(text, 1)
	}
}

// switchHas tells whether the switch around the current case has a value.
func (o *operators) switchHas(value constant.Value) bool {
	body, ok := o.parent(1).(*ast.BlockStmt)
	if !ok {
		return true
	}
	for _, s := range body.List {
		if c, ok := s.(*ast.CaseClause); ok {
			for _, e := range c.List {
				if have := o.info.Types[e].Value; have != nil && constant.Compare(have, token.EQL, value) {
					return true
				}
			}
		}
	}
	return false
}

// addRuneCase adds the other case of a letter and the characters that go with another.
func (o *operators) addRuneCase(lit *ast.BasicLit, put func(text string, weight float64)) {
	text, ok := unquote(lit.Value)
	if !ok || text == "" {
		return
	}
	r := []rune(text)[0]
	for i, other := range append(otherCase(r), runeFamilies[r]...) {
		if i < 3 && !o.switchHas(constant.MakeInt64(int64(other))) {
			put(strconv.QuoteRune(other), 1/float64(i+1))
		}
	}
}

// otherCase returns a letter in the other case, nothing for another character.
func otherCase(r rune) []rune {
	switch {
	case unicode.IsUpper(r):
		return []rune{unicode.ToLower(r)}
	case unicode.IsLower(r):
		return []rune{unicode.ToUpper(r)}
	}
	return nil
}
