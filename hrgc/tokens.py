"""The one token table and the only place where special tokens are spelled.

Trainer, model runtime, prompt, plan language and the TUI's legend all read it from here. Ids are never
written down: they come from the tokenizer or the GGUF, and loading compares names (``missing``).
"""

from __future__ import annotations

import re
from enum import Enum
from typing import NamedTuple

VOCAB_SIZE = 50_000
PLAN_POSITIONS = 512
CODE_POSITIONS = 1024
MAX_LINES = 96
"""Line marks in the vocabulary, so the longest window of a prompt."""

PAD, UNK, BOS, EOS = "<pad>", "<unk>", "<s>", "</s>"
PLAN, END_PLAN, STEP = "<PLAN>", "</PLAN>", "<STEP>"
PROBLEM, END_PROBLEM = "<PROBLEM>", "</PROBLEM>"
CONTEXT, END_CONTEXT = "<CONTEXT>", "</CONTEXT>"
FILE, END_FILE = "<FILE>", "</FILE>"
CODE, END_CODE = "<CODE>", "</CODE>"
VALIDATE, END_VALIDATE = "<VALIDATE>", "</VALIDATE>"
REPO, END_REPO = "<REPO>", "</REPO>"
PR_TITLE, END_PR_TITLE = "<PR_TITLE>", "</PR_TITLE>"
PR_BODY, END_PR_BODY = "<PR_BODY>", "</PR_BODY>"
BEFORE, END_BEFORE = "<BEFORE>", "</BEFORE>"
AFTER, END_AFTER = "<AFTER>", "</AFTER>"
COMMENTS, END_COMMENTS = "<COMMENTS>", "</COMMENTS>"
HIST, END_HIST = "<HIST>", "</HIST>"
SYNTAX_OK, SYNTAX_ERR = "<SYNTAX_OK>", "<SYNTAX_ERR>"
TEST_PASS, TEST_FAIL = "<TEST_PASS>", "<TEST_FAIL>"
CONTINUE, REFINE, DONE = "<CONTINUE>", "<REFINE>", "<DONE>"
INS = "<INS>"
"""Opens code that is inserted after the planned line instead of replacing it."""
NL = "<NL>"
"""A line break inside code."""
HOT = "<HOT>"
"""Opens the lines that failing tests reach and passing ones do not."""


class Intent(str, Enum):
    """Why a step changes the code (the seeds' intents)."""

    FIX = "FIX"
    ADD = "ADD"
    REFACTOR = "REFACTOR"
    OPTIMIZE = "OPTIMIZE"
    UPDATE = "UPDATE"
    REMOVE = "REMOVE"
    PRESERVE = "PRESERVE"

    @property
    def token(self) -> str:
        """The special token of this intent."""
        return f"<INTENT:{self.value}>"


class Target(str, Enum):
    """What kind of declaration a step changes (the seeds' targets)."""

    FUNC = "func"
    METHOD = "method"
    TYPE = "type"
    INTERFACE = "interface"
    VAR = "var"
    IMPORT = "import"

    @property
    def token(self) -> str:
        """The special token of this target."""
        return f"<TARGET:{self.value}>"


class Op(str, Enum):
    """What a step does to its line: the operation classes of the plan language."""

    CMP = "CMP"
    ARITH = "ARITH"
    LOGIC = "LOGIC"
    ASSIGN = "ASSIGN"
    LIT = "LIT"
    NAME = "NAME"
    FIELD = "FIELD"
    ARG = "ARG"
    CALL = "CALL"
    CONV = "CONV"
    INDEX = "INDEX"
    TERM = "TERM"
    GUARD = "GUARD"
    INSERT = "INSERT"
    DELETE = "DELETE"
    MOVE = "MOVE"
    RETURN = "RETURN"
    CTRL = "CTRL"
    DECL = "DECL"
    TYPE = "TYPE"
    IMPORT = "IMPORT"
    SYNTAX = "SYNTAX"
    REWRITE = "REWRITE"

    @property
    def token(self) -> str:
        """The special token of this operation."""
        return f"<OP:{self.value}>"

    @property
    def meaning(self) -> str:
        """What the operation does, in words for a plan's sentence."""
        return OP_MEANINGS[self]


