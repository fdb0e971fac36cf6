"""Rules of the application's source: keys, workers, colours, foreign libraries."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import tui
from tui import keys
from tui.phase import Phase
from tui.screens.main import MainScreen

SOURCES = sorted(Path(tui.__path__[0]).rglob("*.py"))


def test_every_key_has_a_method_a_label_and_a_sentence() -> None:
    assert len({key.id for key in keys.TABLE}) == len(keys.TABLE)
    from tui.app import HrgcApp  # noqa: PLC0415 - its import is what the other tests are about

    for key in keys.TABLE:
        name = key.action.partition("(")[0]
        owner: type = HrgcApp if name.startswith("app.") else MainScreen
        assert callable(getattr(owner, f"action_{name.removeprefix('app.')}")), key
        assert key.label, key
        assert key.help.endswith("."), key
        assert key.group in keys.GROUPS, key


def test_no_key_means_two_things_in_one_phase() -> None:
    for phase in Phase:
        seen: dict[str, str] = {}
        for key in keys.TABLE:
            for one in key.keys.split(",") if key.phases is None or phase in key.phases else ():
                assert one not in seen, f"{one} in {phase}: {key.id} and {seen.get(one)}"
                seen[one] = key.id


def _workers() -> list[tuple[Path, ast.FunctionDef]]:
    nodes = [(path, node) for path in SOURCES for node in ast.walk(ast.parse(path.read_text()))]
    functions = [(path, node) for path, node in nodes if isinstance(node, ast.FunctionDef)]
    return [(p, f) for p, f in functions if any(ast.unparse(d).startswith("work(") for d in f.decorator_list)]


def test_workers_only_post_messages() -> None:
    workers = _workers()
    assert len(workers) >= 8
    for path, node in workers:
        decorator = ast.unparse(node.decorator_list[0])
        assert "thread=True" in decorator, (path, node.name)
        assert "exit_on_error=False" in decorator, (path, node.name)
        used = {
            ast.unparse(a)
            for a in ast.walk(node)
            if isinstance(a, ast.Attribute) and ast.unparse(a).startswith("self.")
        }
        allowed = {name for name in used if name == "self.post_message" or name.startswith("self.engine")}
        assert used == allowed, (path, node.name, used - allowed)
        assert any(isinstance(n, ast.ExceptHandler) for n in ast.walk(node)), (path, node.name)


def test_colours_are_written_in_one_place_only() -> None:
    colour = re.compile(r"#[0-9a-fA-F]{6}\b|#[0-9a-fA-F]{3}\b(?=[;\s])|\brgb\(")
    for path in (*SOURCES, *Path(tui.__path__[0]).rglob("*.tcss")):
        if path.name != "themes.py":
            assert not colour.search(path.read_text()), path


def test_foreign_libraries_and_sizes() -> None:
    for path in SOURCES:
        text = path.read_text()
        assert not re.search(r"^\s*(import|from) (llama_cpp|subprocess|tree_sitter)", text, re.MULTILINE), path
        assert len(text.splitlines()) <= 300, path
        if "/widgets/" in str(path):
            assert not re.search(r"from tui\.(app|screens)", text), path
