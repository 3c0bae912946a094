"""Every command, flag, setting, tool, verb and script key is in the docs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import typer.main

from limner.agent.plan import STEPS
from limner.agent.settings import Settings
from limner.agent.surfaces import script_file
from limner.agent.surfaces.cli import app
from limner.agent.surfaces.mounting import MOUNTED
from limner.tools import all_tools

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "commands.md").read_text("utf-8")


def commands() -> Iterator[tuple[str, Any]]:
    """Each command a person can type, with its click object."""
    for name, command in typer.main.get_command(app).commands.items():  # type: ignore[attr-defined]
        if name not in MOUNTED:
            yield f"limner {name}", command
    for word, (module, _) in MOUNTED.items():
        found: Any = typer.main.get_command(import_module(module).app)
        if not getattr(found, "commands", None) or getattr(found, "invoke_without_command", False):
            yield f"limner {word}", found
        for name, command in getattr(found, "commands", {}).items():
            yield f"limner {word} {name}", command


@pytest.mark.parametrize(("words", "command"), [pytest.param(*one, id=one[0]) for one in commands()])
def test_a_command_and_its_flags_are_documented(words: str, command: Any) -> None:
    assert re.search(rf"^{words}(?:\s|$)", PAGE, re.M), f"docs/commands.md does not name `{words}`"
    flags = {flag for parameter in command.params for flag in (*parameter.opts, *parameter.secondary_opts)}
    missing = [one for one in flags if one.startswith("-") and one != "--help" and not named(one)]
    assert missing == [], f"docs/commands.md does not name these flags of `{words}`"


@pytest.mark.parametrize("setting", Settings.model_fields)
def test_a_setting_is_documented(setting: str) -> None:
    assert f"| `{setting}` |" in PAGE


@pytest.mark.parametrize("tool", [*STEPS, *all_tools()])
def test_a_tool_is_documented(tool: str) -> None:
    assert f"`{tool}`" in PAGE


@pytest.mark.parametrize("model", [script_file.Script, script_file.TurnScript, script_file.Expect])
def test_a_script_key_is_documented(model: type[script_file.Strict]) -> None:
    assert [key for key in model.model_fields if not re.search(rf"\b{key}\b:?", PAGE.split("## Scripts")[1])] == []


def test_the_script_in_the_docs_can_be_read(tmp_path: Path) -> None:
    example = re.search(r"```yaml\n(.*?)```", PAGE, re.S)
    assert example is not None
    (tmp_path / "docs.yaml").write_text(example[1], "utf-8")
    assert len(script_file.load_script(tmp_path / "docs.yaml").turns) == 5


def test_the_readme_shows_only_commands_that_there_are() -> None:
    shown = re.findall(r"\.venv/bin/(limner \w+(?: show)?)", (ROOT / "README.md").read_text("utf-8"))
    assert shown and set(shown) <= {words for words, _ in commands()}


def named(flag: str) -> bool:
    return re.search(rf"(?<![\w-]){re.escape(flag)}(?![\w-])", PAGE) is not None
