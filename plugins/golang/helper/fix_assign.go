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
	c.membership(e, path, w.typ)
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
		if v.depth < 5 && v.obj.Parent() != c.pkg.Types.Scope() && !c.usedElsewhere(v.obj) && !c.isParameter(v.obj) {
			weight = 1 // declared and not used yet: it may be what is meant
		}
		if c.rangedValue(e, v.name) {
			weight = 2.5
		}
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
	c.namedConstants(e, to)
	c.otherFields(e, 0.2, func(t types.Type) bool { return types.AssignableTo(t, to) })
}

// otherFields proposes the other fields of a fitting type for the one that e selects, like names first.
func (c *fixContext) otherFields(e ast.Expr, weight float64, fits func(types.Type) bool) {
	sel, ok := bare(e).(*ast.SelectorExpr)
	if !ok || c.typeOf(sel.X) == nil {
		return
	}
	for _, m := range c.members(c.typeOf(sel.X)) {
		if !m.method && m.name != sel.Sel.Name && fits(m.typ) {
			c.add(weight+0.4*likeness(sel.Sel.Name, m.name), "FIELD", "other-member", c.replace(sel.Sel, m.name))
		}
	}
}

// membership asks a map whether it has a key where its element stands for a condition.
func (c *fixContext) membership(e ast.Expr, path []ast.Node, to types.Type) {
	x, ok := bare(e).(*ast.IndexExpr)
	if !ok || !isBoolean(to) || len(path) < 2 || !isMap(orInvalid(c.typeOf(x.X))) {
		return
	}
	name := c.freshName("ok")
	switch p := path[1].(type) {
	case *ast.ReturnStmt:
		if stmt, _ := statementOf(path); stmt == ast.Stmt(p) {
			c.add(2, "INSERT", "membership", c.replace(e, name), c.before(p, "_, "+name+" := "+c.text(e)))
		}
	case *ast.IfStmt:
		if p.Init == nil {
			c.add(2, "CMP", "membership", c.replace(e, "_, "+name+" := "+c.text(e)+"; "+name))
		}
	case *ast.AssignStmt:
		if len(p.Lhs) == 1 && len(p.Rhs) == 1 {
			c.add(1.5, "ASSIGN", "membership", c.insert(p.Lhs[0].Pos(), "_, "))
		}
	}
}

// namedConstants proposes the package's constants of the wanted type for a text that spells their name.
func (c *fixContext) namedConstants(e ast.Expr, to types.Type) {
	lit, ok := bare(e).(*ast.BasicLit)
	if _, named := types.Unalias(to).(*types.Named); !ok || !named || lit.Kind != token.STRING {
		return
	}
	scope, text := c.pkg.Types.Scope(), strings.Trim(lit.Value, "\"`")
	for _, name := range scope.Names() {
		k, is := scope.Lookup(name).(*types.Const)
		if !is || !types.Identical(k.Type(), to) {
			continue
		}
		weight := likeness(text, name)
		if strings.EqualFold(text, name) {
			weight = 2.2
		}
		c.add(weight, "NAME", "named-constant", c.replace(e, name))
	}
}

// rangedValue tells whether e is xs[i] inside "for i, name := range xs".
func (c *fixContext) rangedValue(e ast.Expr, name string) bool {
	x, ok := bare(e).(*ast.IndexExpr)
	if !ok {
		return false
	}
	for _, n := range c.path {
		r, is := n.(*ast.RangeStmt)
		if is && r.Key != nil && r.Value != nil && c.text(r.Value) == name && c.text(r.Key) == c.text(x.Index) && c.text(r.X) == c.text(x.X) {
			return true
		}
	}
	return false
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
