"""Why a change was made, by its words: the intent of a subject and body, and the actions they name.

Evidence in order: a conventional prefix (``fix(area):``), the subject's leading verb, telling words anywhere in the
subject, then the body's first lines. Without any, the caller decides by the diff.
"""

from __future__ import annotations

import re

from hrgc.tokens import Intent

_PREFIX = re.compile(r"^\s*(?:\[[^\]]*\]\s*)*(\w+)(?:\([^)]*\))?(!)?:\s+(.*)$")
_PREFIXES: dict[str, Intent | None] = {
    "fix": Intent.FIX, "bugfix": Intent.FIX, "hotfix": Intent.FIX, "bug": Intent.FIX, "revert": Intent.REMOVE,
    "feat": Intent.ADD, "feature": Intent.ADD, "perf": Intent.OPTIMIZE, "refactor": Intent.REFACTOR,
    "refac": Intent.REFACTOR, "style": Intent.REFACTOR, "cleanup": Intent.REFACTOR, "chore": None, "docs": None,
    "doc": None, "test": None, "tests": None, "ci": None, "build": None, "deps": Intent.UPDATE,
}  # fmt: skip
"""Conventional prefixes; None lets the words behind decide, with ``UPDATE`` when they say nothing."""
_AREA = re.compile(r"^\s*(?:\[[^\]]*\]\s*)*(?:[\w./*{},<>@+-]+(?:\([^)]*\))?(?:\s*,\s*[\w./*{}+-]+)*\s*:\s+)+")
"""Packages in front of a subject: ``net/http, net/url: ...``."""
_VERBS: dict[Intent, str] = {
    Intent.FIX: (
        "fix fixes fixed fixing correct corrects corrected correctly handle handles guard prevent"
        " prevents avoid avoids repair repairs resolve resolves ensure ensures check checks validate"
        " validates don't dont don not never stop stops restore restores escape reject rejects tolerate"
        " unbreak workaround respect honor honour detect close closes return returns"
    ),
    Intent.ADD: (
        "add adds added adding introduce introduces implement implements implemented support supports"
        " allow allows enable enables expose exposes create creates provide provides new initial export"
        " exports extend extends emit emits record log register accept accepts define"
    ),
    Intent.REMOVE: (
        "remove removes removed removing delete deletes deleted drop drops dropped revert reverts disable"
        " disables deprecate unexport strip purge get rm"
    ),
    Intent.REFACTOR: (
        "refactor refactors refactored refactoring rename renames renamed move moves moved moving extract"
        " extracts split clean cleanup cleans simplify simplifies simplified restructure reorganize"
        " reorganise rework deduplicate dedupe inline inlines unify consolidate tidy gofmt reformat format"
        " rewrite merge convert factor reorder decouple generalize generalise modernize replace"
        " encapsulate isolate streamline hoist lint"
    ),
    Intent.OPTIMIZE: (
        "optimize optimise optimizes optimized speed speedup cache caches reduce reduces preallocate"
        " prealloc pool improve-performance faster batch parallelize parallelise memoize lazily precompute"
    ),
    Intent.UPDATE: (
        "update updates updated updating bump bumps upgrade upgrades change changes changed use uses"
        " using adjust adjusts make makes set sets switch tweak increase decrease improve improves"
        " regenerate sync migrate adapt adapts port raise lower configure clarify reword document comment"
        " let require pass propagate propagates"
    ),
    Intent.PRESERVE: "keep keeps preserve preserves retain retains",
}
_BY_VERB = {verb: intent for intent, verbs in _VERBS.items() for verb in verbs.split()}
_STRONG: tuple[tuple[Intent, re.Pattern[str]], ...] = (
    (
        Intent.OPTIMIZE,
        re.compile(
            r"\b(?:optimi[sz]\w*|speed(?:s|ing)?[ -]?up|faster|perf(?:ormance)?|pre-?alloc\w*|zero-alloc\w*"
            r"|(?:fewer|less|reduce\w*|avoid\w*|save\w*|cut\w*) (?:\w+ ){0,3}(?:alloc\w*|copy|copies|copying|garbage"
            r"|memory|cpu|lock contention|contention|overhead|latency|syscalls?)"
            r"|hot path|memoi[sz]\w*|cach(?:e|es|ing) (?:the |results?|compiled|parsed))",
            re.IGNORECASE,
        ),
    ),
    (
        Intent.FIX,
        re.compile(
            r"\b(?:fix(?:e[sd])?|bug|panic\w*|crash\w*|dead ?locks?|data race|race condition|races?|leak(?:s|ing|ed)?"
            r"|regression|nil (?:pointer|deref\w*|map)|off[- ]by[- ]one|overflow|underflow|wrong(?:ly)?|incorrect\w*"
            r"|broken|flak[ey]\w*|typos?|mistake\w*|infinite loop|hangs?|out of (?:range|bounds)|use after free"
            r"|double (?:close|free)|corrupt\w*)\b",
            re.IGNORECASE,
        ),
    ),
    (
        Intent.REFACTOR,
        re.compile(r"\b(?:refactor\w*|no functional changes?|clean ?ups?|non-functional|NFC)\b", re.IGNORECASE),
    ),
)
_WEAK_FIX = frozenset(
    (
        "handle", "handles", "ensure", "ensures", "check", "checks", "validate", "validates", "return", "returns",
        "close", "closes", "detect", "stop", "stops", "not", "never", "don", "don't", "dont", "respect", "honor",
        "honour", "avoid", "avoids",
    )
)  # fmt: skip
"""Verbs that mean a fix unless the sentence says otherwise."""
_WORD = re.compile(r"[A-Za-z][A-Za-z'-]*")
_REVERT = re.compile(r'^\s*revert\b[\s":]', re.IGNORECASE)
_SENTENCE = re.compile(r"(?<=[.!?;])\s+|\n\s*\n|\n(?=\s*[-*+]\s)|\n(?=\s*\d+[.)]\s)")
_BULLET = re.compile(r"^\s*(?:[-*+]|\d+[.)])\s+")


