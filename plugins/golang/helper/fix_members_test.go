package main

// memberCases are missing members and things that are not used.
var memberCases = []fixCase{
	{"MissingFieldOrMethod", `package p

type User struct {
	Name  string
	Email string
}

func label(u User) string {
	return u.Name + u.«Emial¦Email»
}
`},
	{"MissingFieldOrMethod", `package p

import "net/http"

func agent(r *http.Request) string {
	return r.«Headers¦Header».Get("User-Agent")
}
`},
	{"MissingFieldOrMethod", `package p

type Point struct{ X, Y int }

func sum(p Point) int {
	return p.«x¦X» + p.Y
}
`},
	{"MissingFieldOrMethod", `package p

func n(xs []int) int {
	return «xs.Len()¦len(xs)»
}
`},
	{"MissingFieldOrMethod", `package p

type Set struct{ m map[string]bool }

func (s *Set) Len() int { return len(s.m) }

func size(s *Set) int {
	return s.«Size()¦Len()»
}
`},
	{"MissingFieldOrMethod", `package p

import "strings"

func build(parts []string) string {
	var sb strings.Builder
	for _, p := range parts {
		sb.«Writestring¦WriteString»(p)
	}
	return sb.String()
}
`},
	{"MissingFieldOrMethod", `package p

type Reader interface{ Read() int }

func use(r *Reader) int {
	return «r¦(*r)».Read()
}
`},
	{"MissingFieldOrMethod", `package p

func add(xs []int, v int) []int {
	«xs.append(v)¦xs = append(xs, v)»
	return xs
}
`},
	{"MissingFieldOrMethod", `package p

type Inner struct{ Count int }

type Outer struct{ inner Inner }

func n(o Outer) int {
	return o.«¦inner.»Count
}
`},
	{"MissingFieldOrMethod", `package p

import "sync"

type Counter struct {
	mu sync.Mutex
	n  int
}

func (c *Counter) Inc() {
	c.mu.«lock¦Lock»()
	defer c.mu.Unlock()
	c.n++
}
`},
	{"MissingFieldOrMethod", `package p

import "time"

func since(t time.Time) int64 {
	return t.«UnixMili¦UnixMilli»()
}
`},
	{"UndeclaredImportedName", `package p

import "strings"

func f(s string) []string {
	return strings.«Spilt¦Split»(s, " ")
}
`},
	{"UndeclaredImportedName", `package p

import "os"

func f(name string) ([]byte, error) {
	return os.«ReadFlie¦ReadFile»(name)
}
`},
	{"UndeclaredImportedName", `package p

import "math"

func area(r float64) float64 {
	return math.«PI¦Pi» * r * r
}
`},
	{"UndeclaredImportedName", `package p

import (
	"fmt"
	"strings"
)

func f(n int) string {
	return «strings¦fmt».Sprintf("%d", n) + strings.ToUpper("a")
}
`},
	{"UndeclaredImportedName", `package p

import "strings"

func f(s string) bool {
	return strings.«StartsWith¦HasPrefix»(s, "a")
}
`},
	{"UnexportedName", `package p

import "net/http"

func ok() int {
	return http.«statusOK¦StatusOK»
}
`},
	{"UndeclaredImportedName", `package p

import "fmt"

func p() {
	fmt.«println¦Println»("a")
}
`},
	{"UnusedImport", `package p

import (
	"fmt"
«	"os"
¦»)

func main() {
	fmt.Println("x")
}
`},
	{"UnusedImport", `package p
«
import "os"
¦»
func f() int { return 1 }
`},
	{"UnusedVar", `package p

func f(xs []int) int {
«	n := len(xs)
¦»	return xs[0]
}
`},
	{"UnusedVar", `package p

import "errors"

func g() error { return errors.New("x") }

func f(ok bool) error {
	var err error
	if ok {
		err «:=¦=» g()
	}
	return err
}
`},
	{"UnusedVar", `package p

func f(m map[string]int) int {
	total := 0
	for «k¦_», v := range m {
		total += v
	}
	return total
}
`},
	{"UnusedVar", `package p

import "strconv"

func f(s string) (int, error) {
	n, err := strconv.Atoi(s)
	«¦if err != nil {
		return 0, err
	}
	»return n, nil
}
`},
	{"UnusedVar", `package p

func f(xs []int) int {
	sum := 0
	for i«, x¦» := range xs {
		sum += i
	}
	return sum
}
`},
	{"NoNewVar", `package p

func f() int {
	x := 1
	x «:=¦=» 2
	return x
}
`},
	{"NoNewVar", `package p

import "os"

func f() error {
	err := os.Chdir("/")
	if err != nil {
		return err
	}
	err «:=¦=» os.Remove("x")
	return err
}
`},
	{"UnusedExpr", `package p

func f(a, b int) int {
	a «==¦=» b
	return a
}
`},
	{"UnusedResults", `package p

func f(xs []int) []int {
	«¦xs = »append(xs, 1)
	return xs
}
`},
	{"UnusedExpr", `package p

type T struct{ n int }

func (t *T) reset() { t.n = 0 }

func f(t *T) {
	t.reset«¦()»
}
`},
	{"UnusedExpr", `package p

func add(a, b int) int {
	«¦return »a + b
}
`},
	{"BrokenImport", `package p

import "string«¦s»"

func f(s string) string { return strings.ToUpper(s) }
`},
	{"UnusedLabel", `package p

func f(xss [][]int) int {
	n := 0
outer:
	for _, xs := range xss {
		for _, x := range xs {
			if x < 0 {
				continue«¦ outer»
			}
			n += x
		}
	}
	return n
}
`},
}
