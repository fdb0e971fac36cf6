"""What of a change may be kept: the same rules for both collectors, every drop counted by its reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from trainer import decontaminate, regions, secrets_filter, source_filter
from trainer.change import FileChange, Region


class Admission:
    """Filters declarations, files and messages, and counts."""

    def __init__(self, counts: Counter[str], *, max_changed: int, max_region: int) -> None:
        """Count into *counts*; the limits are lines of one file and of one declaration."""
        self._counts = counts
        self.max_changed = max_changed
        self._max_region = max_region

    def drop(self, reason: str) -> None:
        """Count one drop."""
        self._counts[f"dropped: {reason}"] += 1

    def message(self, text: str) -> str | None:
        """Return a message without addresses and trailers, None when it holds a secret."""
        cleaned = secrets_filter.clean_prose(text)
        if secrets_filter.secret_in(cleaned):
            self.drop("secret in message")
            return None
        return cleaned

    def file(self, path: str, cut: Iterable[Region], old_blob: str, new_blob: str) -> FileChange | None:
        """Return one file's declarations that may be kept, None when there are none."""
        read = list(cut)
        self._counts["declarations read"] += len(read)
        kept = tuple(filter(None, map(self._region, read)))
        self._counts["declarations"] += len(kept)
        return FileChange(path, kept, old_blob, new_blob) if kept else None

    def _region(self, region: Region) -> Region | None:
        """Return a region free of addresses, None when it is too long, says nothing or holds a secret."""
        if region.body.count("\n") >= self._max_region:
            self.drop("long declaration")
            return None
        if regions.only_comments(region):
            self.drop("only comments")
            return None
        text = region.body
        if secrets_filter.secret_in(text):
            self.drop("secret in code")
            return None
        if "@" in text and (cleaned := secrets_filter.without_addresses(text)) != text:
            self._counts["address replaced"] += 1
            return Region(region.first, region.new_first, cleaned)
        return region


def content_refused(content: bytes | None) -> str:
    """Return why a file is left out by its contents, '' when it is not; None is a file that cannot be read."""
    if content is None:
        return "missing or corrupt object"
    if decontaminate.contaminated(content.decode("utf-8", "replace")):
        return "decontamination"
    return source_filter.content_refused(content)
