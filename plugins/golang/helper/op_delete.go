package main

import (
	"bytes"
	"go/ast"
	"go/token"
	"go/types"
)

// deleteOps removes statements, guards, else branches and cases.
func deleteOps(o *operators, n ast.Node) {
	s, ok := n.(ast.Stmt)
	if !ok {
		return
	}
	if isListOwner(o.parent(1)) {
		o.deleteStatement(s)
	}
	if s, ok := s.(*ast.IfStmt); ok && s.Else != nil {
		o.deleteElse(s)
	}
}

// deleteStatement removes a whole statement with its lines when nothing declared in it is needed later.
func (o *operators) deleteStatement(s ast.Stmt) {
	if !o.deletable(s) {
		return
	}
	op, rule, weight := "DELETE", "delete-statement", 1.0
	switch s := s.(type) {
	case *ast.IfStmt:
		rule = "delete-if"
		if exits(s.Body) && s.Else == nil {
			rule = "delete-guard"
		}
	case *ast.ReturnStmt, *ast.BranchStmt:
		rule, weight = "delete-exit", 1.2
	case *ast.ForStmt, *ast.RangeStmt, *ast.SwitchStmt, *ast.TypeSwitchStmt, *ast.SelectStmt:
		weight = 0.3
	case *ast.CaseClause, *ast.CommClause:
		rule, weight = "delete-case", 0.6
	case *ast.DeferStmt, *ast.GoStmt:
		rule = "delete-defer"
	}
	start, end := o.lineSpan(s)
	o.emit(op, rule, s, weight, Edit{start, end, ""})
}

// lineSpan returns the bytes of the statement's whole lines when it has them for itself, else of the statement
// with the separator behind it.
func (o *operators) lineSpan(s ast.Node) (int, int) {
	start, end := o.off(s.Pos()), o.off(s.End())
	lineStart := bytes.LastIndexByte(o.src[:start], '\n') + 1
	rest := bytes.IndexByte(o.src[end:], '\n')
	if rest < 0 {
		return start, end
	}
	tail := bytes.TrimLeft(o.src[end:end+rest], " \t;")
	if len(bytes.TrimSpace(o.src[lineStart:start])) == 0 && (len(tail) == 0 || bytes.HasPrefix(tail, []byte("//"))) {
		return lineStart, end + rest + 1
	}
	for end < len(o.src) && (o.src[end] == ';' || o.src[end] == ' ') {
		end++
	}
	return start, end
}

// deletable tells whether the function still type-checks without s, as far as declarations, last reads and the
// terminating statement tell.
func (o *operators) deletable(s ast.Stmt) bool {
	switch s := s.(type) {
	case *ast.LabeledStmt, *ast.EmptyStmt:
		return false
	case *ast.ReturnStmt:
		if len(s.Results) > 0 && o.isTerminal(s) {
			return false
		}
	case *ast.AssignStmt:
		if s.Tok == token.DEFINE && o.declaresUsed(s) {
			return false
		}
	case *ast.DeclStmt:
		if o.declaresUsed(s) {
			return false
		}
	case *ast.CaseClause:
		if s.List == nil && o.isTerminal(o.parent(2)) {
			return false
		}
	}
	if o.facts.results != nil && o.facts.results.Len() > 0 && o.isTerminal(s) {
		return false
	}
	return !o.readsLast(s)
}

// declaresUsed tells whether a statement declares a name that is used outside it.
func (o *operators) declaresUsed(s ast.Stmt) bool {
	declared := map[types.Object]bool{}
	ast.Inspect(s, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			if obj := o.info.Defs[id]; obj != nil {
				declared[obj] = true
			}
		}
		return true
	})
	used := false
	ast.Inspect(o.fn.Body, func(n ast.Node) bool {
		if n == s {
			return false
		}
		if id, ok := n.(*ast.Ident); ok && declared[o.info.Uses[id]] {
			used = true
		}
		return !used
	})
	return used
}

