"""The exact text the embedded model reads and writes; training and runtime share it."""

from __future__ import annotations

from limner.agent.plan import Answer, AskUser, Plan, PlanContext, render_context, render_plan

START, END, PLAN = "<|im_start|>", "<|im_end|>", "\nplan:\n"


def framed(rendered: str) -> str:
    """A rendered context as the model's prompt."""
    return f"{START}{rendered}{PLAN}"


def before_request(rendered: str) -> str:
    """What the prompt of a rendered context begins with, whatever is then requested."""
    return framed(rendered).rpartition("request: ")[0]


def prompt_of(context: PlanContext, text: str) -> str:
    return framed(render_context(context, text))


def target_of(plan: Plan, worded: bool = True) -> str:
    """What the model should write; up to where its own words begin when these do not matter."""
    if not worded and isinstance(plan.steps[0], AskUser | Answer):
        call, equals, _ = render_plan(plan).partition('="')
        return call + equals
    return render_plan(plan) + END
