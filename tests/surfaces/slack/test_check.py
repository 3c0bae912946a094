"""`limner slack --check` says what a token lacks; nothing ever prints the token."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner, Result

from limner.agent.surfaces.cli import app
from limner.agent.surfaces.slack.check import NEEDED
from limner.agent.surfaces.slack.config import WithoutTokens
from tests.surfaces.slack.mock_slack import APP_TOKEN, BOT_TOKEN, SCOPES, MockSlack

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])
EXAMPLE = Path(__file__).parents[3] / "examples" / "slack" / "manifest.yaml"


@pytest.fixture
def tokens(slack: MockSlack, monkeypatch: pytest.MonkeyPatch) -> None:
    slack.sockets.append("ws://127.0.0.1:1/")
    for name in ("SIGNING_SECRET", "APP_TOKEN"):
        monkeypatch.delenv(f"SLACK_{name}", raising=False)
    monkeypatch.setenv("SLACK_BOT_TOKEN", BOT_TOKEN)
    monkeypatch.setenv("SLACK_APP_TOKEN", APP_TOKEN)
    monkeypatch.setenv("SLACK_API_URL", slack.api)


def checked() -> Result:
    return CliRunner().invoke(app, ["slack", "--check"])


@pytest.mark.usefixtures("tokens")
def test_a_good_token_passes() -> None:
    result = checked()
    assert result.exit_code == 0, result.output
    assert "limner in Limner Test" in result.output and "NO " not in result.output


@pytest.mark.usefixtures("tokens")
@pytest.mark.parametrize("scope", sorted(NEEDED))
def test_a_missing_scope_is_named_with_what_it_is_for(slack: MockSlack, scope: str) -> None:
    slack.scopes = ",".join(one for one in SCOPES.split(",") if one != scope)
    result = checked()
    assert result.exit_code == 1
    assert [line for line in result.output.splitlines() if line.startswith("NO ")] == [
        f"NO  {scope}: missing, so no {NEEDED[scope]}; add it under “OAuth & Permissions” and reinstall the app"
    ]


@pytest.mark.usefixtures("tokens")
@pytest.mark.parametrize(("error", "said"), [("token_expired", "has expired"), ("invalid_auth", "does not know it")])
def test_a_dead_token_is_explained(slack: MockSlack, error: str, said: str) -> None:
    slack.token_error = error
    result = checked()
    assert result.exit_code == 1 and said in result.output and BOT_TOKEN not in result.output


@pytest.mark.usefixtures("tokens")
def test_without_a_way_in_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SLACK_APP_TOKEN")
    result = checked()
    assert result.exit_code == 1 and "neither SLACK_APP_TOKEN" in result.output


def test_without_a_token_it_says_where_to_get_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SLACK_BOT_TOKEN", raising=False)
    result = checked()
    assert result.exit_code == 2 and "manifest.yaml" in result.output


def test_the_manifest_asks_for_exactly_what_is_needed() -> None:
    manifest = yaml.safe_load(EXAMPLE.read_text("utf-8"))
    assert set(manifest["oauth_config"]["scopes"]["bot"]) == set(NEEDED) == set(SCOPES.split(","))
    assert manifest["settings"]["socket_mode_enabled"] is True
    assert set(manifest["settings"]["event_subscriptions"]["bot_events"]) == {
        "app_mention",
        "assistant_thread_started",
        "message.channels",
        "message.groups",
        "message.im",
        "message.mpim",
        "reaction_added",
        "reaction_removed",
    }


def test_tokens_are_blackened_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    log = logging.getLogger("slack_sdk.test")
    caplog.handler.addFilter(WithoutTokens())
    log.warning("sent %s and %s", BOT_TOKEN, APP_TOKEN)
    try:
        raise ValueError(f"bad token {BOT_TOKEN}")
    except ValueError:
        log.exception("failed")
    assert "mock-bot-token" not in caplog.text and "mock-app-token" not in caplog.text
