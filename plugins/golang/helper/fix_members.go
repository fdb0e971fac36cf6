package main

import (
	"go/ast"
	"go/types"
	"strings"
)

// member is a field or method that can be selected from a value.
type member struct {
	name   string
	typ    types.Type
	obj    types.Object
	method bool
}

// members lists the fields and methods of t (promoted ones included) that this package may select.
func (c *fixContext) members(t types.Type) []member {
	var out []member
	seen := map[string]bool{}
	take := func(obj types.Object, method bool) {
		if !seen[obj.Name()] && (obj.Exported() || c.own(obj.Pkg())) {
			seen[obj.Name()] = true
			out = append(out, member{obj.Name(), obj.Type(), obj, method})
		}
	}
	c.fields(t, 0, func(f *types.Var) { take(f, false) })
	recv := t
	if _, ok := t.Underlying().(*types.Pointer); !ok && !types.IsInterface(t) {
		recv = types.NewPointer(t)
	}
	set := types.NewMethodSet(recv)
	for i := range set.Len() {
		take(set.At(i).Obj(), true)
	}
	return out
}

// fields calls take for the fields of t and of what it embeds, outer ones first.
func (c *fixContext) fields(t types.Type, depth int, take func(*types.Var)) {
	s := structOf(t)
	if s == nil || depth > 3 {
		return
	}
	for i := range s.NumFields() {
		take(s.Field(i))
	}
	for i := range s.NumFields() {
		if s.Field(i).Embedded() {
			c.fields(s.Field(i).Type(), depth+1, take)
		}
	}
}

// selector returns the selector expression the diagnostic is about, with its path.
func (c *fixContext) selector() (*ast.SelectorExpr, []ast.Node) {
	for i, n := range c.path {
		if sel, ok := n.(*ast.SelectorExpr); ok {
			return sel, c.path[i:]
		}
		if i > 1 {
			break
		}
	}
	return nil, nil
}

// fixMissingMember repairs x.f where x has no member f.
func fixMissingMember(c *fixContext) {
	sel, path := c.selector()
	if sel == nil {
		return
	}
	t := c.typeOf(sel.X)
	if t == nil {
		return
	}
	w := c.wanted(path)
	for _, m := range c.members(t) {
		like := memberLikeness(sel.Sel.Name, m.name)
		if synonym(sel.Sel.Name, m.name) {
			like = max(like, 0.6)
		}
		c.proposeMember(sel, path, w, m, like)
	}
	if p, ok := t.Underlying().(*types.Pointer); ok && types.IsInterface(p.Elem()) {
		c.add(1.2, "CONV", "deref-interface", c.replace(sel.X, "(*"+c.text(sel.X)+")"))
		c.changeDeclaredType(sel.X, p.Elem(), 0.8)
	}
	if p, ok := t.Underlying().(*types.Pointer); ok {
		if _, double := p.Elem().Underlying().(*types.Pointer); double {
			c.add(1, "CONV", "deref", c.replace(sel.X, "(*"+c.text(sel.X)+")"))
		}
	}
	if !c.file.Editable {
		c.renameForTests(sel, t)
	}
	c.builtinForMember(sel, path, t)
	c.otherOwner(sel, w, t)
	c.throughMember(sel, w, t)
	c.addMember(sel, path, t)
}

// proposeMember proposes one member in place of the one that is missing, called or not as its kind asks.
func (c *fixContext) proposeMember(sel *ast.SelectorExpr, path []ast.Node, w want, m member, like float64) {
	call := w.call
	sig, isFunc := m.typ.Underlying().(*types.Signature)
	weight := like * w.fit(m.typ)
	if like > 0.1 {
		c.sameMember(sel, c.typeOf(sel.X), m.name, weight)
		c.misspeltMember(sel, m, like)
	}
	if like == 0 && w.known() && w.fit(m.typ) >= 1 {
		weight = 0.012
	}
	if weight > 0.004 {
		c.add(weight, "FIELD", "near-member", c.replace(sel.Sel, m.name))
	}
	if like == 0 {
		return
	}
	if call == nil && m.method && isFunc && sig.Params().Len() == 0 && sig.Results().Len() == 1 {
		c.add(like*0.9*w.fit(sig.Results().At(0).Type()), "CALL", "near-member-call", c.replace(sel.Sel, m.name+"()"))
	}
	if call != nil && !m.method && len(call.Args) == 0 && !isFunc {
		outer := c.wanted(path[1:])
		c.add(like*0.8*outer.fit(m.typ), "FIELD", "near-field", c.span(sel.Sel.Pos(), call.End(), m.name))
	}
}

