"""The YAML of a scripted conversation; every complaint says the line it is about."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from limner.agent.clock import duration


class ScriptError(Exception):
    """The file cannot be run; the message says where and why."""


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Expect(Strict):
    """What must be true of a turn's reply; everything left out is not looked at."""

    tools: tuple[str, ...] | None = Field(default=None, description="the tools called, in order")
    arguments: dict[str, Any] = Field(default_factory=dict, description="argument: value, of any step")
    handles: tuple[str, ...] = Field(default=(), description="handles that came out")
    text_contains: tuple[str, ...] = ()
    images: int | None = Field(default=None, ge=0, description="how many pictures")
    size: tuple[int, int] | None = None
    frames: int | None = Field(default=None, ge=1)
    subject_score_above: dict[str, float] = Field(default_factory=dict, description="@biscuit: 0.5")
    asks: bool | str | None = Field(default=None, description="a question was asked, or one with these words")
    error_contains: str | None = None
    status: str | None = None

    @field_validator("tools", "handles", "text_contains", mode="before")
    @classmethod
    def one_or_many(cls, value: Any) -> Any:
        return [value] if isinstance(value, str) else value


class TurnScript(Strict):
    """One turn: words, or a thumb, or only a new session or a later day."""

    user: str | None = None
    attach: tuple[Path, ...] = ()
    session: str | None = None
    advance: str | None = None
    like: str | None = None
    dislike: str | None = None
    seed: int | None = Field(default=None, ge=0)
    plan: str | None = Field(default=None, description="what the scripted planner answers; for tests")
    expect: Expect | None = None

    @field_validator("attach", mode="before")
    @classmethod
    def one_or_many(cls, value: Any) -> Any:
        return [value] if isinstance(value, str) else value

    @field_validator("advance")
    @classmethod
    def a_duration(cls, value: str | None) -> str | None:
        if value is not None:
            try:
                duration(value)
            except Exception as error:
                raise ValueError(str(error)) from error
        return value

    @model_validator(mode="after")
    def does_something(self) -> TurnScript:
        if not any((self.user is not None, self.attach, self.session, self.advance, self.like, self.dislike)):
            raise ValueError("a turn needs one of user, attach, session, advance, like, dislike")
        if self.expect is not None and self.user is None and not self.attach:
            raise ValueError("expect needs something that is said: add user")
        return self


class Script(Strict):
    """A whole conversation."""

    name: str = ""
    user: str | None = None
    seed: int | None = Field(default=None, ge=0)
    planner: str | None = None
    start: datetime | None = Field(default=None, description="when it begins; today's noon when left out")
    turns: tuple[TurnScript, ...] = Field(min_length=1)


def load_script(file: Path) -> Script:
    """Read and check; attachments are found beside the file."""
    try:
        text = file.read_text("utf-8")
    except FileNotFoundError as error:
        raise ScriptError(f"no script {file}; give the path of a YAML file with turns") from error
    except (OSError, UnicodeDecodeError) as error:
        raise ScriptError(f"cannot read {file}: {error}") from error
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        values = yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f":{mark.line + 1}:{mark.column + 1}" if mark else ""
        begun = getattr(error, "context_mark", None)
        since = f", {error.context} in line {begun.line + 1}" if begun and error.context else ""  # type: ignore[attr-defined]
        problem = getattr(error, "problem", None) or error
        raise ScriptError(f"{file}{line}: not readable as YAML: {problem}{since}") from error
    _check_twice(file, node)
    if not isinstance(values, dict):
        raise ScriptError(f"{file}:1: a script is a mapping with `turns:`, this is {type(values).__name__}")
    try:
        script = Script.model_validate(values)
    except ValidationError as error:
        # A list with one wrong entry is also said to be empty; that is not what the person did.
        errors = [one for one in error.errors() if one["type"] != "too_short"] or error.errors()
        raise ScriptError("\n".join(_complaint(file, node, one) for one in errors)) from error
    turns = tuple(
        turn.model_copy(update={"attach": tuple(_beside(file, p) for p in turn.attach)}) for turn in script.turns
    )
    return script.model_copy(update={"turns": turns, "name": script.name or file.stem})


def _complaint(file: Path, node: yaml.Node | None, error: Any) -> str:
    place = ".".join(str(part) for part in error["loc"])
    said = error["msg"].removeprefix("Value error, ")
    if error["type"] == "extra_forbidden":
        turn, expect = ", ".join(TurnScript.model_fields), ", ".join(Expect.model_fields)
        said = f"no such key; a turn knows {turn}; an expect {expect}"
    return f"{file}:{_line(node, error['loc'])}: {place or 'script'}: {said}"


def _check_twice(file: Path, node: yaml.Node | None) -> None:
    """YAML would silently take the second of two equal keys, and a turn would be lost."""
    if isinstance(node, yaml.MappingNode):
        seen: dict[str, int] = {}
        for key, value in node.value:
            if key.value in seen:
                line = key.start_mark.line + 1
                raise ScriptError(
                    f"{file}:{line}: {key.value} is already in line {seen[key.value]}; begin a new turn with “-”"
                )
            seen[key.value] = key.start_mark.line + 1
            _check_twice(file, value)
    elif isinstance(node, yaml.SequenceNode):
        for value in node.value:
            _check_twice(file, value)


def _line(node: yaml.Node | None, path: tuple[int | str, ...]) -> int:
    """The line of the deepest node that this path reaches."""
    line = node.start_mark.line + 1 if node else 1
    for part in path:
        if isinstance(node, yaml.MappingNode):
            pair = next(((key, value) for key, value in node.value if key.value == str(part)), None)
            if pair is None:
                break
            line, node = pair[0].start_mark.line + 1, pair[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            node = node.value[part]
            line = node.start_mark.line + 1
        else:
            break
    return line


def _beside(file: Path, path: Path) -> Path:
    return path if path.is_absolute() else (file.parent / path)
