package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime/debug"
	"sort"
	"strings"
	"time"
)

const (
	maxVersions = 4096    // versions made with one checked package, since each leaves scopes in it
	memoryLimit = 1 << 30 // bytes above which memory is collected more often
)

// runCorrupt is the command `helper corrupt`: it reads the packages under the folders named (the standard library
// when none is) and writes one Record a line to out, package by package in a fixed order. The same seed writes the
// same lines; -after PACKAGE goes on behind a package, -shard I/N does every Nth package from the Ith.
// Counts by group, class, rule and code go to errs as JSON at the end.
func runCorrupt(args []string, out, errs io.Writer) int {
	flags := flag.NewFlagSet("corrupt", flag.ContinueOnError)
	flags.SetOutput(errs)
	settings := corruption{}
	flags.Int64Var(&settings.seed, "seed", 0, "seed of every random choice")
	flags.IntVar(&settings.perFunc, "per-func", 4, "versions of each function")
	flags.Float64Var(&settings.build, "build", 0.6, "share of versions that do not build, of those that are broken")
	flags.Float64Var(&settings.clean, "clean", 0.12, "share of unchanged versions")
	flags.IntVar(&settings.offers, "offers", 0, "candidates of the catalogue written with each behaviour bug")
	goTool := flags.String("go", "", "the go command, whose tree holds the standard library")
	tolerant := flags.Bool("tolerant", false, "accept packages whose imports cannot be read")
	after := flags.String("after", "", "go on behind this package")
	shard := flags.String("shard", "0/1", "which packages of how many parts")
	limit := flags.Int("limit", 0, "stop after so many records")
	if err := flags.Parse(args); err != nil {
		return 2
	}
	root, err := goRoot(*goTool)
	if err != nil {
		fmt.Fprintln(errs, "helper corrupt:", err)
		return 2
	}
	var part, parts int
	if n, err := fmt.Sscanf(*shard, "%d/%d", &part, &parts); n != 2 || err != nil || parts < 1 || part < 0 || part >= parts {
		fmt.Fprintf(errs, "helper corrupt: -shard %s is not I/N with 0 <= I < N\n", *shard)
		return 2
	}
	job := &corruptJob{
		settings: settings, loader: newSourceLoader(root), root: root, tolerant: *tolerant, after: *after, part: part, parts: parts, limit: *limit,
		reuse: maxVersions, out: bufio.NewWriterSize(out, 1<<20), counts: newTally(),
	}
	debug.SetGCPercent(800) // most memory is short-lived here
	debug.SetMemoryLimit(memoryLimit)
	dirs := flags.Args()
	if len(dirs) == 0 {
		dirs = []string{filepath.Join(root, "src")}
	}
	if err := job.run(dirs); err != nil {
		fmt.Fprintln(errs, "helper corrupt:", err)
		return 1
	}
	job.counts.Skipped, job.counts.Functions = job.skipped, job.functions
	encoded, err := json.MarshalIndent(job.counts, "", " ")
	if err != nil {
		fmt.Fprintln(errs, "helper corrupt:", err)
		return 1
	}
	fmt.Fprintln(errs, string(encoded))
	return 0
}

// goRoot returns the tree that a go command belongs to.
func goRoot(goTool string) (string, error) {
	if goTool == "" {
		return "", fmt.Errorf("name the go command with -go")
	}
	resolved, err := filepath.EvalSymlinks(goTool)
	if err != nil {
		return "", err
	}
	root := filepath.Dir(filepath.Dir(resolved))
	if _, err := os.Stat(filepath.Join(root, "src", "fmt")); err != nil {
		return "", fmt.Errorf("%s has no standard library beside it", goTool)
	}
	return root, nil
}

// corruptJob is one run over many packages.
type corruptJob struct {
	settings  corruption
	loader    *sourceLoader
	root      string
	tolerant  bool
	after     string
	part      int
	parts     int
	limit     int
	reuse     int // versions made with one checked package
	out       *bufio.Writer
	counts    *tally
	skipped   int
	functions int
}

