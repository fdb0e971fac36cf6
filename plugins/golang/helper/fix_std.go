package main

import "strings"

// stdPackages lists the importable packages of the standard library.
const stdPackages = `archive/tar archive/zip bufio bytes cmp compress/bzip2 compress/flate compress/gzip compress/lzw
compress/zlib container/heap container/list container/ring context crypto crypto/aes crypto/cipher crypto/des
crypto/dsa crypto/ecdh crypto/ecdsa crypto/ed25519 crypto/elliptic crypto/hkdf crypto/hmac crypto/md5
crypto/pbkdf2 crypto/rand crypto/rc4 crypto/rsa crypto/sha1 crypto/sha256 crypto/sha3 crypto/sha512
crypto/subtle crypto/tls crypto/x509 crypto/x509/pkix database/sql database/sql/driver debug/buildinfo
debug/dwarf debug/elf debug/gosym debug/macho debug/pe debug/plan9obj embed encoding encoding/ascii85
encoding/asn1 encoding/base32 encoding/base64 encoding/binary encoding/csv encoding/gob encoding/hex
encoding/json encoding/pem encoding/xml errors expvar flag fmt go/ast go/build go/build/constraint
go/constant go/doc go/doc/comment go/format go/importer go/parser go/printer go/scanner go/token go/types
go/version hash hash/adler32 hash/crc32 hash/crc64 hash/fnv hash/maphash html html/template image
image/color image/color/palette image/draw image/gif image/jpeg image/png index/suffixarray io io/fs
io/ioutil iter log log/slog log/syslog maps math math/big math/bits math/cmplx math/rand math/rand/v2 mime
mime/multipart mime/quotedprintable net net/http net/http/cgi net/http/cookiejar net/http/fcgi
net/http/httptest net/http/httptrace net/http/httputil net/http/pprof net/mail net/netip net/rpc
net/rpc/jsonrpc net/smtp net/textproto net/url os os/exec os/signal os/user path path/filepath plugin
reflect regexp regexp/syntax runtime runtime/debug runtime/metrics runtime/pprof runtime/trace slices sort
strconv strings structs sync sync/atomic syscall testing testing/fstest testing/iotest testing/quick
testing/slogtest testing/synctest text/scanner text/tabwriter text/template text/template/parse time unicode
unicode/utf16 unicode/utf8 unique unsafe weak`

// stdWeights rates packages that share a name with another, or are a likely or unlikely meaning of it; others are 1.
var stdWeights = map[string]float64{
	"crypto/rand": 0.35, "math/rand/v2": 0.3, "html/template": 0.5, "text/scanner": 0.4, "go/scanner": 0.2,
	"runtime/pprof": 0.5, "net/http/pprof": 0.1, "runtime/trace": 0.8, "io/ioutil": 0.4, "container/heap": 1,
	"regexp/syntax": 0.6, "testing/quick": 0.5, "debug/buildinfo": 0.5, "crypto/subtle": 0.8, "image/draw": 0.8,
}

