// Command helper keeps one Go package loaded and judges edits of it in memory.
//
// It reads framed requests from standard input and writes one framed response for each to standard output;
// end of input ends it. It starts no process, opens no connection and writes no file. `helper corrupt` and
// `helper commits` are tools of their own: they make training samples (see runCorrupt and runCommits).
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"strconv"
	"strings"
)

// maxFrame bounds one message, so that a corrupt length cannot exhaust memory.
const maxFrame = 1 << 30

func main() {
	if len(os.Args) > 1 && os.Args[1] == "corrupt" {
		os.Exit(runCorrupt(os.Args[2:], os.Stdout, os.Stderr))
	}
	if len(os.Args) > 1 && os.Args[1] == "commits" {
		os.Exit(runCommits(os.Args[2:], os.Stdin, os.Stdout, os.Stderr))
	}
	debug.SetGCPercent(200) // the heap is small and short-lived: fewer collections, more checks
	if err := serve(os.Stdin, os.Stdout, NewServer()); err != nil {
		fmt.Fprintln(os.Stderr, "helper:", err)
		os.Exit(1)
	}
}

// serve answers requests from r on w until r ends.
func serve(r io.Reader, w io.Writer, s *Server) error {
	in, out := bufio.NewReaderSize(r, 1<<16), bufio.NewWriterSize(w, 1<<16)
	for {
		body, err := readFrame(in)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := writeFrame(out, s.respond(body)); err != nil {
			return err
		}
		if err := out.Flush(); err != nil {
			return err
		}
	}
}

// readFrame returns the next message; io.EOF only at a frame boundary.
func readFrame(in *bufio.Reader) ([]byte, error) {
	head, err := in.ReadString('\n')
	if err != nil {
		if errors.Is(err, io.EOF) && head != "" {
			return nil, io.ErrUnexpectedEOF
		}
		return nil, err
	}
	size, err := strconv.Atoi(strings.TrimSpace(head))
	if err != nil || size < 0 || size > maxFrame {
		return nil, fmt.Errorf("bad frame length %q", strings.TrimSpace(head))
	}
	body := make([]byte, size)
	if _, err := io.ReadFull(in, body); err != nil {
		return nil, err
	}
	return body, nil
}

// writeFrame writes one response; a result that cannot be encoded becomes an error response.
func writeFrame(out *bufio.Writer, resp Response) error {
	body, err := json.Marshal(resp)
	if err != nil {
		body, err = json.Marshal(Response{ID: resp.ID, Error: "result cannot be encoded: " + err.Error()})
		if err != nil {
			return err
		}
	}
	if _, err := fmt.Fprintf(out, "%d\n", len(body)); err != nil {
		return err
	}
	_, err = out.Write(body)
	return err
}
