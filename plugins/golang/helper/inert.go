package main

import (
	"go/ast"
	"go/constant"
	"go/parser"
	"go/token"
	"go/types"
	"math"
	"slices"
)

// An edit of a condition that would have come out the same every time it was evaluated in a failing test cannot mend
// that test: the mutant is not even infected (Voas, PIE: A Dynamic Failure-Based Technique, TSE 1992). The outcomes are
// counted in one run (cover_conditions.go); whoever proposes edits gets them back and puts such edits last.

// inertPrior is the log-prior that an edit without effect loses.
const inertPrior = -10.0

// conditionSeen is how a condition came out in each failing test.
type conditionSeen struct {
	Start int   `json:"start"` // byte offsets in the file
	End   int   `json:"end"`
	Order bool  `json:"order"`
	Seen  []int `json:"seen"` // by test, a bit for each counter of coverCondition that was reached
}

// inertness judges the edits of one function.
type inertness struct {
	p     *Package
	f     *File
	known map[[2]int]conditionSeen
	tests int
	roots []rootCondition
}

// rootCondition is a whole condition, with the if that hangs on it where nothing else does.
type rootCondition struct {
	cond ast.Expr
	lone *ast.IfStmt
}

// newInertness prepares the judgement; it returns nil when nothing was counted.
func newInertness(p *Package, f *File, fn *ast.FuncDecl, seen []conditionSeen) *inertness {
	if len(seen) == 0 {
		return nil
	}
	x := &inertness{p: p, f: f, known: map[[2]int]conditionSeen{}, tests: len(seen[0].Seen)}
	for _, c := range seen {
		if len(c.Seen) == x.tests {
			x.known[[2]int{c.Start, c.End}] = c
		}
	}
	ast.Inspect(fn, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.IfStmt:
			r := rootCondition{cond: n.Cond}
			if n.Else == nil && n.Init == nil && isPure(n.Cond) {
				r.lone = n
			}
			x.roots = append(x.roots, r)
		case *ast.ForStmt:
			if n.Cond != nil {
				x.roots = append(x.roots, rootCondition{cond: n.Cond})
			}
		case *ast.ReturnStmt:
			for _, e := range n.Results {
				x.roots = append(x.roots, rootCondition{cond: e})
			}
		}
		return true
	})
	return x
}

// isPure tells whether evaluating an expression does nothing but that.
func isPure(e ast.Expr) bool {
	pure := true
	ast.Inspect(e, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			pure = pure && isBuiltin(n.Fun, "len", "cap", "min", "max")
		case *ast.UnaryExpr:
			pure = pure && n.Op != token.ARROW
		}
		return pure
	})
	return pure
}

// inert tells whether a candidate changes nothing in some failing test: each of its edits is part of a condition that
// comes out as before, or deletes an if that never held.
func (x *inertness) inert(c Candidate) bool {
	byRoot := map[int][]Edit{}
	edits := slices.Clone(c.Edits)
	slices.SortFunc(edits, func(a, b Edit) int { return a.Start - b.Start })
	for _, e := range edits {
		at := x.root(e)
		if at < 0 {
			return false
		}
		byRoot[at] = append(byRoot[at], e)
	}
	changed := map[int]ast.Expr{}
	for at, edits := range byRoot {
		start, end := x.span(x.roots[at].cond)
		if edits[0].Start < start {
			continue // the whole if goes
		}
		made, err := parser.ParseExpr(editRange(x.f.Src, start, end, edits))
		if err != nil {
			return false
		}
		changed[at] = made
	}
	return len(byRoot) > 0 && x.someTest(func(test int) bool {
		for at := range byRoot {
			cond := x.roots[at].cond
			if made := changed[at]; made != nil && x.effect(cond, made, test) {
				return false
			} else if _, yes, known := x.truth(cond, test); made == nil && (!known || yes) {
				return false
			}
		}
		return true
	})
}

// root returns the condition that holds an edit, or the one of the if that it deletes; -1 for none.
func (x *inertness) root(e Edit) int {
	for at, r := range x.roots {
		start, end := x.span(r.cond)
		if start <= e.Start && e.End <= end || r.lone != nil && e.New == "" && x.removes(r.lone, e) {
			return at
		}
	}
	return -1
}

// someTest tells whether something holds in one of the failing tests at least.
func (x *inertness) someTest(holds func(test int) bool) bool {
	for test := range x.tests {
		if holds(test) {
			return true
		}
	}
	return false
}

