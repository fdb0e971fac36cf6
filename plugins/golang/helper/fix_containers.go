package main

import (
	"go/ast"
	"go/token"
	"go/types"
	"strconv"
	"strings"
)

// fixNonIndexable repairs an index or slice of what has no elements.
func fixNonIndexable(c *fixContext) {
	var x ast.Expr
	var whole ast.Expr
	index := ""
	for _, n := range c.path {
		switch n := n.(type) {
		case *ast.IndexExpr:
			x, whole, index = n.X, n, c.text(n.Index)
		case *ast.SliceExpr:
			x, whole = n.X, n
		}
		if x != nil {
			break
		}
	}
	if x == nil {
		return
	}
	t := c.typeOf(x)
	if t == nil {
		return
	}
	c.otherFields(x, 0.3, func(t types.Type) bool { return elemOf(t) != nil })
	if call, ok := bare(x).(*ast.CallExpr); ok && len(call.Args) == 1 && elemOf(c.typeOf(call.Args[0])) != nil {
		c.add(1.5, "CALL", "drop-call", c.replace(call, c.text(call.Args[0])))
	}
	if p, ok := t.Underlying().(*types.Pointer); ok && elemOf(p.Elem()) != nil {
		c.add(1.8, "CONV", "deref", c.replace(x, "(*"+c.text(x)+")"))
		c.pointedAtDefinition(x, 0.8)
	}
	if sig, ok := t.Underlying().(*types.Signature); ok {
		if sig.Results().Len() == 1 && sig.Params().Len() == 0 {
			c.add(1.5, "CALL", "call", c.insert(x.End(), "()"))
		}
		if index != "" && sig.Params().Len() == 1 {
			c.add(1.5, "CALL", "call-instead-of-index", c.replace(whole, c.text(x)+"("+index+")"))
		}
	}
	for _, m := range c.members(t) {
		switch {
		case !m.method && elemOf(m.typ) != nil:
			c.add(1.2, "FIELD", "member", c.insert(x.End(), "."+m.name))
		case m.method && index != "" && (synonym("Get", m.name) || m.name == "At"):
			c.add(1, "CALL", "call-instead-of-index", c.replace(whole, c.text(x)+"."+m.name+"("+index+")"))
		}
	}
	c.swapIndex(whole)
	if id, ok := x.(*ast.Ident); ok {
		for _, v := range c.variables(x.Pos(), func(t types.Type) bool { return elemOf(t) != nil }) {
			c.add(0.2+0.8*likeness(id.Name, v.name), "NAME", "other-variable", c.replace(x, v.name))
		}
	}
	if types.IsInterface(t) {
		for _, typ := range []string{"[]any", "[]int", "[]string", "map[string]any", "string"} {
			c.add(0.2, "CONV", "assert", c.insert(x.End(), ".("+typ+")"))
		}
	}
}

// swapIndex exchanges i[xs] to xs[i].
func (c *fixContext) swapIndex(whole ast.Expr) {
	if i, ok := whole.(*ast.IndexExpr); ok && elemOf(c.typeOf(i.Index)) != nil {
		c.add(1.4, "INDEX", "swap-index", c.replace(whole, c.text(i.Index)+"["+c.text(i.X)+"]"))
	}
}

// fixIndex repairs an index or bound of the wrong type or value.
func fixIndex(c *fixContext) {
	for _, n := range c.path {
		if x, ok := n.(*ast.IndexListExpr); ok && len(x.Indices) > 1 {
			var edits []Edit
			for i := 0; i+1 < len(x.Indices); i++ {
				edits = append(edits, c.span(x.Indices[i].End(), x.Indices[i+1].Pos(), "]["))
			}
			c.add(2.5, "INDEX", "index-each", edits...)
			c.add(0.5, "INDEX", "drop-index", c.dropElement(x.Indices, len(x.Indices)-1))
		}
	}
	e, path := c.operand()
	if e == nil || len(path) < 2 {
		return
	}
	t := c.typeOf(e)
	c.convertOperand(e, t, types.Typ[types.Int], 1)
	if x, ok := path[1].(*ast.IndexExpr); ok && x.Index == e {
		c.constantIndex(e, c.typeOf(x.X))
		c.otherNames(e, t, types.Typ[types.Int])
	}
	if s, ok := path[1].(*ast.SliceExpr); ok {
		c.otherNames(e, t, types.Typ[types.Int])
		if s.Low != nil && s.High != nil {
			c.add(0.8, "INDEX", "swap-bounds", c.replace(s.Low, c.text(s.High)), c.replace(s.High, c.text(s.Low)))
		}
	}
	if u, ok := bare(e).(*ast.UnaryExpr); ok && u.Op == token.SUB {
		if x := indexed(path[1]); x != nil {
			c.add(1.8, "INDEX", "from-end", c.replace(e, "len("+c.text(x)+")-"+c.text(u.X)))
		}
	}
}

