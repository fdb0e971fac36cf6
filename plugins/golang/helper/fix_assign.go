package main

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"
)

// fixIncompatible repairs a value whose type does not suit the place it is put: assignment, argument, return, element.
func fixIncompatible(c *fixContext) {
	e, path := c.operand()
	if e == nil {
		return
	}
	from := c.typeOf(e)
	w := c.wanted(path)
	if w.lhs && w.typ == nil {
		return
	}
	if w.typ == nil {
		w.typ = c.typeNamed(between(c.diag.Message, " as ", " value in"))
	}
	if w.typ == nil {
		return
	}
	c.convertOperand(e, from, w.typ, 1)
	c.arithmetic(e, from, w.typ)
	c.otherNames(e, from, w.typ)
	c.spread(e, path, from, w.typ)
	c.parseString(e, path, from, w.typ)
	c.changeTarget(e, path, from, w.typ)
	c.swapArguments(path)
	c.swapResults(path)
	if from != nil {
		c.implement(from, w.typ)
		c.changeSource(e, w.typ)
		c.atDefinition(e, w.typ, c.definitionWeight(e, w.typ))
	}
}

// operand returns the expression a diagnostic is about: the outermost one with its exact range, else the innermost.
func (c *fixContext) operand() (ast.Expr, []ast.Node) {
	var found ast.Expr
	at := 0
	for i, n := range c.path {
		e, ok := n.(ast.Expr)
		if !ok {
			if found != nil {
				break
			}
			continue
		}
		if _, isPair := n.(*ast.KeyValueExpr); isPair {
			break
		}
		if found == nil || e.Pos() == found.Pos() && e.End() == found.End() {
			found, at = e, i
			continue
		}
		break
	}
	if found == nil {
		return nil, nil
	}
	return found, c.path[at:]
}

// between cuts the text between two markers out of a message, "" when they are missing.
func between(message, left, right string) string {
	_, rest, ok := strings.Cut(message, left)
	if !ok {
		return ""
	}
	text, _, ok := strings.Cut(rest, right)
	if !ok {
		return ""
	}
	return text
}

// typeNamed evaluates a type as a message spells it, nil when it cannot be.
func (c *fixContext) typeNamed(text string) types.Type {
	if text == "" {
		return nil
	}
	tv, err := types.Eval(c.pkg.Fset, c.pkg.Types, c.pos, text)
	if err != nil || !tv.IsType() {
		return nil
	}
	return known(tv.Type)
}

// convertOperand proposes every conversion of e.
func (c *fixContext) convertOperand(e ast.Expr, from, to types.Type, scale float64) {
	for _, conv := range c.conversions(e, from, to) {
		c.addWithImports(conv.weight*scale, conv.op, conv.rule, conv.imports, c.replace(e, conv.text))
	}
}

// arithmetic converts the operands of an arithmetic expression instead of its result: float64(a) / float64(b).
func (c *fixContext) arithmetic(e ast.Expr, from, to types.Type) {
	b, ok := bare(e).(*ast.BinaryExpr)
	if !ok || from == nil || !isNumeric(from) || !isNumeric(to) || isUntyped(to) {
		return
	}
	name, need := c.typeText(to)
	var edits []Edit
	for _, x := range []ast.Expr{b.X, b.Y} {
		if t := c.typeOf(x); t != nil && c.pkg.Info.Types[x].Value == nil && !types.Identical(t, to) {
			edits = append(edits, c.replace(x, converted(name, c.text(bare(x)))))
		}
	}
	weight := 0.8
	if b.Op == token.QUO && basicInfo(to)&types.IsFloat != 0 {
		weight = 2.2
	}
	c.addWithImports(weight, "CONV", "convert-operands", need, edits...)
}

