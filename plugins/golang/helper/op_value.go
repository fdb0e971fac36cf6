package main

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"math"
	"strconv"
	"strings"
	"unicode"
)

// literalOps changes integer, float, string, rune and boolean literals.
func literalOps(o *operators, n ast.Node) {
	switch n := n.(type) {
	case *ast.BasicLit:
		if u, ok := o.parent(1).(*ast.UnaryExpr); ok && u.Op == token.SUB {
			return // the signed literal is changed as a whole
		}
		o.changeLiteral(n, n, "")
	case *ast.UnaryExpr:
		if lit, ok := n.X.(*ast.BasicLit); ok && n.Op == token.SUB {
			o.changeLiteral(n, lit, "-")
		}
	case *ast.Ident:
		if n.Name == "true" || n.Name == "false" {
			if _, ok := o.info.Uses[n].(*types.Const); ok {
				other := map[string]string{"true": "false", "false": "true"}[n.Name]
				o.replace(o.valueOp(n), "bool", n, other, 1)
				o.nameFor(n, types.Typ[types.Bool], "bool-name")
			}
		}
	}
}

// nameFor replaces a literal by names in scope of its type.
func (o *operators) nameFor(e ast.Expr, t types.Type, rule string) {
	switch o.parent(1).(type) {
	case *ast.CaseClause, *ast.ValueSpec, *ast.ArrayType:
		return
	}
	for i, name := range o.namesFor(e.Pos(), t, nil) {
		if i < 3 {
			o.replace(o.wholeOp(e, "NAME"), rule, e, name, 0.5/float64(i+1))
		}
	}
}

// valueOp returns the class of a replaced literal: RETURN for a whole result, INDEX inside bounds, else LIT.
func (o *operators) valueOp(n ast.Node) string { return o.wholeOp(n, "LIT") }

// wholeOp returns op for a replaced operand, or the class of the place it fills: RETURN for a whole result, INDEX
// inside an index or bound.
func (o *operators) wholeOp(n ast.Node, op string) string {
	for i := len(o.stack) - 1; i > 0; i-- {
		if o.stack[i] == n {
			if _, ok := o.stack[i-1].(*ast.ReturnStmt); ok {
				return "RETURN"
			}
			break
		}
	}
	return o.opFor(n, op)
}

// changeLiteral replaces a literal (with its sign, whole) by its neighbours and by other literals in reach.
func (o *operators) changeLiteral(whole ast.Expr, lit *ast.BasicLit, sign string) {
	switch p := o.parent(1).(type) {
	case *ast.ArrayType, *ast.ImportSpec:
		return
	case *ast.Field:
		if p.Tag == lit {
			return
		}
	}
	switch lit.Kind {
	case token.INT:
		o.changeInt(whole, lit, sign)
	case token.FLOAT:
		o.changeFloat(whole, lit, sign)
	case token.CHAR:
		o.changeRune(lit)
	case token.STRING:
		o.changeString(lit)
	}
}

// changeInt replaces an integer literal.
func (o *operators) changeInt(whole ast.Expr, lit *ast.BasicLit, sign string) {
	value, err := strconv.ParseInt(sign+strings.ReplaceAll(lit.Value, "_", ""), 0, 64)
	if err != nil {
		return
	}
	op := o.valueOp(whole)
	done := map[int64]bool{value: true}
	summand := o.isSummand(whole)
	put := func(v int64, rule string, weight float64) {
		if done[v] || !o.intFits(whole, v) || summand && v <= 0 {
			return
		}
		done[v] = true
		o.replace(op, rule, whole, formatLike(lit.Value, v), weight)
	}
	put(value+1, "int-next", 2)
	put(value-1, "int-next", 2)
	put(0, "int-common", 1.2)
	put(1, "int-common", 1.2)
	put(-1, "int-common", 0.6)
	put(2, "int-common", 0.7)
	put(value+2, "int-step", 0.4)
	put(value-2, "int-step", 0.4)
	put(-value, "int-sign", 0.5)
	if value > 2 {
		put(value*2, "int-double", 0.3)
		put(value/2, "int-double", 0.3)
		put(value*10, "int-double", 0.2)
		if value%10 == 0 {
			put(value/10, "int-double", 0.2)
		}
	}
	if t := o.typeOf(whole); sign == "" && isInt(t) && value >= 0 {
		for i, name := range o.namesFor(whole.Pos(), t, nil) {
			if i < 4 {
				o.replace(o.wholeOp(whole, "NAME"), "int-name", whole, name, 0.5/float64(i+1))
			}
		}
		for _, field := range o.fieldsFor(whole.Pos(), t, 3) {
			o.replace(o.wholeOp(whole, "FIELD"), "int-field", whole, field, 0.3)
		}
	}
	for _, other := range o.facts.ints {
		if v, err := strconv.ParseInt(strings.ReplaceAll(other, "_", ""), 0, 64); err == nil {
			put(v, "int-seen", 0.8)
		}
	}
}

