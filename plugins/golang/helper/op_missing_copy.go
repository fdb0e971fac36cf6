package main

import (
	"go/ast"
	"go/token"
	"go/types"
	"strconv"
	"strings"
)

// Limits of the copies made of one statement.
const (
	maxCopyLines = 6 // lines of the statement
	maxCopies    = 5
	maxPartners  = 2 // names that go with one
)

// partnerNames are names that go in pairs, alone or as a part of others.
var partnerNames = [][2]string{
	{"left", "right"}, {"first", "second"}, {"x", "y"}, {"lo", "hi"}, {"low", "high"}, {"row", "col"}, {"l", "r"}, {"i", "j"},
	{"a", "b"}, {"start", "end"}, {"min", "max"}, {"src", "dst"}, {"from", "to"}, {"prev", "next"}, {"head", "tail"}, {"top", "bottom"},
	{"width", "height"}, {"w", "h"}, {"slow", "fast"}, {"odd", "even"}, {"pos", "neg"}, {"key", "value"}, {"rows", "cols"}, {"before", "after"},
}

// oppositeStep is the other one of ++ and --.
var oppositeStep = map[token.Token]string{token.INC: "--", token.DEC: "++"}

// parallel writes a statement once more behind it for the names that go with its own: the second of two pointers, the
// other list, the other side, the other index.
func (o *operators) parallel(s ast.Stmt, list []ast.Stmt) {
	if !o.copied(s) {
		return
	}
	have := map[string]bool{}
	for _, other := range list {
		have[o.text(other)] = true
	}
	left := maxCopies
	put := func(rule, text string, weight float64) {
		if text != "" && !have[text] && left > 0 {
			left--
			have[text] = true
			flat := strings.ReplaceAll(text, "\n"+o.indent(o.off(s.Pos())), "\n")
			o.appendLines(insertClass(s), rule, s, weight, strings.Split(flat, "\n")...)
		}
	}
	if assign, ok := s.(*ast.AssignStmt); ok {
		o.otherFields(assign, put)
		o.elementsBeside(assign, put)
	}
	order := o.named(s)
	partners := make([][]types.Object, len(order))
	for i, obj := range order {
		partners[i] = o.partners(obj, s)
	}
	o.copyPairs(s, order, partners, put)
	for i, obj := range order {
		for _, other := range partners[i] {
			text := o.renamed(s, map[types.Object]string{obj: other.Name()})
			put("insert-parallel", text, 1)
			if step, ok := s.(*ast.IncDecStmt); ok {
				put("insert-parallel", strings.TrimSuffix(text, step.Tok.String())+oppositeStep[step.Tok], 1)
			}
		}
	}
	if bodyOf(s) != nil {
		o.copyOthers(s, order, put)
	}
}

// copied tells whether a statement is worth writing once more: short, and what it declares stays in it.
func (o *operators) copied(s ast.Stmt) bool {
	if o.line(s.End())-o.line(s.Pos()) >= maxCopyLines {
		return false
	}
	switch s := s.(type) {
	case *ast.AssignStmt:
		return s.Tok != token.DEFINE && len(s.Lhs) == 1
	case *ast.ExprStmt, *ast.IncDecStmt, *ast.ForStmt, *ast.RangeStmt:
		return true
	case *ast.IfStmt:
		return s.Else == nil
	}
	return false
}

// named returns the local variables from outside of a statement and the fields that it names, in order.
func (o *operators) named(s ast.Stmt) []types.Object {
	var out []types.Object
	seen := map[types.Object]bool{}
	ast.Inspect(s, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		if !ok {
			return true
		}
		v, ok := o.info.Uses[id].(*types.Var)
		if ok && !seen[v] && (v.IsField() || o.isLocal(v)) && (v.Pos() < s.Pos() || v.Pos() >= s.End()) {
			seen[v] = true
			out = append(out, v)
		}
		return true
	})
	return out
}

// partners returns what goes with a variable or field at a statement that does not name it: of the same type, and
// declared together with it or of a name that forms a pair with its own.
func (o *operators) partners(obj types.Object, s ast.Stmt) []types.Object {
	var out []types.Object
	text := o.text(s)
	fits := func(other types.Object) bool {
		return other != obj && len(out) < maxPartners && types.Identical(other.Type(), obj.Type()) && !mentions(text, other.Name())
	}
	if obj.(*types.Var).IsField() {
		for _, f := range o.siblingFields(obj, s) {
			if fits(f) && pairedNames(f.Name(), obj.Name()) {
				out = append(out, f)
			}
		}
		return out
	}
	for _, v := range o.localVars() {
		if fits(v) && (o.line(v.Pos()) == o.line(obj.Pos()) || pairedNames(v.Name(), obj.Name())) && o.reaches(v, s) {
			out = append(out, v)
		}
	}
	return out
}

// reaches tells whether a variable's name means it at a statement.
func (o *operators) reaches(v types.Object, s ast.Stmt) bool {
	_, found := o.pkg.Scope(o.file, s.Pos()).LookupParent(v.Name(), s.Pos())
	return found == v
}

