package main

import (
	"go/ast"
	"go/token"
	"go/types"
	"math"
	"strconv"
)

// Bounds of the edits outside of functions: each needs a test binary of its own.
const (
	maxOutside  = 48
	outsideRate = 0.004 // of an edit, as ruleRates counts
)

// outside edits the literals of the package-level constants and variables that functions use: tables of values, units.
type outside struct {
	p    *Package
	f    *File
	out  []Candidate
	seen map[string]bool
}

// outsideOps returns edits of the file's declarations that the given functions use, or that the lines touch.
func outsideOps(p *Package, f *File, fns []*ast.FuncDecl, params EnumerateParams) []Candidate {
	x := &outside{p: p, f: f, seen: map[string]bool{}}
	used := map[types.Object]bool{}
	for _, fn := range fns {
		ast.Inspect(fn, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok && p.Info.Uses[id] != nil {
				used[p.Info.Uses[id]] = true
			}
			return true
		})
	}
	for _, d := range f.AST.Decls {
		group, ok := d.(*ast.GenDecl)
		if !ok || group.Tok != token.CONST && group.Tok != token.VAR {
			continue
		}
		for _, s := range group.Specs {
			spec := s.(*ast.ValueSpec)
			wanted := params.Last > 0 && p.Line(spec.Pos()) <= params.Last && p.Line(spec.End()) >= params.First
			for _, name := range spec.Names {
				wanted = wanted || used[p.Info.Defs[name]]
			}
			if wanted {
				x.spec(spec)
			}
		}
	}
	if len(params.Ops) > 0 {
		kept := x.out[:0]
		for _, c := range x.out {
			for _, op := range params.Ops {
				if c.Op == op {
					kept = append(kept, c)
				}
			}
		}
		x.out = kept
	}
	sortByPrior(x.out)
	return x.out[:min(len(x.out), maxOutside)]
}

// spec edits the literals of one declaration.
func (x *outside) spec(spec *ast.ValueSpec) {
	var list []*ast.BasicLit
	signs := map[*ast.BasicLit]*ast.UnaryExpr{}
	var flags []*ast.Ident
	for _, v := range spec.Values {
		ast.Inspect(v, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncLit:
				return false
			case *ast.UnaryExpr:
				if lit, ok := n.X.(*ast.BasicLit); ok && n.Op == token.SUB {
					signs[lit] = n
				}
			case *ast.BasicLit:
				list = append(list, n)
			case *ast.Ident:
				if n.Name == "true" || n.Name == "false" {
					flags = append(flags, n)
				}
			}
			return true
		})
	}
	share := 1 / float64(1+len(list)+len(flags))
	for _, lit := range list {
		switch lit.Kind {
		case token.INT:
			x.number(lit, signs[lit], list, share)
		case token.FLOAT, token.STRING, token.CHAR:
			x.others(lit, list, share)
		}
	}
	for _, id := range flags {
		x.put(id, map[string]string{"true": "false", "false": "true"}[id.Name], "outside-bool", 3*share)
	}
}

// number changes an integer by one, its sign, its size, and to the others of its declaration.
func (x *outside) number(lit *ast.BasicLit, sign *ast.UnaryExpr, list []*ast.BasicLit, share float64) {
	value, err := strconv.ParseInt(lit.Value, 0, 64)
	if err != nil {
		return
	}
	if sign != nil {
		x.put(sign, lit.Value, "outside-sign", 3*share)
	} else if value > 0 && value < 10 {
		x.put(lit, "-"+lit.Value, "outside-sign", share)
	}
	x.put(lit, strconv.FormatInt(value+1, 10), "outside-int-next", 3*share)
	x.put(lit, strconv.FormatInt(value-1, 10), "outside-int-next", 3*share)
	for _, unit := range []struct {
		size int64
		text string
	}{{10, ""}, {60, "60"}, {1000, "1000"}, {100, "100"}, {24, "24"}} {
		if unit.text != "" {
			x.put(lit, lit.Value+" * "+unit.text, "outside-unit", 0.5*share)
		}
		if value > unit.size && value%unit.size == 0 {
			x.put(lit, strconv.FormatInt(value/unit.size, 10), "outside-unit", 0.5*share)
		}
	}
	if value > 0 {
		x.put(lit, strconv.FormatInt(value*10, 10), "outside-unit", 0.5*share)
	}
	x.near(lit, value, share)
	x.others(lit, list, share)
}

// near puts the round number next to an integer: 1000 for 1024 and the other way round.
func (x *outside) near(lit *ast.BasicLit, value int64, share float64) {
	for _, pair := range [][2]int64{{1000, 1024}, {1_000_000, 1 << 20}, {365, 366}, {360, 365}, {30, 31}, {28, 29}} {
		for side, known := range pair {
			if value == known {
				x.put(lit, strconv.FormatInt(pair[1-side], 10), "outside-int-near", 3*share)
			}
		}
	}
}

// others puts the literals of the same kind of the declaration, the nearest first.
func (x *outside) others(lit *ast.BasicLit, list []*ast.BasicLit, share float64) {
	for i, other := range list {
		if other.Kind == lit.Kind && other.Value != lit.Value {
			distance := math.Abs(float64(x.p.Line(other.Pos())-x.p.Line(lit.Pos()))) + 0.1*float64(i)
			x.put(lit, other.Value, "outside-seen", share/(1+distance))
		}
	}
}

// put emits one replacement.
func (x *outside) put(n ast.Node, text, rule string, weight float64) {
	start, end := x.p.Offset(n.Pos()), x.p.Offset(n.End())
	key := strconv.Itoa(start) + " " + text
	if x.seen[key] || string(x.f.Src[start:end]) == text {
		return
	}
	x.seen[key] = true
	x.out = append(x.out, Candidate{
		Path: x.f.Path, Edits: []Edit{{start, end, text}}, Op: "LIT", Rule: rule, Prior: math.Log(outsideRate * min(1, weight)),
		Answers: -1, Line: x.p.Line(n.Pos()), EndLine: x.p.Line(n.End()),
	})
}
