package main

// syntaxCases are files that do not parse: brackets, line rules, keywords.
var syntaxCases = []fixCase{
	{"Syntax", `package p

func f(x int) int {
	if x > 0«¦ {»
		return 1
	}
	return 0
}
`},
	{"Syntax", `package p

func f(xs []int) int {
	n := 0
	for _, x := range xs {
		if x > 0 {
			n += x
«¦		}
»	}
	return n
}

func g() int { return 1 }
`},
	{"Syntax", `package p

func f(xs []int) int {
	n := 0
	for _, x := range xs {
		n += x
«¦	}
»	return n
}

func g() int { return 1 }
`},
	{"Syntax", `package p

func f() int {
	return 1
«¦}
»
func g() int {
	return 2
}
`},
	{"Syntax", `package p

func f() int {
	return 1
«¦}
»`},
	{"Syntax", `package p

func f(x int) int {
	if x > 0 {
		return 1
	}
	«}
	¦»return 0
}
`},
	{"Syntax", `package p

import "fmt"

func f() {
	fmt.Println("a"«¦)»
}
`},
	{"Syntax", `package p

import "fmt"

func f() {
	fmt.Println("a")«)¦»
}
`},
	{"Syntax", `package p

var xs = []int{
	1,
	2«¦,»
}
`},
	{"Syntax", `package p

func f(x int) int {
	if x > 0 {
		return 1
	}«
	else¦ else» {
		return 2
	}
}
`},
	{"Syntax", `package p

func f(x int) int«
{¦ {»
	return x
}
`},
	{"Syntax", `package p

func f(x int) string {
	switch x {
	case 1«¦:»
		return "a"
	default:
		return "b"
	}
}
`},
	{"Syntax", `package p

func f(x int) string {
	switch x {
	case 1:
		return "a"
	default«¦:»
		return "b"
	}
}
`},
	{"Syntax", `package p

func f(a, b int) bool {
	if a «=¦==» b {
		return true
	}
	return false
}
`},
	{"Syntax", `package p

«fucn¦func» f(a int) int {
	return a
}
`},
	{"Syntax", `package p

func f(a int) int {
	«retrun¦return» a
}
`},
	{"Syntax", `«pacakge¦package» p

func f(a int) int {
	return a
}
`},
	{"Syntax", `package p

«improt¦import» "fmt"

func f() { fmt.Println() }
`},
	{"Syntax", `package p

func f(n int) int {
	t := 0
	«fro¦for» i := 0; i < n; i++ {
		t += i
	}
	return t
}
`},
	{"Syntax", `package p

func f(n int) int {
	«while¦for» n > 10 {
		n /= 2
	}
	return n
}
`},
	{"Syntax", `package p

func f(n int) int {
	«++n¦n++»
	return n
}
`},
	{"Syntax", `package p

func f(xs []string) int {
	t := 0
	for «i in xs¦_, i := range xs» {
		t += len(i)
	}
	return t
}
`},
	{"Syntax", `package p

func f(n int) int {
	t := 0
	for i := 0«,¦;» i < n«,¦;» i++ {
		t += i
	}
	return t
}
`},
	{"Syntax", `package p

import "fmt"

func f() {
	fmt.Println("hello«¦"»)
}
`},
	{"Syntax", `package p

func f() string {
	return «'hello'¦"hello"»
}
`},
	{"Syntax", `package p

var limit «:¦»= 10

func f() int { return limit }
`},
	{"Syntax", `package p

«¦var »limit «:¦»= 10

func f() int { return limit }
`},
	{"Syntax", `package p

func f(n int) int {
	if n > 0 {
		return 1
	} «elif¦else if» n < 0 {
		return -1
	}
	return 0
}
`},
	{"Syntax", `package p

func f(a, b bool) bool {
	return a «and¦&&» b
}
`},
	{"Syntax", `package p

func f(n int) int {
	«let x = n * 2¦x := n * 2»
	return x
}
`},
	{"Syntax", `package p

func f(n int) int {
	«var x := n * 2¦x := n * 2¦var x = n * 2»
	return x
}
`},
	{"Syntax", `package p

func f(n int) «-> ¦»int {
	return n
}
`},
	{"Syntax", `package p

func f(n int)«: int¦ int» {
	return n
}
`},
}