// sameMember proposes one member for every selector of the file that lacks the same one of the same type.
func (c *fixContext) sameMember(sel *ast.SelectorExpr, t types.Type, name string, weight float64) {
	edits := []Edit{c.replace(sel.Sel, name)}
	for _, d := range c.pkg.Diags {
		if d.Code != "MissingFieldOrMethod" || d.Path != c.file.Path || d.Offset == c.diag.Offset {
			continue
		}
		pos := c.file.Tok.Pos(min(d.Offset, c.file.Tok.Size()))
		other, ok := enclosing[*ast.SelectorExpr](pathAt(c.file.AST, pos, pos+1))
		if ok && other.Sel.Name == sel.Sel.Name && other.Sel.Pos() != sel.Sel.Pos() && namedOf(c.typeOf(other.X)) == namedOf(t) {
			edits = append(edits, c.replace(other.Sel, name))
		}
	}
	if len(edits) > 1 {
		c.add(weight*0.9, "FIELD", "near-member-all", edits...)
	}
}

// misspeltMember renames the declaration of a member that nothing uses to the spelling that is used.
func (c *fixContext) misspeltMember(sel *ast.SelectorExpr, m member, like float64) {
	if like < 0.2 || c.usedElsewhere(m.obj) {
		return
	}
	if edits := c.renameEdits(m.obj, sel.Sel.Name); len(edits) == 1 {
		f, _ := c.declaredIn(m.obj)
		weight := 0.2 // one use: either of the two may be misspelt
		for _, d := range c.pkg.Diags {
			if d.Code == c.diag.Code && d.Message != "" && d.Offset != c.diag.Offset && strings.Contains(d.Message, "method "+sel.Sel.Name+")") {
				weight = 1.3
			}
		}
		c.addIn(f, weight*like, "NAME", "rename-member", edits...)
	}
}

// renameForTests renames a member to what a file that may not be edited (a test) calls it.
func (c *fixContext) renameForTests(sel *ast.SelectorExpr, t types.Type) {
	for _, m := range c.members(t) {
		if like := memberLikeness(sel.Sel.Name, m.name); like > 0.2 {
			if edits := c.renameEdits(m.obj, sel.Sel.Name); edits != nil {
				f, _ := c.declaredIn(m.obj)
				c.addIn(f, like, "NAME", "rename-member", edits...)
			}
		}
	}
}

// memberSynonyms groups member names that people mix up.
var memberSynonyms = [][]string{
	{"Len", "Length", "Size", "Count", "length", "size", "count", "len"}, {"Add", "Append", "Push", "Insert", "Put", "Set", "add", "append", "push", "insert", "put"},
	{"Remove", "Delete", "Pop", "Del", "remove", "delete", "pop"}, {"Get", "Value", "At", "Find", "Lookup", "get", "find"},
	{"String", "ToString", "toString", "Str", "Text"}, {"Error", "Message", "Err", "Msg"}, {"Close", "Stop", "Shutdown"},
	{"Has", "Contains", "Exists", "Includes", "contains", "has"}, {"Lock", "Acquire"}, {"Unlock", "Release"},
	{"WriteString", "Append", "AppendString", "WriteLine", "Write"}, {"name", "Name", "title", "Title", "label"},
	{"Unix", "Timestamp", "UnixTime"}, {"Empty", "IsEmpty"}, {"Wait", "Join"}, {"Done", "Finish"},
}

