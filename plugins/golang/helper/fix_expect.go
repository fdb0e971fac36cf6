package main

import (
	"go/ast"
	"go/token"
	"go/types"
)

// want says what a place in the code asks of an expression.
type want struct {
	typ    types.Type            // the type expected, nil when it is not one type
	test   func(types.Type) bool // a weaker demand, nil for none
	isType bool                  // a type is expected, not a value
	call   *ast.CallExpr         // the expression is called so
	lhs    bool                  // the expression is assigned to
}

// known tells whether anything is asked.
func (w want) known() bool { return w.typ != nil || w.test != nil || w.isType || w.call != nil }

// fit rates how well a value of type t serves: 1 fits, 0.5 unknown, near 0 does not fit.
func (w want) fit(t types.Type) float64 {
	t = known(t)
	if t == nil {
		return 0.4
	}
	if w.call != nil {
		return w.fitCall(t)
	}
	if w.typ != nil {
		switch {
		case types.Identical(t, w.typ):
			return 1.1
		case w.lhs && suits(w.typ, t), !w.lhs && suits(t, w.typ):
			return 1
		}
		return 0.03
	}
	if w.test != nil {
		if w.test(t) {
			return 1
		}
		return 0.03
	}
	return 0.5
}

// suits tells whether a value of type have can stand where typ is wanted; next to an untyped constant any type of its
// kind can.
func suits(have, typ types.Type) bool {
	switch {
	case types.AssignableTo(have, typ):
		return true
	case typ == types.Typ[types.UntypedNil]:
		return nillable(have)
	case isUntyped(typ):
		return isNumeric(typ) && isNumeric(have) || isString(typ) && isString(have) || isBoolean(typ) && isBoolean(have)
	}
	return false
}

func (w want) fitCall(t types.Type) float64 {
	sig, ok := t.Underlying().(*types.Signature)
	if !ok {
		return 0.02
	}
	n := len(w.call.Args)
	score := 1.0
	if sig.Variadic() && n < sig.Params().Len()-1 || !sig.Variadic() && n != sig.Params().Len() {
		score = 0.15
	}
	if w.typ != nil && sig.Results().Len() == 1 && !suits(sig.Results().At(0).Type(), w.typ) {
		score *= 0.2
	}
	return score
}

// wanted infers what the place of path[0] asks for.
func (c *fixContext) wanted(path []ast.Node) want {
	if len(path) < 2 {
		return want{}
	}
	e, _ := path[0].(ast.Expr)
	switch p := path[1].(type) {
	case *ast.ParenExpr:
		return c.wanted(path[1:])
	case *ast.CallExpr:
		return c.wantedByCall(p, e, path)
	case *ast.AssignStmt:
		return c.wantedByAssign(p, e)
	case *ast.ReturnStmt:
		return c.wantedByReturn(p, e, path)
	case *ast.BinaryExpr:
		return c.wantedByBinary(p, e, path)
	case *ast.UnaryExpr:
		return c.wantedByUnary(p, path)
	case *ast.StarExpr:
		if c.inType(path[1:]) {
			return want{isType: true}
		}
		w := c.wanted(path[1:])
		if w.typ != nil {
			return want{typ: types.NewPointer(w.typ)}
		}
		return want{test: func(t types.Type) bool { _, ok := t.Underlying().(*types.Pointer); return ok }}
	case *ast.IfStmt, *ast.ForStmt:
		return want{typ: types.Typ[types.Bool]}
	case *ast.IndexExpr:
		return c.wantedByIndex(p, e, path)
	case *ast.SliceExpr:
		if e == p.X {
			return want{test: func(t types.Type) bool { return elemOf(t) != nil }}
		}
		return want{test: isInteger}
	case *ast.KeyValueExpr:
		return c.wantedByKeyValue(p, e, path)
	case *ast.CompositeLit:
		return c.wantedByComposite(p, e)
	case *ast.SendStmt:
		if e == p.Value {
			return want{typ: elemOf(c.typeOf(p.Chan))}
		}
		return want{test: isChan}
	case *ast.RangeStmt:
		if e == p.X {
			return want{test: rangeable}
		}
	case *ast.IncDecStmt:
		return want{test: isNumeric}
	case *ast.CaseClause:
		return c.wantedByCase(path)
	case *ast.SelectorExpr:
		if e == p.X {
			return want{test: func(t types.Type) bool { return c.hasMember(t, p.Sel.Name) }}
		}
	case *ast.ValueSpec:
		if e == p.Type {
			return want{isType: true}
		}
		return want{typ: c.typeOf(p.Type)}
	case *ast.TypeAssertExpr:
		if e == p.X {
			return want{test: types.IsInterface}
		}
		return want{isType: true}
	case *ast.Field, *ast.ArrayType, *ast.MapType, *ast.ChanType, *ast.TypeSpec, *ast.Ellipsis:
		return want{isType: true}
	}
	return want{}
}

