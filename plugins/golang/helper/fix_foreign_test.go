package main

// foreignCases are files that do not parse: slips of operators, words and forms of other languages.
var foreignCases = []fixCase{
	{"Syntax", `package p

func add(a «: int¦int», b «: int¦int») int {
	return a + b
}
`},
	{"Syntax", `package p

«¦func »add(a, b int) int {
	return a + b
}
`},
	{"Syntax", `package p

type «¦T »struct {
	n int
}

func f(t T) int { return t.n }
`},
	{"Syntax", `package p

type T «¦struct »{
	n int
}

func f(t T) int { return t.n }
`},
	{"Syntax", `package p

func f(xs []int) int {
	return xs[0«¦]»
}
`},
	{"Syntax", `package p

func f(xs []int, i int) int {
	if (xs[i] > 3«¦)» {
		return 1
	}
	return 0
}
`},
	{"Syntax", `package p

func f(n int) int {
	for «(¦»i := 0; i < n; i++«) ¦ »{
		n--
	}
	return n
}
`},
	{"Syntax", `package p

func f(a, b int) int {
	return a «¦+ ¦- ¦* »b
}
`},
	{"Syntax", `package p

import "fmt"

func f(a, b int) {
	fmt.Println(a«¦,» b)
}
`},
	{"Syntax", `package p

func f(xs []int) int {
	t := 0
	for _, x :=«¦ range» xs {
		t += x
	}
	return t
}
`},
	{"Syntax", `package p

import «fmt¦"fmt"»

func f() { fmt.Println() }
`},
	{"Syntax", `package p

func f(n int) string {
	«return n > 0 ? "a" : "b"¦if n > 0 {
		return "a"
	}
	return "b"»
}
`},
	{"Syntax", `package p

func f(n int) bool {
	return n «===¦==» 3
}
`},
	{"Syntax", `package p

func f(n int) bool {
	return n «<>¦!=» 3
}
`},
	{"Syntax", `package p

var m = map[string]int{
	"a": 1,
	"b": 2«¦,»
}
`},
	{"Syntax", `package p

var m = map[string]int{
	"a"«¦:» 1,
	"b": 2,
}
`},
	{"Syntax", `package p

type P struct {
	x int
	y int
}

var p = P{
	x: 1«¦,»
	y: 2,
}
`},
	{"Syntax", `package p

func f(n int) int {
	if n > 0 «¦{ »return 1«¦ }»
	return 0
}
`},
	{"Syntax", `package p

func f(n int) func() int {
	return func() int {
		return n
	«)¦}»
}
`},
	{"Syntax", `package p

func f(n int) {
	go func() {
		n++
	}«¦()»
}
`},
	{"Syntax", `package p

import "os"

func f(g *os.File) {
	defer g.Close«¦()»
}
`},
	{"Syntax", `package p

func f(a «¦[»]int) int {
	return a[0]
}
`},
	{"Syntax", `package p

func f(m map[string«¦]»int) int {
	return m["a"]
}
`},
	{"Syntax", `package p

func f() []int {
	return «{1, 2}¦[]int{1, 2}»
}
`},
	{"Syntax", `package p

func f(n int) int {
	x := n «+¦» 
	return x
}
`},
	{"Syntax", `package p

func f(n int) int {
	switch {
	case n > 0:
		return 1
	case n < 0:
		return -1
«¦	}
»	return 0
}
`},
	{"Syntax", `package p

type S struct {
	a int
	b string
«¦}
»
func f(s S) int { return s.a }
`},
	{"Syntax", `package p

import (
	"fmt"
	"os"
«¦)
»
func f() { fmt.Println(os.Args) }
`},
	{"Syntax", `package p

func f(n int«¦)» int {
	return n
}
`},
	{"Syntax", `package p

func f(n int) «int, error¦(int, error)» {
	return n, nil
}
`},
	{"Syntax", `package p

func f(n int) int {
	«# doubles¦// doubles»
	return n * 2
}
`},
	{"Syntax", `package p

func f(s string) string {
	return s + «“x”¦"x"»
}
`},
	{"Syntax", `package p

func f(n int) int {
	if n > 0 {
		return 1
	} else «¦if »n < 0 {
		return -1
	}
	return 0
}
`},
	{"Syntax", `package p

func f(xs []int) int {
	t := 0
	for i := 0; i < len(xs«¦)»; i++ {
		t += xs[i]
	}
	return t
}

func g(x int) string {
	switch x {
	case 1«¦:»
		return "a"
	}
	return ""
}
`},
}
