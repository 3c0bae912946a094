"""What draws is loaded late; who stays to talk does not wait for what is learned."""

from __future__ import annotations

from limner.agent.late_engine import LateEngine, renderer_of
from limner.agent.settings import Settings
from limner.tools import Engine, FakeEngine
from limner.tools.meanwhile import Meanwhile


def test_only_who_stays_learns_beside() -> None:
    settings = Settings.model_validate({"threads": 1})
    for beside, kind in ((True, Meanwhile), (False, Engine)):
        late = renderer_of(settings, beside)
        assert isinstance(late, LateEngine) and "spin" in late.motions()
        assert "engine" not in vars(late)
        assert isinstance(late.learner, kind)
    assert isinstance(renderer_of(Settings.model_validate({"family": "fake"}), beside=True), FakeEngine)
