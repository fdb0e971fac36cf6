package main

import (
	"go/ast"
	"go/token"
	"go/types"
)

// drain handles what a loop leaves over: the rest of a list that an index walks through beside the loop, as when two
// sorted lists are merged.
func (m *maker) drain(loop ast.Stmt) {
	body := bodyOf(loop)
	if _, isIf := loop.(*ast.IfStmt); body == nil || isIf || m.thin {
		return
	}
	ast.Inspect(loop, func(n ast.Node) bool {
		f, ok := n.(*ast.ForStmt)
		if !ok {
			_, literal := n.(*ast.FuncLit)
			return !literal
		}
		if f.Cond == nil {
			return true
		}
		for _, c := range operands(f.Cond, token.LAND) {
			index, list := m.walked(c)
			if index == nil || !m.resolves(index, m.pos) || !m.resolves(list, m.pos) {
				continue
			}
			rest := m.text(list) + "[" + m.text(index) + ":]"
			for i, name := range m.grown(body, m.typeOf(list)) {
				m.add("INSERT", "insert-drain", name+" = append("+name+", "+rest+"...)", 1/float64(i+1), false)
			}
			if f != loop && m.resolves(f.Body, m.pos) && m.line(f.End())-m.line(f.Pos()) <= maxFlat {
				m.add("INSERT", "insert-drain-loop", "for "+m.text(c)+" "+m.flatSpan(f.Body.Pos(), f.Body.End()), 1, false)
			}
		}
		return true
	})
}

// walked returns the index and the list of a condition i < len(list), nil for any other.
func (o *operators) walked(e ast.Expr) (index, list ast.Expr) {
	b, ok := e.(*ast.BinaryExpr)
	if !ok || b.Op != token.LSS && b.Op != token.NEQ {
		return nil, nil
	}
	call, ok := b.Y.(*ast.CallExpr)
	if !ok || !isBuiltinCall(call, "len") || len(call.Args) != 1 || !isSimple(call.Args[0]) || !isSimple(b.X) {
		return nil, nil
	}
	if _, slice := under(o.typeOf(call.Args[0])).(*types.Slice); !slice {
		return nil, nil
	}
	return b.X, call.Args[0]
}

// grown returns the lists of a type that a block appends to.
func (o *operators) grown(body *ast.BlockStmt, t types.Type) []string {
	var out []string
	seen := map[string]bool{}
	ast.Inspect(body, func(n ast.Node) bool {
		a, ok := n.(*ast.AssignStmt)
		if !ok || len(a.Lhs) != 1 || len(a.Rhs) != 1 || !isBuiltinCall(a.Rhs[0], "append") {
			return true
		}
		if name := o.text(a.Lhs[0]); types.Identical(under(o.typeOf(a.Lhs[0])), under(t)) && !seen[name] {
			seen[name] = true
			out = append(out, name)
		}
		return true
	})
	return out
}
