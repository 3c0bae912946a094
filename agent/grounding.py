"""Writes what was resolved into the request before planning, and holds the plan to it afterwards."""

from __future__ import annotations

import re
from collections.abc import Iterable

from limner.agent.handles import HANDLE, canonical, kind_of
from limner.agent.phrases import IT
from limner.agent.plan import Animate, Because, EditImage, GenerateImage, Plan, Step
from limner.agent.referents import Referent, Resolution, Scene, latest

POSSESSIVE = {"his", "hers", "their", "its"}
SUFFIX = {"subject": "", "style": " style", "motion": " motion"}


def spelled_out(text: str, resolution: Resolution, scene: Scene) -> tuple[str, dict[str, str]]:
    """The request with names and handles in place of "him" or "the beach one"; and what stays a word ("it")."""
    names = {one.handle: one.name for one in scene.seen if one.name}
    kept: dict[str, str] = {}
    for one in resolution.referents:
        if one.phrase.casefold() in IT or one.why == "named":
            if one.why != "named":
                kept[one.phrase.lower()] = ", ".join(one.handles)
            continue
        said = " and ".join(_said(handle, names) for handle in one.handles)
        if one.phrase.casefold() in POSSESSIVE:
            said += "'s"
        text = re.sub(rf"(?<!\w){re.escape(one.phrase)}(?!\w)", lambda _, said=said: said, text)  # type: ignore[misc]
    return text, kept


def answered(text: str, phrase: str, choice: str) -> str:
    """The request a question was about, with the picked choice in place of the unclear words."""
    said = choice.split(" (", 1)[0]
    if phrase and phrase in text:
        return re.sub(rf"(?<!\w){re.escape(phrase)}(?!\w)", lambda _: said, text)
    return f"{text} ({said})"


def held(plan: Plan, resolution: Resolution, scene: Scene, text: str) -> tuple[Plan, tuple[str, ...]]:
    """The plan with the resolved subject, style and picture where the planner left them out; and what was assumed.

    Raises AmbiguousError when an edit means "it" and the last turn made several.
    """
    names = {one.handle: one.name for one in scene.seen if one.name}
    steps: list[Step] = []
    because = list(plan.because)
    for number, step in enumerate(plan.steps):
        step = _described(step, scene)
        for one in resolution.referents:
            before = step
            step = _with(step, one, names)
            if (step is not before and one.evidence) or (one.evidence and _uses(step, one, names)):
                because.append(Because(step=number, argument=_argument(one), memory_ids=one.evidence))
        if isinstance(step, EditImage) and not resolution.handles("image", "clip", "upload"):
            _check_tie(step.image_ref, scene)
        steps.append(_of_its_picture(step, scene, text) if isinstance(step, Animate) else step)
    assumed = tuple(
        f"{one.phrase} = {' and '.join(names.get(h, h) for h in one.handles)} ({one.why})"
        for one in resolution.referents
        if one.why != "named"
    )
    return plan.model_copy(update={"steps": tuple(steps), "because": tuple(dict.fromkeys(because))}), assumed


def _described(step: Step, scene: Scene) -> Step:
    """What a picture shows in place of its handle in a prompt, with the people and styles in it."""
    if not isinstance(step, GenerateImage | Animate):
        return step
    seen = {one.handle: one for one in scene.of("image", "clip", "upload")}
    sources = [seen[handle] for match in HANDLE.finditer(step.prompt) if (handle := canonical(match[0])) in seen]
    for one in sources:
        styles = f", {' and '.join(one.styles)}" if one.styles else ""
        shown = one.caption.removesuffix(f", {one.motion}" if one.motion else "").removesuffix(styles)
        pieces = (shown if canonical(piece) == one.handle else piece for piece in HANDLE.split(step.prompt))
        update = {"subjects": step.subjects or one.subjects, "styles": step.styles or one.styles}
        step = step.model_copy(update={"prompt": "".join(pieces), **update})
    return step


def _of_its_picture(step: Animate, scene: Scene, text: str) -> Animate:
    """A picture that is set in motion keeps who is in it and its styles, unless the request itself names others."""
    source = next((one for one in scene.seen if one.handle == step.image_ref and one.kind == "image"), None)
    if source is None:
        return step
    strangers = [one for one in step.subjects if one not in source.subjects]
    if strangers and not _named(strangers, text):
        return step.model_copy(update={"subjects": source.subjects, "styles": source.styles, "prompt": ""})
    if source.styles and step.styles and not _named(step.styles, text):
        return step.model_copy(update={"styles": source.styles})
    return step


def _named(names: Iterable[str], text: str) -> bool:
    return any(re.search(rf"(?<!\w){re.escape(one)}", text, re.I) for one in names)


def _check_tie(ref: str, scene: Scene) -> None:
    made = scene.here("image")
    if made and ref == made[-1].handle and sum(one.turn_id == made[-1].turn_id for one in made) > 1:
        latest(scene)
        raise AssertionError("several pictures of one turn are always a tie")


def _with(step: Step, one: Referent, names: dict[str, str]) -> Step:
    kind = kind_of(one.handles[0])
    said = tuple(names.get(handle, handle) for handle in one.handles)
    if isinstance(step, GenerateImage | Animate):
        if kind == "style" and not set(said) & set(step.styles):
            return step.model_copy(update={"styles": (*step.styles, *said)})
        if kind == "subject" and not step.subjects:
            return step.model_copy(update={"subjects": said})
    if kind in ("image", "upload") and len(one.handles) == 1:
        if isinstance(step, EditImage) and step.image_ref != one.handles[0]:
            return step.model_copy(update={"image_ref": one.handles[0]})
        if isinstance(step, Animate) and step.image_ref is None:
            return step.model_copy(update={"image_ref": one.handles[0]})
    return step


def _uses(step: Step, one: Referent, names: dict[str, str]) -> bool:
    said = {names.get(handle, handle) for handle in one.handles} | set(one.handles)
    given = {*getattr(step, "subjects", ()), *getattr(step, "styles", ()), getattr(step, "image_ref", None)}
    return bool(said & given)


def _argument(one: Referent) -> str:
    return {"style": "styles", "subject": "subjects"}.get(kind_of(one.handles[0]) or "", "image_ref")


def _said(handle: str, names: dict[str, str]) -> str:
    return names.get(handle, handle) + SUFFIX.get(kind_of(handle) or "", "")