func synonym(a, b string) bool {
	for _, group := range memberSynonyms {
		hasA, hasB := false, false
		for _, name := range group {
			hasA, hasB = hasA || name == a, hasB || name == b
		}
		if hasA && hasB {
			return true
		}
	}
	return false
}

// builtinForMember turns x.Len(), x.length and x.append(v) into what a value without methods offers.
func (c *fixContext) builtinForMember(sel *ast.SelectorExpr, path []ast.Node, t types.Type) {
	var whole ast.Expr = sel
	call, _ := path[1].(*ast.CallExpr)
	if call != nil && call.Fun == ast.Expr(sel) {
		whole = call
	} else {
		call = nil
	}
	x := c.text(sel.X)
	if elemOf(t) != nil && synonym("Len", sel.Sel.Name) && (call == nil || len(call.Args) == 0) {
		c.add(1.3, "CALL", "len", c.replace(whole, "len("+x+")"))
	}
	if call == nil {
		return
	}
	if _, ok := t.Underlying().(*types.Slice); ok && synonym("Append", sel.Sel.Name) && len(call.Args) > 0 {
		c.add(1.3, "CALL", "append", c.replace(call, x+" = append("+x+", "+c.argText(call)+")"))
	}
	if m, ok := t.Underlying().(*types.Map); ok && len(call.Args) == 1 {
		arg := c.text(call.Args[0])
		if synonym("Remove", sel.Sel.Name) {
			c.add(1.3, "CALL", "delete", c.replace(call, "delete("+x+", "+arg+")"))
		}
		if synonym("Get", sel.Sel.Name) || (synonym("Has", sel.Sel.Name) && isBoolean(m.Elem())) {
			c.add(1.2, "INDEX", "index", c.replace(call, x+"["+arg+"]"))
		}
	}
	if isString(t) {
		c.stringMethod(sel, call, x)
	}
	if isError(t) && synonym("Error", sel.Sel.Name) {
		c.add(1.2, "CALL", "error-text", c.replace(call, x+".Error()"))
	}
}

// stringMethod turns s.ToUpper() into strings.ToUpper(s).
func (c *fixContext) stringMethod(sel *ast.SelectorExpr, call *ast.CallExpr, x string) {
	name := capitalised(sel.Sel.Name)
	if moved := movedMembers["strings."+name]; moved != "" {
		name = moved[len("strings."):]
	}
	args := x
	if len(call.Args) > 0 {
		args += ", " + c.argText(call)
	}
	c.addWithImports(1.1, "CALL", "strings-function", []string{"strings"}, c.replace(call, "strings."+name+"("+args+")"))
}

// argText returns a call's arguments as written, the dots of a spread included.
func (c *fixContext) argText(call *ast.CallExpr) string {
	if len(call.Args) == 0 {
		return ""
	}
	return string(c.file.Src[c.off(call.Args[0].Pos()):c.off(call.Args[len(call.Args)-1].End())])
}

// otherOwner proposes another variable that has the member, near names first.
func (c *fixContext) otherOwner(sel *ast.SelectorExpr, w want, t types.Type) {
	x, ok := sel.X.(*ast.Ident)
	if !ok {
		return
	}
	for _, v := range c.variables(sel.Pos(), func(types.Type) bool { return true }) {
		obj, _, _ := types.LookupFieldOrMethod(v.obj.Type(), true, c.pkg.Types, sel.Sel.Name)
		if obj == nil || v.name == x.Name {
			continue
		}
		weight := 0.12 + 0.5*likeness(x.Name, v.name)
		if v.obj.Parent() == c.pkg.Types.Scope() {
			weight -= 0.1
		}
		if recv, _ := c.receiver(); v.name == recv {
			weight += 0.1
		}
		c.add(weight*w.fit(obj.Type()), "NAME", "other-owner", c.replace(x, v.name))
	}
	if elem := elemOf(t); elem != nil && c.hasMember(elem, sel.Sel.Name) {
		c.add(0.25, "INDEX", "first-element", c.replace(x, x.Name+"[0]"))
	}
	if sig, is := t.Underlying().(*types.Signature); is && sig.Params().Len() == 0 && sig.Results().Len() == 1 && c.hasMember(sig.Results().At(0).Type(), sel.Sel.Name) {
		c.add(1.1, "CALL", "call-owner", c.replace(x, x.Name+"()"))
	}
}

