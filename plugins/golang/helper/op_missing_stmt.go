package main

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"
)

// missingStatementOps puts back the statements that a habit asks for behind others: taking what was looked at, the
// first element of a table, the parallel statement, the second half of a recursion, and what ends a step of a loop.
func missingStatementOps(o *operators, n ast.Node) {
	if !isListOwner(n) {
		return
	}
	list := stmtList(n)
	o.endOfStep(n, list)
	for i, s := range list {
		if isClause(s) || leaves(s) || o.line(s.End())+1 < o.first || o.line(s.Pos())-1 > o.last {
			continue
		}
		o.takeRead(s, list[i+1:])
		if i+1 == len(list) && o.isFuncEnd(n) {
			continue // what ends a function with results stays its end
		}
		o.firstElement(list[i:])
		o.parallel(s, list)
		o.otherHalf(s)
		o.markSeen(s, list[i+1:])
		o.undo(list, i)
	}
}

// isFuncEnd tells whether a list is the body of a function with results.
func (o *operators) isFuncEnd(n ast.Node) bool {
	switch p := o.parent(1).(type) {
	case *ast.FuncDecl:
		return n == p.Body && p.Type.Results != nil
	case *ast.FuncLit:
		return p.Type.Results != nil
	}
	return false
}

// putBehind emits a statement behind s.
func (o *operators) putBehind(rule string, s ast.Stmt, weight float64, lines ...string) {
	o.appendLines("INSERT", rule, s, weight, lines...)
}

// putLast emits a statement as the last of a list, in front of a continue.
func (o *operators) putLast(rule string, list []ast.Stmt, weight float64, line string) {
	if len(list) == 0 {
		return
	}
	last := list[len(list)-1]
	if branch, ok := last.(*ast.BranchStmt); ok && branch.Tok == token.CONTINUE {
		o.insertLines("INSERT", rule, last, weight, line)
	} else if !leaves(last) {
		o.putBehind(rule, last, weight, line)
	}
}

// endRead is a list of which a statement reads the first or the last element, and the list without it.
type endRead struct {
	list ast.Expr
	rest string
}

// endsRead returns the ends of lists that a node reads; a written element is none.
func (o *operators) endsRead(n ast.Node) []endRead {
	var out []endRead
	written := map[ast.Node]bool{}
	ast.Inspect(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.AssignStmt:
			for _, e := range n.Lhs {
				written[e] = true
			}
		case *ast.UnaryExpr:
			written[n.X] = n.Op == token.AND
		case *ast.IndexExpr:
			if rest := o.withoutEnd(n); rest != "" && !written[n] {
				out = append(out, endRead{ast.Unparen(n.X), rest})
			}
		}
		return true
	})
	return out
}

// withoutEnd returns the list of x[0] or x[len(x)-1] without that element, "" for any other element.
func (o *operators) withoutEnd(n *ast.IndexExpr) string {
	x, list := o.text(n.X), ast.Unparen(n.X)
	if _, slice := under(o.typeOf(list)).(*types.Slice); !slice || !isSimple(list) || !o.assignable(list) {
		return ""
	}
	if v := o.info.Types[n.Index].Value; v != nil && v.String() == "0" {
		return x + "[1:]"
	}
	last, ok := n.Index.(*ast.BinaryExpr)
	if ok && last.Op == token.SUB && o.text(last.Y) == "1" && o.text(o.defined(last.X)) == "len("+o.text(list)+")" {
		return x + "[:" + o.text(n.Index) + "]"
	}
	return ""
}

// defined returns what a local variable is declared with, and any other expression as it is.
func (o *operators) defined(e ast.Expr) ast.Expr {
	id, ok := e.(*ast.Ident)
	if !ok || o.info.Uses[id] == nil {
		return e
	}
	ast.Inspect(o.fn.Body, func(n ast.Node) bool {
		if s, ok := n.(*ast.AssignStmt); ok && s.Tok == token.DEFINE && len(s.Lhs) == len(s.Rhs) {
			for i, left := range s.Lhs {
				if name, ok := left.(*ast.Ident); ok && o.info.Defs[name] == o.info.Uses[id] {
					e = s.Rhs[i]
				}
			}
		}
		return true
	})
	return e
}