// otherNames proposes variables of the wanted type in place of the operand, those spelt alike first.
func (c *fixContext) otherNames(e ast.Expr, from, to types.Type) {
	id, named := bare(e).(*ast.Ident)
	for _, v := range c.variables(c.pos, func(t types.Type) bool {
		return types.AssignableTo(t, to) && !types.IsInterface(to) || types.Identical(t, to)
	}) {
		if v.obj.Parent() == c.pkg.Types.Scope() && !(named && likeness(id.Name, v.name) > 0.2) {
			continue
		}
		weight := 0.06
		if named && id.Name != v.name {
			weight += 0.5 * likeness(id.Name, v.name)
		} else if named {
			continue
		}
		if _, literal := bare(e).(*ast.BasicLit); literal {
			weight = 0.03
		}
		c.add(weight, "NAME", "other-variable", c.replace(e, v.name))
	}
	sel, ok := bare(e).(*ast.SelectorExpr)
	if t := (types.Type)(nil); ok && t == nil {
		t = c.typeOf(sel.X)
		if t == nil {
			return
		}
		for _, m := range c.members(t) {
			if !m.method && m.name != sel.Sel.Name && types.AssignableTo(m.typ, to) {
				c.add(0.2+0.4*likeness(sel.Sel.Name, m.name), "FIELD", "other-member", c.replace(sel.Sel, m.name))
			}
		}
	}
}

// spread passes a slice to a variadic parameter with dots.
func (c *fixContext) spread(e ast.Expr, path []ast.Node, from, to types.Type) {
	call, ok := path[1].(*ast.CallExpr)
	if !ok || from == nil || len(call.Args) == 0 || call.Args[len(call.Args)-1] != e || call.Ellipsis.IsValid() {
		return
	}
	if s, is := from.Underlying().(*types.Slice); is && types.AssignableTo(s.Elem(), to) {
		c.add(2.2, "ARG", "spread", c.insert(e.End(), "..."))
	}
}

// parseString parses a text into the number that is wanted, in statements before the use.
func (c *fixContext) parseString(e ast.Expr, path []ast.Node, from, to types.Type) {
	if from == nil || !isString(from) || !isNumeric(to) || isUntyped(to) {
		return
	}
	if _, literal := bare(e).(*ast.BasicLit); literal {
		return
	}
	stmt, _ := statementOf(path)
	if stmt == nil {
		return
	}
	text, name := c.text(e), c.freshName("n")
	call, result := "strconv.Atoi("+text+")", name
	toName, need := c.typeText(to)
	switch {
	case basicInfo(to)&types.IsFloat != 0:
		call = "strconv.ParseFloat(" + text + ", 64)"
		if !types.Identical(to, types.Typ[types.Float64]) {
			result = converted(toName, name)
		}
	case !types.Identical(to, types.Typ[types.Int]):
		call, result = "strconv.ParseInt("+text+", 10, 64)", converted(toName, name)
		if types.Identical(to, types.Typ[types.Int64]) {
			result = name
		}
	}
	need = append(need, "strconv")
	if handling := c.returnError(); handling != nil {
		lines := append([]string{name + ", err := " + call, "if err != nil {"}, handling...)
		c.addWithImports(1.2, "CONV", "parse-string", need, c.replace(e, result), c.before(stmt, append(lines, "}")...))
	}
	c.addWithImports(0.6, "CONV", "parse-string", need, c.replace(e, result), c.before(stmt, name+", _ := "+call))
}

// freshName returns base, or base with a number, that is not in scope.
func (c *fixContext) freshName(base string) string {
	for _, name := range []string{base, base + "1", base + "2", base + "3"} {
		if c.lookup(name, c.pos) == nil {
			return name
		}
	}
	return base + "Value"
}

// returnError returns the lines that return err with zero values, nil when the function does not end in an error.
func (c *fixContext) returnError() []string {
	_, _, sig := c.function()
	if sig == nil || sig.Results().Len() == 0 || !isError(sig.Results().At(sig.Results().Len()-1).Type()) {
		return nil
	}
	var values []string
	for i := range sig.Results().Len() - 1 {
		zero, need := c.zero(sig.Results().At(i).Type())
		if len(need) > 0 {
			return nil
		}
		values = append(values, zero)
	}
	return []string{"\treturn " + strings.Join(append(values, "err"), ", ")}
}

