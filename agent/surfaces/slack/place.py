"""Where in Slack something was said, and what that makes of user, session and memory scope."""

from __future__ import annotations

from pydantic import BaseModel

SURFACE = "slack"


class Place(BaseModel, frozen=True):
    """One thread of one conversation, and the person who speaks. Ids are Slack's own."""

    team: str
    channel: str
    thread: str
    user: str
    # A person belongs to a workspace of their own, which in a shared channel is another than the app's.
    user_team: str = ""
    # The message this answers.
    ts: str = ""

    @property
    def private(self) -> bool:
        return self.channel.startswith("D")

    @property
    def owner(self) -> str:
        """The user's name in Limner: one person in two workspaces is two."""
        return owner(self.user_team or self.team, self.user)

    @property
    def session(self) -> str:
        """A session is a thread."""
        return f"slack:{self.team}:{self.channel}:{self.thread}"

    @property
    def scope(self) -> str:
        """A direct message is personal; what is said in a channel belongs to the channel."""
        return "personal" if self.private else channel_scope(self.team, self.channel)

    @property
    def workspace(self) -> str:
        return workspace_scope(self.team)


def owner(team: str, user: str) -> str:
    return f"slack:{team}:{user}"


def channel_scope(team: str, channel: str) -> str:
    return f"channel:{team}/{channel}"


def workspace_scope(team: str) -> str:
    return f"workspace:{team}"
