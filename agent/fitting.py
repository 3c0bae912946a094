"""Whether a plan can run with what its user has: artifacts that are there and fit the base, no clip too long for it."""

from __future__ import annotations

from limner.agent.messages import Request
from limner.agent.plan import Animate, EditImage, GenerateImage, LearnMotion, LearnStyle, LearnSubject, Plan
from limner.agent.sharing import owner_of
from limner.agent.studio import Studio
from limner.tools.families import family
from limner.tools.library import ArtifactKind

NEEDS = {"subject": "photos", "style": "pictures in that style", "motion": "a clip"}


def misfit(plan: Plan, studio: Studio, request: Request) -> str:
    """Why the plan cannot run, as one question that says what would mend it; empty when it can."""
    taught: set[str] = set()
    for step in plan.steps:
        match step:
            case LearnSubject() | LearnStyle() | LearnMotion():
                taught.add(step.name.casefold())
            case GenerateImage() | Animate():
                used: list[tuple[ArtifactKind, str]] = [("subject", name) for name in step.subjects]
                used += [("style", name) for name in step.styles]
                if isinstance(step, Animate):
                    used.append(("motion", step.motion))
                for kind, name in used:
                    if name.casefold() not in taught and (wrong := _unusable(kind, name, studio, request)):
                        return wrong
                if isinstance(step, Animate) and (wrong := _too_long(step, studio)):
                    return wrong
            case EditImage():
                continue
    return ""


def _unusable(kind: ArtifactKind, name: str, studio: Studio, request: Request) -> str:
    owner = owner_of(studio, request, name) if kind == "subject" else request.user
    found = studio.library.find(owner, kind, name)
    if found is None:
        native = {"style": studio.engine.styles(), "motion": studio.engine.motions()}.get(kind, ())
        if name.casefold() in (known.casefold() for known in native):
            return ""
        return f"I have no {kind} called {name} to draw with. Will you attach {NEEDS[kind]} so that I learn it?"
    if studio.family and found.family not in (studio.family, ""):
        return (
            f"{name} was learnt on the {found.family} family and does not fit {studio.family}. "
            f"Start with --family {found.family}, or attach {NEEDS[kind]} and let me learn it here. Which shall it be?"
        )
    return ""


def _too_long(step: Animate, studio: Studio) -> str:
    most = family(studio.family).frames if studio.family not in ("", "fake") else None
    if most and step.frames and step.frames > most:
        return (
            f"A clip of the {studio.family} family has at most {most} frames, not {step.frames}. Shall I make {most}?"
        )
    return ""