// takeRead takes the element at the end of a list that a statement, or the head of an if or a loop, reads.
func (o *operators) takeRead(s ast.Stmt, rest []ast.Stmt) {
	var cond ast.Node
	body := bodyOf(s)
	switch s := s.(type) {
	case *ast.AssignStmt, *ast.ExprStmt, *ast.SendStmt:
		cond = s
	case *ast.IfStmt:
		cond = s.Cond
	case *ast.ForStmt:
		if s.Cond != nil {
			cond = s.Cond
		}
	}
	if cond == nil {
		return
	}
	for _, read := range o.endsRead(cond) {
		list := o.text(read.list)
		if body != nil && o.reslices(body, list) || o.taken(list, read.rest, rest) {
			continue
		}
		_, loop := s.(*ast.ForStmt)
		rule, line := "insert-taken-once", list+" = "+read.rest
		if star, ok := o.defined(read.list).(*ast.StarExpr); ok {
			rule, line = "insert-taken", o.text(star)+" = "+read.rest
		} else if loop || o.isQueue(list) {
			rule = "insert-taken"
		} else if v, ok := o.info.Uses[rootIdent(read.list)].(*types.Var); !ok || isIdent(read.list) && o.isLocal(v) && !o.readBehind(v, s, o.fn) {
			continue // nothing looks at the list again
		}
		if body == nil || !loop && exits(body) {
			o.putBehind(rule, s, 1, line)
		} else {
			o.putLast(rule, body.List, 1, line)
		}
	}
}

// isIdent tells whether an expression is a plain name.
func isIdent(e ast.Expr) bool {
	_, ok := e.(*ast.Ident)
	return ok
}

// taken tells whether the statements behind take an element off a list before they read the same one again.
func (o *operators) taken(list, end string, behind []ast.Stmt) bool {
	for _, s := range behind {
		if o.reslices(s, list) {
			return true
		}
		for _, read := range o.endsRead(s) {
			if read.rest == end {
				_, simple := s.(*ast.AssignStmt)
				return simple && !o.reslicedBehind(list, behind)
			}
		}
	}
	return false
}

// reslicedBehind tells whether any of some statements takes elements off a list.
func (o *operators) reslicedBehind(list string, behind []ast.Stmt) bool {
	for _, s := range behind {
		if o.reslices(s, list) {
			return true
		}
	}
	return false
}

// reslices tells whether a node sets a list to a part of it.
func (o *operators) reslices(n ast.Node, list string) bool {
	found := false
	ast.Inspect(n, func(n ast.Node) bool {
		if s, ok := n.(*ast.AssignStmt); ok && len(s.Lhs) == len(s.Rhs) {
			for i, e := range s.Lhs {
				part, ok := s.Rhs[i].(*ast.SliceExpr)
				found = found || ok && o.text(e) == list && o.text(ast.Unparen(part.X)) == list
			}
		}
		return !found
	})
	return found
}

// isQueue tells whether a list is filled and emptied by turns: a loop around the place waits for it or has it appended
// to, or a field of its name is appended to in the file.
func (o *operators) isQueue(list string) bool {
	if dot := strings.LastIndexByte(list, '.'); dot > 0 {
		return strings.Contains(string(o.src), list[dot:]+" = append(")
	}
	for _, n := range o.stack {
		loop, isLoop := n.(*ast.ForStmt)
		if isLoop && loop.Cond != nil && strings.Contains(o.text(loop.Cond), "len("+list+")") && loop.Post == nil {
			return true
		}
		if _, ranges := n.(*ast.RangeStmt); (isLoop || ranges) && strings.Contains(o.text(n), list+" = append("+list) {
			return true
		}
	}
	return false
}
