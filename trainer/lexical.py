"""Break Go functions by their tokens alone: first training pairs without any Go toolchain.

Run: ``hrgc-train pairs-lexical``. Nothing is type-checked, so findings are what the checker would most likely say; the
checked pairs of ``trainer.synth`` replace these as soon as the model knows the prompt's layout and how to copy.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from tqdm import tqdm

from trainer import gosource, record, sample
from trainer.breaks import RULES, Broken
from trainer.sample import Attempt, Kind, Sample

_DECLARATION = re.compile(r"^func (?:\(\s*(?:\w+ )?\*?(\w+)[^)]*\) )?(\w+)")
_SIGNATURE = re.compile(r"^(func .*\)[^{]*) \{$")


@dataclass(frozen=True)
class LexicalConfig:
    """How much is broken, and how."""

    out: str = ".data/pairs-lexical"
    goroot: str = ""
    per_function: int = 6
    """Broken variants of each function window."""
    clean_share: float = 0.12
    refine_share: float = 0.12
    """Part of the broken samples that carry failed attempts."""
    max_lines: int = 40
    """Longest window; longer functions give slices."""
    seed: int = 5
    limit: int = 0
    """Stop after so many functions, 0 for all."""


@dataclass(frozen=True)
class Function:
    """One function of a source file."""

    origin: str
    symbol: str
    target: str
    lines: tuple[str, ...]
    context: tuple[str, ...]


def functions(text: str, origin: str) -> Iterator[Function]:
    """Yield the functions of canonically formatted Go source: from ``func`` to the next brace in column one."""
    lines = text.split("\n")
    signatures = {m[2]: s[1] for line in lines if (m := _DECLARATION.match(line)) and (s := _SIGNATURE.match(line))}
    imports = re.findall(r'^(?:import |\t)"([\w./-]+)"$', text, re.MULTILINE)
    start = -1
    for at, line in enumerate(lines):
        if line.startswith("func ") and line.endswith("{"):
            start = at
        elif line == "}" and start >= 0:
            match = _DECLARATION.match(lines[start])
            body = tuple(row.strip() for row in lines[start : at + 1] if row.strip())
            if match and len(body) > 2 and "\u2581" not in "".join(body):
                words = set(re.findall(r"\w+", " ".join(body)))
                used = [signatures[w] for w in sorted(words) if w in signatures and w != match[2]]
                used += [f'import "{name}"' for name in imports if name.rsplit("/", 1)[-1] in words]
                symbol = f"{match[1]}.{match[2]}" if match[1] else match[2]
                yield Function(origin, symbol, "method" if match[1] else "func", body, tuple(used))
            start = -1


def _slice(lines: tuple[str, ...], most: int, chance: random.Random) -> tuple[str, ...]:
    """Return all lines, or *most* neighbouring ones."""
    if len(lines) <= most:
        return lines
    start = chance.randrange(len(lines) - most + 1)
    return lines[start : start + most]


def broken_samples(function: Function, config: LexicalConfig, chance: random.Random) -> Iterator[Sample]:
    """Yield broken and sometimes clean samples of one function."""
    lines = _slice(function.lines, chance.choice((12, 20, 28, config.max_lines)), chance)
    if chance.random() < 0.6:
        lines = tuple(line for line in lines if not line.startswith("//"))
    if len(lines) < 3:
        return
    context = tuple(chance.sample(function.context, min(len(function.context), chance.randrange(5))))
    base = Sample(function.origin, Kind.CLEAN, function.target, function.symbol, lines, context=context)
    if chance.random() < config.clean_share * config.per_function:
        yield base
    made: list[Broken] = []
    names, weights = zip(*((name, weight) for name, (weight, _) in RULES.items()), strict=True)
    for _ in range(config.per_function * 6):
        name = chance.choices(names, weights)[0]
        broken = RULES[name][1](lines, chance)
        if broken is None or broken.lines == lines or any(b.lines == broken.lines for b in made):
            continue
        made.append(broken)
        tests = _evidence(broken, function, chance)
        tried: tuple[Attempt, ...] = ()
        if chance.random() < config.refine_share:
            tried = _wrong_attempts(broken, lines, chance)
        yield replace(
            base,
            kind=broken.kind,
            lines=broken.lines,
            op=broken.op,
            mark=broken.mark,
            end_mark=broken.end_mark,
            code=broken.code,
            insert=broken.insert,
            problem=_problem(broken, function, chance),
            findings=tests.findings,
            hot=tests.hot,
            tried=tried,
            rule=name,
        )
        if len(made) == config.per_function:
            return


def _evidence(broken: Broken, function: Function, chance: random.Random) -> Broken:
    """Give behaviour breaks the evidence of a failing test, sometimes with suspected lines, sometimes nothing."""
    if broken.kind != Kind.BEHAVIOUR or chance.random() < 0.35:
        return broken
    test = _test_name(function)
    found = (sample.Finding(4, "TestFail", None, (test,)),)
    if chance.random() < 0.4:
        return replace(broken, findings=found)
    others = chance.sample(range(1, len(broken.lines) + 1), min(len(broken.lines), chance.randrange(1, 5)))
    hot = [broken.mark, *(mark for mark in others if mark != broken.mark)][:5]
    chance.shuffle(hot)
    return replace(broken, findings=found, hot=tuple(hot))


def _test_name(function: Function) -> str:
    """Return the name that a test of *function* most likely has."""
    name = function.symbol.rsplit(".", 1)[-1]
    return name if name.startswith("Test") else f"Test{name[:1].upper()}{name[1:]}"


def _problem(broken: Broken, function: Function, chance: random.Random) -> str:
    """Return a short intent, most often none."""
    name = function.symbol.rsplit(".", 1)[-1]
    if chance.random() < 0.6:
        return ""
    if broken.kind == Kind.BEHAVIOUR:
        return chance.choice((f"fix {name}", f"fix failing test {_test_name(function)}", "fix bug", f"{name} is wrong"))
    return chance.choice(("fix build error", "fix build", f"fix compile error in {name}"))


def _wrong_attempts(broken: Broken, lines: tuple[str, ...], chance: random.Random) -> tuple[Attempt, ...]:
    """Return one to three edits that do not repair *broken*."""
    out: list[Attempt] = []
    for _ in range(chance.randrange(1, 4)):
        other = RULES[chance.choice(list(RULES))][1](broken.lines, chance)
        if other is None or other.lines == lines or other.insert:
            continue
        changed = [at for at, line in enumerate(other.lines) if at >= len(broken.lines) or line != broken.lines[at]]
        if len(other.lines) == len(broken.lines) and len(changed) == 1:
            out.append(Attempt(other.op, changed[0] + 1, (other.lines[changed[0]],)))
    return tuple(out)


def main(config: LexicalConfig) -> None:
    """Write ``pairs.jsonl.gz``; raises GoToolError without Go sources."""
    out = Path(config.out)
    root = gosource.find_goroot(Path(config.goroot) if config.goroot else None)
    record.save_config(out, "pairs-lexical", config, goroot=(root / "VERSION").read_text("utf-8").split("\n")[0])

    def samples() -> Iterator[Sample]:
        count = 0
        for path, text in tqdm(gosource.files(root), desc="files", unit="file"):
            origin = path.parent.relative_to(root / "src").as_posix()
            for function in functions(text, f"std:{origin}"):
                if config.limit and count >= config.limit:
                    return
                count += 1
                chance = random.Random(f"{config.seed}:{origin}:{path.name}:{function.symbol}")
                yield from broken_samples(function, config, chance)

    path = out / "pairs.jsonl.gz"
    count = sample.write(path, samples())
    record.save_manifest(out, [path], samples=count, format=sample.FORMAT)
    tqdm.write(f"{path}: {count} samples")
