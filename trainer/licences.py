"""Which licence a text is, and which licences training data may carry.

A text is known by sentences that only it has. What is unknown, or adds conditions, is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

PERMISSIVE = frozenset(
    (
        "MIT", "MIT-0", "ISC", "0BSD", "BSD-2-Clause", "BSD-3-Clause", "Apache-2.0", "MPL-2.0", "Unlicense", "CC0-1.0",
        "Zlib", "BSL-1.0",
    )
)  # fmt: skip
"""SPDX names that may be used; everything else is refused."""
UNKNOWN = ""
FILE_NAMES = re.compile(
    r"^(?:(?:un)?licen[cs]e|copying)(?:[-._](?!(?:.*[-._])?(?:go|py|sh|js|json|ya?ml|tmpl|tpl|html|png|docs?)$).*)?$",
    re.IGNORECASE,
)
"""Names of licence files; one for documentation alone does not count."""
_MARKS = re.compile(r"[^a-z0-9.]+")
_RESTRICTIONS: tuple[tuple[str, str], ...] = (
    ("BUSL-1.1", "business source license"),
    ("SSPL-1.0", "server side public license"),
    ("Elastic-2.0", "elastic license"),
    ("Commons-Clause", "commons clause"),
    ("AGPL-3.0", "gnu affero general public license version"),
    ("LGPL", "gnu lesser general public license version"),
    ("GPL", "gnu general public license version"),
    ("CC-BY-NC", "attribution noncommercial"),
    ("EUPL", "european union public licence"),
    ("BSD-4-Clause", "all advertising materials mentioning features"),
)
"""Phrases that refuse a text, unless a permissive text quotes them (see ``_QUOTING``)."""
_QUOTING = frozenset(("MPL-2.0",))
"""Licences that name others without being them."""
_TEXTS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Apache-2.0", ("apache license version 2.0 january 2004",)),
    ("Apache-2.0", ("licensed under the apache license version 2.0",)),
    ("MPL-2.0", ("mozilla public license version 2.0",)),
    (
        "MIT",
        ("permission is hereby granted free of charge to any person", "the above copyright notice and this permission"),
    ),
    ("MIT-0", ("permission is hereby granted free of charge to any person", "provided as is")),
    ("ISC", ("permission to use copy modify and or distribute this software for any purpose", "appear in all copies")),
    ("ISC", ("permission to use copy modify and distribute this software for any purpose", "appear in all copies")),
    ("0BSD", ("permission to use copy modify and or distribute this software for any purpose",)),
    ("BSD-3-Clause", ("redistribution and use in source and binary forms", "neither the name")),
    ("BSD-3-Clause", ("redistribution and use in source and binary forms", "may not be used to endorse or promote")),
    ("BSD-2-Clause", ("redistribution and use in source and binary forms",)),
    ("Unlicense", ("this is free and unencumbered software released into the public domain",)),
    ("CC0-1.0", ("cc0 1.0 universal",)),
    ("Zlib", ("this software is provided as is without any express or implied warranty", "altered source versions")),
    ("BSL-1.0", ("boost software license version 1.0",)),
)
_HEADER = re.compile(r"SPDX-License-Identifier:\s*([\w.+\-() ]+)")
_HEADER_REFUSED = re.compile(
    r"GNU (?:Affero |Lesser |Library )?General Public|Business Source License|Server Side Public|All rights reserved\."
    r"\s*(?:Proprietary|Confidential)",
    re.IGNORECASE,
)


def _plain(text: str) -> str:
    """Return *text* in lower case with every run of marks and blanks as one space."""
    return " ".join(word.rstrip(".") for word in _MARKS.sub(" ", text.lower()).split())


def classify(text: str) -> str:
    """Return the SPDX name of a licence text, several joined by ``AND``; ``UNKNOWN`` for one that is not known."""
    words = _plain(text)
    found: list[str] = []
    for name, phrases in _TEXTS:
        if all(phrase in words for phrase in phrases) and not _covered(name, found):
            found.append(name)
    refused = [name for name, phrase in _RESTRICTIONS if phrase in words]
    if refused and not (set(found) & _QUOTING and "business source license" not in words):
        return refused[0]
    return " AND ".join(sorted(found))


def _covered(name: str, found: list[str]) -> bool:
    """Tell whether a more specific text than *name* was found."""
    family = name.split("-", maxsplit=1)[0]
    if family in {"0BSD", "ISC"}:
        return bool({"0BSD", "ISC"} & set(found))
    return any(other.split("-")[0] == family for other in found)


def together(found: Iterable[str]) -> str:
    """Return the licence of what carries several texts, joined by ``AND``; one that is unknown makes all unknown."""
    names = set(found)
    return UNKNOWN if UNKNOWN in names else " AND ".join(sorted(names))


def permissive(name: str) -> bool:
    """Tell whether a licence as ``classify`` or an SPDX header names it may be used."""
    words = [word.strip("() ") for word in re.split(r"\bAND\b|\bWITH\b", name) if word.strip("() ")]
    if not words:
        return False
    return all(any(choice.strip() in PERMISSIVE for choice in re.split(r"\bOR\b", word)) for word in words)


def header_refused(head: str) -> str:
    """Return why a source file's header forbids its use, '' when it does not."""
    if found := _HEADER.search(head):
        name = found[1].strip()
        return "" if permissive(name) else f"licence {name}"
    return "licence header" if _HEADER_REFUSED.search(head) else ""
