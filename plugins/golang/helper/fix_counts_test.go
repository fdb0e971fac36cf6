package main

// countCases are wrong numbers of arguments, results, values and returns.
var countCases = []fixCase{
	{"WrongArgCount", `package p

import "context"

func load(ctx context.Context, id int) error { return ctx.Err() }

func run(ctx context.Context) error {
	return load(«1¦ctx, 1»)
}
`},
	{"WrongArgCount", `package p

func f(dst, src []int) int {
	return copy(dst«¦, src»)
}
`},
	{"WrongArgCount", `package p

func add(a, b int) int { return a + b }

func f(a, b, c int) int {
	return add(a, b«, c¦»)
}
`},
	{"WrongArgCount", `package p

import "strings"

func f(s string) string {
	return strings.Replace(s, "a", "b"«¦, -1¦, 0¦, 1»)
}
`},
	{"WrongArgCount", `package p

func put(key string, value int) {}

func f(key string, value int) {
	put(«value¦key, value»)
}
`},
	{"WrongArgCount", `package p

func scale(x, factor float64) float64 { return x * factor }

func area(width, factor float64) float64 {
	return scale(width«¦, factor»)
}
`},
	{"WrongResultCount", `package p

func f(n int) (int, error) {
	return n«¦, nil»
}
`},
	{"WrongResultCount", `package p

import "strconv"

func f(s string) (int, error) {
	n, err := strconv.Atoi(s)
	if err != nil {
		return «err¦0, err»
	}
	return n, nil
}
`},
	{"WrongResultCount", `package p

func f(n int) int {
	return n«, nil¦»
}
`},
	{"WrongResultCount", `package p

func find(xs []int, x int) (int, bool) {
	for i, v := range xs {
		if v == x {
			return i«¦, true»
		}
	}
	return 0, false
}
`},
	{"WrongResultCount", `package p

func f(n int)«¦ int» {
	return n * 2
}
`},
	{"WrongAssignCount", `package p

import "strconv"

func f(s string) (int, error) {
«	n := strconv.Atoi(s)
¦	n, err := strconv.Atoi(s)
	if err != nil {
		return 0, err
	}
»	return n, nil
}
`},
	{"WrongAssignCount", `package p

import "strconv"

func f(s string) int {
	n«¦, _» := strconv.Atoi(s)
	return n
}
`},
	{"WrongAssignCount", `package p

func two() (int, int) { return 1, 2 }

func f() int {
	a, b«, c¦» := two()
	return a + b
}
`},
	{"WrongAssignCount", `package p

func one() int { return 1 }

func f() int {
	a«, err¦» := one()
	return a
}
`},
	{"MissingReturn", `package p

func sum(xs []int) int {
	total := 0
	for _, x := range xs {
		total += x
	}
«¦	return total
»}
`},
	{"MissingReturn", `package p

func index(xs []int, x int) int {
	for i, v := range xs {
		if v == x {
			return i
		}
	}
«¦	return -1
»}
`},
	{"MissingReturn", `package p

func has(xs []int, x int) bool {
	for _, v := range xs {
		if v == x {
			return true
		}
	}
«¦	return false
»}
`},
	{"MissingReturn", `package p

func check(n int) error {
	if n > 3 {
		println(n)
	}
«¦	return nil
»}
`},
	{"MissingReturn", `package p

func build(n int) (out []int, err error) {
	for i := 0; i < n; i++ {
		out = append(out, i)
	}
«¦	return
¦	return out, nil
¦	return out, err
»}
`},
	{"MissingReturn", `package p

func allPositive(xs []int) bool {
	for _, v := range xs {
		if v <= 0 {
			return false
		}
	}
«¦	return true
»}
`},
	{"TooManyValues", `package p

import "strconv"

func double(n int) int { return n * 2 }

func f(s string) (int, error) {
«	return double(strconv.Atoi(s)), nil¦	v, err := strconv.Atoi(s)
	if err != nil {
		return 0, err
	}
	return double(v), nil»
}
`},
}