// run corrupts every package under dirs; within one folder the packages under cmd come last.
func (j *corruptJob) run(dirs []string) error {
	skipping := j.after != ""
	index := 0
	for _, top := range dirs {
		found, err := packageDirs(top)
		if err != nil {
			return err
		}
		tools := filepath.Join(j.root, "src", "cmd") + string(filepath.Separator)
		sort.SliceStable(found, func(a, b int) bool {
			return !strings.HasPrefix(found[a], tools) && strings.HasPrefix(found[b], tools)
		})
		for _, dir := range found {
			index++
			name := j.relative(top, dir)
			if skipping {
				skipping = name != j.after
				continue
			}
			if index%j.parts != j.part {
				continue
			}
			if j.limit > 0 && j.counts.Records >= j.limit {
				return j.out.Flush()
			}
			if err := j.onePackage(top, dir); err != nil {
				return err
			}
		}
	}
	return j.out.Flush()
}

// relative returns a folder's name in records: from GOROOT/src for the Go tree, else from the folder named.
func (j *corruptJob) relative(top, dir string) string {
	base := top
	if std := filepath.Join(j.root, "src"); dir == std || strings.HasPrefix(dir, std+string(filepath.Separator)) {
		base = std
	}
	rel, err := filepath.Rel(base, dir)
	if err != nil {
		return dir
	}
	return filepath.ToSlash(rel)
}

// onePackage corrupts one package and flushes its records together.
func (j *corruptJob) onePackage(top, dir string) error {
	p, err := j.loader.load(dir)
	if err != nil {
		j.skipped++
		return nil
	}
	if !j.tolerant && j.loader.foreign {
		j.skipped++
		return nil
	}
	c := &corruptor{settings: j.settings, pkg: p, importer: j.loader, root: top, name: j.relative(top, dir)}
	started := time.Now()
	var failed error
	for i := range p.Files {
		if c.versions >= j.reuse {
			p = j.again(p)
			c.pkg, c.versions = p, 0
		}
		c.file(p.Files[i], func(r *Record) {
			line, err := json.Marshal(r)
			if err == nil {
				_, err = j.out.Write(append(line, '\n'))
			}
			if err != nil {
				failed = err
			}
			j.counts.add(r)
		})
	}
	j.counts.Seconds += time.Since(started).Seconds()
	j.functions += c.functions
	j.loader.forget(p)
	if failed == nil {
		failed = j.out.Flush()
	}
	return failed
}

// again returns a package loaded anew, without what the checks of its functions left in it.
func (j *corruptJob) again(p *Package) *Package {
	fresh, err := j.loader.load(p.Dir)
	if err != nil || len(fresh.Files) != len(p.Files) {
		return p
	}
	j.loader.forget(p)
	return fresh
}

// tally counts what was written.
type tally struct {
	Records   int            `json:"records"`
	Functions int            `json:"functions"`
	Skipped   int            `json:"skipped_packages"`
	Seconds   float64        `json:"seconds"`
	Groups    map[string]int `json:"groups"`
	Ops       map[string]int `json:"ops"`
	Rules     map[string]int `json:"rules"`
	Codes     map[string]int `json:"codes"`
	Remain    map[int]int    `json:"remain"`
}

func newTally() *tally {
	return &tally{Groups: map[string]int{}, Ops: map[string]int{}, Rules: map[string]int{}, Codes: map[string]int{}, Remain: map[int]int{}}
}

// add counts one record.
func (t *tally) add(r *Record) {
	t.Records++
	t.Groups[r.Group]++
	t.Ops[r.Op]++
	t.Rules[r.Rule]++
	t.Remain[r.Remain]++
	if len(r.Diags) > 0 {
		t.Codes[r.Diags[0].Code]++
	}
}
