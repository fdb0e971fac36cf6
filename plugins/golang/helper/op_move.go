package main

import (
	"go/ast"
	"go/token"
	"go/types"
)

// moveOps moves statements: exchanges neighbours, and takes a statement into the block beside it or out of its own.
func moveOps(o *operators, n ast.Node) {
	s, ok := n.(ast.Stmt)
	if !ok || !isListOwner(o.parent(1)) || isClause(s) {
		return
	}
	list := stmtList(o.parent(1))
	at := -1
	for i := range list {
		if list[i] == s {
			at = i
		}
	}
	if at+1 < len(list) {
		o.exchange(s, list[at+1])
		o.moveInto(s, list[at+1], false)
		o.moveInto(list[at+1], s, true)
	}
	if at+2 < len(list) && !leaves(list[at+2]) {
		o.exchange(s, list[at+2])
	}
	o.moveOut(s, list, at)
}

// dependent tells whether exchanging two statements would use a name before its declaration or strand code.
func (o *operators) dependent(a, b ast.Stmt) bool {
	if leaves(b) || leaves(a) {
		return true
	}
	if l, ok := a.(*ast.LabeledStmt); ok && l != nil {
		return true
	}
	if l, ok := b.(*ast.LabeledStmt); ok && l != nil {
		return true
	}
	declared := map[types.Object]bool{}
	for _, obj := range o.declaredBy(a) {
		declared[obj] = true
	}
	if len(declared) == 0 {
		return false
	}
	used := false
	ast.Inspect(b, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && declared[o.info.Uses[id]] {
			used = true
		}
		return !used
	})
	return used
}

// declaredBy returns what a statement declares for the statements behind it.
func (o *operators) declaredBy(s ast.Stmt) []types.Object {
	var out []types.Object
	collect := func(id *ast.Ident) {
		if obj := o.info.Defs[id]; obj != nil {
			out = append(out, obj)
		}
	}
	switch s := s.(type) {
	case *ast.AssignStmt:
		for _, e := range s.Lhs {
			if id, ok := e.(*ast.Ident); ok {
				collect(id)
			}
		}
	case *ast.DeclStmt:
		ast.Inspect(s, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok {
				collect(id)
			}
			return true
		})
	}
	return out
}

// redeclares tells whether an assignment with := needs an earlier one for part of its left side.
func (o *operators) redeclares(s ast.Stmt) bool {
	a, ok := s.(*ast.AssignStmt)
	return ok && a.Tok == token.DEFINE && len(o.declaredBy(s)) < len(a.Lhs)
}

// exchange swaps two statements of one list.
func (o *operators) exchange(a, b ast.Stmt) {
	if o.dependent(a, b) || o.redeclares(a) || o.redeclares(b) {
		return
	}
	weight := 1.0
	if o.line(b.End())-o.line(a.Pos()) > 6 {
		weight = 0.3
	}
	o.emit("MOVE", "move-exchange", a, weight, Edit{o.off(a.Pos()), o.off(a.End()), o.text(b)}, Edit{o.off(b.Pos()), o.off(b.End()), o.text(a)})
}

// bodyOf returns the block a statement can be moved into, nil for none.
func bodyOf(s ast.Stmt) *ast.BlockStmt {
	switch s := s.(type) {
	case *ast.IfStmt:
		return s.Body
	case *ast.ForStmt:
		return s.Body
	case *ast.RangeStmt:
		return s.Body
	}
	return nil
}

// movable tells whether a statement can change blocks: it declares nothing that others need.
func (o *operators) movable(s ast.Stmt) bool {
	switch s := s.(type) {
	case *ast.ExprStmt, *ast.IncDecStmt, *ast.SendStmt, *ast.DeferStmt:
		return true
	case *ast.AssignStmt:
		return s.Tok != token.DEFINE
	case *ast.BranchStmt:
		return s.Label == nil && s.Tok != token.FALLTHROUGH && s.Tok != token.GOTO
	case *ast.ReturnStmt:
		return len(s.Results) == 0 || !o.isTerminal(s)
	}
	return false
}

// moveInto moves statement s into the block of its neighbour: to the front when s stands before it, to the end when
// s stands behind it.
func (o *operators) moveInto(s, neighbour ast.Stmt, behind bool) {
	body := bodyOf(neighbour)
	if body == nil || len(body.List) == 0 || !o.movable(s) {
		return
	}
	start, end := o.lineSpan(s)
	indent := o.indent(o.off(s.Pos())) + "\t"
	line := indent + o.text(s) + "\n"
	if behind {
		if leaves(body.List[len(body.List)-1]) {
			return
		}
		_, at := o.lineSpan(body.List[len(body.List)-1])
		if at > start || o.src[at-1] != '\n' {
			return
		}
		o.emit("MOVE", "move-into", s, 1, Edit{at, at, line}, Edit{start, end, ""})
		return
	}
	if leaves(s) {
		return
	}
	at, _ := o.lineSpan(body.List[0])
	if at < end || at > 0 && o.src[at-1] != '\n' {
		return
	}
	o.emit("MOVE", "move-into", s, 1, Edit{start, end, ""}, Edit{at, at, line})
}

// moveOut moves the first statement of a block in front of it, and the last one behind it.
func (o *operators) moveOut(s ast.Stmt, list []ast.Stmt, at int) {
	if !o.movable(s) || len(list) < 2 {
		return
	}
	outer := o.ownerOf()
	if outer == nil {
		return
	}
	start, end := o.lineSpan(s)
	line := o.indent(o.off(outer.Pos())) + o.text(s) + "\n"
	outerStart, outerEnd := o.lineSpan(outer)
	if at == 0 && o.resolves(s, outer.Pos()) && !leaves(s) {
		o.emit("MOVE", "move-out", s, 1, Edit{outerStart, outerStart, line}, Edit{start, end, ""})
	}
	if at == len(list)-1 && o.resolves(s, outer.End()) && outerEnd > end {
		if _, branch := s.(*ast.BranchStmt); !branch || o.loopAbove(outer) {
			o.emit("MOVE", "move-out", s, 1, Edit{start, end, ""}, Edit{outerEnd, outerEnd, line})
		}
	}
}

// ownerOf returns the if or loop whose block holds the current statement, when it stands in a list itself.
func (o *operators) ownerOf() ast.Stmt {
	i := len(o.stack) - 3
	if i < 1 {
		return nil
	}
	s, ok := o.stack[i].(ast.Stmt)
	if !ok || bodyOf(s) == nil || bodyOf(s) != o.stack[i+1] || !isListOwner(o.stack[i-1]) {
		return nil
	}
	if branch, ok := s.(*ast.IfStmt); ok && branch.Else != nil {
		return nil
	}
	return s
}

// loopAbove tells whether a loop of the same function is around a statement of the stack.
func (o *operators) loopAbove(s ast.Stmt) bool {
	for i := len(o.stack) - 1; i > 0; i-- {
		if o.stack[i] != s {
			continue
		}
		for i--; i > 0; i-- {
			switch o.stack[i].(type) {
			case *ast.ForStmt, *ast.RangeStmt:
				return true
			case *ast.FuncLit:
				return false
			}
		}
	}
	return false
}