// span returns an expression's byte offsets.
func (x *inertness) span(e ast.Node) (start, end int) {
	return x.p.Offset(e.Pos()), x.p.Offset(e.End())
}

// removes tells whether an edit deletes an if and nothing but blanks besides.
func (x *inertness) removes(s *ast.IfStmt, e Edit) bool {
	start, end := x.span(s)
	if e.Start > start || e.End < end {
		return false
	}
	blank := func(text []byte) bool {
		for _, b := range text {
			if b != ' ' && b != '\t' && b != '\n' {
				return false
			}
		}
		return true
	}
	return blank(x.f.Src[e.Start:start]) && blank(x.f.Src[end:e.End])
}

// effect tells whether a condition that became another would have come out otherwise in a test, as far as is known.
func (x *inertness) effect(was, is ast.Expr, test int) bool {
	was, is = ast.Unparen(was), ast.Unparen(is)
	if types.ExprString(was) == types.ExprString(is) {
		return false
	}
	no, yes, known := x.truth(was, test)
	if known && !no && !yes {
		return false // it was never evaluated
	}
	if b, ok := is.(*ast.BinaryExpr); ok && known && (b.Op == token.LAND || b.Op == token.LOR) {
		old := types.ExprString(was)
		if types.ExprString(ast.Unparen(b.X)) == old || types.ExprString(ast.Unparen(b.Y)) == old { // a part was added
			return b.Op == token.LAND && yes || b.Op == token.LOR && no
		}
	}
	switch was := was.(type) {
	case *ast.UnaryExpr:
		if n, ok := is.(*ast.UnaryExpr); ok && was.Op == token.NOT && n.Op == token.NOT {
			return x.effect(was.X, n.X, test)
		}
	case *ast.BinaryExpr:
		if was.Op == token.LAND || was.Op == token.LOR {
			return x.joinedEffect(was, is, test)
		}
		return x.orderEffect(was, is, test)
	}
	return true
}

// operands returns what an operator joins, one by one.
func operands(e ast.Expr, op token.Token) []ast.Expr {
	e = ast.Unparen(e)
	if b, ok := e.(*ast.BinaryExpr); ok && b.Op == op {
		return append(operands(b.X, op), operands(b.Y, op)...)
	}
	return []ast.Expr{e}
}

// joinedEffect is effect for operands joined by && or ||.
func (x *inertness) joinedEffect(was *ast.BinaryExpr, is ast.Expr, test int) bool {
	if b, ok := is.(*ast.BinaryExpr); ok && b.Op != was.Op && (b.Op == token.LAND || b.Op == token.LOR) {
		return x.swapEffect(was, b, test)
	}
	old, now := operands(was, was.Op), operands(is, was.Op)
	switch {
	case len(now) < len(old): // some were dropped
		at := 0
		for _, e := range old {
			if at < len(now) && types.ExprString(e) == types.ExprString(now[at]) {
				at++
				continue
			}
			if no, yes, known := x.truth(e, test); !known || was.Op == token.LAND && no || was.Op == token.LOR && yes {
				return true
			}
		}
		return at < len(now)
	case len(now) > len(old):
		return true // effect knows what was added as a whole; what was added in between may matter
	}
	for i, e := range old {
		if x.effect(e, now[i], test) {
			return true
		}
	}
	return false
}

// swapEffect is effect where && became || or the other way round: a && b differs from a || b where a and not b, or not a,
// of which b is not known.
func (x *inertness) swapEffect(was, is *ast.BinaryExpr, test int) bool {
	same := types.ExprString(ast.Unparen(is.X)) == types.ExprString(ast.Unparen(was.X)) &&
		types.ExprString(ast.Unparen(is.Y)) == types.ExprString(ast.Unparen(was.Y))
	no, yes, known := x.truth(was.X, test)
	second, third, other := x.truth(was.Y, test)
	if !same || !known || !other {
		return true
	}
	return was.Op == token.LAND && (no || second) || was.Op == token.LOR && (yes || third)
}

