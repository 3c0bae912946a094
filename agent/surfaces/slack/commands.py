"""/limner: sharing, memory and emoji, for those who would rather type than press."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from limner.agent.jobs.line import EngineDown
from limner.agent.messages import RequestError
from limner.agent.surfaces.slack.events import Command
from limner.agent.surfaces.slack.inbox import Entry
from limner.agent.surfaces.slack.place import Place, channel_scope, owner, workspace_scope

if TYPE_CHECKING:
    from limner.agent.surfaces.slack.clerk import Clerk

HELP = """*/limner share NAME* here, with @somebody, or with everyone: lend a subject of yours
*/limner unshare NAME* from here, from @somebody, or from everyone: take it back
*/limner memory*: what I know about you (in a channel: what this channel told me)
*/limner everyone WORDS*: something I shall remember for the whole workspace
*/limner forget WORDS*: erase it for good"""
SHARE = re.compile(r"(share|unshare)\s+@?(?P<name>\S+)(?:\s+(?:with|from|to)?\s*(?P<to>.+))?", re.I)
PERSON = re.compile(r"<@([A-Z0-9]+)(?:\|[^>]*)?>")
SHOWN = 30
EVERYONE = "Something to remember for everyone here:"


def command(clerk: Clerk, entry: Entry, what: Command) -> None:
    """Answers so that only the one who typed it sees it."""
    verb, _, rest = what.text.partition(" ")
    try:
        said = _answer(clerk, entry, what.place, verb.lower(), rest.strip(), what.text)
    except EngineDown:
        raise
    except RequestError as error:
        said = str(error)
    if said:
        clerk.speaking.whisper(entry.key, what.place, said, safe=said == HELP)


def _answer(clerk: Clerk, entry: Entry, place: Place, verb: str, rest: str, text: str) -> str:
    desk, user = clerk.desk, place.owner
    if verb in ("share", "unshare"):
        asked = SHARE.fullmatch(text)
        if asked is None:
            return "Say whom: /limner share Biscuit here"
        to, where = _whom(place, (asked["to"] or "here").strip())
        if verb == "share":
            desk.lend(user, asked["name"], to)
            return f"{asked['name']} is lent to {where}."
        desk.take_back(user, asked["name"], to)
        return f"{asked['name']} is no longer lent to {where}."
    if verb == "memory":
        facts = desk.facts(user, scope=place.scope)
        lines = [f"• {one.text} ({one.since:%Y-%m-%d})" for one in facts[:SHOWN]]
        return "\n".join(lines) or "Nothing yet."
    if verb == "forget" and rest:
        said = desk.forget(user, rest, session=place.session, scope=place.scope)
        clerk.forgot(user, everything=place.private and "everything" in rest.lower())
        return said
    if verb == "everyone" and rest:
        opened = clerk.parts.once(f"entry {entry.key}", "opened", lambda: clerk.speaking.post(place, EVERYONE, None))
        there = place.model_copy(update={"thread": str(opened["ts"])})
        clerk.submit(entry.key, there, rest, scope=place.workspace)
        return ""
    return HELP


def _whom(place: Place, to: str) -> tuple[str, str]:
    """The name of a person or place as memory knows it, and as people say it."""
    if person := PERSON.search(to):
        return owner(place.team, person[1]), f"@{person[1]}"
    if to in ("everyone", "everybody", "all"):
        return workspace_scope(place.team), "everyone in this workspace"
    if to in ("here", "this channel"):
        if place.private:
            raise RequestError("this is a private conversation; name a person, or say it in the channel")
        return channel_scope(place.team, place.channel), "this channel"
    raise RequestError(f"I do not know whom {to[:60]!r} means; say here, everyone or @somebody")