def of_text(title: str, body: str = "") -> Intent | None:
    """Return the intent that a change's words give, None when they say nothing."""
    if _REVERT.match(title):
        return Intent.REMOVE
    rest, fallback = title, None
    if (prefix := _PREFIX.match(title)) and prefix[1].lower() in _PREFIXES:
        known = _PREFIXES[prefix[1].lower()]
        if known is not None:
            return _refined(known, prefix[3])
        rest, fallback = prefix[3], Intent.UPDATE
    intent = _of_sentence(_AREA.sub("", rest))
    if intent not in {None, Intent.UPDATE}:
        return intent
    lines = [_BULLET.sub("", line) for line in body.split("\n") if line.strip()][:3]
    told = next((found for line in lines for found, pattern in _STRONG if pattern.search(line)), None)
    return told or intent or next((found for line in lines if (found := _of_sentence(line))), fallback)


def _refined(known: Intent, text: str) -> Intent:
    """Return the prefix's intent, unless the words behind it are plainer (``feat: remove the old flag``)."""
    verb = _leading(text)
    if known == Intent.ADD and verb in {Intent.REMOVE, Intent.REFACTOR, Intent.OPTIMIZE}:
        return verb
    return known


def _leading(text: str) -> Intent | None:
    """Return the intent of the first word that is a known verb among the first two."""
    words = _WORD.findall(text)[:2]
    return next((_BY_VERB[word.lower()] for word in words if word.lower() in _BY_VERB), None)


def _of_sentence(text: str) -> Intent | None:
    """Return the intent of one sentence."""
    words = [word.lower() for word in _WORD.findall(text)]
    if not words:
        return None
    first = next((word for word in words[:2] if word in _BY_VERB), "")
    verb = _BY_VERB.get(first)
    strong = next((intent for intent, pattern in _STRONG if pattern.search(text)), None)
    if verb in {Intent.ADD, Intent.REMOVE, Intent.REFACTOR} and strong in {None, Intent.FIX, Intent.REFACTOR}:
        return _guarded(verb, words, strong)
    if first in _WEAK_FIX or verb in {None, Intent.UPDATE, Intent.OPTIMIZE, Intent.PRESERVE}:
        return strong or verb
    return Intent.OPTIMIZE if strong == Intent.OPTIMIZE and verb != Intent.FIX else verb


def _guarded(verb: Intent, words: list[str], strong: Intent | None) -> Intent:
    """Return FIX for what adds or drops something in order to mend (``add missing nil check``)."""
    if verb == Intent.ADD and (
        "missing" in words or (strong == Intent.FIX and {"check", "guard", "lock"} & set(words))
    ):
        return Intent.FIX
    if verb == Intent.REMOVE and strong == Intent.FIX and {"race", "deadlock", "leak", "panic"} & set(words):
        return Intent.FIX
    return verb


def actions(body: str, limit: int = 8) -> tuple[str, ...]:
    """Return the sentences and bullets of *body* that start with a known verb: the steps its author names."""
    out: list[str] = []
    for piece in _SENTENCE.split(body):
        text = " ".join(_BULLET.sub("", piece).split())
        if 8 <= len(text) <= 160 and _leading(text) is not None and text not in out:
            out.append(text.rstrip("."))
        if len(out) >= limit:
            break
    return tuple(out)


def of_action(text: str) -> Intent | None:
    """Return the intent of one action."""
    return _of_sentence(text)
