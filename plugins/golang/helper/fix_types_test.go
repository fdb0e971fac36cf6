package main

// typeCases are values of the wrong type.
var typeCases = []fixCase{
	{"MismatchedTypes", `package p
«¦
import "strconv"
»
func f(n int) string { return "n=" + «n¦strconv.Itoa(n)» }
`},
	{"MismatchedTypes", `package p

func area(n int, r float64) float64 {
	return «n¦float64(n)» * r
}
`},
	{"MismatchedTypes", `package p

func same(a int32, b int64) bool {
	return «a¦int64(a)» == b
}
`},
	{"MismatchedTypes", `package p

import "time"

func wait(n int) time.Duration {
	return «n¦time.Duration(n)» * time.Second
}
`},
	{"MismatchedTypes", `package p

func f(s string) bool {
	return s == «nil¦""»
}
`},
	{"MismatchedTypes", `package p

func isA(s string) bool {
	return s[0] == «"a"¦'a'»
}
`},
	{"MismatchedTypes", `package p

func zero(n int) bool {
	return n == «""¦0»
}
`},
	{"MismatchedTypes", `package p

func eq(p *int, n int) bool {
	return «p¦*p» == n
}
`},
	{"MismatchedTypes", `package p

func avg(sum int, xs []float64) float64 {
	return «sum¦float64(sum)» / float64(len(xs))
}
`},
	{"MismatchedTypes", `package p

func full(items []string, max int) bool {
	return «items¦len(items)» >= max
}
`},
	{"IncompatibleAssign", `package p

func f(n int) int64 {
	return «n¦int64(n)»
}
`},
	{"IncompatibleAssign", `package p

func mean(a, b int) float64 {
	return «(a + b) / 2¦float64(a+b) / 2¦float64(a + b)/2¦float64((a + b) / 2)»
}
`},
	{"IncompatibleAssign", `package p

type T struct{ n int }

func New() *T {
	return «T{}¦&T{}»
}
`},
	{"IncompatibleAssign", `package p

type T struct{ n int }

func use(t T) int { return t.n }

func f(t *T) int {
	return use(«t¦*t»)
}
`},
	{"IncompatibleAssign", `package p

type T struct{ n int }

func use(t *T) int { return t.n }

func f(t T) int {
	return use(«t¦&t»)
}
`},
	{"IncompatibleAssign", `package p

func f() string {
	return «'a'¦"a"»
}
`},
	{"IncompatibleAssign", `package p
«¦
import "strconv"
»
func label(id int) string {
	var s string = «id¦strconv.Itoa(id)»
	return s
}
`},
	{"IncompatibleAssign", `package p

func f() int {
	var n int = «"5"¦5»
	return n
}
`},
	{"IncompatibleAssign", `package p

func all(xs, ys []int) []int {
	return append(xs, ys«¦...»)
}
`},
	{"IncompatibleAssign", `package p

import "os"

func text(name string) (string, error) {
	b, err := os.ReadFile(name)
	if err != nil {
		return "", err
	}
	return «b¦string(b)», nil
}
`},
	{"IncompatibleAssign", `package p

import "strings"

func f(s, sub string) bool {
	var n int = strings.Index(s, sub)
	return «n¦n != 0¦n > 0»
}
`},
	{"IncompatibleAssign", `package p

func f(m map[string]int, keys []string) int {
	return m[«keys¦keys[0]»]
}
`},
	{"IncompatibleAssign", `package p

func msg(err error) string {
	return «err¦err.Error()»
}
`},
	{"IncompatibleAssign", `package p
«¦
import "errors"
»
func f() error {
	return «"failed"¦errors.New("failed")»
}
`},
	{"IncompatibleAssign", `package p

type User struct {
	Name string
	Age  int
}

func name(u User) string {
	return «u¦u.Name»
}
`},
	{"IncompatibleAssign", `package p

func twice(f func() int) int {
	var n int = «f¦f()»
	return n * 2
}
`},
	{"IncompatibleAssign", `package p

func f(v any) string {
	return v«¦.(string)»
}
`},
	{"IncompatibleAssign", `package p

func div(a int, name string) string { return name }

func f() string {
	return div(«"x", 1¦1, "x"»)
}
`},
	{"IncompatibleAssign", `package p

import "errors"

func f(n int) (int, error) {
	if n < 0 {
		return «errors.New("negative"), 0¦0, errors.New("negative")»
	}
	return n, nil
}
`},
	{"IncompatibleAssign", `package p

func f() int {
	return «nil¦0»
}
`},
	{"IncompatibleAssign", `package p

func f(xs []int) int {
	var total int
	for _, x := range xs {
		total += x
	}
	var mean float64 = «total¦float64(total)»
	return int(mean)
}
`},
	{"InvalidIfaceAssign", `package p

type Shape interface{ Area() float64 }

type Square struct{ side float64 }

func (s *Square) Area() float64 { return s.side * s.side }

func make2(side float64) Shape {
	return «Square¦&Square»{side}
}
`},
	{"InvalidIfaceAssign", `package p

type Shape interface{ Area() float64 }

type Square struct{ side float64 }

func (s Square) «Aera¦Area»() float64 { return s.side * s.side }

var _ Shape = Square{2}
`},
	{"InvalidIfaceAssign", `package p

type Shape interface{ Area() float64 }

type Square struct{ side int }

func (s Square) Area() «int¦float64» { return «s.side * s.side¦float64(s.side * s.side)¦float64(s.side) * float64(s.side)» }

var _ Shape = Square{2}
`},
	{"ImpossibleAssert", `package p

type Animal interface{ Sound() string }

type Dog struct{}

func (d *Dog) Sound() string { return "woof" }

func dog(a Animal) bool {
	_, ok := a.(«Dog¦*Dog»)
	return ok
}
`},
}