func indexed(n ast.Node) ast.Expr {
	switch n := n.(type) {
	case *ast.IndexExpr:
		return n.X
	case *ast.SliceExpr:
		return n.X
	}
	return nil
}

// constantIndex brings a constant index into an array's bounds.
func (c *fixContext) constantIndex(e ast.Expr, t types.Type) {
	if t == nil {
		return
	}
	if a, ok := t.Underlying().(*types.Array); ok && a.Len() > 0 {
		c.add(1.2, "INDEX", "last-index", c.replace(e, strconv.FormatInt(a.Len()-1, 10)))
		c.add(0.3, "INDEX", "first-index", c.replace(e, "0"))
	}
}

// fixSwappedBounds exchanges the constant bounds of a slice expression, or the sizes given to make.
func fixSwappedBounds(c *fixContext) {
	if s, ok := enclosing[*ast.SliceExpr](c.path); ok && s.Low != nil && s.High != nil {
		c.add(1.5, "INDEX", "swap-bounds", c.replace(s.Low, c.text(s.High)), c.replace(s.High, c.text(s.Low)))
		return
	}
	if call, _ := c.call(); call != nil && len(call.Args) == 3 {
		c.add(1.5, "ARG", "swap-sizes", c.replace(call.Args[1], c.text(call.Args[2])), c.replace(call.Args[2], c.text(call.Args[1])))
		c.add(0.4, "ARG", "drop-argument", c.span(call.Args[1].End(), call.Args[2].End(), ""))
	}
}

// fixRange repairs a range over what cannot be ranged over, or with too many names.
func fixRange(c *fixContext) {
	r, ok := enclosing[*ast.RangeStmt](c.path)
	if !ok {
		return
	}
	t := c.typeOf(r.X)
	if t == nil {
		return
	}
	if p, is := t.Underlying().(*types.Pointer); is && elemOf(p.Elem()) != nil {
		c.add(1.8, "CONV", "deref", c.replace(r.X, "*"+c.text(r.X)))
		c.pointedAtDefinition(r.X, 0.8)
	}
	if sig, is := t.Underlying().(*types.Signature); is && sig.Params().Len() == 0 && sig.Results().Len() == 1 {
		c.add(1.7, "CALL", "call", c.insert(r.X.End(), "()"))
	}
	if basicInfo(t)&types.IsFloat != 0 {
		c.add(1.2, "CONV", "convert", c.replace(r.X, "int("+c.text(r.X)+")"))
	}
	if structOf(t) != nil || namedOf(t) != nil {
		for _, m := range c.members(t) {
			switch sig, isFunc := m.typ.Underlying().(*types.Signature); {
			case !m.method && elemOf(m.typ) != nil && !isString(m.typ):
				c.add(1.2, "FIELD", "member", c.insert(r.X.End(), "."+m.name))
			case m.method && isFunc && sig.Params().Len() == 0 && sig.Results().Len() == 1 && rangeable(sig.Results().At(0).Type()):
				c.add(0.8, "CALL", "member-call", c.insert(r.X.End(), "."+m.name+"()"))
			}
		}
	}
	c.rangeNames(r, t)
	if id, is := r.X.(*ast.Ident); is {
		for _, v := range c.variables(r.X.Pos(), rangeable) {
			c.add(0.1+0.8*likeness(id.Name, v.name), "NAME", "other-variable", c.replace(r.X, v.name))
		}
	}
	if types.IsInterface(t) {
		for _, typ := range []string{"[]any", "[]int", "[]string", "map[string]any"} {
			c.add(0.2, "CONV", "assert", c.insert(r.X.End(), ".("+typ+")"))
		}
	}
}

