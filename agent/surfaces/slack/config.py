"""The tokens of the Slack app, from the environment; they are never printed or logged."""

from __future__ import annotations

import logging
import re
from typing import Any

from pydantic import SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from limner.agent.settings import SettingsError

TOKEN = re.compile(r"xox[a-z]?[-.][\w.-]+|xapp-[\w-]+", re.I)


class SlackSettings(BaseSettings):
    """SLACK_BOT_TOKEN, SLACK_APP_TOKEN (Socket Mode), SLACK_SIGNING_SECRET (HTTP), SLACK_API_URL (another server)."""

    model_config = SettingsConfigDict(env_prefix="SLACK_", extra="ignore", frozen=True)

    bot_token: SecretStr
    app_token: SecretStr | None = None
    signing_secret: SecretStr | None = None
    api_url: str = "https://slack.com/api/"

    @classmethod
    def load(cls) -> SlackSettings:
        given: dict[str, Any] = {}  # all of it comes from the environment
        try:
            return cls(**given)
        except ValidationError as error:
            raise SettingsError(
                "SLACK_BOT_TOKEN is not set; create the app from examples/slack/manifest.yaml, install it to your "
                "workspace and export its Bot User OAuth Token (xoxb-…)"
            ) from error


class WithoutTokens(logging.Filter):
    """Blackens tokens in whatever a library writes to the log."""

    def filter(self, record: logging.LogRecord) -> bool:
        said = record.getMessage()
        if TOKEN.search(said):
            record.msg, record.args = TOKEN.sub("xox…", said), ()
        if record.exc_info and record.exc_info[1] is not None and TOKEN.search(str(record.exc_info[1])):
            record.msg, record.args = f"{record.msg} ({type(record.exc_info[1]).__name__})", ()
            record.exc_info = record.exc_text = None
        return True
