"""The plans behind the buttons under a picture: the same wish once more, or the picture set in motion."""

from __future__ import annotations

from limner.agent.jobs.values import Picture, Why
from limner.agent.messages import RequestError
from limner.agent.plan import Animate, EditImage, GenerateImage, Plan, parse_plan, render_plan

Drawing = GenerateImage | Animate | EditImage


def vary(one: Picture, why: Why) -> str:
    """The step that made this picture, alone, with another seed."""
    step = _step(one, why)
    if isinstance(step, GenerateImage):
        return render_plan(Plan(steps=(step.model_copy(update={"seed": None, "count": 1}),)))
    # "last" meant the newest picture of that moment.
    source = why.parents[0] if step.image_ref == "last" and why.parents else step.image_ref
    return render_plan(Plan(steps=(step.model_copy(update={"image_ref": source}),)))


def animate(one: Picture, why: Why, motion: str) -> str:
    """This picture in that motion."""
    step = _step(one, why)
    scene = step.instruction if isinstance(step, EditImage) else step.prompt
    moving = Animate(
        prompt=scene, subjects=one.subjects, styles=one.styles, motion=motion, image_ref=one.handle, frames=None
    )
    return render_plan(Plan(steps=(moving,)))


def _step(one: Picture, why: Why) -> Drawing:
    """Of a plan with several steps, the first that fits what the picture shows."""
    wanted: tuple[type[Drawing], ...] = (Animate,) if one.kind == "clip" else (GenerateImage, EditImage)
    steps = [step for step in parse_plan("\n".join(why.plan)).steps if isinstance(step, wanted)]
    if not steps:
        raise RequestError(f"the plan of {one.handle} has no step that draws; say in words what to make of it")
    return next((step for step in steps if isinstance(step, EditImage) or _things(step) == _things(one)), steps[0])


def _things(one: Picture | GenerateImage | Animate) -> tuple[set[str], set[str]]:
    return {name.casefold() for name in one.subjects}, {name.casefold() for name in one.styles}
