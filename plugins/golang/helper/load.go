package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"time"
)

// FileSpec names one file of the package.
type FileSpec struct {
	Path     string `json:"path"`
	Test     bool   `json:"test"`  // a _test.go file
	XTest    bool   `json:"xtest"` // a _test.go file of the external test package
	Editable bool   `json:"editable"`
}

// LoadParams say what the package is made of and where its imports are.
type LoadParams struct {
	Dir        string            `json:"dir"`
	ImportPath string            `json:"import_path"`
	Files      []FileSpec        `json:"files"`
	Exports    map[string]string `json:"exports"`    // import path -> export data file
	ImportMap  map[string]string `json:"import_map"` // path as written -> path as built (vendoring)
	GoVersion  string            `json:"go_version"` // language version, "1.21" or "go1.21"; "" for the newest
	Cgo        bool              `json:"cgo"`
	GoRoot     string            `json:"goroot,omitempty"`   // sources of the standard library, "" for the build's own
	GoArch     string            `json:"goarch,omitempty"`   // sizes of int and pointers, "" for the host's
	Contents   map[string]string `json:"contents,omitempty"` // files as the host read them; the others are read from disk
	Binary     map[string][]byte `json:"binary,omitempty"`   // contents that are not UTF-8, in base64
}

// LoadResult answers a load.
type LoadResult struct {
	Name  string   `json:"name"`
	Notes []string `json:"notes"`
}

// diskFile is a file's contents as last read.
type diskFile struct {
	content []byte
	size    int64
	mod     time.Time
}

// source is one file of a state: its spec and its contents.
type source struct {
	FileSpec
	content []byte
}

func handleLoad(s *Server, raw json.RawMessage) (any, error) {
	var params LoadParams
	if err := json.Unmarshal(raw, &params); err != nil {
		return nil, err
	}
	if err := s.load(params); err != nil {
		return nil, err
	}
	base := s.Base()
	return LoadResult{Name: base.Types.Name(), Notes: append([]string{}, s.notes...)}, nil
}

// load reads the files of a package and forgets the previous one.
func (s *Server) load(params LoadParams) error {
	if len(params.Files) == 0 {
		return fmt.Errorf("package %s has no files", params.ImportPath)
	}
	sort.SliceStable(params.Files, func(i, j int) bool { return params.Files[i].Path < params.Files[j].Path })
	for i, f := range params.Files {
		if !filepath.IsAbs(f.Path) {
			params.Files[i].Path = filepath.Join(params.Dir, f.Path)
		}
	}
	next := &Server{spec: params, imports: newImportSet(params), disk: map[string]*diskFile{}}
	if err := next.refresh(); err != nil {
		return err
	}
	*s = *next
	return nil
}

// refresh reads the files that changed on disk; a file that is overlaid need not exist.
func (s *Server) refresh() error {
	for _, f := range s.spec.Files {
		if _, ok := s.overlay[f.Path]; ok || s.given(f.Path) {
			continue
		}
		stat, err := os.Stat(f.Path)
		if err != nil {
			return err
		}
		known := s.disk[f.Path]
		if known != nil && known.size == stat.Size() && known.mod.Equal(stat.ModTime()) {
			continue
		}
		content, err := os.ReadFile(f.Path)
		if err != nil {
			return err
		}
		s.disk[f.Path] = &diskFile{content: content, size: stat.Size(), mod: stat.ModTime()}
	}
	return nil
}

// given tells whether the host sent a file's contents, and takes them when it did.
func (s *Server) given(path string) bool {
	if s.disk[path] != nil && s.disk[path].mod.IsZero() {
		return true
	}
	content, ok := s.spec.Binary[path]
	if text, isText := s.spec.Contents[path]; isText {
		content, ok = []byte(text), true
	}
	if ok {
		s.disk[path] = &diskFile{content: content}
	}
	return ok
}

// sources returns the files of the base state with changed contents put in.
func (s *Server) sources(changed map[string][]byte) []source {
	list := make([]source, 0, len(s.spec.Files))
	for _, f := range s.spec.Files {
		content, ok := changed[f.Path]
		if !ok {
			content, ok = s.baseContent(f.Path)
		}
		if ok {
			list = append(list, source{FileSpec: f, content: content})
		}
	}
	return list
}

// baseContent returns a file of the base state.
func (s *Server) baseContent(path string) ([]byte, bool) {
	if text, ok := s.overlay[path]; ok {
		return []byte(text), true
	}
	if f := s.disk[path]; f != nil {
		return f.content, true
	}
	return nil, false
}