// readsLast tells whether s holds every read of a local variable declared outside it, or of an import.
func (o *operators) readsLast(s ast.Node) bool { return o.readsAll(s, nil) }

// readsAll tells whether dropping node s but keeping node kept would leave a local variable or import unused.
func (o *operators) readsAll(s, kept ast.Node) bool {
	reads := map[types.Object]int{}
	targets := assignTargets(s)
	ast.Inspect(s, func(n ast.Node) bool {
		if n != nil && n == kept {
			return false
		}
		if id, ok := n.(*ast.Ident); ok && !targets[id] {
			if obj := o.info.Uses[id]; obj != nil {
				reads[obj]++
			}
		}
		return true
	})
	for obj, count := range reads {
		switch obj := obj.(type) {
		case *types.Var:
			inside := obj.Pos() >= s.Pos() && obj.Pos() < s.End() && kept == nil
			if o.isLocal(obj) && !o.isParam(obj) && !inside && o.facts.reads[obj] <= count {
				return true
			}
		case *types.PkgName:
			if o.facts.reads[obj] <= count && o.importReads(obj) <= count {
				return true
			}
		}
	}
	return false
}

// importReads returns how often the file uses an import.
func (o *operators) importReads(name *types.PkgName) int {
	if o.facts.imports == nil {
		o.facts.imports = map[types.Object]int{}
		for _, d := range o.file.AST.Decls {
			ast.Inspect(d, func(n ast.Node) bool {
				if id, ok := n.(*ast.Ident); ok {
					if p, ok := o.info.Uses[id].(*types.PkgName); ok {
						o.facts.imports[p]++
					}
				}
				return true
			})
		}
	}
	return o.facts.imports[name]
}

// isTerminal tells whether n is (the end of) what makes the function or a function literal end in a return.
func (o *operators) isTerminal(n ast.Node) bool {
	at := len(o.stack) - 1
	for at >= 0 && o.stack[at] != n {
		at--
	}
	for i := at; i > 0; i-- {
		switch p := o.stack[i-1].(type) {
		case *ast.BlockStmt:
			if len(p.List) == 0 || p.List[len(p.List)-1] != o.stack[i] {
				return false
			}
			switch o.parentOf(i - 1).(type) {
			case *ast.FuncDecl, *ast.FuncLit:
				return true
			case *ast.ForStmt, *ast.RangeStmt:
				return false
			}
		case *ast.CaseClause:
			if p.Body[len(p.Body)-1] != o.stack[i] {
				return false
			}
			i-- // the clause's block is not a list that must end in it
		case *ast.IfStmt:
			if p.Else == nil {
				return false
			}
		case *ast.LabeledStmt, *ast.SwitchStmt, *ast.TypeSwitchStmt, *ast.SelectStmt:
		default:
			return false
		}
	}
	return false
}

// parentOf returns the parent of stack element i.
func (o *operators) parentOf(i int) ast.Node {
	if i > 0 {
		return o.stack[i-1]
	}
	return nil
}

// exits tells whether a block ends by leaving the place: return, break, continue, goto or panic.
func exits(b *ast.BlockStmt) bool {
	if len(b.List) == 0 {
		return false
	}
	switch s := b.List[len(b.List)-1].(type) {
	case *ast.ReturnStmt, *ast.BranchStmt:
		return true
	case *ast.ExprStmt:
		if call, ok := s.X.(*ast.CallExpr); ok {
			id, ok := call.Fun.(*ast.Ident)
			return ok && id.Name == "panic"
		}
	}
	return false
}

// deleteElse drops an else branch, and keeps the branch without the if.
func (o *operators) deleteElse(s *ast.IfStmt) {
	if o.isTerminal(s) && o.facts.results != nil && o.facts.results.Len() > 0 {
		return
	}
	if !o.readsLast(s.Else) {
		o.emit("CTRL", "else-drop", s, 1, Edit{o.off(s.Body.End()), o.off(s.Else.End()), ""})
	}
}