// changeTarget gives the variable, field, parameter or result that is assigned the value's type instead.
func (c *fixContext) changeTarget(e ast.Expr, path []ast.Node, from, to types.Type) {
	if from == nil || from == types.Typ[types.UntypedNil] {
		return
	}
	switch p := path[1].(type) {
	case *ast.AssignStmt:
		for i, r := range p.Rhs {
			if r == e && len(p.Lhs) == len(p.Rhs) {
				if ptr, ok := to.Underlying().(*types.Pointer); ok && p.Tok == token.ASSIGN && suits(from, ptr.Elem()) {
					weight := 0.9
					if _, plain := p.Lhs[i].(*ast.Ident); plain {
						weight = 1.8
					}
					if _, fresh := bare(e).(*ast.CompositeLit); fresh {
						weight *= 0.4
					}
					c.add(weight, "ASSIGN", "assign-through-pointer", c.insert(p.Lhs[i].Pos(), "*"))
				}
				c.changeDeclaredType(p.Lhs[i], types.Default(from), 0.3)
				c.atDefinition(p.Lhs[i], types.Default(from), 0.5)
			}
		}
	case *ast.ValueSpec:
		if p.Type != nil && len(p.Values) == 1 {
			weight := 0.4
			if len(p.Names) == 1 && p.Names[0].Name == "_" {
				weight = 0.01
			}
			text, need := c.typeText(types.Default(from))
			c.addWithImports(weight, "TYPE", "change-type", need, c.replace(p.Type, text))
		}
	case *ast.ReturnStmt:
		c.changeResult(e, p, path, types.Default(from))
	case *ast.CallExpr:
		c.changeParameter(e, p, types.Default(from))
	case *ast.KeyValueExpr, *ast.CompositeLit:
		c.changeElement(e, path, types.Default(from))
	}
}

// changeDeclaredType changes the written type of the variable or field that an expression names.
func (c *fixContext) changeDeclaredType(target ast.Expr, to types.Type, weight float64) {
	var obj types.Object
	switch x := bare(target).(type) {
	case *ast.Ident:
		obj = c.lookup(x.Name, x.Pos())
	case *ast.SelectorExpr:
		obj = c.pkg.Info.Uses[x.Sel]
	case *ast.IndexExpr, *ast.StarExpr:
		return
	}
	c.changeTypeOf(obj, to, weight)
}

// changeTypeOf rewrites the type in the declaration of a variable, parameter or field.
func (c *fixContext) changeTypeOf(obj types.Object, to types.Type, weight float64) {
	f, id := c.declaredIn(obj)
	if id == nil {
		return
	}
	text, need := c.typeTextIn(f, to)
	if len(need) > 0 {
		return
	}
	edit := func(t ast.Expr) Edit { return Edit{Start: c.off(t.Pos()), End: c.off(t.End()), New: text} }
	for _, n := range pathTo(f, id) {
		switch n := n.(type) {
		case *ast.Field:
			if len(n.Names) == 1 {
				c.addIn(f, weight*0.6, "TYPE", "change-type", edit(n.Type))
			}
			return
		case *ast.ValueSpec:
			if n.Type != nil && len(n.Names) == 1 {
				c.addIn(f, weight, "TYPE", "change-type", edit(n.Type))
			}
			return
		case *ast.AssignStmt:
			c.retypeDefinition(f, n, obj, to, text, weight)
			return
		case *ast.FuncType, *ast.BlockStmt:
			return
		}
	}
}

// retypeDefinition gives x := 0 another type by its literal (x := 0.0, x := int64(0)).
func (c *fixContext) retypeDefinition(f *File, s *ast.AssignStmt, obj types.Object, to types.Type, text string, weight float64) {
	if s.Tok != token.DEFINE || len(s.Lhs) != len(s.Rhs) {
		return
	}
	for i, l := range s.Lhs {
		id, ok := l.(*ast.Ident)
		if !ok || id.Name != obj.Name() {
			continue
		}
		start, end := c.off(s.Rhs[i].Pos()), c.off(s.Rhs[i].End())
		old := string(f.Src[start:end])
		lit, isLit := bare(s.Rhs[i]).(*ast.BasicLit)
		switch {
		case isLit && lit.Kind == token.INT && types.Identical(to, types.Typ[types.Float64]):
			c.addIn(f, weight*2.5, "LIT", "float-definition", Edit{start, end, old + ".0"})
		case isLit && isNumeric(to) && lit.Kind == token.INT:
			c.addIn(f, weight*2, "CONV", "typed-definition", Edit{start, end, text + "(" + old + ")"})
		case isLit && (old == "0" || old == `""`) && isString(to):
			c.addIn(f, weight*1.5, "LIT", "string-definition", Edit{start, end, `""`})
		case isLit && old == `""` && isNumeric(to):
			c.addIn(f, weight*1.5, "LIT", "number-definition", Edit{start, end, "0"})
		}
	}
}