func isChan(t types.Type) bool { _, ok := t.Underlying().(*types.Chan); return ok }

func rangeable(t types.Type) bool {
	if _, ok := t.Underlying().(*types.Signature); ok {
		return true
	}
	return elemOf(t) != nil || isInteger(t)
}

func (c *fixContext) hasMember(t types.Type, name string) bool {
	obj, _, _ := types.LookupFieldOrMethod(t, true, c.pkg.Types, name)
	return obj != nil
}

// inType tells whether path[0] stands where a type is written.
func (c *fixContext) inType(path []ast.Node) bool {
	for i := 0; i+1 < len(path); i++ {
		switch p := path[i+1].(type) {
		case *ast.StarExpr, *ast.ParenExpr:
			continue
		case *ast.Field, *ast.ArrayType, *ast.MapType, *ast.ChanType, *ast.TypeSpec, *ast.Ellipsis:
			return true
		case *ast.ValueSpec:
			return path[i] == p.Type
		case *ast.CompositeLit:
			return path[i] == p.Type
		case *ast.TypeAssertExpr:
			return path[i] == p.Type
		}
		return false
	}
	return false
}

func (c *fixContext) wantedByCall(call *ast.CallExpr, e ast.Expr, path []ast.Node) want {
	if e == call.Fun {
		outer := c.wanted(path[1:])
		return want{call: call, typ: outer.typ}
	}
	at := -1
	for i, arg := range call.Args {
		if arg == e {
			at = i
		}
	}
	if id, ok := bare(call.Fun).(*ast.Ident); ok {
		if b, is := c.lookup(id.Name, call.Pos()).(*types.Builtin); is {
			return c.wantedByBuiltin(b.Name(), call, at)
		}
	}
	return want{typ: c.paramType(call, at)}
}

// paramType returns the type of the parameter that takes argument at of a call, nil when unknown.
func (c *fixContext) paramType(call *ast.CallExpr, at int) types.Type {
	t := c.typeOf(call.Fun)
	if t == nil {
		return nil
	}
	sig, ok := t.Underlying().(*types.Signature)
	if !ok || at < 0 || sig.Params().Len() == 0 {
		return nil
	}
	n := sig.Params().Len()
	if sig.Variadic() && at >= n-1 {
		last := sig.Params().At(n - 1).Type()
		if call.Ellipsis.IsValid() {
			return last
		}
		return elemOf(last)
	}
	if at >= n {
		return nil
	}
	if _, generic := sig.Params().At(at).Type().(*types.TypeParam); generic {
		return nil
	}
	return sig.Params().At(at).Type()
}

func (c *fixContext) wantedByBuiltin(name string, call *ast.CallExpr, at int) want {
	switch name {
	case "append", "copy":
		first := c.typeOf(call.Args[0])
		if at == 0 {
			if name == "append" && len(call.Args) > 1 && !call.Ellipsis.IsValid() {
				value := c.typeOf(call.Args[1])
				return want{test: func(t types.Type) bool {
					s, ok := t.Underlying().(*types.Slice)
					return ok && (value == nil || types.AssignableTo(value, s.Elem()))
				}}
			}
			return want{test: func(t types.Type) bool { _, ok := t.Underlying().(*types.Slice); return ok }}
		}
		if name == "copy" || call.Ellipsis.IsValid() {
			return want{typ: first}
		}
		return want{typ: elemOf(first)}
	case "len", "cap":
		return want{test: func(t types.Type) bool { return elemOf(t) != nil }}
	case "delete":
		if at == 0 {
			return want{test: func(t types.Type) bool { _, ok := t.Underlying().(*types.Map); return ok }}
		}
		if m, ok := c.typeOf(call.Args[0]).(*types.Map); ok {
			return want{typ: m.Key()}
		}
	case "make", "new":
		if at == 0 {
			return want{isType: true}
		}
		return want{test: isInteger}
	case "close":
		return want{test: isChan}
	}
	return want{}
}