OP_MEANINGS: dict[Op, str] = {
    Op.CMP: "change the comparison",
    Op.ARITH: "change the arithmetic",
    Op.LOGIC: "change the logic (&&, ||, !)",
    Op.ASSIGN: "change the assignment",
    Op.LIT: "change a literal",
    Op.NAME: "use another name",
    Op.FIELD: "use another field or member",
    Op.ARG: "change the arguments",
    Op.CALL: "change the call",
    Op.CONV: "convert the value",
    Op.INDEX: "change the index or bounds",
    Op.TERM: "add or drop a term",
    Op.GUARD: "add or change a guard",
    Op.INSERT: "insert a statement",
    Op.DELETE: "delete lines",
    Op.MOVE: "move or swap statements",
    Op.RETURN: "change what is returned",
    Op.CTRL: "change the control flow",
    Op.DECL: "add or change a declaration",
    Op.TYPE: "change a type",
    Op.IMPORT: "change the imports",
    Op.SYNTAX: "repair the syntax",
    Op.REWRITE: "rewrite the lines",
}

ERROR_CODES: tuple[str, ...] = (
    "UndeclaredName", "UndeclaredImportedName", "UnexportedName", "MissingFieldOrMethod", "UnusedVar",
    "UnusedImport", "IncompatibleAssign", "MismatchedTypes", "WrongArgCount", "WrongResultCount",
    "WrongAssignCount", "MissingReturn", "NoNewVar", "InvalidIfaceAssign", "DuplicateDecl", "DuplicateCase",
    "DuplicateLitField", "DuplicateMethod", "DuplicateField", "UntypedNilUse", "InvalidUntypedConversion",
    "InvalidIndirection", "UnaddressableOperand", "UnaddressableFieldAssign", "UnassignableOperand",
    "UnusedExpr", "UnusedResults", "InvalidCall", "InvalidCond", "UndefinedOp", "NonIndexableOperand",
    "InvalidRangeExpr", "InvalidIndex", "MisplacedBreak", "MisplacedContinue", "UnusedLabel", "UndeclaredLabel",
    "CannotInferTypeArgs", "InvalidTypeArg", "ImpossibleAssert", "InvalidAssert", "InvalidConversion",
    "NotAType", "NotAnExpr", "BadDecl", "InvalidLit", "MissingLitField", "MixedStructLit", "InvalidStructLit",
    "NumericOverflow", "TruncatedFloat", "DivByZero", "InvalidConstVal", "InvalidShiftOperand", "InvalidAppend",
    "InvalidReceive", "InvalidSend", "InvalidMethodExpr", "InvalidTypeSwitch", "WrongTypeArgCount",
    "InvalidSliceExpr", "SwappedSliceIndices", "InvalidDefer", "InvalidGo", "BrokenImport", "ImportCycle",
    "AmbiguousSelector", "NonVariadicDotDotDot", "InvalidUnaryOp", "Panic", "Timeout", "Vet", "Race", "Other",
)  # fmt: skip
"""go/types error code names (go/types internal/types/errors), then the run-time classes; ``Other`` is the rest."""

SYNTAX_CLASSES: tuple[str, ...] = (
    "Brace", "Paren", "Bracket", "Comma", "Colon", "Semicolon", "Keyword", "Operator", "Newline", "Literal",
    "Statement", "Declaration", "Expression", "Package", "Other",
)  # fmt: skip

