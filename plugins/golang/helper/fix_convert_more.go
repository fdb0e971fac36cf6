package main

import (
	"go/ast"
	"go/types"
)

// containerKinds wraps a value into a container, or takes one out of it.
func (c *fixContext) containerKinds(from, to types.Type, text, operand string, give giver) {
	if s, ok := to.Underlying().(*types.Slice); ok && types.AssignableTo(from, s.Elem()) && !types.IsInterface(s.Elem()) {
		name, need := c.typeText(to)
		give(1.2, "CONV", "wrap-slice", name+"{"+text+"}", need...)
	}
	if a, ok := from.Underlying().(*types.Array); ok {
		if s, is := to.Underlying().(*types.Slice); is && types.Identical(a.Elem(), s.Elem()) {
			give(1.5, "INDEX", "slice-array", operand+"[:]")
		}
	}
	switch u := from.Underlying().(type) {
	case *types.Slice:
		if types.AssignableTo(u.Elem(), to) && !types.IsInterface(to) {
			give(0.7, "INDEX", "first-element", operand+"[0]")
			give(0.25, "INDEX", "last-element", operand+"[len("+text+")-1]")
			for _, v := range c.variables(c.pos, isInteger) {
				if v.depth < 4 && v.obj.Parent() != c.pkg.Types.Scope() {
					give(0.6, "INDEX", "element", operand+"["+v.name+"]")
				}
			}
		}
		if isInteger(to) {
			give(0.9, "CALL", "len", "len("+text+")")
		}
	case *types.Map:
		if types.AssignableTo(u.Elem(), to) {
			for _, v := range c.variables(c.pos, func(t types.Type) bool { return types.AssignableTo(t, u.Key()) }) {
				give(0.7, "INDEX", "element", operand+"["+v.name+"]")
			}
		}
		if isInteger(to) {
			give(0.9, "CALL", "len", "len("+text+")")
		}
	case *types.Array:
		if isInteger(to) {
			give(0.6, "CALL", "len", "len("+text+")")
		}
	case *types.Chan:
		if types.AssignableTo(u.Elem(), to) {
			give(1.3, "CONV", "receive", "<-"+operand)
		}
	}
	if isBytes(from) && isNamed(to, "io", "Reader") {
		give(1.4, "CONV", "reader", "bytes.NewReader("+text+")", "bytes")
	}
}

// errorKinds makes errors of texts.
func (c *fixContext) errorKinds(from, to types.Type, text string, give giver) {
	if !isError(to) || isString(from) || isError(from) {
		return
	}
	if c.hasTextMethod(from) || isBytes(from) {
		give(0.4, "CONV", "new-error", "fmt.Errorf(\"%v\", "+text+")", "fmt")
	}
}

// boolKinds makes conditions of values.
func (c *fixContext) boolKinds(from, to types.Type, text, operand string, give giver) {
	if !isBoolean(to) {
		return
	}
	switch {
	case isNumeric(from):
		give(1.2, "CMP", "not-zero", operand+" != 0")
		give(0.3, "CMP", "positive", operand+" > 0")
	case isString(from):
		give(1.2, "CMP", "not-empty", operand+` != ""`)
	case isError(from):
		failed, fine := 1.0, 0.5
		if _, returned := enclosing[*ast.ReturnStmt](c.path); returned && !c.namedForFailure() {
			failed, fine = 0.5, 1 // a function that answers yes or no says yes when nothing went wrong
		}
		give(failed, "CMP", "not-nil", operand+" != nil")
		give(fine, "CMP", "is-nil", operand+" == nil")
	case nillable(from):
		if elemOf(from) != nil {
			give(1, "CMP", "not-empty", "len("+text+") > 0")
			give(0.6, "CMP", "not-nil", operand+" != nil")
		} else {
			give(1.2, "CMP", "not-nil", operand+" != nil")
		}
	}
}

// namedForFailure tells whether the enclosing function's name asks whether something went wrong.
func (c *fixContext) namedForFailure() bool {
	fd, ok := enclosing[*ast.FuncDecl](c.path)
	if !ok {
		return false
	}
	for _, word := range words(fd.Name.Name) {
		switch word {
		case "err", "error", "fail", "fails", "failed", "missing", "invalid", "bad", "broken", "not":
			return true
		}
	}
	return false
}