func (c *fixContext) wantedByAssign(s *ast.AssignStmt, e ast.Expr) want {
	for i, r := range s.Rhs {
		if r == e && i < len(s.Lhs) && len(s.Lhs) == len(s.Rhs) {
			return want{typ: c.typeOf(s.Lhs[i])}
		}
	}
	for i, l := range s.Lhs {
		if l != e {
			continue
		}
		if len(s.Lhs) == len(s.Rhs) {
			return want{typ: c.typeOf(s.Rhs[i]), lhs: true}
		}
		if tuple, ok := c.pkg.Info.TypeOf(s.Rhs[0]).(*types.Tuple); ok && i < tuple.Len() {
			return want{typ: known(tuple.At(i).Type()), lhs: true}
		}
		return want{lhs: true}
	}
	return want{}
}

func (c *fixContext) wantedByReturn(s *ast.ReturnStmt, e ast.Expr, path []ast.Node) want {
	_, _, sig := c.functionOf(path)
	if sig == nil || sig.Results().Len() != len(s.Results) {
		return want{}
	}
	for i, r := range s.Results {
		if r == e {
			return want{typ: known(sig.Results().At(i).Type())}
		}
	}
	return want{}
}

func (c *fixContext) wantedByBinary(b *ast.BinaryExpr, e ast.Expr, path []ast.Node) want {
	other := b.X
	if e == b.X {
		other = b.Y
	}
	switch b.Op {
	case token.LAND, token.LOR:
		return want{typ: types.Typ[types.Bool]}
	case token.SHL, token.SHR:
		return want{test: isInteger}
	}
	if t := c.typeOf(other); t != nil {
		return want{typ: t}
	}
	switch b.Op {
	case token.EQL, token.NEQ, token.LSS, token.GTR, token.LEQ, token.GEQ:
		return want{}
	}
	return c.wanted(path[1:])
}

func (c *fixContext) wantedByUnary(u *ast.UnaryExpr, path []ast.Node) want {
	switch u.Op {
	case token.NOT:
		return want{typ: types.Typ[types.Bool]}
	case token.ARROW:
		return want{test: isChan}
	case token.AND:
		if w := c.wanted(path[1:]); w.typ != nil {
			if p, ok := w.typ.Underlying().(*types.Pointer); ok {
				return want{typ: p.Elem()}
			}
		}
		return want{}
	}
	return want{test: isNumeric}
}

func (c *fixContext) wantedByIndex(x *ast.IndexExpr, e ast.Expr, path []ast.Node) want {
	if e == x.X {
		outer := c.wanted(path[1:])
		return want{test: func(t types.Type) bool {
			elem := elemOf(t)
			return elem != nil && (outer.typ == nil || outer.lhs || suits(elem, outer.typ))
		}}
	}
	if t := c.typeOf(x.X); t != nil {
		if m, ok := t.Underlying().(*types.Map); ok {
			return want{typ: m.Key()}
		}
		return want{test: isInteger}
	}
	return want{}
}

func (c *fixContext) wantedByKeyValue(kv *ast.KeyValueExpr, e ast.Expr, path []ast.Node) want {
	if len(path) < 3 {
		return want{}
	}
	lit, ok := path[2].(*ast.CompositeLit)
	if !ok {
		return want{}
	}
	t := c.typeOf(lit)
	if t == nil {
		return want{}
	}
	if m, is := t.Underlying().(*types.Map); is && e == kv.Key {
		return want{typ: m.Key()}
	}
	if s := structOf(t); s != nil {
		if key, is := kv.Key.(*ast.Ident); is && e == kv.Value {
			for i := range s.NumFields() {
				if s.Field(i).Name() == key.Name {
					return want{typ: s.Field(i).Type()}
				}
			}
		}
		return want{}
	}
	return want{typ: elemOf(t)}
}

func (c *fixContext) wantedByComposite(lit *ast.CompositeLit, e ast.Expr) want {
	if e == lit.Type {
		return want{isType: true}
	}
	t := c.typeOf(lit)
	if s := structOf(t); s != nil {
		for i, x := range lit.Elts {
			if x == e && i < s.NumFields() {
				return want{typ: s.Field(i).Type()}
			}
		}
		return want{}
	}
	return want{typ: elemOf(t)}
}

func (c *fixContext) wantedByCase(path []ast.Node) want {
	if s, ok := enclosing[*ast.TypeSwitchStmt](path); ok && len(path) > 3 && path[3] == ast.Node(s) {
		return want{isType: true}
	}
	if s, ok := enclosing[*ast.SwitchStmt](path); ok {
		if s.Tag == nil {
			return want{typ: types.Typ[types.Bool]}
		}
		return want{typ: c.typeOf(s.Tag)}
	}
	return want{}
}