// isSummand tells whether an expression is added or subtracted: there 0 is a dropped term and less another operator.
func (o *operators) isSummand(whole ast.Expr) bool {
	for i := len(o.stack) - 1; i > 0 && i > len(o.stack)-4; i-- {
		if b, ok := o.stack[i].(*ast.BinaryExpr); ok {
			return b.Op == token.ADD && (b.X == whole || b.Y == whole) || b.Op == token.SUB && b.Y == whole
		}
	}
	return false
}

// intFits tells whether value v can stand where the literal stands, as far as its type tells.
func (o *operators) intFits(whole ast.Expr, v int64) bool {
	tv := o.info.Types[whole]
	if b, ok := under(tv.Type).(*types.Basic); ok {
		if b.Info()&types.IsUnsigned != 0 && v < 0 {
			return false
		}
		if limit := map[types.BasicKind]int64{types.Int8: 1 << 7, types.Int16: 1 << 15, types.Int32: 1 << 31}[b.Kind()]; limit != 0 && (v >= limit || v < -limit) {
			return false
		}
		if limit := map[types.BasicKind]int64{types.Uint8: 1 << 8, types.Uint16: 1 << 16, types.Uint32: 1 << 32}[b.Kind()]; limit != 0 && v >= limit {
			return false
		}
	}
	switch p := o.parent(1).(type) {
	case *ast.BinaryExpr:
		if v == 0 && p.Y == whole && (p.Op == token.QUO || p.Op == token.REM) {
			return false
		}
		if v < 0 && p.Y == whole && (p.Op == token.SHL || p.Op == token.SHR) {
			return false
		}
	case *ast.AssignStmt:
		if v == 0 && (p.Tok == token.QUO_ASSIGN || p.Tok == token.REM_ASSIGN) {
			return false
		}
	case *ast.IndexExpr:
		if v < 0 && p.Index == whole {
			return false
		}
		if a, ok := under(o.typeOf(p.X)).(*types.Array); ok && v >= a.Len() {
			return false
		}
	case *ast.SliceExpr:
		if v < 0 {
			return false
		}
	case *ast.CaseClause:
		for _, e := range p.List {
			if c := o.info.Types[e].Value; c != nil && e != whole && constant.Compare(constant.ToInt(c), token.EQL, constant.MakeInt64(v)) {
				return false
			}
		}
	case *ast.CallExpr:
		if id, ok := p.Fun.(*ast.Ident); ok && id.Name == "make" && v < 0 {
			return false
		}
	}
	return true
}

// under returns the underlying type, nil for nil.
func under(t types.Type) types.Type {
	if t == nil {
		return nil
	}
	return t.Underlying()
}

// formatLike writes v in the base of the literal like.
func formatLike(like string, v int64) string {
	if len(like) > 2 && like[0] == '0' && v >= 0 {
		switch like[1] {
		case 'x', 'X':
			return "0x" + strconv.FormatInt(v, 16)
		case 'b', 'B':
			return "0b" + strconv.FormatInt(v, 2)
		case 'o', 'O':
			return "0o" + strconv.FormatInt(v, 8)
		}
	}
	return strconv.FormatInt(v, 10)
}

