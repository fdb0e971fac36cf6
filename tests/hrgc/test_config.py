"""Settings: precedence, origins, and errors that name file, key and what to write instead."""

from __future__ import annotations

from pathlib import Path

import pytest

from hrgc import config, locations
from hrgc.config import Settings
from hrgc.errors import ConfigError


def _user(text: str) -> Path:
    path = locations.config_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def test_without_any_file_the_defaults_apply() -> None:
    found = config.load()
    assert found.settings == Settings()
    assert set(found.origins.values()) == {"default"}


def test_flags_beat_environment_beats_project_beats_user(monkeypatch: pytest.MonkeyPatch) -> None:
    user = _user("max_rounds = 2\ncandidates = 10\nseed = 1\ntags = ['a']\n")
    Path("go.mod").touch()
    project = Path(".hrgc.toml")
    project.write_text("max-rounds = 3\ncandidates = 20\nseed = 2\n")  # dashes are fine, too
    monkeypatch.setenv("HRGC_CANDIDATES", "30")
    monkeypatch.setenv("HRGC_SEED", "3")
    found = config.load(Path(), {"seed": 4, "candidates": None})
    assert found.settings == Settings(max_rounds=3, candidates=30, seed=4, tags=("a",))
    assert found.origins["max_rounds"] == str(project.absolute())
    assert found.origins["candidates"] == "HRGC_CANDIDATES"
    assert found.origins["seed"] == "flag"
    assert found.origins["tags"] == str(user)


def test_every_key_is_read_from_a_file() -> None:
    _user(
        'model = "none"\ngo = "/opt/go/bin/go"\nmax_rounds = 1\ntimeout = "1m30s"\ncandidates = 7\ntest = false\n'
        'tags = ["x", "y"]\nseed = 9\ncolor = "never"\ntheme = "nord"\n[keys]\naccept = "y"\n'
    )
    assert config.load().settings == Settings(
        "none", "/opt/go/bin/go", 1, 90.0, 7, test=False, tags=("x", "y"), seed=9, color="never", theme="nord",
        keys={"accept": "y"},
    )  # fmt: skip


def test_key_tables_of_user_and_project_are_joined() -> None:
    _user('[keys]\naccept = "y"\nreject = "n"\n')
    Path(".hrgc.toml").write_text('[keys]\naccept = "a"\n')
    assert config.load().settings.keys == {"accept": "a", "reject": "n"}


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("max_round = 3", "unknown key max_round", "did you mean max_rounds?"),
        ("zebra = 3", "unknown key zebra", "the keys are model"),
        ("max_rounds = 0", "max_rounds cannot be 0: not in 1..100", "such as 5"),
        ("max_rounds = true", "max_rounds cannot be True", "such as 5"),
        ("max_rounds = 2.5", "max_rounds cannot be 2.5", "such as 5"),
        ("timeout = -1", "timeout cannot be -1", '"60s"'),
        ('timeout = "soon"', "timeout cannot be 'soon': not a duration", '"60s"'),
        ('tags = ["a b"]', "'a b' is not a build tag", "integration"),
        ('test = "maybe"', "not true or false", "true or false"),
        ('color = "blue"', "not one of auto", "always"),
        ("keys = 3", "not a table", "[keys]"),
        ("model = 3", "not a text", "none"),
        ("= broken", "cannot read the settings", "correct"),
    ],
)
def test_a_wrong_file_is_named_with_key_and_hint(text: str, message: str, hint: str) -> None:
    path = _user(text)
    with pytest.raises(ConfigError) as caught:
        config.load()
    assert message in caught.value.message
    assert str(path) in caught.value.message
    assert hint in caught.value.hint


def test_a_wrong_variable_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HRGC_TIMEOUT", "never")
    with pytest.raises(ConfigError, match="the environment variable HRGC_TIMEOUT cannot be 'never'"):
        config.load()


@pytest.mark.parametrize("key", ["go", "model"])
def test_a_project_may_not_choose_what_runs(key: str) -> None:
    Path(".hrgc.toml").write_text(f'{key} = "./evil"\n')
    with pytest.raises(ConfigError, match="may not be set by a project"):
        config.load()


def test_the_project_file_is_looked_for_up_to_the_module() -> None:
    deep = Path("module/a/b")
    deep.mkdir(parents=True)
    Path("module/go.mod").touch()
    Path(".hrgc.toml").touch()  # above the module: not this project's
    assert config.project_file(deep) is None
    Path("module/.hrgc.toml").touch()
    assert config.project_file(deep / "x.go") == Path("module/.hrgc.toml").absolute()
    Path("module/a/.hrgc.toml").touch()
    assert config.project_file(deep) == Path("module/a/.hrgc.toml").absolute()


@pytest.mark.parametrize(
    ("text", "value"),
    [("60s", 60.0), ("1m30s", 90.0), ("500ms", 0.5), ("2h", 7200.0), ("1.5s", 1.5), ("7", 7.0), ("none", None)],
)
def test_durations(text: str, value: float | None) -> None:
    assert config.seconds(text) == value


@pytest.mark.parametrize("text", ["", "0", "0s", "-3s", "5 parsecs", "25h", "s", "1e9", "nan", "1s2"])
def test_absurd_durations(text: str) -> None:
    with pytest.raises(ValueError, match=r"duration|more than 0"):
        config.seconds(text)


def test_values_are_shown_as_toml() -> None:
    shown = [config.show_value(v) for v in (None, True, 3, 60.0, 0.5, 'a"\\\n', ("x", "y"), {"k": "v"}, {})]
    assert shown == ['"none"', "true", "3", '"60s"', '"0.5s"', '"a\\"\\\\\\u000a"', '["x", "y"]', '{ k = "v" }', "{}"]
