"""Collecting pull requests over real HTTP, from a server on loopback that has the API's shapes and faults."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from hrgc.errors import ConfigError
from tests.git_repositories import GPL, MIT
from trainer import change, collect_github, patches, record
from trainer.collect_github import CollectGithubConfig
from trainer.github import Api, ApiConfig, GithubError, Limiter

AFTER = "package a\n\nfunc Max(a, b int) int {\n\tif a > b {\n\t\treturn a\n\t}\n\treturn b\n}\n"
PATCH = "@@ -1,6 +1,6 @@\n package a\n \n func Max(a, b int) int {\n-\tif a < b {\n+\tif a > b {\n \t\treturn a\n \t}"


def encoded(text: str) -> dict[str, str]:
    """Return a contents document."""
    return {"encoding": "base64", "content": base64.b64encode(text.encode()).decode()}


def pull(number: int, *, merged: bool = True) -> dict[str, Any]:
    """Return a row of the listing of pull requests."""
    return {
        "number": number,
        "title": f"Fix Max, part {number}",
        "body": "Max returned the smaller one. Ask bo@corp.com.\n\nSigned-off-by: Bo <bo@corp.com>",
        "merged_at": "2024-05-01T10:00:00Z" if merged else None,
        "merge_commit_sha": f"{number:040x}",
        "head": {"sha": "e" * 40},
        "base": {"sha": "b" * 40},
        "user": {"login": "ada"},
    }


class Server(ThreadingHTTPServer):
    """The API of a few repositories; ``faults`` are (path part, status, headers) answered once each, in order."""

    daemon_threads = True

    def __init__(self) -> None:
        """Listen on a free port of loopback."""
        super().__init__(("127.0.0.1", 0), Handler)
        self.faults: list[tuple[str, int, dict[str, str]]] = []
        self.asked: Counter[str] = Counter()
        self.conditional = 0
        self.tokens: set[str] = set()
        self.delay = 0.0
        self.lock = threading.Lock()
        self.licences = {"ada/max": ("MIT", MIT), "bo/copyleft": ("GPL-3.0", GPL), "bo/odd": ("NOASSERTION", "Be nice")}
        self.licences.update({f"ada/max{n}": ("MIT", MIT) for n in range(5)})

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    def document(self, path: str, query: dict[str, str]) -> Any:
        """Return what is at *path*, None for nothing."""
        if path == "/search/repositories":
            return self.search(query["q"], int(query.get("per_page", "30")))
        parts = path.strip("/").split("/")
        name, rest = "/".join(parts[1:3]), "/".join(parts[3:])
        if parts[0] != "repos" or name not in self.licences:
            return None
        spdx, text = self.licences[name]
        fixed: dict[str, Any] = {
            "": {"license": {"spdx_id": spdx}, "default_branch": "main", "stargazers_count": 7},
            "license": encoded(text),
            "readme": encoded("# Max\n\nMail bo@corp.com"),
            "git/trees/main": {"sha": "c" * 40, "tree": [{"path": "a.go", "type": "blob"}]},
            "issues": [{"number": 9, "title": "Max is wrong", "body": "It is"}, {**pull(1), "pull_request": {}}],
            "pulls": [pull(n, merged=n != 3) for n in range(1, 6)],
            "git/blobs/" + "d" * 40: encoded(AFTER),
        }
        if rest in fixed:
            return fixed[rest]
        if rest.endswith("/files"):
            row = {"status": "modified", "sha": "d" * 40, "changes": 2, "patch": PATCH}
            return [{**row, "filename": "a.go"}, {**row, "filename": "a.pb.go"}, {**row, "filename": "README.md"}]
        if rest.startswith("issues/") and rest.endswith("/comments"):
            return [
                {"body": "Looks good, bo@corp.com", "user": {"login": "bo"}},
                {"body": "CI", "user": {"login": "x[bot]"}},
            ]
        reviews = [{"body": "LGTM", "state": "APPROVED", "user": {"login": "cy"}}]
        return reviews if rest.endswith("/reviews") else [] if rest.endswith("/comments") else None

    def search(self, query: str, size: int) -> dict[str, Any]:
        """Return a search: too many in a wide slice of stars, so that it must be halved."""
        low, high = (int(n) for n in query.split("stars:")[1].split(".."))
        if high - low > 100:
            return {"total_count": 4000, "items": []}
        items = [
            {"full_name": name, "license": {"spdx_id": spdx}}
            for name, (spdx, _) in self.licences.items()
            if low <= 150 <= high
        ]
        return {"total_count": len(items), "items": items[:size]}


class Handler(BaseHTTPRequestHandler):
    """Answers one request."""

    protocol_version = "HTTP/1.1"
    server: Server

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Stay quiet."""

    def do_GET(self) -> None:
        """Answer with a fault that is due, else with a page of the document."""
        server = self.server
        split = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(split.query).items()}
        with server.lock:
            server.asked[split.path] += 1
            server.tokens.add(self.headers.get("Authorization", ""))
            fault = next((f for f in server.faults if f[0] in self.path), None)
            if fault:
                server.faults.remove(fault)
        time.sleep(server.delay)
        if fault:
            self.fail(fault[1], fault[2])
            return
        document = server.document(split.path, query)
        if document is None:
            self.reply(404, b'{"message": "Not Found"}', {})
            return
        headers: dict[str, str] = {}
        if isinstance(document, list):
            size, page = min(2, int(query.get("per_page", "30"))), int(query.get("page", "1"))
            if len(document) > page * size:
                rest = "&".join(f"{k}={v}" for k, v in query.items() if k != "page")
                headers["Link"] = f'<{server.url}{split.path}?{rest}&page={page + 1}>; rel="next"'
            document = document[(page - 1) * size : page * size]
        body = json.dumps(document).encode()
        headers["ETag"] = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        if self.headers.get("If-None-Match") == headers["ETag"]:
            with server.lock:
                server.conditional += 1
            self.reply(304, b"", headers)
            return
        self.reply(200, body, headers)

    def fail(self, status: int, headers: dict[str, str]) -> None:
        """Misbehave: status 200 sends half a body and hangs up, 0 nothing at all."""
        self.close_connection = True
        if status == 200:
            self.send_response(200)
            self.send_header("Content-Length", "5000")
            self.end_headers()
            self.wfile.write(b'[{"number": 1, "ti')
        elif status:
            self.reply(status, json.dumps({"message": headers.pop("message", "no")}).encode(), headers)

    def reply(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        """Send an answer."""
        self.send_response(status)
        for name, value in {"X-RateLimit-Remaining": "4000", "X-RateLimit-Limit": "5000", **headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """Return a running server; the token is in the environment."""
    monkeypatch.setenv("GITHUB_TOKEN", "t0ken")
    made = Server()
    thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield made
    made.shutdown()
    made.server_close()
    thread.join()


def config(server: Server, out: Path, **more: Any) -> CollectGithubConfig:
    """Return a configuration that asks *server* quickly."""
    base = CollectGithubConfig(str(out), "ada/max", base_url=server.url, gap=0.0, backoff=0.01)
    return dataclasses.replace(base, **more)


def api(server: Server, tmp_path: Path, **more: Any) -> Api:
    """Return a client of *server*."""
    return Api(ApiConfig("t0ken", server.url, tmp_path / "cache", backoff=0.01, **more), Limiter(gap=0.0))


def test_pull_requests_become_records_with_what_people_said(server: Server, tmp_path: Path) -> None:
    collect_github.main(config(server, tmp_path))
    found = list(change.read(tmp_path / "ada+max.changes.jsonl.gz"))
    assert [item.number for item in found] == [1, 2, 4, 5]
    first = found[0]
    assert (first.source, first.licence, first.author, first.commit) == ("github", "MIT", "ada", f"{1:040x}")
    assert first.body == "Max returned the smaller one. Ask user@example.com."
    assert [file.path for file in first.files] == ["a.go"]
    (region,) = first.files[0].regions
    assert [line for line in region.lines if line[0] != " "] == ["-\tif a < b {", "+\tif a > b {"]
    assert [(r.author, r.text, r.state) for r in first.remarks] == [
        ("bo", "Looks good, user@example.com", ""), ("cy", "LGTM", "APPROVED"),
    ]  # fmt: skip
    facts = record.read_json(tmp_path / "ada+max.facts.json")
    assert facts["issues"] == [[9, "Max is wrong", "It is"]]
    assert facts["tree"] == ["a.go"]
    assert facts["readme"].endswith("user@example.com")
    assert facts["counts"]["dropped: generated or vendored path"] == 4
    assert facts["counts"]["dropped: not merged"] == 1
    assert server.tokens == {"token t0ken"}


def test_search_halves_wide_slices_and_refuses_licences(server: Server, tmp_path: Path) -> None:
    collect_github.main(config(server, tmp_path, repositories="", stars_from=100, stars_to=500))
    assert record.read_json(tmp_path / "repositories.json")["repositories"] == [
        "ada/max",
        *(f"ada/max{n}" for n in range(5)),
    ]
    assert len(change.parts(tmp_path)) == 6


def test_copyleft_and_unknown_licences_are_refused(server: Server, tmp_path: Path) -> None:
    collect_github.main(config(server, tmp_path, repositories="bo/copyleft,bo/odd,bo/gone"))
    counts = record.read_json(tmp_path / "manifest.json")["counts"]
    assert counts["dropped: licence GPL-3.0"] == 1
    assert counts["dropped: licence NOASSERTION"] == 1
    assert counts["dropped: repository gone"] == 1
    assert not list(tmp_path.glob("*.gz"))


def test_every_fault_is_survived(server: Server, tmp_path: Path) -> None:
    soon = str(int(time.time()) + 1)
    server.faults = [
        ("/pulls?", 502, {}),
        ("/pulls?", 0, {}),
        ("/pulls/1/files", 200, {}),
        ("/pulls/2/files", 429, {"Retry-After": "1"}),
        ("/pulls/4/files", 403, {"Retry-After": "0", "message": "You have exceeded a secondary rate limit"}),
        ("/git/blobs", 403, {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": soon}),
    ]
    collect_github.main(config(server, tmp_path))
    assert server.faults == []
    assert [item.number for item in change.read(tmp_path / "ada+max.changes.jsonl.gz")] == [1, 2, 4, 5]
    counts = record.read_json(tmp_path / "manifest.json")["counts"]
    assert counts["requests: secondary limit"] == 2
    assert counts["requests: primary limit"] == 1
    assert counts["requests: server error"] >= 1


def test_asking_again_costs_nothing(server: Server, tmp_path: Path) -> None:
    collect_github.main(config(server, tmp_path))
    for path in tmp_path.glob("ada+max.*"):
        path.unlink()
    server.conditional = 0
    collect_github.main(config(server, tmp_path))
    counts = record.read_json(tmp_path / "manifest.json")["counts"]
    assert server.conditional == counts["requests: not modified"] > 10
    assert "requests: fetched" not in counts


def test_a_limit_of_one_worker_holds_all_back() -> None:
    limiter = Limiter(gap=0.0)
    limiter.block("", 0.3)
    begun = time.monotonic()
    threads = [threading.Thread(target=limiter.wait, args=("core",)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert 0.25 < time.monotonic() - begun < 3


def test_a_bad_token_and_a_dead_server_are_errors_people_can_act_on(server: Server, tmp_path: Path) -> None:
    server.faults = [("/user", 401, {})]
    with pytest.raises(GithubError, match="token") as caught:
        api(server, tmp_path).get("/user")
    assert caught.value.hint
    server.faults = [("/user", 500, {})] * 3
    with pytest.raises(GithubError, match="no whole answer"):
        api(server, tmp_path, attempts=3).get("/user")


def test_without_a_token_it_says_so(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GITHUB_TOKEN")
    monkeypatch.delenv("GH_TOKEN", raising=False)
    with pytest.raises(ConfigError, match="token"):
        collect_github.main(config(server, tmp_path))


def test_a_killed_run_goes_on_and_ends_the_same(server: Server, tmp_path: Path) -> None:
    server.delay = 0.02
    names = ",".join(f"ada/max{n}" for n in range(5))
    argv = [
        sys.executable, "-c", "from trainer.cli import main; main()", "collect-github", "--base-url", server.url,
        "--gap", "0", "--workers", "2", "--repositories", names, "--out",
    ]  # fmt: skip
    killed = subprocess.Popen([*argv, str(tmp_path / "killed")], stderr=subprocess.DEVNULL, start_new_session=True)
    deadline = time.monotonic() + 60
    while not list((tmp_path / "killed").glob("*.facts.json")) and time.monotonic() < deadline:
        time.sleep(0.01)
    os.killpg(killed.pid, signal.SIGKILL)
    killed.wait()
    done = {path.name for path in (tmp_path / "killed").glob("*.facts.json")}
    assert done
    server.delay = 0.0
    for name in ("killed", "whole"):
        subprocess.run([*argv, str(tmp_path / name)], check=True, stderr=subprocess.DEVNULL)
    parts = [{p.name: p.read_bytes() for p in change.parts(tmp_path / name)} for name in ("killed", "whole")]
    assert parts[0] == parts[1]
    assert len(parts[0]) == 5


def test_a_patch_is_taken_back_or_refused() -> None:
    before = patches.take_back(AFTER, PATCH)
    assert before == AFTER.replace("a > b", "a < b")
    assert patches.take_back(AFTER, PATCH.replace("a > b", "a >= b")) is None
    assert patches.take_back("a\nb\n", "@@ -0,0 +1 @@\n+a\n\\ No newline at end of file") == "b\n"
