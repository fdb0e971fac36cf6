package main

import (
	"go/ast"
	"go/types"
	"slices"
	"strings"
)

// foreignGuards puts guards in front of a statement of the function's body that return what other functions of the file
// return for a failure, and guards with two conditions that return what this one does.
func (o *operators) foreignGuards(s ast.Stmt) {
	empty, crossed := o.emptyList(s), o.crossed(s)
	var conds []string
	if empty != "" {
		conds = append(conds, empty)
	}
	if crossed != "" {
		conds = append(conds, crossed)
	}
	both := ""
	if empty != "" && crossed != "" {
		both = crossed + " || " + empty
		conds = append(conds, both)
	}
	put := func(cond, exit string, weight float64) {
		o.insertLines("GUARD", "guard-foreign", s, weight, "if "+cond+" {", "\t"+exit, "}")
	}
	foreign := o.foreignReturns()
	for i, exit := range foreign {
		for _, cond := range conds {
			put(cond, exit, 1/float64(i+1))
		}
	}
	if exits := o.exitsAt(s.Pos()); both != "" && len(exits) > 0 && len(foreign) == 0 {
		put(both, exits[0], 0.5)
	}
}

// emptyList returns the check that the first list or text that a statement or the parameters name is empty, "" for none.
func (o *operators) emptyList(s ast.Stmt) string {
	for _, x := range o.operandsAt(s.Pos(), s) {
		if hasLen(x.t) {
			return "len(" + x.text + ") == 0"
		}
	}
	return ""
}

// crossed returns the check that the first two integers of a type among the parameters are not in order, "" for none.
func (o *operators) crossed(s ast.Stmt) string {
	sig := o.signatureAt()
	if sig == nil {
		return ""
	}
	var low *types.Var
	for i := range sig.Params().Len() {
		v := sig.Params().At(i)
		if v.Name() == "_" || v.Name() == "" || !isInteger(v.Type()) {
			continue
		}
		if _, found := o.pkg.Scope(o.file, s.Pos()).LookupParent(v.Name(), s.Pos()); found != v {
			continue
		}
		if low != nil && types.Identical(low.Type(), v.Type()) {
			return low.Name() + " > " + v.Name()
		}
		low = v
	}
	return ""
}

// foreignReturns returns the failures that other functions of the file with the same results return, those that this
// one does not: an error that is not nil, or false as the last of several results.
func (o *operators) foreignReturns() []string {
	results := o.facts.results
	if results == nil || results.Len() == 0 || o.inLiteral() {
		return nil
	}
	var out []string
	for _, d := range o.file.AST.Decls {
		fn, ok := d.(*ast.FuncDecl)
		if !ok || fn.Body == nil || fn == o.fn {
			continue
		}
		f, ok := o.info.Defs[fn.Name].(*types.Func)
		if !ok || !sameTypes(f.Type().(*types.Signature).Results(), results) {
			continue
		}
		ast.Inspect(fn.Body, func(n ast.Node) bool {
			ret, ok := n.(*ast.ReturnStmt)
			if ok && len(out) < maxForeign && len(ret.Results) == results.Len() && o.isFailure(ret) && o.isGlobal(ret) &&
				!slices.Contains(out, o.text(ret)) && !o.returnsToo(o.text(ret)) {
				out = append(out, o.text(ret))
			}
			_, lit := n.(*ast.FuncLit)
			return !lit
		})
	}
	return out
}

// sameTypes tells whether two lists of results have the same types.
func sameTypes(a, b *types.Tuple) bool {
	for i := range min(a.Len(), b.Len()) {
		if !types.Identical(a.At(i).Type(), b.At(i).Type()) {
			return false
		}
	}
	return a.Len() == b.Len()
}

// isFailure tells whether a return hands back an error, or false behind other results, on one short line.
func (o *operators) isFailure(ret *ast.ReturnStmt) bool {
	last := ret.Results[len(ret.Results)-1]
	text := o.text(last)
	failed := isError(o.facts.results.At(len(ret.Results)-1).Type()) && text != "nil" || text == "false" && len(ret.Results) > 1
	return failed && len(o.text(ret)) < 80 && !strings.Contains(o.text(ret), "\n")
}

// isGlobal tells whether all names of a node mean the same anywhere in the file.
func (o *operators) isGlobal(n ast.Node) bool {
	global := true
	ast.Inspect(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			global = global && o.isGlobal(n.X)
			return false
		case *ast.FuncLit:
			global = false
		case *ast.Ident:
			obj := o.info.Uses[n]
			_, imported := obj.(*types.PkgName)
			global = global && obj != nil && (imported || obj.Parent() == types.Universe || obj.Parent() == o.pkg.Types.Scope())
		}
		return global
	})
	return global
}

// returnsToo tells whether the function itself has a return statement already.
func (o *operators) returnsToo(text string) bool {
	return slices.ContainsFunc(o.facts.exits, func(s ast.Stmt) bool { return o.text(s) == text })
}
