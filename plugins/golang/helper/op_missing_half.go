package main

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"
)

// otherHalf calls the function once more behind a recursive call for the half that the call leaves out.
func (o *operators) otherHalf(s ast.Stmt) {
	switch s := s.(type) {
	case *ast.ExprStmt:
	case *ast.AssignStmt:
		if s.Tok == token.DEFINE {
			return
		}
	default:
		return
	}
	ast.Inspect(s, func(n ast.Node) bool {
		if _, lit := n.(*ast.FuncLit); lit {
			return false
		}
		if call, ok := n.(*ast.CallExpr); ok {
			if params := o.recursive(call); params != nil {
				o.halfBetween(s, call, params)
				o.halfOfList(s, call)
			}
		}
		return true
	})
}

// recursive returns the parameters of the function that a call calls from within, nil for any other call.
func (o *operators) recursive(call *ast.CallExpr) []string {
	fun, params := o.fn.Type, fieldNames(o.fn.Type.Params)
	for i := len(o.stack) - 1; i > 0; i-- {
		if lit, ok := o.stack[i].(*ast.FuncLit); ok {
			fun, params = lit.Type, fieldNames(lit.Type.Params)
			id, ok := call.Fun.(*ast.Ident)
			if !ok || !isVariable(o.info.Uses[id]) || !types.Identical(o.typeOf(id), o.typeOf(lit)) {
				return nil
			}
			break
		}
	}
	if fun == o.fn.Type && (o.calledFunc(call) == nil || o.calledFunc(call) != o.info.Defs[o.fn.Name]) || len(params) != len(call.Args) {
		return nil
	}
	return params
}

// fieldNames returns the names of a list of parameters.
func fieldNames(list *ast.FieldList) []string {
	var out []string
	for _, field := range list.List {
		for _, name := range field.Names {
			out = append(out, name.Name)
		}
	}
	return out
}

// halfBetween calls for the other of two halves that two arguments bound.
func (o *operators) halfBetween(s ast.Stmt, call *ast.CallExpr, params []string) {
	for i := range len(call.Args) - 1 {
		first, second := call.Args[i], call.Args[i+1]
		if !isInteger(o.typeOf(first)) || !isInteger(o.typeOf(second)) {
			continue
		}
		var halves [][2]string
		low, high := o.text(first) == params[i], o.text(second) == params[i+1]
		switch middle, shift := o.middle(second), ""; {
		case low && !high:
			if o.text(second) == middle {
				shift = middle
			}
			halves = [][2]string{{middle + "+1", params[i+1]}, {shift, params[i+1]}}
		case high && !low:
			middle = o.middle(first)
			halves = [][2]string{{params[i], middle}, {params[i], middle + "-1"}}
		}
		for k, half := range halves {
			if half[0] != "" {
				o.putHalf(s, 1/float64(k+1), Edit{o.off(first.Pos()), o.off(second.End()), half[0] + ", " + half[1]})
			}
		}
	}
}

// middle returns an expression without the one that is added to it or taken from it.
func (o *operators) middle(e ast.Expr) string {
	if b, ok := e.(*ast.BinaryExpr); ok && (b.Op == token.ADD || b.Op == token.SUB) && o.text(b.Y) == "1" {
		return o.text(b.X)
	}
	return o.text(e)
}

// halfOfList calls for the rest of a list that an argument is the head of, and the other way round.
func (o *operators) halfOfList(s ast.Stmt, call *ast.CallExpr) {
	for _, arg := range call.Args {
		part, ok := arg.(*ast.SliceExpr)
		if !ok || part.Max != nil || (part.Low == nil) == (part.High == nil) {
			continue
		}
		list := o.text(part.X)
		at := Edit{o.off(part.Pos()), o.off(part.End()), ""}
		if part.Low == nil {
			at.New = list + "[" + o.text(part.High) + ":]"
			o.putHalf(s, 1, at)
			at.New = list + "[" + o.text(part.High) + "+1:]"
			o.putHalf(s, 0.5, at)
			continue
		}
		at.New = list + "[:" + o.middle(part.Low) + "]"
		o.putHalf(s, 1, at)
	}
}

// putHalf emits a copy of a statement with one change behind it, unless the function has such a statement.
func (o *operators) putHalf(s ast.Stmt, weight float64, change Edit) {
	text := applyEdits(o.text(s), shifted([]Edit{change}, o.off(s.Pos())))
	if !strings.Contains(text, "\n") && !strings.Contains(string(o.src[o.start:o.end]), text) {
		o.putBehind("insert-half", s, weight, text)
	}
}
