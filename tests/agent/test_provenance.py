"""The receipt says what each adapter changed, what others took from it, and where its scale was moved."""

from __future__ import annotations

from limner.agent.drawing import used
from limner.agent.provenance import in_words
from limner.agent.record import Record
from limner.tools import Applied
from tests.agent.test_outputs import picture, record


def test_interference_and_a_moved_scale_are_in_the_receipt_and_told() -> None:
    applied = Applied("Rex", "dreambooth_lora", "subject", 0.92, "ab" * 32, 0.2, {"Inky": 0.62, "Tom": 0.01}, 0.8)
    made = record(picture(), used=(used(applied),))
    again = Record.model_validate_json(made.model_dump_json())
    assert again.used[0].interference == {"Inky": 0.62, "Tom": 0.01}
    assert again.used[0].asked_scale == 0.8
    told = in_words(again, {})
    assert "scale 0.92 (moved from 0.8), effect 0.200 (62% lost to Inky)" in told


def test_an_adapter_alone_says_neither() -> None:
    applied = Applied("Rex", "dreambooth_lora", "subject", 1.0, "ab" * 32, 0.2)
    told = in_words(record(picture(), used=(used(applied),)), {})
    assert "scale 1, effect 0.200, sha256" in told