// changeResult changes the result type in the signature of the function that returns e.
func (c *fixContext) changeResult(e ast.Expr, s *ast.ReturnStmt, path []ast.Node, to types.Type) {
	ft, _, sig := c.functionOf(path)
	if ft == nil || ft.Results == nil || sig == nil || sig.Results().Len() != len(s.Results) {
		return
	}
	at := 0
	for _, field := range ft.Results.List {
		for range max(1, len(field.Names)) {
			if at < len(s.Results) && s.Results[at] == e && len(field.Names) < 2 {
				text, need := c.typeText(to)
				c.addWithImports(0.15, "TYPE", "change-result", need, c.replace(field.Type, text))
			}
			at++
		}
	}
}

// changeParameter changes the parameter of a function of this package that takes e.
func (c *fixContext) changeParameter(e ast.Expr, call *ast.CallExpr, to types.Type) {
	t := c.typeOf(call.Fun)
	if t == nil {
		return
	}
	sig, ok := t.Underlying().(*types.Signature)
	if !ok || sig.Variadic() {
		return
	}
	for i, arg := range call.Args {
		if arg == e && i < sig.Params().Len() {
			c.changeTypeOf(sig.Params().At(i), to, 0.2)
		}
	}
}

// changeElement changes a struct field's type, or the element type in a composite literal.
func (c *fixContext) changeElement(e ast.Expr, path []ast.Node, to types.Type) {
	lit, ok := enclosing[*ast.CompositeLit](path[1:])
	if !ok {
		return
	}
	if kv, is := path[1].(*ast.KeyValueExpr); is && kv.Value == e {
		if key, named := kv.Key.(*ast.Ident); named {
			if s := structOf(c.typeOf(lit)); s != nil {
				for i := range s.NumFields() {
					if s.Field(i).Name() == key.Name {
						c.changeTypeOf(s.Field(i), to, 0.3)
					}
				}
			}
		}
	}
	text, need := c.typeText(to)
	switch t := lit.Type.(type) {
	case *ast.ArrayType:
		c.addWithImports(0.35, "TYPE", "change-element", need, c.replace(t.Elt, text))
	case *ast.MapType:
		if kv, is := path[1].(*ast.KeyValueExpr); is && kv.Key == e {
			c.addWithImports(0.35, "TYPE", "change-key", need, c.replace(t.Key, text))
		} else {
			c.addWithImports(0.35, "TYPE", "change-element", need, c.replace(t.Value, text))
		}
	}
}

// changeSource changes the declared type of the variable that holds the value.
func (c *fixContext) changeSource(e ast.Expr, to types.Type) {
	if to == types.Typ[types.UntypedNil] || isUntyped(to) {
		return
	}
	c.changeDeclaredType(e, to, 0.35)
	if call, ok := bare(e).(*ast.CallExpr); ok {
		if id, is := bare(call.Fun).(*ast.Ident); is {
			if obj := c.pkg.Info.Uses[id]; obj != nil {
				c.changeResultOf(obj, to)
			}
		}
	}
}

// changeResultOf changes the single result type of a function of this package.
func (c *fixContext) changeResultOf(obj types.Object, to types.Type) {
	f, id := c.declaredIn(obj)
	if id == nil {
		return
	}
	fd, ok := enclosing[*ast.FuncDecl](pathTo(f, id))
	if !ok || fd.Type.Results == nil || len(fd.Type.Results.List) != 1 || len(fd.Type.Results.List[0].Names) > 1 {
		return
	}
	text, need := c.typeTextIn(f, to)
	if len(need) == 0 {
		t := fd.Type.Results.List[0].Type
		c.addIn(f, 0.12, "TYPE", "change-result", Edit{c.off(t.Pos()), c.off(t.End()), text})
	}
}

// parseArgument parses the text that int(s) and float64(s) are given.
func (c *fixContext) parseArgument(call *ast.CallExpr, path []ast.Node, from, to types.Type) {
	if !isString(from) || !isNumeric(to) {
		return
	}
	inner := &fixContext{job: c.job, pkg: c.pkg, file: c.file, diag: c.diag, index: c.index, pos: c.pos, path: c.path}
	inner.parseString(call.Args[0], append([]ast.Node{call.Args[0]}, path...), from, to)
	for _, p := range inner.proposals {
		for i, e := range p.edits {
			if e.Start == c.off(call.Args[0].Pos()) && e.End == c.off(call.Args[0].End()) {
				p.edits[i].Start, p.edits[i].End = c.off(call.Pos()), c.off(call.End())
				c.proposals = append(c.proposals, p)
			}
		}
	}
}
