package main

// programCases are mistakes as they stand in whole small programs.
var programCases = []fixCase{
	{"MismatchedTypes", `package p

type Number interface{ int | float64 }

func Sum[T Number](xs []T) T {
	«total := 0¦var total T»
	for _, x := range xs {
		total += x
	}
	return total
}
`},
	{"InvalidReceive", `package p

import "context"

func wait(ctx context.Context) error {
	<-ctx.Done«¦()»
	return ctx.Err()
}
`},
	{"IncompatibleAssign", `package p

type Set map[string]struct{}

func (s Set) Add(k string) { s[k] = «true¦struct{}{}» }
`},
	{"IncompatibleAssign", `package p

type Set map[string]struct{}

func (s Set) Has(k string) bool {
	«return s[k]¦_, ok := s[k]
	return ok»
}
`},
	{"InvalidCond", `package p

func seen(m map[string]int, k string) int {
	if «m[k]¦_, ok := m[k]; ok» {
		return 1
	}
	return 0
}
`},
	{"InvalidDeclCycle", `package p

type node struct {
	val  int
	next «¦*»node
}
`},
	{"IncompatibleAssign", `package p

import "os"

func Exists(path string) bool {
	_, err := os.Stat(path)
	return err«¦ == nil»
}
`},
	{"IncompatibleAssign", `package p

func Chunk(xs []int, n int) [][]int {
	var out «[]int¦[][]int»
	for len(xs) > n {
		out = append(out, xs[:n])
		xs = xs[n:]
	}
	return append(out, xs)
}
`},
	{"MismatchedTypes", `package p

type Weekday int

const (
	Sunday Weekday = iota
	Monday
)

func IsSunday(d Weekday) bool { return d == «"Sunday"¦Sunday» }
`},
	{"WrongResultCount", `package p

func Gcd(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return«¦ a»
}
`},
	{"BadDecl", `package p

func Swap(xs []int, i, j int) {
	xs[i], xs[j] «:=¦=» xs[j], xs[i]
}
`},
	{"InvalidIfaceAssign", `package p

import "sort"

type byAge []int

func (b byAge) Len() int           { return len(b) }
func (b byAge) Less(i, j int) bool { return b[i] < b[j] }«¦

func (b byAge) Swap(i int, j int) {
	b[i], b[j] = b[j], b[i]
}»

func Sort(xs []int) { sort.Sort(byAge(xs)) }
`},
	{"InvalidIfaceAssign", `package p

import "io"

type upper struct{ r io.Reader }

func (u upper) Read(p []byte) «int¦(int, error)» {
	n, err := u.r.Read(p)
	if err != nil {
		return n«¦, err»
	}
	return n«¦, nil»
}

func Wrap(r io.Reader) io.Reader { return upper{r} }
`},
	{"UnusedVar", `package p

import "strings"

func Classify(v any) string {
	switch x := v.(type) {
	case string:
		return strings.ToUpper(«v¦x»)
	}
	return "other"
}
`},
	{"InvalidIndex", `package p

func at(m [][]float64, i, j int) float64 {
	return m[i«, ¦][»j]
}
`},
	{"WrongAssignCount", `package p

func pair() (int, string) { return 1, "a" }

func f() string {
	n, s := pair«¦()»
	return s[:n]
}
`},
	{"Syntax", `package p

func Abs(x int) int {
	if x < 0 «then¦{»
		return -x
	«end¦}»
	return x
}
`},
	{"Syntax", `package p

type Item struct {
	Name string«,¦»
	Qty  int«,¦»
}
`},
	{"Syntax", `package p

func Reverse(r []rune) {
	for i, j := 0, len(r)-1; i < j; «i++, j--¦i, j = i+1, j-1» {
		r[i], r[j] = r[j], r[i]
	}
}
`},
	{"Syntax", `package p

import "fmt"

func Hello(name string) string {
	return fmt.Sprint(«f"hello {name}"¦fmt.Sprintf("hello %v", name)»)
}
`},
	{"Syntax", `package p

func f(n int) string {
	if n «=¦==» 0 {
		return "zero"
	}«
	else¦ else» if n > 0 {
		return "pos"
	}
	return "neg"
}
`},
}
