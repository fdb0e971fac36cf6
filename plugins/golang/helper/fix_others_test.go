package main

// otherCases are the rest: duplicates, literals, control flow, generics, channels.
var otherCases = []fixCase{
	{"WrongResultCount", `package p

type inner struct{ n int }

func (i *inner) Parse(data []byte) error { return nil }

type T struct{ part *inner }

func (t *T) Parse(data []byte) error {
	return« ¦ t.part.Parse(data)»
}
`},
	{"MissingReturn", `package p

import "strings"

func f(list []string) string {
	var out strings.Builder
	for _, text := range list {
		out.WriteString(text)
	}
«¦	return out.String()
»}
`},
	{"UnusedVar", `package p

func f(m map[string]int, key string) int {
	if v, ok := m[key]; ok {«¦
		return v»
	}
	return -1
}
`},
	{"WrongAssignCount", `package p

func open(name string) (int, error) { return len(name), nil }

func f(name string) (int, error) {
	var handle int
	var err error
	«err = open¦handle, err = open»(name)
	return handle, err
}
`},
	{"NonIndexableOperand", `package p

type T struct {
	count int
	keys  []int
}

func (t *T) put(key int) { t.«count¦keys»[t.count] = key }
`},
	{"IncompatibleAssign", `package p

import "errors"

func f() (string, error) { return «1¦""», errors.New("none") }
`},
	{"DuplicateDecl", `package p

func f(n int) int { return n + 1 }

func g(n int) int { return f(n) }
«
func f(n int) int { return n + 1 }
¦»`},
	{"DuplicateDecl", `package p

func f(a int) int {
	var x int = a
	«var x int = 2¦x = 2»
	return x
}
`},
	{"DuplicateDecl", `package p

type T struct {
	name string
	age  int
«	name string
¦»}
`},
	{"DuplicateMethod", `package p

type T struct{ n int }

func (t T) N() int { return t.n }
«
func (t T) N() int { return t.n }
¦»`},
	{"DuplicateCase", `package p

func f(n int) string {
	switch n {
	case 1:
		return "one"
	case 2:
		return "two"
«	case 1:
		return "one"
¦»	}
	return ""
}
`},
	{"DuplicateLitField", `package p

type T struct{ a, b int }

func f(a, b int) T {
	return T{a: a, «a¦b»: b}
}
`},
	{"DuplicateLitKey", `package p

var m = map[string]int{
	"a": 1,
	"b": 2,
«	"a": 1,
¦»}
`},
	{"MissingLitField", `package p

type User struct {
	Name string
	Age  int
}

func f(name string) User {
	return User{«Nmae¦Name»: name}
}
`},
	{"MixedStructLit", `package p

type P struct{ X, Y int }

var p = P{X: 1, «2¦Y: 2»}
`},
	{"InvalidStructLit", `package p

type P struct{ X, Y int }

func f(x int) P {
	return P{«x¦X: x»}
}
`},
	{"InvalidStructLit", `package p

type P struct{ X, Y int }

var p = P{1, 2«, 3¦»}
`},
	{"MisplacedBreak", `package p

func f(n int) {
	if n > 3 {
		«break¦return»
	}
	println(n)
}
`},
	{"UndeclaredLabel", `package p

func f(xss [][]int) int {
	n := 0
outer:
	for _, xs := range xss {
		for _, x := range xs {
			if x < 0 {
				continue «outter¦outer»
			}
			n += x
		}
	}
	return n
}
`},
	{"CannotInferTypeArgs", `package p

func zero[T any]() T {
	var z T
	return z
}

func f() int {
	var n int = zero«¦[int]»()
	return n
}
`},
	{"MismatchedTypes", `package p

func max2[T int | float64](a, b T) T {
	if a > b {
		return a
	}
	return b
}

func f(n int, x float64) float64 {
	return max2(«n¦float64(n)», x)
}
`},
	{"UndefinedOp", `package p

func index[T «any¦comparable»](xs []T, x T) int {
	for i, v := range xs {
		if v == x {
			return i
		}
	}
	return -1
}
`},
	{"WrongTypeArgCount", `package p

type Stack[T any] struct{ items []T }

func (s *Stack«¦[T]») Len() int {
	return len(s.items)
}
`},
	{"InvalidSend", `package p

func produce(ch «<-chan¦chan¦chan<-» int) {
	ch <- 1
}
`},
	{"NonVariadicDotDotDot", `package p

func add(a, b int) int { return a + b }

func f(xs []int) int {
	return add(«xs...¦xs[0], xs[1]»)
}
`},
	{"InvalidIterVar", `package p

func f(ch chan int) int {
	n := 0
	for «_, v¦v» := range ch {
		n += v
	}
	return n
}
`},
	{"SwappedSliceIndices", `package p

func f(s string) string {
	return s[«3:1¦1:3»]
}
`},
	{"MissingLitKey", `package p

var m = map[string]int{«"a", 1, "b", 2¦"a": 1, "b": 2»}
`},
	{"UntypedLit", `package p

type P struct{ x int }

func f() P {
	return «{1}¦P{1}»
}
`},
	{"InvalidAssert", `package p

func f(s string) string {
	return s«.(string)¦»
}
`},
	{"UnusedVar", `package p

import "strings"

func clean(words []string) []string {
	var out []string
	for _, w := range words {
		t := strings.TrimSpace(w)
		out = append(out, «w¦t»)
	}
	return out
}
`},
	{"UndeclaredName", `package p

import "fmt"

type Celsius float64

func (c Celsius) String() string { return fmt.Sprintf("%.1f", float64(c)) }

func boiling() «celsius¦Celsius» { return 100 }
`},
	{"UndeclaredName", `package p

import "strings"

func words(s string) map[string]int {
	counts := make(map[string]int)
	for _, w := range strings.Fields(s) {
		«count¦counts»[w]++
	}
	return counts
}
`},
}