// movedMembers maps what left a package, or is commonly looked for in the wrong one, to where it is now.
var movedMembers = map[string]string{
	"ioutil.ReadAll": "io.ReadAll", "ioutil.ReadFile": "os.ReadFile", "ioutil.WriteFile": "os.WriteFile",
	"ioutil.ReadDir": "os.ReadDir", "ioutil.TempFile": "os.CreateTemp", "ioutil.TempDir": "os.MkdirTemp",
	"ioutil.Discard": "io.Discard", "ioutil.NopCloser": "io.NopCloser", "os.ReadAll": "io.ReadAll",
	"io.ReadFile": "os.ReadFile", "io.WriteFile": "os.WriteFile", "io.ReadDir": "os.ReadDir",
	"strings.Length": "len", "strings.Len": "len", "strings.Substring": "", "strings.Format": "fmt.Sprintf",
	"strings.Sprintf": "fmt.Sprintf", "strings.Atoi": "strconv.Atoi", "strings.Itoa": "strconv.Itoa",
	"strings.ToInt": "strconv.Atoi", "strings.Equals": "strings.EqualFold", "strings.IsEmpty": "",
	"strings.ReverseString": "", "strings.StartsWith": "strings.HasPrefix", "strings.EndsWith": "strings.HasSuffix",
	"strings.IndexOf": "strings.Index", "strings.Upper": "strings.ToUpper", "strings.Lower": "strings.ToLower",
	"strings.Includes": "strings.Contains", "strings.Strip": "strings.TrimSpace", "strings.Buffer": "bytes.Buffer",
	"bytes.Builder": "strings.Builder", "strings.Concat": "strings.Join", "math.Rand": "rand.Float64",
	"math.MaxInteger": "math.MaxInt", "math.MinInteger": "math.MinInt", "math.Infinity": "math.Inf",
	"math.INT_MAX": "math.MaxInt", "math.INT_MIN": "math.MinInt", "math.PI": "math.Pi", "math.Power": "math.Pow",
	"math.Absolute": "math.Abs", "math.Square": "math.Sqrt", "time.Milliseconds": "time.Millisecond",
	"time.Seconds": "time.Second", "time.Minutes": "time.Minute", "time.Hours": "time.Hour", "time.MS": "time.Millisecond",
	"fmt.Format": "fmt.Sprintf", "fmt.SPrintf": "fmt.Sprintf", "fmt.Error": "fmt.Errorf", "fmt.Write": "fmt.Fprint",
	"errors.Errorf": "fmt.Errorf", "errors.Newf": "fmt.Errorf", "errors.Wrap": "fmt.Errorf", "fmt.New": "errors.New",
	"sort.Int": "sort.Ints", "sort.String": "sort.Strings", "sort.Sorted": "sort.SliceIsSorted",
	"slices.Len": "len", "slices.Append": "append", "maps.Delete": "delete", "maps.Len": "len",
	"strconv.ToString": "strconv.Itoa", "strconv.ToInt": "strconv.Atoi", "strconv.Int": "strconv.Atoi",
	"strconv.String": "strconv.Itoa", "strconv.AtoI": "strconv.Atoi", "strconv.IntToString": "strconv.Itoa",
	"os.Args()": "os.Args", "os.Getwd()": "os.Getwd", "sync.Atomic": "atomic", "unicode.IsAlpha": "unicode.IsLetter",
	"unicode.IsAlphabet": "unicode.IsLetter", "unicode.IsNumeric": "unicode.IsDigit", "unicode.IsWhitespace": "unicode.IsSpace",
	"unicode.IsUppercase": "unicode.IsUpper", "unicode.IsLowercase": "unicode.IsLower", "unicode.RuneLen": "utf8.RuneLen",
	"unicode.RuneCountInString": "utf8.RuneCountInString", "strings.RuneCountInString": "utf8.RuneCountInString",
	"strings.RuneCount": "utf8.RuneCountInString", "utf8.RuneLength": "utf8.RuneLen",
}

// stdByName returns the import paths of the standard packages of a name, likeliest first.
func stdByName(name string) []string {
	var out []string
	for _, path := range strings.Fields(stdPackages) {
		if stdName(path) == name {
			out = append(out, path)
		}
	}
	for i := 1; i < len(out); i++ {
		for k := i; k > 0 && stdWeight(out[k]) > stdWeight(out[k-1]); k-- {
			out[k], out[k-1] = out[k-1], out[k]
		}
	}
	return out
}

// stdName returns the package name of a standard import path.
func stdName(path string) string {
	path = strings.TrimSuffix(path, "/v2")
	return path[strings.LastIndexByte(path, '/')+1:]
}

func stdWeight(path string) float64 {
	if w, ok := stdWeights[path]; ok {
		return w
	}
	return 1
}
