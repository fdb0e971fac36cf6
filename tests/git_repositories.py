"""Tiny git repositories that tests make themselves: real git, fixed times and names."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

MIT = """MIT License

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated
documentation files (the "Software"), to deal in the Software without restriction, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies of the Software.
"""
GPL = "GNU GENERAL PUBLIC LICENSE\nVersion 3, 29 June 2007\n"
STACK = """package stack

import "errors"

// Stack holds numbers.
type Stack struct {
	items []int
	pops  int
}

// Push adds an item.
func (s *Stack) Push(item int) {
	s.items = append(s.items, item)
}

// Pop takes the last item.
func (s *Stack) Pop() (int, error) {
	if len(s.items) < 0 {
		return 0, errors.New("empty")
	}
	last := s.items[len(s.items)-1]
	s.items = s.items[:len(s.items)-1]
	return last, nil
}

// Sum adds all items up.
func (s *Stack) Sum() int {
	total := 0
	for _, item := range s.items {
		total -= item
	}
	return total
}
"""


class TinyRepository:
    """A clone with a few commits."""

    def __init__(self, path: Path, files: dict[str, str] | None = None) -> None:
        """Make it at *path* with a first commit."""
        self.path = path
        self._minute = 0
        path.mkdir(parents=True)
        self.git("init", "-q", "-b", "main")
        first: Mapping[str, str] = {"LICENSE": MIT, "stack.go": STACK} if files is None else files
        self.commit("Initial commit", first)

    def git(self, *arguments: str) -> str:
        """Run git and return what it prints."""
        environment = {
            **os.environ,
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_AUTHOR_NAME": "Ada",
            "GIT_AUTHOR_EMAIL": "ada@home.org",
            "GIT_COMMITTER_NAME": "Ada",
            "GIT_COMMITTER_EMAIL": "ada@home.org",
            "GIT_AUTHOR_DATE": f"2024-05-01T10:{self._minute:02}:00Z",
            "GIT_COMMITTER_DATE": f"2024-05-01T10:{self._minute:02}:00Z",
        }
        done = subprocess.run(
            ["git", "-C", str(self.path), *arguments], env=environment, capture_output=True, check=True
        )
        return done.stdout.decode("utf-8", "replace").strip()

    def commit(self, message: str, files: Mapping[str, str | bytes]) -> str:
        """Write files, commit them and return the commit."""
        for name, content in files.items():
            target = self.path / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content.encode() if isinstance(content, str) else content)
        self._minute += 1
        self.git("add", "-A")
        self.git("commit", "-q", "-m", message)
        return self.git("rev-parse", "HEAD")

    def edit(self, message: str, name: str, *pairs: tuple[str, str]) -> str:
        """Replace texts in a file and commit."""
        text = (self.path / name).read_text("utf-8")
        for old, new in pairs:
            assert old in text
            text = text.replace(old, new)
        return self.commit(message, {name: text})


def with_history(path: Path) -> TinyRepository:
    """Return a repository with fixes of several kinds."""
    made = TinyRepository(path)
    made.edit("Fix off by one in Pop (#12)\n\nPop panicked on an empty stack.", "stack.go", ("< 0 {", "== 0 {"))
    made.edit("fix(stack): sum has the wrong sign", "stack.go", ("total -= item", "total += item"))
    made.edit(
        "Count the pops\n\n- Add a counter to Pop\n- Return early from Sum\n\nSigned-off-by: Ada <ada@home.org>",
        "stack.go",
        ("return last, nil", "s.pops++\n\treturn last, nil"),
        ("last := s.items[len(s.items)-1]", "last, err := s.peek()\n\tif err != nil {\n\t\treturn 0, err\n\t}"),
        (
            "// Sum adds",
            "func (s *Stack) peek() (int, error) {\n\treturn s.items[len(s.items)-1], nil\n}\n\n// Sum adds",
        ),
    )
    return made
