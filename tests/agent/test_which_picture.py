"""A clip is of the picture that the request names or takes."""

from __future__ import annotations

import pytest

from limner.agent.doubts import settled
from limner.agent.plan import PastTurn, PlanContext, parse_plan, render_plan


@pytest.mark.parametrize(
    ("text", "plan", "made"),
    [
        (
            "Wake img-14 up: take the picture as it is and have him wave",
            'animate(prompt="Ada at sea", subjects=["Ada"], motion="wave")',
            'animate(prompt="Ada at sea", subjects=["Ada"], motion="wave", image_ref="img-14")',
        ),
        (
            "turn the sauce in img-14 green, then take that picture and make it wave",
            'edit_image(image_ref="img-14", instruction="turn the sauce green")\n'
            'animate(prompt="Ada at sea", subjects=["Ada"], motion="wave")',
            'edit_image(image_ref="img-14", instruction="turn the sauce green")\n'
            'animate(prompt="Ada at sea", subjects=["Ada"], motion="wave", image_ref="last")',
        ),
    ],
)
def test_the_picture_that_is_taken_is_set_in_motion(text: str, plan: str, made: str) -> None:
    call = 'generate_image(prompt="Ada at sea", subjects=["Ada"])'
    before = PastTurn(user="Ada at sea", calls=(call,), result="img-14")
    context = PlanContext(subjects={"Ada": "girl"}, motions=("wave",), history=(before,))
    assert render_plan(settled(parse_plan(plan), context, text)) == made