_STRUCTURE: tuple[str, ...] = (
    PLAN, END_PLAN, STEP, PROBLEM, END_PROBLEM, CONTEXT, END_CONTEXT, FILE, END_FILE, CODE, END_CODE,
    VALIDATE, END_VALIDATE, REPO, END_REPO, PR_TITLE, END_PR_TITLE, PR_BODY, END_PR_BODY, BEFORE, END_BEFORE,
    AFTER, END_AFTER, COMMENTS, END_COMMENTS, HIST, END_HIST, SYNTAX_OK, SYNTAX_ERR, TEST_PASS, TEST_FAIL,
    CONTINUE, REFINE, DONE, INS, NL, HOT,
)  # fmt: skip

CONTROL_TOKENS: tuple[str, ...] = (PAD, UNK, BOS, EOS)
"""Ids 0-3 of the tokenizer."""
CONTROLLER: tuple[str, str, str] = (CONTINUE, REFINE, DONE)


def line_token(mark: int) -> str:
    """Return the mark of window line *mark* (1-based); raises ValueError outside 1..MAX_LINES."""
    if not 1 <= mark <= MAX_LINES:
        raise ValueError(f"window line {mark} is outside 1..{MAX_LINES}")
    return f"<L{mark}>"


def error_token(code: str) -> str:
    """Return the token of a go/types error code, ``<ERR:Other>`` for one that has none."""
    return f"<ERR:{code if code in ERROR_CODES else 'Other'}>"


def syntax_token(kind: str) -> str:
    """Return the token of a syntax-error class, ``<SYN:Other>`` for one that has none."""
    return f"<SYN:{kind if kind in SYNTAX_CLASSES else 'Other'}>"


LINE_TOKENS: tuple[str, ...] = tuple(line_token(mark) for mark in range(1, MAX_LINES + 1))
OP_TOKENS: tuple[str, ...] = tuple(op.token for op in Op)
INTENT_TOKENS: tuple[str, ...] = tuple(intent.token for intent in Intent)
TARGET_TOKENS: tuple[str, ...] = tuple(target.token for target in Target)
SPECIAL_TOKENS: tuple[str, ...] = (
    *_STRUCTURE,
    *INTENT_TOKENS,
    *TARGET_TOKENS,
    *OP_TOKENS,
    *(error_token(code) for code in ERROR_CODES),
    *(syntax_token(kind) for kind in SYNTAX_CLASSES),
    *LINE_TOKENS,
)
"""Every user-defined symbol of the vocabulary, in table order."""

_SPECIAL_SET = frozenset((*CONTROL_TOKENS, *SPECIAL_TOKENS))
_SPECIAL_PATTERN = re.compile("|".join(re.escape(token) for token in sorted(_SPECIAL_SET, key=len, reverse=True)))


class Segment(NamedTuple):
    """A piece of a prompt: one special token, or foreign text that is never read as one."""

    text: str
    special: bool


def special(token: str) -> Segment:
    """Return *token* as a special segment; raises ValueError for a token not in the table."""
    if token not in _SPECIAL_SET:
        raise ValueError(f"not in the token table: {token}")
    return Segment(token, special=True)


def plain(text: str) -> tuple[Segment, ...]:
    """Return foreign *text* as segments in which no special token can match.

    Text that spells a special token is cut behind its ``<``, so a tokenizer sees two harmless pieces and
    decoding gives the same text back.
    """
    parts: list[Segment] = []
    start = 0
    for match in _SPECIAL_PATTERN.finditer(text):
        cut = match.start() + 1
        parts.append(Segment(text[start:cut], special=False))
        start = cut
    if start < len(text):
        parts.append(Segment(text[start:], special=False))
    return tuple(parts)


def is_special(token: str) -> bool:
    """Tell whether *token* is in the table."""
    return token in _SPECIAL_SET


def missing(vocabulary: frozenset[str]) -> tuple[str, ...]:
    """Return the tokens of the table that *vocabulary* lacks, in table order."""
    return tuple(token for token in SPECIAL_TOKENS if token not in vocabulary)
