package main

import (
	"go/ast"
	"go/token"
	"strings"
)

// Roles say which place an expression fills, where that decides the class of its change.
const (
	roleNone   = ""
	roleIndex  = "index"
	roleResult = "result"
	roleTarget = "target"
	roleType   = "type"
	roleCalled = "called"
)

// roleClasses are the classes that a place gives to every change directly in it.
var roleClasses = map[string]string{roleIndex: "INDEX", roleTarget: "ASSIGN", roleType: "TYPE"}

// leaf notes the replacement of an operand of class op in a place.
func (d *differ) leaf(op, role string) {
	switch {
	case roleClasses[role] != "":
		op = roleClasses[role]
	case role == roleResult && (op == "NAME" || op == "LIT" || op == "FIELD"):
		op = "RETURN"
	case role == roleCalled && (op == "NAME" || op == "FIELD"):
		op = "CALL"
	}
	d.found(op)
}

// exprs compares two lists of expressions; lists that differ in length or order are class op.
func (d *differ) exprs(a, b []ast.Expr, role, op string) {
	if len(a) != len(b) || len(a) > 1 && d.permuted(a, b) {
		d.found(op)
		return
	}
	for i := range a {
		d.expr(a[i], b[i], role)
	}
}

// permuted tells whether b holds a's expressions in another order.
func (d *differ) permuted(a, b []ast.Expr) bool {
	count := map[string]int{}
	moved := false
	for i := range a {
		count[strings.Join(d.a.part(a[i]), " ")]++
		count[strings.Join(d.b.part(b[i]), " ")]--
		moved = moved || !d.same(a[i], b[i])
	}
	for _, n := range count {
		if n != 0 {
			return false
		}
	}
	return moved
}

// expr compares two expressions in the same place.
func (d *differ) expr(a, b ast.Expr, role string) {
	switch {
	case a == nil && b == nil:
		return
	case a == nil || b == nil:
		d.leaf("REWRITE", role)
		return
	case d.same(a, b):
		return
	}
	if op := d.contained(a, b); op != "" {
		d.leaf(op, role)
		return
	}
	if !d.descend(a, b, role) {
		d.leaf(operandClass(a, b), role)
	}
}

// contained returns the class of a change that puts an expression into a larger one, or takes it out, "" for none.
func (d *differ) contained(a, b ast.Expr) string {
	if op := wrapperClass(b, func(part ast.Expr) bool { return d.same(a, part) }); op != "" {
		return op
	}
	return wrapperClass(a, func(part ast.Expr) bool { return d.same(part, b) })
}

// wrapperClass returns the class of what wraps the part of e that is holds for, "" for no such part.
func wrapperClass(e ast.Expr, is func(ast.Expr) bool) string {
	switch e := e.(type) {
	case *ast.BinaryExpr:
		if is(e.X) || is(e.Y) || is(ast.Unparen(e.X)) || is(ast.Unparen(e.Y)) {
			if e.Op == token.LAND || e.Op == token.LOR {
				return "LOGIC"
			}
			return "TERM"
		}
	case *ast.UnaryExpr:
		if is(e.X) || is(ast.Unparen(e.X)) {
			if _, literal := e.X.(*ast.BasicLit); literal {
				return "LIT"
			}
			switch e.Op {
			case token.NOT:
				return "LOGIC"
			case token.AND:
				return "CONV"
			case token.ARROW:
				return "CALL"
			}
			return "ARITH"
		}
	case *ast.StarExpr:
		if is(e.X) {
			return "CONV"
		}
	case *ast.ParenExpr:
		if is(e.X) {
			return "ARITH"
		}
		return wrapperClass(e.X, is)
	case *ast.CallExpr:
		return callWrapper(e, is)
	case *ast.SelectorExpr:
		if is(e.X) {
			return "FIELD"
		}
	case *ast.TypeAssertExpr:
		if is(e.X) {
			return "CONV"
		}
	case *ast.IndexExpr:
		if is(e.X) {
			return "INDEX"
		}
	case *ast.SliceExpr:
		if is(e.X) {
			return "INDEX"
		}
	}
	return ""
}

