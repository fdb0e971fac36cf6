"""GitHub's REST API through PyGithub: the only file that speaks to it.

Requests go through one limiter that all workers share. It keeps to the primary limit (``X-RateLimit-*``), to secondary
limits (``Retry-After``, or 403/429 without one) and to a smallest gap. Answers are kept with their ETag, so that asking
again costs nothing. Server errors, cut connections and bodies that are no JSON are asked for again.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import random
import re
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from hrgc.errors import ConfigError, HrgcError

TOKEN_NAMES = ("GITHUB_TOKEN", "GH_TOKEN")
_NEXT = re.compile(r'<([^>]+)>;\s*rel="next"')
_GONE = frozenset((404, 409, 410, 422, 451))
_OK, _NOT_MODIFIED = 200, 304


class GithubError(HrgcError):
    """GitHub refused for good, or could not be reached in so many attempts."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer."""

    document: Any
    """The JSON document, None for what does not exist or may not be shown."""
    next: str = ""
    """Where the next page is, '' on the last."""


class Limiter:
    """Holds every worker back while a limit is in force; times are in seconds of the wall clock."""

    def __init__(self, *, gap: float = 0.1, floor: int = 20) -> None:
        """Keep *gap* seconds between requests and *floor* requests of the hour unspent."""
        self._gap, self._floor = gap, floor
        self._lock = threading.Lock()
        self._free_at = 0.0
        self._blocked: dict[str, float] = {}
        self.waited = 0.0
        """Seconds spent waiting, over all workers."""

    def wait(self, resource: str) -> None:
        """Return when a request of *resource* (``core``, ``search``) may be sent."""
        while True:
            with self._lock:
                now = time.time()
                until = max(self._free_at, self._blocked.get(resource, 0.0), self._blocked.get("", 0.0))
                if until <= now:
                    self._free_at = now + self._gap
                    return
            pause = until - now
            self.waited += pause
            time.sleep(min(pause, 30.0))

    def block(self, resource: str, seconds: float) -> None:
        """Let nobody ask for *resource* ('' for anything) for so long."""
        with self._lock:
            self._blocked[resource] = max(self._blocked.get(resource, 0.0), time.time() + seconds)

    def note(self, resource: str, headers: Mapping[str, str]) -> None:
        """Read what the server says of the primary limit."""
        remaining, reset = headers.get("x-ratelimit-remaining", ""), headers.get("x-ratelimit-reset", "")
        if remaining.isdigit() and reset.isdigit() and int(remaining) <= min(self._floor, _limit(headers) // 10):
            self.block(resource, max(0.0, int(reset) - time.time()) + 0.5)


def _limit(headers: Mapping[str, str]) -> int:
    """Return the size of the primary limit."""
    text = headers.get("x-ratelimit-limit", "")
    return int(text) if text.isdigit() else 5000


@dataclass(frozen=True)
class ApiConfig:
    """How the API is reached."""

    token: str
    base_url: str = "https://api.github.com"
    cache: Path = Path(".data/github-cache")
    attempts: int = 8
    backoff: float = 1.0
    """Seconds before the second attempt, doubled each time."""
    secondary_wait: float = 60.0
    """Seconds to wait after a secondary limit that names no time."""
    timeout: int = 30


class Api:
    """Asks for documents; may be used by several threads."""

    def __init__(self, config: ApiConfig, limiter: Limiter) -> None:
        """Use *limiter*, shared between all clients of a token; raises ConfigError without a token."""
        if not config.token:
            raise ConfigError("no GitHub token", f"set {TOKEN_NAMES[0]} in the environment")
        self._config = config
        self._limiter = limiter
        self._local = threading.local()
        self.counts: Counter[str] = Counter()
        """Requests by outcome."""

    def get(self, path: str, **parameters: str | int) -> Answer:
        """Return the document at *path*, or at a full address; raises GithubError."""
        url = path + (f"?{urlencode(sorted(parameters.items()))}" if parameters else "")
        kept_path = self._config.cache / f"{hashlib.sha256(url.encode()).hexdigest()[:32]}.json.gz"
        kept = _read_kept(kept_path)
        for attempt in range(self._config.attempts):
            status, headers, body = self._request(url, kept)
            if status == _NOT_MODIFIED and kept is not None:
                self.counts["not modified"] += 1
                return Answer(kept["document"], kept["next"])
            if status == _OK:
                try:
                    document = json.loads(body)
                except ValueError:
                    self.counts["truncated"] += 1
                else:
                    self.counts["fetched"] += 1
                    answer = Answer(document, _next(headers))
                    _keep(kept_path, headers.get("etag", ""), answer)
                    return answer
            elif status in _GONE:
                self.counts["gone"] += 1
                return Answer(None)
            elif status in {401, 403, 429}:
                self._refused(status, headers, body, url)
                continue
            elif 0 < status < 500:
                raise GithubError(f"GitHub answered {status} to {url}", "see the message in its documentation")
            else:
                self.counts["server error"] += 1
            time.sleep(self._config.backoff * 2**attempt * random.uniform(0.5, 1.0))
        raise GithubError(f"GitHub gave no whole answer to {url}", "run the command again: it goes on where it stopped")

    def pages(self, path: str, limit: int, **parameters: str | int) -> Iterator[Any]:
        """Yield at most *limit* rows of a listing, page by page."""
        count = 0
        answer = self.get(path, per_page=min(100, limit), **parameters)
        while True:
            rows = answer.document
            if isinstance(rows, dict):
                rows = rows.get("items")
            for row in rows or ():
                yield row
                count += 1
                if count >= limit:
                    return
            if not answer.next or not rows:
                return
            answer = self.get(answer.next)

    def _request(self, url: str, kept: Mapping[str, Any] | None) -> tuple[int, Mapping[str, str], str]:
        """Send one request; status 0 when the connection failed."""
        import requests  # noqa: PLC0415 - importing the stage must stay cheap

        resource = "search" if "/search/" in url else "core"
        self._limiter.wait(resource)
        headers = {"If-None-Match": kept["etag"]} if kept and kept["etag"] else {}
        try:
            status, found, body = self._requester().requestJson("GET", url, headers=headers)
        except (requests.RequestException, OSError):
            self.counts["connection failed"] += 1
            return 0, {}, ""
        self._limiter.note(resource, found)
        return status, found, body

    def _requester(self) -> Any:
        """Return this thread's PyGithub requester."""
        if not hasattr(self._local, "requester"):
            from github import Auth, Github  # noqa: PLC0415 - likewise

            client = Github(
                auth=Auth.Token(self._config.token),
                base_url=self._config.base_url,
                per_page=100,
                timeout=self._config.timeout,
                retry=None,
                seconds_between_requests=0,
                user_agent="hrgc-train",
            )
            self._local.requester = client.requester
        return self._local.requester

    def _refused(self, status: int, headers: Mapping[str, str], body: str, url: str) -> None:
        """Wait out a limit; raises GithubError when it is none."""
        after = headers.get("retry-after", "")
        if after.isdigit():
            self.counts["secondary limit"] += 1
            self._limiter.block("", float(after))
        elif headers.get("x-ratelimit-remaining") == "0":
            self.counts["primary limit"] += 1  # the limiter has read when it ends
        elif status == 429 or "secondary rate limit" in body or "abuse" in body:
            self.counts["secondary limit"] += 1
            self._limiter.block("", self._config.secondary_wait)
        elif status == 401:
            raise GithubError("GitHub does not know this token", f"set {TOKEN_NAMES[0]} to a valid one")
        else:
            raise GithubError(f"GitHub refuses {url}", "the token may lack access to this repository")


def _next(headers: Mapping[str, str]) -> str:
    """Return the next page's address from the headers of an answer."""
    found = _NEXT.search(headers.get("link", ""))
    return found[1] if found else ""


def _read_kept(path: Path) -> dict[str, Any] | None:
    """Return an answer that was kept, None when there is none that is whole."""
    try:
        document = json.loads(gzip.decompress(path.read_bytes()))
    except (OSError, ValueError, EOFError):
        return None
    return document if isinstance(document, dict) else None


def _keep(path: Path, etag: str, answer: Answer) -> None:
    """Keep an answer for the next time it is asked for."""
    if not etag:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    scratch = path.with_name(f".{path.name}.{threading.get_ident()}")
    text = json.dumps({"etag": etag, "next": answer.next, "document": answer.document}, ensure_ascii=False)
    scratch.write_bytes(gzip.compress(text.encode("utf-8", "replace"), 3))
    scratch.replace(path)
