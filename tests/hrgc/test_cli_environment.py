"""``doctor``, ``model``, ``config``, ``completion``, help, version, and what starting ``hrgc`` imports and costs."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from hrgc import __version__, locations, model_choice
from hrgc.cli.group import COMMANDS
from hrgc.errors import ExitCode, ModelError
from tests.cli_door import Door
from tests.model_fixture import write_model

HEAVY = ("llama_cpp", "textual", "torch", "numpy", "rich", "tui", "plugins", "tree_sitter", "hrgc.session")


def _python(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)


@pytest.mark.parametrize("args", [["--version"], ["--help"], ["undo"], ["sessions"], ["config", "path"]])
def test_light_commands_import_nothing_heavy(args: list[str]) -> None:
    code = f"import sys; from hrgc.__main__ import main; main({args!r}); print(sorted(sys.modules), file=sys.stderr)"
    modules = _python(code).stderr.splitlines()[-1]
    assert not [name for name in HEAVY if f"'{name}'" in modules]


@pytest.mark.parametrize("flag", ["--version", "--help"])
def test_version_and_help_take_under_150_ms_of_cpu(flag: str) -> None:
    code = (
        "import os, time, subprocess, sys\n"
        f"subprocess.run([sys.executable, '-m', 'hrgc', {flag!r}], stdout=subprocess.DEVNULL, check=True)\n"
        "t = os.times(); print(t.children_user + t.children_system)"
    )
    costs = [float(_python(code).stdout) for _ in range(3)]
    assert min(costs) < 0.15


@pytest.mark.parametrize("group", ["model", "config"])
def test_a_group_needs_a_command(group: str) -> None:
    done = Door()(group)
    assert (done.code, done.out) == (ExitCode.USAGE, "")
    assert done.err == f"hrgc: Missing command.\n  hint: hrgc {group} --help\n"


def test_version() -> None:
    done = Door()("--version")
    assert (done.code, done.out) == (0, f"hrgc {__version__}\n")


def test_no_command_without_a_terminal_is_help_on_stderr_and_exit_2() -> None:
    done = Door()()
    assert (done.code, done.out) == (ExitCode.USAGE, "")
    assert done.err.startswith("Usage: hrgc [OPTIONS]")
    assert "Examples:" in done.err


def test_an_unknown_command_is_named() -> None:
    done = Door()("fxi")
    assert done.code == ExitCode.USAGE
    assert done.err.startswith("hrgc: No such command 'fxi'")


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_its_line_and_an_example(command: str) -> None:
    done = Door()(command, "--help")
    assert done.code == 0
    assert f"Usage: hrgc {command}" in done.out
    assert f"hrgc {command}" in done.out.partition("Examples:")[2]


def test_config_show_tells_where_each_value_is_from(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HRGC_SEED", "5")
    Path(".hrgc.toml").write_text("max_rounds = 2\n")
    lines = {line.split(" = ")[0]: line for line in Door()("config", "show").out.splitlines()}
    assert lines["seed"].split() == ["seed", "=", "5", "#", "HRGC_SEED"]
    assert lines["max_rounds"].endswith(f"# {Path('.hrgc.toml').absolute()}")
    assert lines["timeout"].split() == ["timeout", "=", '"60s"', "#", "default"]
    rows = json.loads(Door()("config", "show", "-o", "json").out)
    assert rows["seed"] == {"value": 5, "origin": "HRGC_SEED"}


def test_config_path() -> None:
    assert Door()("config", "path").out == f"{locations.config_file()}\n"


def test_a_wrong_setting_is_exit_2() -> None:
    Path(".hrgc.toml").write_text("max_round = 2\n")
    done = Door()("config", "show")
    assert done.code == ExitCode.USAGE
    assert done.err.endswith("unknown key max_round\n  hint: did you mean max_rounds?\n")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_scripts(shell: str) -> None:
    done = Door()("completion", shell)
    assert done.code == 0
    assert "_HRGC_COMPLETE" in done.out


def test_completion_completes_commands() -> None:
    env = {**os.environ, "_HRGC_COMPLETE": "bash_complete", "COMP_WORDS": "hrgc re", "COMP_CWORD": "1"}
    done = subprocess.run([sys.executable, "-m", "hrgc"], env=env, capture_output=True, text=True, check=False)
    assert [line.split(",")[1] for line in done.stdout.splitlines()] == ["redo", "replay", "resume"]


def _model(name: str, content: bytes, manifest: str = "") -> Path:
    folder = locations.data_dir() / "models"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(content)
    if manifest:
        (folder / "manifest.json").write_text(manifest)
    return folder / name


def test_models_are_listed_in_the_manifests_order() -> None:
    _model("a.gguf", b"GGUF" * 10)
    _model("b.gguf", b"GGUF" * 20, json.dumps({"models": [{"file": "b.gguf", "sha256": "0" * 64, "description": "B"}]}))
    rows = json.loads(Door()("model", "list", "-o", "json").out)
    assert [row["name"] for row in rows][:2] == ["b", "a"]
    assert Door()("model", "list").out.startswith(f"* b  0.0 MB  {locations.data_dir()}/models/b.gguf  B\n  a  ")


def test_a_sound_model_is_described_verified_and_found_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_model(_model("tiny.gguf", b""))
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    facts = json.loads(Door()("model", "info", "tiny", "-o", "json").out)
    assert (facts["architecture"], facts["sha256"]) == ("hrm_text", digest)
    assert Door()("model", "info", "tiny").out.startswith("name          tiny\narchitecture  hrm_text\n")
    done = Door()("model", "verify", str(path))
    assert (done.code, done.out.splitlines()[1]) == (0, f"sha256 {digest}")
    assert "no manifest names it" in done.out
    manifest = path.with_name("manifest.json")
    manifest.write_text(json.dumps({"models": [{"file": "tiny.gguf", "sha256": digest}]}))
    assert "ok (as published)" in Door()("model", "verify").out
    monkeypatch.setenv("HRGC_MODEL", "tiny")
    out = Door()("doctor").out
    assert f"{path} (" in out
    assert "model runs" in out


def test_a_model_that_is_not_the_published_one_is_refused() -> None:
    path = write_model(_model("tiny.gguf", b"", json.dumps({"models": [{"file": "tiny.gguf", "sha256": "0" * 64}]})))
    assert Door()("model", "verify").code == ExitCode.MISSING
    with pytest.raises(ModelError, match="is not the published file"):
        model_choice.loader(str(path))()


def test_a_corrupt_model_is_exit_3() -> None:
    path = _model("a.gguf", b"GGUF" + b"\xff" * 100)
    for command in ("info", "verify"):
        done = Door()("model", command, str(path))
        assert done.code == ExitCode.MISSING
        assert str(path) in done.err
    done = Door()("model", "info", "nothing")
    assert (done.code, done.err.splitlines()[0]) == (ExitCode.MISSING, "hrgc: no model is named nothing")


def test_a_damaged_manifest_is_said() -> None:
    path = _model("a.gguf", b"GGUF", "[]")
    done = Door()("model", "list")
    assert done.code == ExitCode.MISSING
    assert done.err.startswith(f"hrgc: {path.parent}/manifest.json is damaged")


def test_doctor_reports_and_its_exit_code_says_whether_all_is_well() -> None:
    done = Door()("doctor", "--no-load", "-o", "json")
    document = json.loads(done.out)
    facts = {fact["name"]: fact for fact in document["facts"]}
    assert done.code == (ExitCode.OK if document["ok"] else ExitCode.MISSING)
    assert facts["hrgc"]["value"] == __version__
    assert facts["state folder"]["ok"]
    assert "languages" in facts
    assert "model" in facts


def test_doctor_names_a_folder_that_cannot_be_written(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("file").touch()
    monkeypatch.setenv("HRGC_STATE_DIR", str(Path("file/state").absolute()))
    done = Door()("doctor", "--no-load")
    assert done.code == ExitCode.MISSING
    assert "FAIL  state folder" in done.out


def test_doctor_names_a_model_that_is_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HRGC_MODEL", str(_model("a.gguf", b"nonsense" * 10)))
    done = Door()("doctor")
    assert done.code == ExitCode.MISSING
    assert "FAIL  model" in done.out
