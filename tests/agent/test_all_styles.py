"""One picture is drawn in every style there is where all are to be mixed, and not where each is to have its own."""

from __future__ import annotations

import pytest

from limner.agent.all_styles import all_meant, in_all_styles
from limner.agent.plan import GenerateImage, PlanContext

STYLES = ("felt", "ink", "clay")
CONTEXT = PlanContext(subjects={"Rex": "dog", "Ada": "woman"}, styles=STYLES)


def mixed(text: str, *styles: str, context: PlanContext = CONTEXT) -> tuple[str, ...]:
    step = GenerateImage(prompt="Rex at sea", subjects=("Rex",), styles=styles)
    return in_all_styles(step, context, text).styles


@pytest.mark.parametrize(
    "text",
    [
        "Rex at sea in a mix of all my styles",
        "Rex at sea, all my styles at once",
        "Rex at sea in all my styles together",
        "blend every style I have for Rex at sea",
        "Rex at sea, every single style combined",
        "merge all of our styles into one for Rex",
        "Rex at sea in all my styles mixed",
        "Rex in all of the styles blended into one picture",
    ],
)
def test_all_styles_are_in_the_one_picture(text: str) -> None:
    assert mixed(text) == STYLES
    assert mixed(text, "felt") == STYLES
    assert all_meant(text)


@pytest.mark.parametrize(
    ("text", "styles"),
    [
        ("mash every style I own together for Rex, minus felt", ("ink", "clay")),
        ("combine all of my styles, leave out clay: Rex", ("felt", "ink")),
        ("Rex in all styles together, not ink", ("felt", "clay")),
        ("Rex, all my styles at once but not Clay", ("felt", "ink")),
        ("Rex without a hat, in a mix of all my styles", STYLES),
        ("Rex, all the styles at once, apart from the inky sky", STYLES),
        # One alone is no mix.
        ("blend all the styles except felt and ink", ("clay",)),
    ],
)
def test_those_left_out_are_not_in_it(text: str, styles: tuple[str, ...]) -> None:
    assert mixed(text, "clay") == styles


@pytest.mark.parametrize(
    "text",
    [
        "Rex in all my styles",
        "Rex in every style",
        "Rex in all my styles, a picture each",
        "Rex and Ada together in all my styles",
        "one picture in each of my styles",
        "a version per style",
        "mix felt and ink for Rex",
        "what are all my styles?",
        "Rex in style, all at once",
        "blend the colours of Rex's coat",
    ],
)
def test_a_picture_of_each_or_of_some_is_no_mix(text: str) -> None:
    assert not all_meant(text)
    assert mixed(text, "ink") == ("ink",)


def test_where_there_is_one_style_nothing_is_mixed() -> None:
    one = CONTEXT.model_copy(update={"styles": ("felt",)})
    assert mixed("Rex at sea, all my styles at once", context=one) == ()
