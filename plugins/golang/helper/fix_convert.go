package main

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"strconv"
	"strings"
)

// conversion is one way to write an expression so that it has another type.
type conversion struct {
	text    string
	weight  float64
	op      string
	rule    string
	imports []string
}

// conversions lists ways to make e, of type from, a value of type to, the likeliest meaning first by weight.
func (c *fixContext) conversions(e ast.Expr, from, to types.Type) []conversion {
	if to == nil {
		return nil
	}
	var out []conversion
	give := func(weight float64, op, rule, text string, imports ...string) {
		out = append(out, conversion{text, weight, op, rule, imports})
	}
	text := c.text(e)
	c.literalKinds(e, to, give)
	if from == nil {
		return out
	}
	if from == types.Typ[types.UntypedNil] {
		if zero, need := c.zero(to); zero != "nil" {
			give(1.2, "LIT", "zero-value", zero, need...)
		}
		return out
	}
	operand := text
	if !isPrimary(e) {
		operand = "(" + text + ")"
	}
	c.pointerKinds(e, from, to, operand, give)
	c.numericKinds(e, from, to, text, operand, give)
	c.stringKinds(from, to, text, operand, give)
	c.containerKinds(from, to, text, operand, give)
	c.errorKinds(from, to, text, give)
	c.boolKinds(from, to, text, operand, give)
	c.functionKinds(from, to, text, operand, give)
	c.interfaceKinds(from, to, operand, give)
	c.memberKinds(from, to, operand, give)
	c.implementers(from, to, text, give)
	if types.ConvertibleTo(from, to) && !isUntyped(from) && !isNumeric(from) && !isString(to) && !types.IsInterface(to) {
		name, need := c.typeText(to)
		give(1, "CONV", "convert", converted(name, text), need...)
	}
	return out
}

// giver takes one conversion.
type giver func(weight float64, op, rule, text string, imports ...string)

// isPrimary tells whether a selector or index may follow the expression without parentheses.
func isPrimary(e ast.Expr) bool {
	switch e.(type) {
	case *ast.Ident, *ast.SelectorExpr, *ast.CallExpr, *ast.IndexExpr, *ast.ParenExpr, *ast.BasicLit, *ast.SliceExpr, *ast.TypeAssertExpr, *ast.CompositeLit:
		return true
	}
	return false
}

// converted writes a conversion, with parentheses around types that need them.
func converted(typ, text string) string {
	if strings.HasPrefix(typ, "*") || strings.HasPrefix(typ, "<-") || strings.HasPrefix(typ, "func") || strings.HasPrefix(typ, "chan ") {
		typ = "(" + typ + ")"
	}
	return typ + "(" + text + ")"
}

// literalKinds rewrites a literal as one of the kind that is wanted: "1" <-> 1, 'a' <-> "a", 1.0 <-> 1, 0 <-> nil.
func (c *fixContext) literalKinds(e ast.Expr, to types.Type, give giver) {
	inner, sign := bare(e), ""
	if u, ok := inner.(*ast.UnaryExpr); ok && u.Op == token.SUB {
		inner, sign = u.X, "-"
	}
	if id, ok := inner.(*ast.Ident); ok && (id.Name == "true" || id.Name == "false" || id.Name == "nil") {
		c.wordKinds(id, to, give)
		return
	}
	lit, ok := inner.(*ast.BasicLit)
	if !ok {
		return
	}
	value := lit.Value
	plain, _ := strconv.Unquote(value)
	switch {
	case isString(to) && lit.Kind == token.CHAR:
		give(1.6, "LIT", "literal-kind", strconv.Quote(plain))
	case isString(to) && (lit.Kind == token.INT || lit.Kind == token.FLOAT):
		weight := 1.4
		empty := 0.5
		if value == "0" && sign == "" {
			weight, empty = 0.9, 0.9
		}
		give(empty, "LIT", "zero-value", `""`)
		give(weight, "LIT", "literal-kind", `"`+sign+value+`"`)
	case isNumeric(to) && lit.Kind == token.STRING:
		c.numberFromString(plain, to, give)
	case isInteger(to) && lit.Kind == token.FLOAT:
		if v := constant.MakeFromLiteral(value, token.FLOAT, 0); v.Kind() == constant.Float || v.Kind() == constant.Int {
			if whole := constant.ToInt(v); whole.Kind() == constant.Int {
				give(1.5, "LIT", "literal-kind", sign+whole.ExactString())
			} else if f, _ := constant.Float64Val(v); f >= 0 {
				give(0.2, "LIT", "truncate-literal", sign+strconv.Itoa(int(f)))
				give(0.15, "LIT", "round-literal", sign+strconv.Itoa(int(f+0.5)))
			}
		}
	case isBoolean(to) && lit.Kind == token.INT:
		give(1.2, "LIT", "literal-kind", map[bool]string{true: "false", false: "true"}[value == "0"])
	case isBoolean(to) && lit.Kind == token.STRING && (plain == "true" || plain == "false"):
		give(1.5, "LIT", "literal-kind", plain)
	case nillable(to) && (value == "0" || value == `""`):
		weight := 1.4
		switch to.Underlying().(type) {
		case *types.Signature:
			weight = 0.1
		case *types.Interface:
			weight = 0.6
		}
		give(weight, "LIT", "zero-value", "nil")
	}
	if s, is := to.Underlying().(*types.Struct); is && s != nil && (value == "0" || value == `""`) {
		zero, need := c.zero(to)
		give(1, "LIT", "zero-value", zero, need...)
	}
	if isError(to) && lit.Kind == token.STRING && value != `""` {
		give(1.5, "CONV", "new-error", "errors.New("+value+")", "errors")
	}
}

