"""What earlier turns called is read back; what cannot be read is passed over."""

from __future__ import annotations

from limner.agent.earlier import last_drawn, steps_of
from limner.agent.plan import PastTurn, PlanContext

DRAWN = 'generate_image(prompt="Fig")'
LATER = 'generate_image(prompt="Fig at sea")'


def test_a_call_that_no_longer_is_a_step_is_passed_over() -> None:
    turn = PastTurn(user="Fig", calls=('paint(prompt="Fig")', DRAWN, "generate_image(", 'reply(text="ok")'))
    assert [step.tool for step in steps_of(turn)] == ["generate_image", "reply"]


def test_the_last_picture_is_that_of_the_turn_before_and_of_no_older_one() -> None:
    drew = PastTurn(user="Fig, then at sea", calls=(DRAWN, LATER))
    said = PastTurn(user="thanks", calls=('reply(text="ok")',))
    found = last_drawn(PlanContext(history=(said, drew)))
    assert found is not None
    assert found.prompt == "Fig at sea"
    assert last_drawn(PlanContext(history=(drew, said))) is None
    assert last_drawn(PlanContext()) is None
