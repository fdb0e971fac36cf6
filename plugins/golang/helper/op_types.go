package main

import (
	"go/ast"
	"go/token"
	"go/types"
)

// basicInfo returns the flags of a type's underlying basic type, 0 for any other type.
func basicInfo(t types.Type) types.BasicInfo {
	if t == nil {
		return 0
	}
	if b, ok := t.Underlying().(*types.Basic); ok {
		return b.Info()
	}
	return 0
}

func isString(t types.Type) bool  { return basicInfo(t)&types.IsString != 0 }
func isInteger(t types.Type) bool { return basicInfo(t)&types.IsInteger != 0 }
func isNumeric(t types.Type) bool { return basicInfo(t)&types.IsNumeric != 0 }
func isBoolean(t types.Type) bool { return basicInfo(t)&types.IsBoolean != 0 }
func isFloat(t types.Type) bool   { return basicInfo(t)&types.IsFloat != 0 }

// ordered tells whether < applies to values of t.
func ordered(t types.Type) bool { return basicInfo(t)&types.IsOrdered != 0 }

// nilable tells whether nil is a value of t.
func nilable(t types.Type) bool {
	if t == nil {
		return false
	}
	switch u := t.Underlying().(type) {
	case *types.Pointer, *types.Slice, *types.Map, *types.Chan, *types.Signature, *types.Interface:
		if _, param := t.(*types.TypeParam); param {
			return false
		}
		return true
	case *types.Basic:
		return u.Kind() == types.UnsafePointer || u.Kind() == types.UntypedNil
	}
	return false
}

// isError tells whether t is the predeclared error type.
func isError(t types.Type) bool {
	return t != nil && types.Identical(t, types.Universe.Lookup("error").Type())
}

// hasLen tells whether len applies to values of t.
func hasLen(t types.Type) bool {
	if t == nil {
		return false
	}
	switch u := t.Underlying().(type) {
	case *types.Slice, *types.Map, *types.Array, *types.Chan:
		return true
	case *types.Basic:
		return u.Info()&types.IsString != 0
	case *types.Pointer:
		_, array := u.Elem().Underlying().(*types.Array)
		return array
	}
	return false
}

// fits tells whether a value of type have can stand where one of type want stands without any other change:
// the same type, or an assignable one where the place is an interface.
func fits(have, want types.Type) bool {
	if have == nil || want == nil {
		return false
	}
	if types.Identical(have, want) {
		return true
	}
	if b, ok := want.(*types.Basic); ok && b.Info()&types.IsUntyped != 0 {
		return basicInfo(have)&^types.IsUntyped == b.Info()&^types.IsUntyped
	}
	return types.IsInterface(want) && types.AssignableTo(have, want)
}

// isValue tells whether an expression is read as a value: not a type, a package, a declared or assigned name,
// the selected half of a selector, a label or a key of a struct literal.
func (o *operators) isValue(e ast.Expr) bool {
	tv, ok := o.info.Types[e]
	if ok && (tv.IsType() || tv.IsVoid() || tv.IsBuiltin()) {
		return false
	}
	switch p := o.parent(1).(type) {
	case *ast.SelectorExpr:
		if p.Sel == e {
			return false
		}
	case *ast.KeyValueExpr:
		if p.Key == e && o.isFieldKey(p) {
			return false
		}
	case *ast.AssignStmt:
		for _, l := range p.Lhs {
			if l == e {
				return false
			}
		}
	case *ast.RangeStmt:
		return p.X == e
	case *ast.IncDecStmt, *ast.Field, *ast.BranchStmt, *ast.LabeledStmt, *ast.TypeSpec, *ast.FuncDecl:
		return false
	case *ast.UnaryExpr:
		if p.Op == token.AND {
			return false
		}
	case *ast.ValueSpec:
		for _, l := range p.Names {
			if l == e {
				return false
			}
		}
		return p.Type != e
	}
	if id, isIdent := e.(*ast.Ident); isIdent {
		switch o.info.Uses[id].(type) {
		case *types.Var, *types.Const, *types.Nil:
			return true
		}
		return false
	}
	return ok
}

// isFieldKey tells whether a key-value pair stands in a struct literal.
func (o *operators) isFieldKey(kv *ast.KeyValueExpr) bool {
	id, ok := kv.Key.(*ast.Ident)
	if !ok {
		return false
	}
	v, ok := o.info.Uses[id].(*types.Var)
	return ok && v.IsField()
}

// opFor returns the operation class of a change to expression n that is op by itself: a change inside an index
// or a slice bound is INDEX, wherever the change sits in it.
func (o *operators) opFor(n ast.Node, op string) string {
	child := n
	at := len(o.stack) - 1
	for at >= 0 && o.stack[at] != n {
		at--
	}
	for i := at - 1; i > 0; i-- {
		switch p := o.stack[i].(type) {
		case *ast.IndexExpr:
			if p.Index == child {
				return "INDEX"
			}
		case *ast.SliceExpr:
			if p.X != child {
				return "INDEX"
			}
		case *ast.CallExpr, ast.Stmt, *ast.FuncLit:
			return op
		}
		child = o.stack[i]
	}
	return op
}