// changeFloat replaces a float literal.
func (o *operators) changeFloat(whole ast.Expr, lit *ast.BasicLit, sign string) {
	value, err := strconv.ParseFloat(sign+strings.ReplaceAll(lit.Value, "_", ""), 64)
	if err != nil {
		return
	}
	op := o.valueOp(whole)
	done := map[float64]bool{value: true}
	put := func(v float64, rule string, weight float64) {
		if done[v] || math.IsInf(v, 0) {
			return
		}
		done[v] = true
		text := strconv.FormatFloat(v, 'g', -1, 64)
		if !strings.ContainsAny(text, ".e") {
			text += ".0"
		}
		o.replace(op, rule, whole, text, weight)
	}
	if t := o.typeOf(whole); sign == "" && isFloat(t) {
		o.nameFor(whole, t, "float-name")
	}
	for _, v := range []float64{0, 1, -1, 2, 0.5, -value, value + 1, value - 1, value * 2, value / 2, value * 10, value / 10} {
		put(v, "float-common", 1)
	}
	for _, other := range o.facts.floats {
		if v, err := strconv.ParseFloat(strings.ReplaceAll(other, "_", ""), 64); err == nil {
			put(v, "float-seen", 1)
		}
	}
}

// changeRune replaces a rune literal by the other case, its neighbours and the runes of the function.
func (o *operators) changeRune(lit *ast.BasicLit) {
	text, ok := unquote(lit.Value)
	if !ok || text == "" {
		return
	}
	r := []rune(text)[0]
	op := o.valueOp(lit)
	put := func(v rune, rule string, weight float64) {
		if v != r && v >= 0 && v <= unicode.MaxRune && (r < 0x80 || v < 0x100) && !o.caseHas(lit, int64(v)) {
			o.replace(op, rule, lit, strconv.QuoteRune(v), weight)
		}
	}
	if unicode.IsLetter(r) {
		put(unicode.ToUpper(r), "rune-case", 2)
		put(unicode.ToLower(r), "rune-case", 2)
	}
	put(r+1, "rune-next", 0.8)
	put(r-1, "rune-next", 0.8)
	for _, other := range o.facts.runes {
		if v, ok := unquote(other); ok {
			put([]rune(v)[0], "rune-seen", 1)
		}
	}
	if near, ok := runeFamilies[r]; ok {
		for _, v := range near {
			put(v, "rune-family", 0.7)
		}
	}
}

// caseHas tells whether another expression of the same case clause or a sibling clause has the value v.
func (o *operators) caseHas(lit ast.Expr, v int64) bool {
	if _, ok := o.parent(1).(*ast.CaseClause); !ok {
		return false
	}
	body, ok := o.parent(2).(*ast.BlockStmt)
	if !ok {
		return false
	}
	for _, s := range body.List {
		c, ok := s.(*ast.CaseClause)
		if !ok {
			continue
		}
		for _, e := range c.List {
			if value := o.info.Types[e].Value; value != nil && e != lit && constant.Compare(constant.ToInt(value), token.EQL, constant.MakeInt64(v)) {
				return true
			}
		}
	}
	return false
}

// runeFamilies lists the characters that are taken for one another.
var runeFamilies = map[rune][]rune{
	'(': {')', '[', '{'}, ')': {'(', ']', '}'}, '[': {']', '('}, ']': {'[', ')'}, '{': {'}', '('}, '}': {'{', ')'},
	'<': {'>'}, '>': {'<'}, '+': {'-'}, '-': {'+', '_'}, '_': {'-'}, '*': {'/'}, '/': {'\\', '*'}, '\\': {'/'},
	' ': {'\t', '\n', ',', '_'}, '\t': {' ', '\n'}, '\n': {'\r', ' ', '\t'}, '\r': {'\n'}, ',': {';', ' ', '.'}, ';': {',', ':'},
	':': {';', '='}, '.': {',', ' '}, '\'': {'"', '`'}, '"': {'\'', '`'}, '0': {'1', '9', 'a'}, '1': {'0', '9'}, '9': {'0', '8'},
	'a': {'z', 'A', '0', 'f'}, 'z': {'a', 'Z'}, 'A': {'Z', 'a', '0'}, 'Z': {'A', 'z'}, 'f': {'z', 'F'}, 'F': {'Z', 'f'},
}