// functionKinds calls a function that was only named, or wraps a value as a function.
func (c *fixContext) functionKinds(from, to types.Type, text, operand string, give giver) {
	if sig, ok := from.Underlying().(*types.Signature); ok && sig.Params().Len() == 0 && sig.Results().Len() == 1 {
		if types.AssignableTo(sig.Results().At(0).Type(), to) {
			give(1.8, "CALL", "call", operand+"()")
		}
	}
	if sig, ok := to.Underlying().(*types.Signature); ok {
		name, need := c.typeText(sig)
		if sig.Results().Len() == 1 && types.AssignableTo(from, sig.Results().At(0).Type()) {
			give(0.8, "CONV", "wrap-function", name+" { return "+text+" }", need...)
		}
	}
}

// implementers converts a value to a type of the package, or of the interface's, that implements the interface.
func (c *fixContext) implementers(from, to types.Type, text string, give giver) {
	iface, ok := to.Underlying().(*types.Interface)
	if !ok || iface.NumMethods() == 0 || types.Implements(from, iface) || isUntyped(from) && !isNumeric(from) && !isString(from) {
		return
	}
	scopes := []*types.Scope{c.pkg.Types.Scope()}
	if n := namedOf(to); n != nil && n.Obj().Pkg() != nil && n.Obj().Pkg() != c.pkg.Types {
		scopes = append(scopes, n.Obj().Pkg().Scope())
	}
	for _, scope := range scopes {
		for _, name := range scope.Names() {
			tn, is := scope.Lookup(name).(*types.TypeName)
			if !is || known(tn.Type()) == nil || tn.IsAlias() || types.IsInterface(tn.Type()) || tn.Pkg() != c.pkg.Types && !tn.Exported() {
				continue
			}
			if n, generic := tn.Type().(*types.Named); generic && n.TypeParams().Len() > 0 || !types.ConvertibleTo(from, tn.Type()) {
				continue
			}
			if types.Implements(tn.Type(), iface) {
				typ, need := c.typeText(tn.Type())
				scale := 1.0
				if n := namedOf(from); n != nil && n.NumMethods() > 0 {
					scale = 0.15 // a type with methods of its own is meant to have all of them
				}
				give(scale*(0.8+sharedWords(types.TypeString(from, nil), name)), "CONV", "convert-to-implementer", converted(typ, text), need...)
			}
		}
	}
}

// interfaceKinds asserts an interface value to the type that is wanted.
func (c *fixContext) interfaceKinds(from, to types.Type, operand string, give giver) {
	iface, ok := from.Underlying().(*types.Interface)
	if !ok || types.Identical(from, to) || isUntyped(to) {
		return
	}
	if _, param := from.(*types.TypeParam); param {
		return
	}
	if types.IsInterface(to) || types.Implements(to, iface) {
		name, need := c.typeText(to)
		weight := 1.2
		if isError(from) {
			weight = 0.3
		}
		give(weight, "CONV", "assert", operand+".("+name+")", need...)
	}
}

// memberKinds takes the one field or method result of the wanted type.
func (c *fixContext) memberKinds(from, to types.Type, operand string, give giver) {
	if isUntyped(to) || types.IsInterface(to) && !isError(to) {
		return
	}
	if namedOf(from) == nil && structOf(from) == nil {
		return
	}
	var fitting []member
	for _, m := range c.members(from) {
		t := m.typ
		if sig, ok := t.Underlying().(*types.Signature); ok && m.method {
			if sig.Params().Len() != 0 || sig.Results().Len() != 1 {
				continue
			}
			t = sig.Results().At(0).Type()
		}
		if types.Identical(t, to) && m.name != "String" && m.name != "Error" {
			fitting = append(fitting, m)
		}
	}
	for i, m := range fitting {
		weight := 0.8 / float64(len(fitting)) / (1 + 0.1*float64(i))
		if m.method {
			give(weight, "CALL", "member-call", operand+"."+m.name+"()")
		} else {
			give(weight*1.1, "FIELD", "member", operand+"."+m.name)
		}
	}
}