// rangeNames drops names the range does not give.
func (c *fixContext) rangeNames(r *ast.RangeStmt, t types.Type) {
	if r.Key == nil || r.Value == nil {
		return
	}
	key, _ := r.Key.(*ast.Ident)
	value, _ := r.Value.(*ast.Ident)
	dropKey, dropValue := 0.8, 1.0
	if key != nil && key.Name == "_" {
		dropKey = 2
	}
	if value != nil && value.Name == "_" {
		dropValue = 2
	}
	c.add(dropKey, "CTRL", "drop-key", c.span(r.Key.Pos(), r.Value.Pos(), ""))
	c.add(dropValue, "CTRL", "drop-value", c.span(r.Key.End(), r.Value.End(), ""))
	if isInteger(t) && key != nil && value != nil && key.Name == "_" {
		c.add(1, "CTRL", "drop-key", c.span(r.Key.Pos(), r.Value.Pos(), ""))
	}
}

// fixAppend repairs append to what is no slice, len of what has none, and other misuses of builtins.
func fixBuiltinOperand(c *fixContext) {
	call, path := c.call()
	if call == nil || len(call.Args) == 0 {
		fixIncompatible(c)
		return
	}
	fun := c.text(call.Fun)
	arg := call.Args[0]
	t := c.typeOf(arg)
	if t == nil {
		if id, ok := bare(arg).(*ast.Ident); ok && id.Name == "nil" && fun == "append" {
			if w := c.wanted(path); w.typ != nil {
				text, need := c.typeText(w.typ)
				c.addWithImports(1.2, "CONV", "typed-nil", need, c.replace(arg, text+"(nil)"))
			}
		}
		return
	}
	w := c.wanted(append([]ast.Node{arg}, path...))
	if w.test == nil {
		w.test = func(t types.Type) bool { return elemOf(t) != nil }
	}
	if p, ok := t.Underlying().(*types.Pointer); ok && w.test(p.Elem()) {
		c.add(1.8, "CONV", "deref", c.replace(arg, "*"+c.text(arg)))
		c.pointedAtDefinition(arg, 0.8)
	}
	if sig, ok := t.Underlying().(*types.Signature); ok && sig.Params().Len() == 0 && sig.Results().Len() == 1 {
		c.add(1.5, "CALL", "call", c.insert(arg.End(), "()"))
	}
	for _, m := range c.members(t) {
		if !m.method && w.test(m.typ) {
			c.add(1.2, "FIELD", "member", c.insert(arg.End(), "."+m.name))
		}
		if fun == "len" && m.method && synonym("Len", m.name) {
			weight := 1.6
			if fd, ok := enclosing[*ast.FuncDecl](c.path); ok && fd.Name.Name == m.name {
				weight = 0.02
			}
			c.add(weight, "CALL", "len-method", c.replace(call, c.text(arg)+"."+m.name+"()"))
		}
	}
	switch {
	case fun == "len" && isNumeric(t):
		c.addWithImports(0.5, "CONV", "digits", []string{"strconv"}, c.replace(arg, "strconv.Itoa("+c.text(arg)+")"))
		c.add(0.6, "CALL", "drop-call", c.replace(call, c.text(arg)))
	case fun == "append" && len(call.Args) == 2:
		if s, ok := orInvalid(c.typeOf(call.Args[1])).Underlying().(*types.Slice); ok && types.AssignableTo(t, s.Elem()) {
			c.add(1.4, "ARG", "swap-arguments", c.replace(arg, c.text(call.Args[1])), c.replace(call.Args[1], c.text(arg)))
		}
		c.changeDeclaredType(arg, types.NewSlice(types.Default(orInvalid(c.typeOf(call.Args[1])))), 0.5)
	case fun == "append" && isString(t):
		c.add(0.8, "ARITH", "concatenate", c.replace(call, c.text(arg)+" + "+c.argTail(call)))
	}
	if len(call.Args) == 2 && (fun == "delete" || fun == "copy") {
		c.add(0.9, "ARG", "swap-arguments", c.replace(arg, c.text(call.Args[1])), c.replace(call.Args[1], c.text(arg)))
	}
	if id, ok := bare(arg).(*ast.Ident); ok {
		for _, v := range c.variables(arg.Pos(), w.test) {
			c.add(0.12+0.8*likeness(id.Name, v.name), "NAME", "other-variable", c.replace(arg, v.name))
		}
	}
	c.makeKinds(call, fun)
}

func (c *fixContext) argTail(call *ast.CallExpr) string {
	var texts []string
	for _, a := range call.Args[1:] {
		texts = append(texts, c.text(a))
	}
	return strings.Join(texts, " + ")
}

