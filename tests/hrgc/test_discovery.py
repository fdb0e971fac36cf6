"""From what people type to targets."""

from __future__ import annotations

from pathlib import Path

import pytest

from hrgc import discovery
from hrgc.errors import HrgcError, InputError, NoGoFilesError
from tests.cli_door import DiskToy, write

TOY = (DiskToy(),)


def test_files_directories_and_everything_below() -> None:
    one, two = write("p/a.go", ""), write("p/q/b.go", "")
    assert discovery.targets_of("p/a.go", TOY) == (one.absolute(),)
    assert discovery.targets_of("p", TOY) == (Path("p").absolute(),)
    below = (one.parent.absolute(), two.parent.absolute())
    assert discovery.targets_of("p/...", TOY) == discovery.targets_of("./...", TOY) == below
    assert discovery.targets_of("...", TOY) == below


@pytest.mark.parametrize(
    ("name", "kind", "message"),
    [
        ("gone.go", InputError, "gone.go does not exist"),
        ("gone/...", InputError, "gone is not a directory"),
        ("empty", NoGoFilesError, "no Go files in"),
        ("empty/...", NoGoFilesError, "no Go files in"),
    ],
)
def test_refusals(name: str, kind: type[HrgcError], message: str) -> None:
    Path("empty").mkdir()
    with pytest.raises(kind, match=message) as caught:
        discovery.targets_of(name, TOY)
    assert caught.value.hint


def test_each_target_comes_once_and_errors_keep_their_place() -> None:
    write("a.go", "")
    first, error, last = discovery.expand(["a.go", "gone.go", "./a.go", "."], TOY)
    assert first == Path("a.go").absolute()
    assert isinstance(error, InputError)
    assert last == Path.cwd()


def test_links_are_kept_and_dots_are_not() -> None:
    write("p/a.go", "")
    Path("link").symlink_to("p")
    assert discovery.targets_of("link/../p/a.go", TOY) == (Path.cwd() / "p/a.go",)
    assert discovery.targets_of("link/a.go", TOY) == (Path.cwd() / "link/a.go",)


def test_paths_for_people_are_relative_below_here() -> None:
    assert discovery.display(Path("p/a.go").absolute()) == "p/a.go"
    assert discovery.display(Path("/else/a.go")) == "/else/a.go"
    assert discovery.display(Path.cwd()) == "."