// throughMember selects by way of a member that has what is missing (x.f -> x.inner.f).
func (c *fixContext) throughMember(sel *ast.SelectorExpr, w want, t types.Type) {
	if types.IsInterface(t) {
		c.assertOwner(sel, t)
	}
	if sig, ok := t.Underlying().(*types.Signature); ok && sig.Params().Len() == 0 && sig.Results().Len() == 1 {
		if _, named := sel.X.(*ast.Ident); !named && c.hasMember(sig.Results().At(0).Type(), sel.Sel.Name) {
			c.add(1.1, "CALL", "call-owner", c.insert(sel.X.End(), "()"))
		}
		return
	}
	for _, m := range c.members(t) {
		inner, suffix := m.typ, "."
		if sig, ok := m.typ.Underlying().(*types.Signature); ok {
			if sig.Params().Len() != 0 || sig.Results().Len() != 1 {
				continue
			}
			inner, suffix = sig.Results().At(0).Type(), "()."
		}
		obj, _, _ := types.LookupFieldOrMethod(inner, true, c.pkg.Types, sel.Sel.Name)
		if obj != nil {
			c.add(0.5*w.fit(obj.Type()), "FIELD", "through-member", c.insert(sel.Sel.Pos(), m.name+suffix))
		}
	}
}

// assertOwner asserts an interface value to a type of the package that has the member.
func (c *fixContext) assertOwner(sel *ast.SelectorExpr, t types.Type) {
	iface, ok := t.Underlying().(*types.Interface)
	if !ok {
		return
	}
	for _, name := range c.pkg.Types.Scope().Names() {
		tn, is := c.pkg.Types.Scope().Lookup(name).(*types.TypeName)
		if !is || known(tn.Type()) == nil {
			continue
		}
		for _, target := range []types.Type{tn.Type(), types.NewPointer(tn.Type())} {
			if types.Implements(target, iface) && c.hasMember(target, sel.Sel.Name) && !types.Identical(target, t) {
				text, need := c.typeText(target)
				c.addWithImports(0.15, "CONV", "assert-owner", need, c.insert(sel.X.End(), ".("+text+")"))
			}
		}
	}
}

// fixPointerMethod repairs the call of a pointer method on a value that has no address, and ambiguous selectors.
func fixPointerMethod(c *fixContext) {
	sel, _ := c.selector()
	if sel == nil {
		return
	}
	if t := c.typeOf(sel.X); t != nil {
		if _, isType := c.pkg.Info.Types[sel.X]; isType && c.pkg.Info.Types[sel.X].IsType() {
			c.add(1.2, "TYPE", "pointer-method-expression", c.replace(sel.X, "(*"+c.text(sel.X)+")"))
		}
		if lit, ok := bare(sel.X).(*ast.CompositeLit); ok {
			c.add(1.2, "CONV", "address", c.replace(sel.X, "(&"+c.text(lit)+")"))
		}
		if stmt, _ := c.statement(); stmt != nil {
			c.add(0.8, "INSERT", "name-value", c.before(stmt, "v := "+c.text(sel.X)), c.replace(sel.X, "v"))
		}
		c.throughMember(sel, want{}, t)
	}
	if name := sel.Sel.Name; c.diag.Code == "InvalidMethodExpr" {
		if obj, _, _ := types.LookupFieldOrMethod(types.NewPointer(c.typeOf(sel.X)), true, c.pkg.Types, name); obj != nil {
			c.changeReceiver(obj, false, 0.5)
		}
	}
}