// makeKinds repairs make and new of the wrong kind of type.
func (c *fixContext) makeKinds(call *ast.CallExpr, fun string) {
	if fun != "make" {
		return
	}
	arg := call.Args[0]
	t := c.typeOf(arg)
	if _, isArray := orInvalid(t).Underlying().(*types.Array); isArray || structOf(t) != nil {
		c.add(1.2, "CALL", "literal", c.replace(call, c.text(arg)+"{}"))
		c.add(0.6, "CALL", "new", c.replace(call, "new("+c.text(arg)+")"))
	}
	if len(call.Args) > 1 {
		c.add(0.9, "TYPE", "make-slice", c.insert(arg.Pos(), "[]"))
	}
	c.add(0.3, "TYPE", "make-channel", c.insert(arg.Pos(), "chan "))
}

// builtinArgs repairs the number of arguments of a builtin.
func (c *fixContext) builtinArgs(call *ast.CallExpr) {
	id, ok := bare(call.Fun).(*ast.Ident)
	if !ok {
		return
	}
	if _, is := c.lookup(id.Name, call.Pos()).(*types.Builtin); !is {
		return
	}
	n := len(call.Args)
	switch {
	case id.Name == "make" && n == 1:
		t := orInvalid(c.typeOf(call.Args[0]))
		if _, isSlice := t.Underlying().(*types.Slice); isSlice {
			c.add(1.2, "ARG", "zero-length", c.insert(call.Args[0].End(), ", 0"))
			for _, v := range c.variables(call.Pos(), isInteger) {
				c.add(0.5, "ARG", "length", c.insert(call.Args[0].End(), ", "+v.name))
			}
			for _, v := range c.variables(call.Pos(), func(t types.Type) bool { return elemOf(t) != nil }) {
				if v.obj.Parent() != c.pkg.Types.Scope() {
					c.add(0.7, "ARG", "length", c.insert(call.Args[0].End(), ", len("+v.name+")"))
				}
			}
		}
	case (id.Name == "copy" || id.Name == "delete") && n == 1:
		t := orInvalid(c.typeOf(call.Args[0]))
		for _, v := range c.variables(call.Pos(), func(o types.Type) bool {
			if m, isMap := t.Underlying().(*types.Map); isMap {
				return types.AssignableTo(o, m.Key())
			}
			return types.Identical(o.Underlying(), t.Underlying())
		}) {
			if v.name != c.text(call.Args[0]) {
				c.add(0.9, "ARG", "add-argument", c.insert(call.Args[0].End(), ", "+v.name))
				c.add(0.4, "ARG", "add-argument", c.insert(call.Args[0].Pos(), v.name+", "))
			}
		}
		if id.Name == "copy" {
			for _, f := range c.fieldFillers(t, "src", call) {
				c.add(0.5, "ARG", "add-argument", c.insert(call.Args[0].End(), ", "+f.text))
				c.add(0.3, "ARG", "add-argument", c.insert(call.Args[0].Pos(), f.text+", "))
			}
		}
	case n > 1:
		for i := range call.Args {
			c.add(0.8/float64(n-i), "ARG", "drop-argument", c.dropElement(call.Args, i))
		}
	case n == 0:
		for _, v := range c.variables(call.Pos(), func(t types.Type) bool { return elemOf(t) != nil || id.Name == "panic" }) {
			c.add(0.6/float64(v.depth+1), "ARG", "add-argument", c.insert(call.Rparen, v.name))
		}
		if recv, rt := c.receiver(); recv != "" {
			for _, m := range c.members(rt) {
				if !m.method && elemOf(m.typ) != nil {
					c.add(0.25, "ARG", "add-argument", c.insert(call.Rparen, recv+"."+m.name))
				}
			}
		}
		if id.Name == "panic" {
			c.add(0.3, "ARG", "add-argument", c.insert(call.Rparen, `"unreachable"`))
		}
	}
}

// conversionArgs repairs a conversion with no value or several.
func (c *fixContext) conversionArgs(call *ast.CallExpr) {
	if !c.pkg.Info.Types[call.Fun].IsType() {
		return
	}
	t := c.typeOf(call.Fun)
	if len(call.Args) == 0 && t != nil {
		zero, _ := c.zero(t)
		c.add(0.8, "ARG", "zero-value", c.insert(call.Rparen, zero))
		c.add(0.6, "LIT", "literal", c.span(call.Lparen, call.End(), "{}"))
		return
	}
	c.add(0.8, "LIT", "literal", c.span(call.Lparen, call.Lparen+1, "{"), c.span(call.Rparen, call.End(), "}"))
	for i := range call.Args {
		c.add(0.5/float64(i+1), "ARG", "drop-argument", c.dropElement(call.Args, i))
	}
}