func (c *fixContext) numberFromString(plain string, to types.Type, give giver) {
	trimmed := strings.TrimSpace(plain)
	if _, err := strconv.ParseFloat(trimmed, 64); err == nil {
		give(1.5, "LIT", "literal-kind", trimmed)
	}
	if plain == "" {
		give(1.2, "LIT", "zero-value", "0")
	}
	if runes := []rune(plain); len(runes) == 1 {
		b, _ := to.Underlying().(*types.Basic)
		weight := 0.6
		if b != nil && (b.Kind() == types.Int32 || b.Kind() == types.Uint8 || b.Kind() == types.UntypedRune) {
			weight = 1.8
		}
		give(weight, "LIT", "literal-kind", strconv.QuoteRune(runes[0]))
	}
}

func (c *fixContext) wordKinds(id *ast.Ident, to types.Type, give giver) {
	switch {
	case id.Name == "nil":
		return
	case structOf(to) != nil && structOf(to).NumFields() == 0:
		zero, need := c.zero(to)
		give(1.5, "LIT", "zero-value", zero, need...)
	case isNumeric(to):
		give(0.8, "LIT", "literal-kind", map[string]string{"true": "1", "false": "0"}[id.Name])
	case isString(to):
		give(1, "LIT", "literal-kind", strconv.Quote(id.Name))
	case nillable(to):
		give(0.9, "LIT", "zero-value", "nil")
	}
}

// pointerKinds takes an address or follows a pointer.
func (c *fixContext) pointerKinds(e ast.Expr, from, to types.Type, operand string, give giver) {
	if p, ok := from.Underlying().(*types.Pointer); ok && types.AssignableTo(p.Elem(), to) {
		if u, is := bare(e).(*ast.UnaryExpr); is && u.Op == token.AND {
			give(1.7, "CONV", "drop-address", c.text(u.X))
		} else {
			give(1.5, "CONV", "deref", "*"+operand)
		}
	}
	address := func(weight float64) {
		if s, is := bare(e).(*ast.StarExpr); is {
			give(1.7, "CONV", "drop-deref", c.text(s.X))
			return
		}
		switch x := bare(e).(type) {
		case *ast.Ident, *ast.SelectorExpr, *ast.IndexExpr, *ast.CompositeLit:
			give(weight, "CONV", "address", "&"+c.text(x))
		}
	}
	if p, ok := to.Underlying().(*types.Pointer); ok && types.AssignableTo(from, p.Elem()) {
		address(1.5)
	}
	if iface, ok := to.Underlying().(*types.Interface); ok && !types.IsInterface(from) && !types.Implements(from, iface) {
		if types.Implements(types.NewPointer(from), iface) {
			address(1.6)
		}
	}
}

// numericKinds converts between numbers; time.Duration keeps its unit only when a number is meant to be one.
func (c *fixContext) numericKinds(e ast.Expr, from, to types.Type, text, operand string, give giver) {
	if !isNumeric(from) || !isNumeric(to) || isUntyped(from) {
		return
	}
	name, need := c.typeText(to)
	if isUntyped(to) {
		return
	}
	if call, ok := bare(e).(*ast.CallExpr); ok && len(call.Args) == 1 && c.pkg.Info.Types[call.Fun].IsType() {
		if t := c.typeOf(call.Args[0]); t != nil && types.Identical(t, to) {
			give(1.3, "CONV", "drop-conversion", c.text(call.Args[0]))
		} else {
			give(1.25, "CONV", "retarget-conversion", converted(name, c.text(call.Args[0])), need...)
		}
	}
	give(1.3, "CONV", "convert", converted(name, text), need...)
	if isNamed(to, "time", "Duration") {
		give(0.15, "CONV", "seconds", converted(name, text)+" * time.Second", append(need, "time")...)
	}
	if isNamed(from, "time", "Duration") && basicInfo(to)&types.IsFloat != 0 {
		give(1.4, "CALL", "seconds", operand+".Seconds()")
	}
	if isNamed(from, "time", "Duration") && isInteger(to) {
		give(0.4, "CALL", "milliseconds", converted(name, operand+".Milliseconds()"))
	}
}

