"""The plan language: the typed tool calls a planner may ask for, and their lossless one-line-a-step text form."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from limner.agent.context import MemoryLine, PastTurn, PlanContext, render_context

__all__ = [
    "STEPS",
    "Because",
    "MemoryLine",
    "PastTurn",
    "Plan",
    "PlanContext",
    "PlanError",
    "Position",
    "Step",
    "parse_calls",
    "parse_plan",
    "render_context",
    "render_plan",
]

Position = Literal["left", "right", "top", "bottom", "center"]


class PlanError(Exception):
    """A plan that cannot be used as it stands; the message says how to mend it."""


class Call(BaseModel):
    """One tool call of a plan. The subclasses' docstrings and fields are what a language model is shown."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class LearnSubject(Call):
    """Learn one person, animal or thing from the attached photos. Only when images are attached."""

    tool: Literal["learn_subject"] = "learn_subject"
    name: str = Field(description="the name the user gives it")
    class_noun: str = Field(description="what it is, one or two words: dog, mug, woman")


class LearnStyle(Call):
    """Learn a drawing style from the attached pictures. Only when images are attached."""

    tool: Literal["learn_style"] = "learn_style"
    name: str


class LearnMotion(Call):
    """Learn a way of moving from the attached clip. Only when a clip is attached."""

    tool: Literal["learn_motion"] = "learn_motion"
    name: str


class GenerateImage(Call):
    """Draw one or more new pictures."""

    tool: Literal["generate_image"] = "generate_image"
    prompt: str = Field(description="the scene in a few plain English words; subjects by their names, no style words")
    subjects: tuple[str, ...] = Field(default=(), description="names from the user's subjects that are in the picture")
    styles: tuple[str, ...] = Field(default=(), description="names from the user's styles")
    count: int = Field(default=1, ge=1, le=100, description="how many pictures")
    seed: int | None = None
    layout: dict[str, Position] = Field(default_factory=dict, description="subject name to its place in the picture")


class Animate(Call):
    """Make a short moving clip."""

    tool: Literal["animate"] = "animate"
    prompt: str = Field(description="the scene in a few plain English words; subjects by their names")
    subjects: tuple[str, ...] = ()
    styles: tuple[str, ...] = ()
    motion: str = Field(description="a name from the user's motions")
    frames: int | None = Field(default=None, ge=1)
    image_ref: str | None = Field(
        default=None, description='picture to set in motion: a handle, or "last" for the newest'
    )


class EditImage(Call):
    """Change an existing picture and keep the rest of it."""

    tool: Literal["edit_image"] = "edit_image"
    image_ref: str = Field(description='a handle from the context, or "last" for the newest picture')
    instruction: str = Field(description="what to change, in a few plain English words")


class Recall(Call):
    """Look up what was said or made before and tell the user."""

    tool: Literal["recall"] = "recall"
    query: str


class SetPreference(Call):
    """Remember a lasting wish of the user, or a fact about a subject."""

    tool: Literal["set_preference"] = "set_preference"
    text: str


class Forget(Call):
    """Erase something. Only when the user asks for it in this very request."""

    tool: Literal["forget"] = "forget"
    what: str


class AskUser(Call):
    """Ask one short question when the request cannot be carried out as it stands."""

    tool: Literal["ask_user"] = "ask_user"
    question: str


class Answer(Call):
    """Just say something: thanks, small talk, help. Never claims a picture was made."""

    tool: Literal["reply"] = "reply"
    text: str


Step = Annotated[
    LearnSubject
    | LearnStyle
    | LearnMotion
    | GenerateImage
    | Animate
    | EditImage
    | Recall
    | SetPreference
    | Forget
    | AskUser
    | Answer,
    Field(discriminator="tool"),
]
STEPS: dict[str, type[Call]] = {
    "learn_subject": LearnSubject,
    "learn_style": LearnStyle,
    "learn_motion": LearnMotion,
    "generate_image": GenerateImage,
    "animate": Animate,
    "edit_image": EditImage,
    "recall": Recall,
    "set_preference": SetPreference,
    "forget": Forget,
    "ask_user": AskUser,
    "reply": Answer,
}


class Because(BaseModel):
    """The memory lines that set one argument of one step (steps count from 0)."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    step: int = Field(ge=0)
    argument: str
    memory_ids: tuple[str, ...]


class Plan(BaseModel):
    """Ordered tool calls that carry out the user's request, what to say, and which memories decided what."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    steps: tuple[Step, ...]
    say: str = Field(default="", description="one short sentence to the user, may be empty")
    because: tuple[Because, ...] = ()


def render_plan(plan: Plan) -> str:
    """The plan as `tool(argument=...)` lines; values are JSON, arguments at their default are left out."""
    lines = [_line(step.tool, step.model_dump(exclude_defaults=True, exclude={"tool"})) for step in plan.steps]
    if plan.say:
        lines.append(_line("say", {"text": plan.say}))
    lines += [_line("because", reason.model_dump()) for reason in plan.because]
    return "\n".join(lines)


def parse_plan(text: str) -> Plan:
    """Read what render_plan wrote; raises PlanError with the offending line."""
    steps: list[dict[str, Any]] = []
    say, because = "", []
    for name, arguments in parse_calls(text):
        if name == "say":
            say = str(arguments.get("text", ""))
        elif name == "because":
            because.append(arguments)
        elif name in STEPS:
            steps.append({"tool": name, **arguments})
        else:
            raise PlanError(f"no tool called {name!r}; choose from {', '.join(STEPS)}")
    try:
        return Plan.model_validate({"steps": steps, "say": say, "because": because})
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise PlanError(f"the plan does not fit its schema at {place}: {first['msg']}") from error


def parse_calls(text: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each `name(argument=json, ...)` line as a name and its arguments, unchecked."""
    for line in text.strip().splitlines():
        if line.strip():
            yield _call(line.strip())


def _line(name: str, arguments: dict[str, Any]) -> str:
    # splitlines() also breaks at these two, which JSON leaves as they are when it keeps non-ASCII text readable.
    values = (f"{key}={json.dumps(value, ensure_ascii=False)}" for key, value in arguments.items())
    return re.sub(r"[\x7f-\x9f\u2028\u2029]", lambda m: f"\\u{ord(m[0]):04x}", f"{name}({', '.join(values)})")


def _call(line: str) -> tuple[str, dict[str, Any]]:
    opening = re.match(r"([a-z_]+)\(", line)
    if opening is None:
        raise PlanError(f"not a tool call: {line[:80]!r}; write tool(argument=value)")
    arguments: dict[str, Any] = {}
    decoder, at = json.JSONDecoder(), opening.end()
    while line[at:] != ")":
        key = re.compile(r"(?:, )?([a-z_]+)=").match(line, at)
        if key is None or key[1] in arguments:
            raise PlanError(f"cannot read the arguments of {line[:80]!r} from character {at}")
        try:
            arguments[key[1]], at = decoder.raw_decode(line, key.end())
        except json.JSONDecodeError as error:
            raise PlanError(f"the value of {key[1]} in {line[:80]!r} is not JSON: {error.msg}") from error
    return opening[1], arguments
