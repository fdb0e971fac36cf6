package main

// operandCases are operands that do not suit their operation.
var operandCases = []fixCase{
	{"UntypedNilUse", `package p

import "os"

func f() error {
	«err := nil¦var err error»
	for _, n := range []string{"a", "b"} {
		err = os.Remove(n)
	}
	return err
}
`},
	{"InvalidIndirection", `package p

func f(n int) int {
	return «*n¦n»
}
`},
	{"UnaddressableOperand", `package p

func id() int { return 3 }

func f() *int {
	«return &id()¦v := id()
	return &v»
}
`},
	{"UnaddressableFieldAssign", `package p

type P struct{ n int }

func f(m map[string]P) {
	«m["a"].n = 3¦v := m["a"]
	v.n = 3
	m["a"] = v»
}
`},
	{"UnassignableOperand", `package p

func f(s string) string {
	«s[0] = 'x'¦b := []byte(s)
	b[0] = 'x'
	s = string(b)»
	return s
}
`},
	{"InvalidCond", `package p

func f(n int) int {
	if n«¦ != 0» {
		return 1
	}
	return 0
}
`},
	{"InvalidCond", `package p

func f(err error) bool {
	if err«¦ != nil» {
		return true
	}
	return false
}
`},
	{"UndefinedOp", `package p

func f(s string) bool {
	return «!s¦s == ""»
}
`},
	{"UndefinedOp", `package p

func f(a, b bool) bool {
	return a «+¦&&¦||» b
}
`},
	{"UndefinedOp", `package p
«¦
import "slices"
»
func f(a, b []int) bool {
	return «a == b¦slices.Equal(a, b)»
}
`},
	{"NonIndexableOperand", `package p

type L struct{ items []int }

func f(l L, i int) int {
	return l«¦.items»[i]
}
`},
	{"NonIndexableOperand", `package p

func f(xs *[]int, i int) int {
	return «xs¦(*xs)»[i]
}
`},
	{"InvalidRangeExpr", `package p

type L struct{ items []int }

func f(l *L) int {
	n := 0
	for _, x := range l«¦.items» {
		n += x
	}
	return n
}
`},
	{"InvalidIndex", `package p

func f(xs []int, i float64) int {
	return xs[«i¦int(i)»]
}
`},
	{"InvalidIndex", `package p

func last(xs []int) int {
	return xs[«-1¦len(xs)-1»]
}
`},
	{"InvalidCall", `package p

type T struct{ Count int }

func f(t T) int {
	return t.Count«()¦»
}
`},
	{"InvalidCall", `package p

func f(m map[string]int, k string) int {
	return m«(k)¦[k]»
}
`},
	{"NumericOverflow", `package p

func f() int {
	var n «uint8¦int» = 300
	return int(n)
}
`},
	{"TruncatedFloat", `package p

func f() float64 {
	var x «int¦float64» = 2.5
	return float64(x)
}
`},
	{"InvalidConversion", `package p
«¦
import "strconv"
»
func f(s string) (int, error) {
«	return int(s), nil¦	n, err := strconv.Atoi(s)
	if err != nil {
		return 0, err
	}
	return n, nil»
}
`},
	{"InvalidAppend", `package p

type L struct{ items []int }

func (l *L) add(v int) {
	l.items = append(«l¦l.items», v)
}
`},
	{"NotAType", `package p

func f(«int n¦n int») int {
	return n
}
`},
	{"NotAnExpr", `package p

type T struct{ n int }

func f() T {
	return T«¦{}»
}
`},
	{"InvalidLen", `package p

type L struct{ items []int }

func (l *L) size() int {
	return len(l«¦.items»)
}
`},
	{"NonNumericIncDec", `package p

func f(p *int) {
	«p¦(*p)»++
}
`},
}