// stringKinds converts to and from text.
func (c *fixContext) stringKinds(from, to types.Type, text, operand string, give giver) {
	name, need := c.typeText(to)
	wrap := func(s string) string {
		if name == "string" || isUntyped(to) {
			return s
		}
		return converted(name, s)
	}
	if isString(to) {
		b, _ := from.Underlying().(*types.Basic)
		switch {
		case isString(from) && !isUntyped(from):
			give(1.4, "CONV", "convert", converted(strings.TrimPrefix(name, "untyped "), text), need...)
		case isBytes(from) || isRunes(from):
			give(1.6, "CONV", "string", wrap("string("+text+")"), need...)
		case isError(from):
			give(1.5, "CONV", "error-text", wrap(operand+".Error()"), need...)
		case b != nil && (b.Kind() == types.Int32 || b.Kind() == types.Uint8):
			give(1.4, "CONV", "string", wrap("string("+text+")"), need...)
			give(0.4, "CONV", "itoa", wrap("strconv.Itoa(int("+text+"))"), append(need, "strconv")...)
		case isInteger(from):
			c.integerText(from, text, wrap, need, give)
		case isBoolean(from):
			give(1.2, "CONV", "format-bool", wrap("strconv.FormatBool("+text+")"), append(need, "strconv")...)
		case isNumeric(from):
			give(1, "CONV", "format-float", wrap("strconv.FormatFloat("+text+", 'f', -1, 64)"), append(need, "strconv")...)
		}
		if s, ok := from.Underlying().(*types.Slice); ok && isString(s.Elem()) {
			give(0.6, "CONV", "join", "strings.Join("+text+`, " ")`, "strings")
			give(0.5, "CONV", "join", "strings.Join("+text+`, "")`, "strings")
			give(0.3, "CONV", "join", "strings.Join("+text+`, ", ")`, "strings")
		}
		if c.hasTextMethod(from) {
			give(1.3, "CALL", "string-method", wrap(operand+".String()"), need...)
		}
		give(0.35, "CONV", "sprint", wrap("fmt.Sprint("+text+")"), append(need, "fmt")...)
	}
	if !isString(from) {
		return
	}
	b, _ := to.Underlying().(*types.Basic)
	switch {
	case isBytes(to) || isRunes(to):
		give(1.6, "CONV", "convert", converted(name, text), need...)
	case b != nil && b.Kind() == types.Uint8:
		give(0.8, "INDEX", "first-byte", operand+"[0]")
	case b != nil && b.Kind() == types.Int32:
		give(0.9, "CONV", "first-rune", "[]rune("+text+")[0]")
	case isInteger(to) && !strings.HasPrefix(text, `"`):
		give(0.35, "CALL", "len", "len("+text+")")
	case isError(to):
		give(1.2, "CONV", "new-error", "errors.New("+text+")", "errors")
	case isNamed(to, "io", "Reader") || isNamed(to, "io", "ReaderAt"):
		give(1.4, "CONV", "reader", "strings.NewReader("+text+")", "strings")
	}
	if s, ok := to.Underlying().(*types.Slice); ok && isString(s.Elem()) {
		give(0.4, "CONV", "fields", "strings.Fields("+text+")", "strings")
		give(0.3, "CONV", "split", "strings.Split("+text+`, "")`, "strings")
	}
}

func (c *fixContext) integerText(from types.Type, text string, wrap func(string) string, need []string, give giver) {
	need = append(need, "strconv")
	switch {
	case types.Identical(from, types.Typ[types.Int]):
		give(1.5, "CONV", "itoa", wrap("strconv.Itoa("+text+")"), need...)
	case basicInfo(from)&types.IsUnsigned != 0:
		give(1.2, "CONV", "format-uint", wrap("strconv.FormatUint(uint64("+text+"), 10)"), need...)
	case types.Identical(from, types.Typ[types.Int64]):
		give(1.4, "CONV", "format-int", wrap("strconv.FormatInt("+text+", 10)"), need...)
	default:
		give(1.2, "CONV", "itoa", wrap("strconv.Itoa(int("+text+"))"), need...)
	}
}

func isBytes(t types.Type) bool { return isSliceOf(t, types.Uint8) }

func isRunes(t types.Type) bool { return isSliceOf(t, types.Int32) }

func isSliceOf(t types.Type, kind types.BasicKind) bool {
	s, ok := t.Underlying().(*types.Slice)
	if !ok {
		return false
	}
	b, ok := s.Elem().Underlying().(*types.Basic)
	return ok && b.Kind() == kind
}

// hasTextMethod tells whether t has a method String() string.
func (c *fixContext) hasTextMethod(t types.Type) bool {
	obj, _, _ := types.LookupFieldOrMethod(t, true, c.pkg.Types, "String")
	f, ok := obj.(*types.Func)
	if !ok {
		return false
	}
	sig := f.Type().(*types.Signature)
	return sig.Params().Len() == 0 && sig.Results().Len() == 1 && isString(sig.Results().At(0).Type())
}
