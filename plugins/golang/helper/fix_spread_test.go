package main

// spreadCases have one cause that shows in several places.
var spreadCases = []fixCase{
	{"MissingFieldOrMethod", `package p

type User struct {
	Name  string
	Email string
}

func a(u User) string { return u.«FullName¦Name» }

func b(u *User) bool { return u.«FullName¦Name» == "" }

func c(us []User) int { return len(us[0].«FullName¦Name») + len(us[0].Name) }
`},
	{"MissingFieldOrMethod", `package p

type point struct {
	«hieght¦height» int
	width  int
}

func area(p point) int { return p.height * p.width }

func tall(p point) bool { return p.height > p.width }
`},
	{"UndeclaredName", `package p

type «Acount¦Account» struct{ balance int }

func Open(b int) *Account { return &Account{balance: b} }

func (a *Account) Balance() int { return a.balance }
`},
	{"UndeclaredName", `package p

func «claculate¦calculate»(a, b int) int { return a*b + 1 }

func x() int { return calculate(1, 2) }

func y() int { return calculate(3, 4) }
`},
	{"UnusedVar", `package p

func double(x int) int {
	result := x * 2
	return «x¦result»
}
`},
	{"UnusedVar", `package p

func weighted(values, weights []int) int {
	sum := 0
	for i, v := range values {
		product := v * weights[i]
		sum += «v * weights[i]¦product»
	}
	return sum
}
`},
	{"AmbiguousSelector", `package p

type A struct{ ID int }

type B struct{ ID int }

type C struct {
	A
	B
}

func f(c C) int {
	return c.«¦A.¦B.»ID
}
`},
	{"MismatchedTypes", `package p

func f(p *int, n int) int {
	return n * «&n¦n» + *p
}
`},
	{"IncompatibleAssign", `package p

type value int

func (v *value) Set(n int) {
	«v¦*v» = value(n)
}
`},
	{"UndeclaredName", `package p

func f(m map[string]int, k string) int {
	v«¦, ok» := m[k]
	if !ok {
		return -1
	}
	return v
}
`},
	{"UndeclaredName", `package p

import "os"

func f(name string) error {
	«¦err := »os.Remove(name)
	if err != nil {
		return err
	}
	return nil
}
`},
	{"UnusedVar", `package p

func f(r rune) byte {
	var boundary byte
	switch {
	case r == 'a':
		boundary «:=¦=» 1
	}
	return boundary
}
`},
	{"InvalidCond", `package p

type T struct{ hook func(int) }

func (t *T) run(n int) {
	if t.hook«¦ != nil» {
		t.hook(n)
	}
}
`},
	{"WrongArgCount", `package p

import "strconv"

func f(s string) (int64, error) {
	return strconv.ParseInt(s, 10«¦, 64»)
}
`},
	{"WrongAssignCount", `package p

func split(n int) (int, int) { return n / 10, n % 10 }

func f(n int) int {
	tens«¦, ones» := split(n)
	return tens + ones
}
`},
}
