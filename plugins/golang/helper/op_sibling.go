package main

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"strconv"
)

// maxSiblings bounds the checks that stand beside those of one condition.
const maxSiblings = 6

// siblingChecks returns the checks that go with those of a condition: another literal of the kind that a value is
// compared with, and another test of the same family on the same argument.
func (o *operators) siblingChecks(e ast.Expr) []string {
	var out []string
	ast.Inspect(e, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.BinaryExpr:
			if n.Op != token.EQL && n.Op != token.NEQ {
				return true
			}
			for _, text := range o.otherValues(n.Y) {
				out = append(out, o.text(n.X)+" "+n.Op.String()+" "+text)
			}
		case *ast.CallExpr:
			if len(n.Args) == 1 && isBoolean(o.typeOf(n)) {
				out = append(out, o.otherTests(n)...)
			}
		}
		return true
	})
	return out[:min(len(out), maxSiblings)]
}

// otherValues returns the literals or constants that a value may be compared with beside one.
func (o *operators) otherValues(e ast.Expr) []string {
	if lit, ok := e.(*ast.BasicLit); ok {
		return o.otherLiterals(lit)
	}
	named, ok := o.typeOf(e).(*types.Named)
	if !ok || o.info.Types[e].Value == nil {
		return nil
	}
	return o.constants(named, 3, func(c *types.Const) bool { return constant.Compare(c.Val(), token.EQL, o.info.Types[e].Value) })
}

// constants returns the constants of a type, as the file writes them, at most so many and without those passed over.
func (o *operators) constants(t *types.Named, most int, passOver func(*types.Const) bool) []string {
	home := t.Obj().Pkg()
	if home == nil {
		return nil
	}
	prefix := ""
	if home != o.pkg.Types {
		name := o.importName(home.Path())
		if name == "" {
			return nil
		}
		prefix = name + "."
	}
	var out []string
	for _, name := range home.Scope().Names() {
		c, ok := home.Scope().Lookup(name).(*types.Const)
		if ok && len(out) < most && types.Identical(c.Type(), t) && (c.Exported() || prefix == "") && !passOver(c) {
			out = append(out, prefix+name)
		}
	}
	return out
}

// otherLiterals returns the literals that a value is compared with beside one: a letter's other case, and the others
// that the function and its tests know.
func (o *operators) otherLiterals(lit *ast.BasicLit) []string {
	var out []string
	known := map[token.Token][]string{token.INT: o.facts.ints, token.STRING: o.facts.strings, token.CHAR: o.facts.runes}[lit.Kind]
	if text, ok := unquote(lit.Value); ok && lit.Kind == token.CHAR && text != "" {
		for _, r := range otherCase([]rune(text)[0]) {
			out = append(out, strconv.QuoteRune(r))
		}
	}
	for _, text := range known {
		if text != lit.Value && len(out) < 3 {
			out = append(out, text)
		}
	}
	return out
}

// otherTests returns the calls of a test's family with the same argument.
func (o *operators) otherTests(call *ast.CallExpr) []string {
	f := o.calledFunc(call)
	if f == nil {
		return nil
	}
	var out []string
	for _, other := range o.relatives(f, call) {
		if other != f && inFamily(other.Name(), f.Name()) && sameSignature(other, f) && len(out) < 3 {
			head := other.Name()
			if sel, ok := call.Fun.(*ast.SelectorExpr); ok {
				head = o.text(sel.X) + "." + head
			}
			out = append(out, head+"("+o.text(call.Args[0])+")")
		}
	}
	return out
}
