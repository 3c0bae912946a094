"""The scene that a model is given."""

from __future__ import annotations

import pytest

from limner.agent.drawing import scene_only


@pytest.mark.parametrize(
    ("prompt", "styles", "scene"),
    [
        ("a cartoon of a fox in the snow", ("cartoon",), "a fox in the snow"),
        ("a of a fox in the snow", ("cartoon",), "a fox in the snow"),
        ("a fox in the snow, in the cartoon style", ("cartoon",), "a fox in the snow"),
        ("of mice and men", (), "of mice and men"),
        ("a cartoon of a fox", ("line",), "a cartoon of a fox"),
    ],
)
def test_the_words_of_a_style_are_said_by_its_tool_alone(prompt: str, styles: tuple[str, ...], scene: str) -> None:
    assert scene_only(prompt, styles) == scene