// siblingFields returns the fields of the struct that a statement selects a field of.
func (o *operators) siblingFields(field types.Object, s ast.Stmt) []types.Object {
	var out []types.Object
	ast.Inspect(s, func(n ast.Node) bool {
		if sel, ok := n.(*ast.SelectorExpr); ok && out == nil && o.info.Uses[sel.Sel] == field {
			for _, f := range structFields(o.typeOf(sel.X)) {
				if f.Exported() || f.Pkg() == o.pkg.Types {
					out = append(out, f)
				}
			}
		}
		return out == nil
	})
	return out
}

// pairedNames tells whether two names form a pair: by their words, or by a number or letter at their ends.
func pairedNames(a, b string) bool {
	a, b = strings.ToLower(a), strings.ToLower(b)
	for _, pair := range partnerNames {
		for i := range pair {
			if at := strings.Index(a, pair[i]); at >= 0 && (len(pair[i]) > 1 || len(a) == 1 || at == 0 || at == len(a)-1) &&
				a[:at]+pair[1-i]+a[at+len(pair[i]):] == b {
				return true
			}
		}
	}
	digit := strings.TrimRight(a, "0123456789")
	return digit != "" && (digit != a || b != strings.TrimRight(b, "0123456789")) && digit == strings.TrimRight(b, "0123456789")
}

// renamed returns a statement with other names in it, "" when it has none of them.
func (o *operators) renamed(s ast.Stmt, names map[types.Object]string) string {
	edits := o.renaming(s, names)
	if len(edits) == 0 {
		return ""
	}
	return applyEdits(o.text(s), shifted(edits, o.off(s.Pos())))
}

// copyPairs renames two names at once to those that go with them, and exchanges two variables or two fields of one
// type.
func (o *operators) copyPairs(s ast.Stmt, order []types.Object, partners [][]types.Object, put func(rule, text string, weight float64)) {
	for i, v := range order {
		for k, w := range order[i+1:] {
			for _, other := range partners[i] {
				for _, second := range partners[i+1+k] {
					if other != second {
						put("insert-parallel-two", o.renamed(s, map[types.Object]string{v: other.Name(), w: second.Name()}), 1)
					}
				}
			}
			if v.(*types.Var).IsField() == w.(*types.Var).IsField() && types.Identical(v.Type(), w.Type()) && o.exchangeable(s) {
				put("insert-parallel-mirror", o.renamed(s, map[types.Object]string{v: w.Name(), w: v.Name()}), 1)
			}
		}
	}
}

// exchangeable tells whether a statement says something else with two of its names exchanged: it checks, or fills a
// place of a table from what else it names.
func (o *operators) exchangeable(s ast.Stmt) bool {
	switch s := s.(type) {
	case *ast.IfStmt:
		return exits(s.Body)
	case *ast.AssignStmt:
		if _, ok := s.Lhs[0].(*ast.IndexExpr); !ok {
			return false
		}
		_, element := s.Rhs[0].(*ast.IndexExpr)
		return !element
	}
	return false
}

// copyOthers renames a variable of a whole loop or if to the others of its type.
func (o *operators) copyOthers(s ast.Stmt, order []types.Object, put func(rule, text string, weight float64)) {
	text := o.text(s)
	for _, obj := range order {
		if obj.(*types.Var).IsField() || isBoolean(obj.Type()) {
			continue
		}
		for _, v := range o.localVars() {
			if types.Identical(v.Type(), obj.Type()) && !mentions(text, v.Name()) && o.reaches(v, s) {
				put("insert-parallel-block", o.renamed(s, map[types.Object]string{obj: v.Name()}), 1)
				break
			}
		}
	}
}

// otherFields sets the other fields of a struct from the variables of their names, as the statement does with one.
func (o *operators) otherFields(s *ast.AssignStmt, put func(rule, text string, weight float64)) {
	sel, ok := s.Lhs[0].(*ast.SelectorExpr)
	if !ok || !strings.EqualFold(sel.Sel.Name, o.text(s.Rhs[0])) {
		return
	}
	for _, f := range structFields(o.typeOf(sel.X)) {
		for _, v := range o.localVars() {
			if f.Name() != sel.Sel.Name && strings.EqualFold(v.Name(), f.Name()) && fits(v.Type(), f.Type()) && o.reaches(v, s) {
				put("insert-parallel-field", o.text(sel.X)+"."+f.Name()+" = "+v.Name(), 1)
			}
		}
	}
}

// elementsBeside sets the next and the last element of a list like its element at a number.
func (o *operators) elementsBeside(s *ast.AssignStmt, put func(rule, text string, weight float64)) {
	index, ok := s.Lhs[0].(*ast.IndexExpr)
	if !ok || s.Tok != token.ASSIGN {
		return
	}
	lit, ok := index.Index.(*ast.BasicLit)
	if _, isMap := under(o.typeOf(index.X)).(*types.Map); isMap || !ok || lit.Kind != token.INT {
		return
	}
	with := func(text string) string {
		return applyEdits(o.text(s), []Edit{{o.off(lit.Pos()) - o.off(s.Pos()), o.off(lit.End()) - o.off(s.Pos()), text}})
	}
	if n, err := strconv.Atoi(lit.Value); err == nil {
		put("insert-parallel-index", with(strconv.Itoa(n+1)), 1)
	}
	if lit.Value == "0" && isSimple(index.X) {
		put("insert-parallel-index", with("len("+o.text(index.X)+")-1"), 1)
	}
}