// orderEffect is effect for a comparison of integers.
func (x *inertness) orderEffect(was *ast.BinaryExpr, is ast.Expr, test int) bool {
	seen, ok := x.seen(was)
	b, also := is.(*ast.BinaryExpr)
	if !ok || !also || !isComparison(b.Op) {
		return true
	}
	if !seen.Order {
		same := types.ExprString(was.X) == types.ExprString(b.X) && types.ExprString(was.Y) == types.ExprString(b.Y)
		no, yes, _ := x.truth(was, test)
		return !same || yes && !implies(was.Op, b.Op) || no && !implies(b.Op, was.Op)
	}
	left, right := shiftOf(was.X, b.X), shiftOf(was.Y, b.Y)
	if left == unknownShift || right == unknownShift {
		return true
	}
	moved := left - right
	for class := range orderCounters {
		if seen.Seen[test]&(1<<class) == 0 {
			continue
		}
		distance := class - 2
		low, high := distance+moved, distance+moved
		switch class {
		case 0:
			low = math.MinInt32
		case orderCounters - 1:
			high = math.MaxInt32
		}
		for _, now := range []int{low, high, min(max(low, 0), high), min(max(low, -1), high), min(max(low, 1), high)} {
			if compares(was.Op, distance) != compares(b.Op, now) {
				return true
			}
		}
	}
	return false
}

// implies tells whether what compares one way compares the other way, too.
func implies(one, other token.Token) bool {
	for distance := -1; distance <= 1; distance++ {
		if compares(one, distance) && !compares(other, distance) {
			return false
		}
	}
	return true
}

// compares tells how a comparison comes out by the distance of its operands.
func compares(op token.Token, distance int) bool {
	switch op {
	case token.LSS:
		return distance < 0
	case token.LEQ:
		return distance <= 0
	case token.GTR:
		return distance > 0
	case token.GEQ:
		return distance >= 0
	case token.EQL:
		return distance == 0
	}
	return distance != 0
}

// unknownShift stands for a change that is no constant distance.
const unknownShift = math.MaxInt32

// shiftOf returns how much more an operand is after a change.
func shiftOf(was, is ast.Expr) int {
	was, is = ast.Unparen(was), ast.Unparen(is)
	if types.ExprString(was) == types.ExprString(is) {
		return 0
	}
	if old, ok := literalOf(was); ok {
		if now, ok := literalOf(is); ok {
			return now - old
		}
		return unknownShift
	}
	if amount, ok := added(is, was); ok {
		return amount
	}
	if amount, ok := added(was, is); ok {
		return -amount
	}
	return unknownShift
}

// added returns the constant that sum adds to base.
func added(sum, base ast.Expr) (int, bool) {
	b, ok := sum.(*ast.BinaryExpr)
	if !ok || b.Op != token.ADD && b.Op != token.SUB || types.ExprString(ast.Unparen(b.X)) != types.ExprString(base) {
		return 0, false
	}
	amount, ok := literalOf(ast.Unparen(b.Y))
	if b.Op == token.SUB {
		amount = -amount
	}
	return amount, ok
}

// literalOf returns the value of a small integer literal, with its sign.
func literalOf(e ast.Expr) (int, bool) {
	sign := 1
	if u, ok := e.(*ast.UnaryExpr); ok && u.Op == token.SUB {
		sign, e = -1, u.X
	}
	lit, ok := e.(*ast.BasicLit)
	if !ok || lit.Kind != token.INT && lit.Kind != token.CHAR {
		return 0, false
	}
	value, exact := constant.Int64Val(constant.ToInt(constant.MakeFromLiteral(lit.Value, lit.Kind, 0)))
	if !exact || value > math.MaxInt16 {
		return 0, false
	}
	return sign * int(value), true
}

// seen returns the counters of an expression.
func (x *inertness) seen(e ast.Expr) (conditionSeen, bool) {
	start, end := x.span(e)
	found, ok := x.known[[2]int{start, end}]
	return found, ok
}

// truth tells whether an expression of the file came out false and true in a test.
func (x *inertness) truth(e ast.Expr, test int) (no, yes, known bool) {
	e = ast.Unparen(e)
	if u, ok := e.(*ast.UnaryExpr); ok && u.Op == token.NOT {
		yes, no, known = x.truth(u.X, test)
		return no, yes, known
	}
	seen, ok := x.seen(e)
	if !ok {
		return false, false, false
	}
	if !seen.Order {
		return seen.Seen[test]&1 != 0, seen.Seen[test]&2 != 0, true
	}
	for class := range orderCounters {
		if seen.Seen[test]&(1<<class) != 0 {
			if compares(e.(*ast.BinaryExpr).Op, class-2) {
				yes = true
			} else {
				no = true
			}
		}
	}
	return no, yes, true
}
