"""What a button asks for, as a plan: nothing is left for a planner to guess."""

from __future__ import annotations

from limner.agent.jobs.values import Picture, Why
from limner.agent.plan import Animate, GenerateImage, Plan, render_plan


def vary(why: Why, picture: Picture) -> str:
    """The same scene, people and style with another seed."""
    if why.kind == "clip":
        return render_plan(
            Plan(
                steps=(
                    Animate(prompt=why.prompt, subjects=picture.subjects, styles=picture.styles, motion=picture.motion),
                )
            )
        )
    step = GenerateImage(prompt=why.prompt, subjects=picture.subjects, styles=picture.styles)
    return render_plan(Plan(steps=(step,)))


def animate(why: Why, picture: Picture, motion: str) -> str:
    """This picture's scene, moving."""
    step = Animate(
        prompt=why.prompt,
        subjects=picture.subjects,
        styles=picture.styles,
        motion=motion,
        image_ref=picture.handle,
    )
    return render_plan(Plan(steps=(step,)))
