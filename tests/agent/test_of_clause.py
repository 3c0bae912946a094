"""A style belongs to the picture of the part of the request that names it."""

from __future__ import annotations

import pytest

from limner.agent.doubts import settled
from limner.agent.of_clause import in_its_clause
from limner.agent.plan import GenerateImage, PlanContext, parse_plan

CONTEXT = PlanContext(
    subjects={"Tilda": "woman", "Pip": "boy"}, styles=("glowgrid", "flat", "line"), attachments="3 images"
)
TWO = (
    'generate_image(prompt="Tilda as a beekeeper", subjects=["Tilda"]{})\n'
    'generate_image(prompt="Pip as a chimney sweep", subjects=["Pip"]{})'
)


@pytest.mark.parametrize(
    ("text", "first", "second"),
    [
        (
            "teach yourself the look of these scans (name: rusthaze), show Tilda as a beekeeper in it, and then in a "
            "separate image, also rusthaze, Pip as a chimney sweep",
            "rusthaze",
            "rusthaze",
        ),
        (
            "learn this style as rusthaze and draw Tilda as a beekeeper with it. Then Pip as a chimney sweep, rusthaze "
            "too",
            "rusthaze",
            "rusthaze",
        ),
        (
            "learn this style as rusthaze and draw Tilda as a beekeeper with it, then Pip as a chimney sweep in "
            "glowgrid",
            "rusthaze",
            "glowgrid",
        ),
        (
            "learn this style as rusthaze, Tilda as a beekeeper with it; then Pip as a chimney sweep in flat style",
            "rusthaze",
            "flat",
        ),
        (
            "learn this style as rusthaze, draw Tilda as a beekeeper with it; then Pip as a chimney sweep, but not in "
            "rusthaze",
            "rusthaze",
            "",
        ),
        (
            "learn this style as rusthaze, Tilda as a beekeeper with it, then Pip as a chimney sweep in a flat cap",
            "rusthaze",
            "",
        ),
    ],
)
def test_a_style_goes_where_it_is_named(text: str, first: str, second: str) -> None:
    planned = parse_plan('learn_style(name="rusthaze")\n' + TWO.format(', styles=["rusthaze"]', ""))
    drawn = [step for step in settled(planned, CONTEXT, text).steps if isinstance(step, GenerateImage)]
    assert [" ".join(step.styles) for step in drawn] == [first, second]


def test_a_known_style_goes_there_too() -> None:
    text = "Tilda as a beekeeper, then Pip as a chimney sweep in glowgrid"
    drawn = settled(parse_plan(TWO.format("", "")), CONTEXT.model_copy(update={"attachments": ""}), text).steps
    assert [step.styles for step in drawn if isinstance(step, GenerateImage)] == [(), ("glowgrid",)]


@pytest.mark.parametrize(
    "text",
    [
        "Tilda by bike and Tilda by bus; flat for the second, the first as it comes",
        "flat for the last one: Tilda by bike, Tilda by bus",
    ],
)
def test_a_style_for_the_second_is_for_no_other(text: str) -> None:
    planned = parse_plan(
        'generate_image(prompt="Tilda by bike", subjects=["Tilda"], styles=["flat"])\n'
        'generate_image(prompt="Tilda by bus", subjects=["Tilda"], styles=["flat"])'
    )
    drawn = settled(planned, CONTEXT.model_copy(update={"attachments": ""}), text).steps
    assert [step.styles for step in drawn if isinstance(step, GenerateImage)] == [(), ("flat",)]


def test_a_style_taught_by_a_word_of_the_scene_is_kept() -> None:
    planned = parse_plan(
        'learn_subject(name="harbour", class_noun="man")\n'
        'generate_image(prompt="Pip feeding the gulls", subjects=["Pip"])'
    )
    text = "That's how my great-uncle used to paint. Name it harbour, and try it straight away on Pip feeding the gulls"
    drawn = settled(planned, CONTEXT, text).steps
    assert [step.styles for step in drawn if isinstance(step, GenerateImage)] == [("harbour",)]


@pytest.mark.parametrize(
    ("text", "styles"),
    [
        ("Tilda as a beekeeper in glowgrid. Pip as a chimney sweep", ("glowgrid", "")),
        ("Tilda as a beekeeper in glowgrid. A clip of Pip as a chimney sweep, no style", ("glowgrid", "")),
        # Whose it is not is not read here.
        ("Tilda as a beekeeper in glowgrid. Pip as a chimney sweep, no style", ("", "")),
        ("glowgrid for the lot: Tilda as a beekeeper. Pip as a chimney sweep", ("glowgrid", "")),
    ],
)
def test_no_style_for_a_clip_says_nothing_of_the_pictures(text: str, styles: tuple[str, str]) -> None:
    plan = in_its_clause(parse_plan(TWO.format("", "")), CONTEXT, text)
    assert [step.styles for step in plan.steps if isinstance(step, GenerateImage)] == [
        (style,) if style else () for style in styles
    ]