// callWrapper returns the class of a call around an expression: CONV for a conversion, else CALL.
func callWrapper(e *ast.CallExpr, is func(ast.Expr) bool) string {
	if is(e.Fun) {
		return "CALL"
	}
	if sel, ok := e.Fun.(*ast.SelectorExpr); ok && is(sel.X) {
		return "CALL"
	}
	for _, arg := range e.Args {
		inner := ast.Unparen(arg)
		if is(arg) || is(inner) {
			if len(e.Args) == 1 && looksLikeType(e.Fun) {
				return "CONV"
			}
			return "CALL"
		}
		// len([]rune(s)) against len(s) is met one level up; f(g(x)) against x is met here.
		if op := wrapperClass(inner, is); op == "CONV" {
			return "CONV"
		}
	}
	return ""
}

// basicTypes are the names that a conversion to a predeclared type starts with.
var basicTypes = map[string]bool{
	"int": true, "int8": true, "int16": true, "int32": true, "int64": true, "uint": true, "uint8": true, "uint16": true, "uint32": true,
	"uint64": true, "uintptr": true, "float32": true, "float64": true, "complex64": true, "complex128": true, "string": true, "bool": true,
	"byte": true, "rune": true, "error": true, "any": true,
}

// looksLikeType tells whether the function of a call reads as a type.
func looksLikeType(fun ast.Expr) bool {
	switch fun := ast.Unparen(fun).(type) {
	case *ast.Ident:
		return basicTypes[fun.Name]
	case *ast.ArrayType, *ast.MapType, *ast.ChanType, *ast.FuncType, *ast.InterfaceType, *ast.StructType, *ast.StarExpr:
		return true
	}
	return false
}

// descend compares two expressions of the same kind part by part; false when the kinds differ.
func (d *differ) descend(a, b ast.Expr, role string) bool {
	switch a := a.(type) {
	case *ast.BinaryExpr:
		b, ok := b.(*ast.BinaryExpr)
		return ok && d.binary(a, b, role)
	case *ast.UnaryExpr:
		b, ok := b.(*ast.UnaryExpr)
		if ok && a.Op == b.Op {
			d.expr(a.X, b.X, inner(role))
			return true
		}
	case *ast.ParenExpr:
		if b, ok := b.(*ast.ParenExpr); ok {
			d.expr(a.X, b.X, inner(role))
			return true
		}
	case *ast.StarExpr:
		if b, ok := b.(*ast.StarExpr); ok {
			d.expr(a.X, b.X, inner(role))
			return true
		}
	case *ast.CallExpr:
		b, ok := b.(*ast.CallExpr)
		return ok && d.call(a, b)
	case *ast.SelectorExpr:
		b, ok := b.(*ast.SelectorExpr)
		if ok && a.Sel.Name == b.Sel.Name {
			d.expr(a.X, b.X, inner(role))
			return true
		}
		if ok && d.same(a.X, b.X) {
			d.leaf("FIELD", role)
			return true
		}
	case *ast.IndexExpr:
		if b, ok := b.(*ast.IndexExpr); ok {
			d.expr(a.X, b.X, roleNone)
			d.expr(a.Index, b.Index, roleIndex)
			return true
		}
	case *ast.SliceExpr:
		if b, ok := b.(*ast.SliceExpr); ok {
			d.expr(a.X, b.X, roleNone)
			d.expr(a.Low, b.Low, roleIndex)
			d.expr(a.High, b.High, roleIndex)
			d.expr(a.Max, b.Max, roleIndex)
			return true
		}
	case *ast.CompositeLit:
		b, ok := b.(*ast.CompositeLit)
		if ok && (a.Type == nil) == (b.Type == nil) {
			if a.Type != nil && !d.same(a.Type, b.Type) {
				d.found("TYPE")
			}
			d.exprs(a.Elts, b.Elts, roleNone, "LIT")
			return true
		}
	case *ast.KeyValueExpr:
		if b, ok := b.(*ast.KeyValueExpr); ok {
			if !d.same(a.Key, b.Key) {
				d.leaf(operandClass(a.Key, b.Key), roleNone)
			}
			d.expr(a.Value, b.Value, roleNone)
			return true
		}
	case *ast.FuncLit:
		if b, ok := b.(*ast.FuncLit); ok {
			d.signature(a.Type, b.Type)
			d.list(a.Body.List, b.Body.List)
			return true
		}
	case *ast.TypeAssertExpr:
		if b, ok := b.(*ast.TypeAssertExpr); ok && a.Type != nil && b.Type != nil {
			d.expr(a.X, b.X, roleNone)
			d.expr(a.Type, b.Type, roleType)
			return true
		}
	}
	return false
}

// inner returns the role of the operands of an expression that fills role.
func inner(role string) string {
	if role == roleIndex || role == roleTarget || role == roleType {
		return role
	}
	return roleNone
}

