package main

import (
	"go/ast"
	"go/types"
	"sync"
)

// fileFacts is what all functions of a file share. It is kept for the file asked about last.
type fileFacts struct {
	pkg     *Package
	file    *File
	called  []*types.Func // functions that the file names, in order
	calls   []callee      // calls as statements and as conditions
	keepers []*types.Func // functions of one argument that keep its type: those of the file, then the package's own
}

var fileFactsCache struct {
	sync.Mutex
	facts *fileFacts
}

// callWeight is what one call in the file adds to a function's weight.
const callWeight = 0.2

// fileFacts returns the facts of the function's file.
func (o *operators) fileFacts() *fileFacts {
	fileFactsCache.Lock()
	defer fileFactsCache.Unlock()
	if facts := fileFactsCache.facts; facts != nil && facts.pkg == o.pkg && facts.file == o.file {
		return facts
	}
	facts := &fileFacts{pkg: o.pkg, file: o.file}
	seen, index := map[*types.Func]bool{}, map[*types.Func]int{}
	ast.Inspect(o.file.AST, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Ident:
			if f, ok := o.info.Uses[n].(*types.Func); ok && !seen[f] {
				seen[f] = true
				facts.called = append(facts.called, f)
			}
		case *ast.ExprStmt:
			if call, ok := n.X.(*ast.CallExpr); ok {
				facts.calls = o.countCall(facts.calls, index, call, false)
			}
		case *ast.CallExpr:
			if isBoolean(o.typeOf(n)) {
				facts.calls = o.countCall(facts.calls, index, n, true)
			}
		}
		return true
	})
	facts.keepers = o.keepers(facts.called)
	fileFactsCache.facts = facts
	return facts
}

// countCall adds one call to a list of callees.
func (o *operators) countCall(list []callee, index map[*types.Func]int, call *ast.CallExpr, test bool) []callee {
	f := o.calledFunc(call)
	if f == nil {
		return list
	}
	sig := f.Type().(*types.Signature)
	if sig.TypeParams().Len() > 0 || sig.Variadic() || sig.Params().Len() > 3 {
		return list
	}
	if i, ok := index[f]; ok {
		list[i].weight += callWeight
		return list
	}
	index[f] = len(list)
	return append(list, callee{f, callWeight, test})
}

// calledFunc returns the function or method that a call names, nil for anything else.
func (o *operators) calledFunc(call *ast.CallExpr) *types.Func {
	var id *ast.Ident
	switch fun := call.Fun.(type) {
	case *ast.Ident:
		id = fun
	case *ast.SelectorExpr:
		id = fun.Sel
	default:
		return nil
	}
	f, _ := o.info.Uses[id].(*types.Func)
	return f
}

// keepers returns the functions of one argument whose result has its type.
func (o *operators) keepers(called []*types.Func) []*types.Func {
	var out []*types.Func
	seen := map[*types.Func]bool{}
	consider := func(f *types.Func) {
		sig := f.Type().(*types.Signature)
		if seen[f] || sig.Recv() != nil || sig.Variadic() || sig.TypeParams().Len() > 0 || sig.Params().Len() != 1 || sig.Results().Len() != 1 ||
			!types.Identical(sig.Params().At(0).Type(), sig.Results().At(0).Type()) {
			return
		}
		seen[f] = true
		out = append(out, f)
	}
	for _, f := range called {
		consider(f)
	}
	scope := o.pkg.Types.Scope()
	for _, name := range scope.Names() {
		if f, ok := scope.Lookup(name).(*types.Func); ok {
			consider(f)
		}
	}
	return out
}