// binary compares two binary expressions; false when neither operator nor operands agree.
func (d *differ) binary(a, b *ast.BinaryExpr, role string) bool {
	sameX, sameY := d.same(a.X, b.X), d.same(a.Y, b.Y)
	swapped := d.same(a.X, b.Y) && d.same(a.Y, b.X)
	switch {
	case a.Op != b.Op && (sameX && sameY || swapped):
		d.leaf(operatorClass(a.Op, b.Op), role)
	case a.Op == b.Op && swapped:
		d.leaf(operatorClass(a.Op, b.Op), role)
	case a.Op == b.Op:
		d.expr(a.X, b.X, inner(role))
		d.expr(a.Y, b.Y, inner(role))
	case sameX || sameY:
		d.found("REWRITE")
	default:
		return false
	}
	return true
}

// operatorClass returns the class of a change from one operator to another.
func operatorClass(a, b token.Token) string {
	kind := func(t token.Token) string {
		switch t {
		case token.EQL, token.NEQ, token.LSS, token.LEQ, token.GTR, token.GEQ:
			return "CMP"
		case token.LAND, token.LOR:
			return "LOGIC"
		}
		return "ARITH"
	}
	if kind(a) == kind(b) {
		return kind(a)
	}
	return "REWRITE"
}

// call compares two calls: another function is CALL, other arguments in number or order ARG.
func (d *differ) call(a, b *ast.CallExpr) bool {
	sameFun := d.same(a.Fun, b.Fun)
	if !sameFun && (len(a.Args) != len(b.Args) || !d.sameArgs(a, b)) {
		// Both differ: only the deeper one counts when the function's own operand is what changed.
		selA, okA := a.Fun.(*ast.SelectorExpr)
		selB, okB := b.Fun.(*ast.SelectorExpr)
		if !okA || !okB || selA.Sel.Name != selB.Sel.Name {
			return false
		}
	}
	if !sameFun {
		if looksLikeType(a.Fun) && looksLikeType(b.Fun) {
			d.found("CONV")
		} else {
			d.expr(a.Fun, b.Fun, roleCalled)
		}
	}
	if a.Ellipsis.IsValid() != b.Ellipsis.IsValid() {
		d.found("ARG")
		return true
	}
	d.exprs(a.Args, b.Args, roleNone, "ARG")
	return true
}

// sameArgs tells whether two calls have the same arguments.
func (d *differ) sameArgs(a, b *ast.CallExpr) bool {
	for i := range a.Args {
		if !d.same(a.Args[i], b.Args[i]) {
			return false
		}
	}
	return true
}

// operandClass returns the class of the replacement of one operand by another of any kind: what comes decides.
func operandClass(a, b ast.Expr) string {
	if isConversion(a) && isConversion(leftmost(b)) || isConversion(b) && isConversion(leftmost(a)) {
		return "CONV"
	}
	switch b := b.(type) {
	case *ast.BasicLit:
		return "LIT"
	case *ast.Ident:
		if b.Name == "true" || b.Name == "false" || b.Name == "nil" {
			return "LIT"
		}
		return "NAME"
	case *ast.SelectorExpr:
		return "FIELD"
	case *ast.UnaryExpr:
		if _, ok := b.X.(*ast.BasicLit); ok {
			return "LIT"
		}
		return "REWRITE"
	case *ast.CallExpr:
		if looksLikeType(b.Fun) {
			return "CONV"
		}
		return "CALL"
	case *ast.IndexExpr, *ast.SliceExpr:
		return "INDEX"
	case *ast.CompositeLit:
		if _, ok := a.(*ast.Ident); ok {
			return "LIT"
		}
		return "REWRITE"
	case *ast.ArrayType, *ast.MapType, *ast.ChanType, *ast.FuncType, *ast.StructType, *ast.InterfaceType:
		return "TYPE"
	}
	return "REWRITE"
}

// isConversion tells whether an expression reads as a conversion.
func isConversion(e ast.Expr) bool {
	call, ok := ast.Unparen(e).(*ast.CallExpr)
	return ok && len(call.Args) == 1 && looksLikeType(call.Fun)
}

// leftmost returns the first operand of a chain of binary expressions.
func leftmost(e ast.Expr) ast.Expr {
	for {
		b, ok := ast.Unparen(e).(*ast.BinaryExpr)
		if !ok {
			return e
		}
		e = b.X
	}
}
