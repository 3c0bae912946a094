"""Buttons: each is for the person whose picture, job or subject it is, and for nobody else."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from limner.agent.jobs.job import Job
from limner.agent.jobs.line import EngineDown
from limner.agent.messages import RequestError
from limner.agent.surfaces.slack import blocks, wishes
from limner.agent.surfaces.slack.emoji import emoji
from limner.agent.surfaces.slack.events import Press
from limner.agent.surfaces.slack.inbox import Entry
from limner.agent.surfaces.slack.parts import Detail
from limner.agent.surfaces.slack.place import Place
from limner.agent.surfaces.slack.web import Refused, TryLater, Unsent

if TYPE_CHECKING:
    from limner.agent.surfaces.slack.clerk import Clerk

log = logging.getLogger(__name__)
NOT_YOURS = "Only <@{user}> can do that: it is theirs."
GONE = "That is no longer there; it was forgotten or decided already."


class Presses:
    """What happens when somebody presses one."""

    def __init__(self, clerk: Clerk) -> None:
        self.clerk, self.desk, self.inbox, self.web = clerk, clerk.desk, clerk.inbox, clerk.web

    def press(self, entry: Entry, press: Press) -> None:
        place = press.place
        job = self.desk.log.get(press.value.get("j", ""))
        if job is None:
            self.clerk.whisper(entry.key, place, GONE)
            return
        if job.user != place.owner:
            log.warning("refused: %s pressed %s of a job that is not theirs", place.owner, press.action)
            theirs = Place.model_validate((job.delivery or {})["place"]).user
            self.clerk.whisper(entry.key, place, NOT_YOURS.format(user=theirs), safe=True)
            return
        try:
            said = self._act(entry, press, job)
        except EngineDown:
            raise
        except RequestError as error:
            said = str(error)
        if said:
            self.clerk.whisper(entry.key, place, said)

    def _act(self, entry: Entry, press: Press, job: Job) -> str:
        """Do it; the words the presser is told, none when it shows by itself."""
        # The job was asked for in a thread of its own; a variation belongs there too.
        place = Place.model_validate((job.delivery or {})["place"])
        action, handle = press.action, press.value.get("h", "")
        if action == "limner_cancel":
            self.desk.cancel(job.user, job.id)
            return ""
        if action == "limner_train":
            return self._train(press, job)
        if action == "limner_leave":
            self.inbox.let_go(_entry(job))
            self._edit(press, "Left as it was; nothing was learned.")
            return ""
        if action.startswith("limner_choose"):
            choice = press.value.get("c", "")
            self._edit(press, f"You chose: {blocks.safe(choice)}", keep=True)
            self.clerk.submit(entry.key, place, choice)
            return ""
        if action in ("limner_lend", "limner_lend_all"):
            return self._lend(press, place, handle)
        if not any(post.job == job.id for post in self.inbox.posts(job.user, handle)):
            return GONE
        return self._picture(entry, press, job, place, handle)

    def _picture(self, entry: Entry, press: Press, job: Job, place: Place, handle: str) -> str:
        user, action = job.user, press.action
        if action == "limner_rate":
            liked = press.value.get("liked") == "1"
            self.desk.rate(user, handle, liked)
            return f"Noted: you {'like' if liked else 'do not like'} {handle}."
        if action == "limner_forget":
            said = self.desk.forget(user, handle, session=place.session, scope=place.scope)
            self.clerk.unpost(user, handle)
            return said
        if action == "limner_emoji":
            return self._emoji(job, place, handle)
        picture, why = self.desk.picture(user, handle), self.desk.why(user, handle)
        if action == "limner_vary":
            self.clerk.submit(entry.key, place, f"vary {handle}", plan=wishes.vary(why, picture))
            return ""
        if action == "limner_animate" and (motion := press.value.get("m", "")):
            plan = wishes.animate(why, picture, motion)
            self.clerk.submit(entry.key, place, f"animate {handle}: {motion}", plan=plan)
            return ""
        return ""

    def _train(self, press: Press, job: Job) -> str:
        if not self.clerk.proceed(_entry(job)):
            return GONE
        self._edit(press, "Started; I will say when it is learned.")
        return ""

    def _lend(self, press: Press, place: Place, handle: str) -> str:
        everyone = press.value.get("to") == "workspace"
        self.desk.lend(place.owner, handle, place.workspace if everyone else place.scope)
        where = "everyone in this workspace" if everyone else "this channel"
        self._edit(press, f"Lent to {where}. `/limner unshare {handle.removeprefix('@')}` ends it.", keep=True)
        return ""

    def _emoji(self, job: Job, place: Place, handle: str) -> str:
        served = self.desk.file(job.user, handle, metadata=False)
        data, suffix = emoji(served.path)
        if served.temporary:
            served.path.unlink(missing_ok=True)
        name = f"{handle}-emoji-{job.id[:12]}.{suffix}"

        def upload() -> Detail:
            title = f"{handle} as an emoji, {len(data) / 1000:.0f} KB"
            return {"file": self.web.upload(data, name, title, place.channel, place.thread, title)}

        parts = self.clerk.parts
        sent = parts.once(job.id, f"emoji {handle}", upload, parts.file(name, place))
        self._note_post(str(sent["file"]), job, place, handle)
        return "It is in the thread; add it under “Customize your workspace”, “Add custom emoji”."

    def _note_post(self, file: str, job: Job, place: Place, handle: str) -> None:
        """So that the emoji goes when its picture is forgotten."""
        ts = self.clerk.courier.shown(file, place)
        if not ts:
            raise Unsent("the emoji is not in its thread yet", 3.0)
        self.clerk.courier.note(job, place, ts, handle, file)

    def _edit(self, press: Press, text: str, *, keep: bool = False) -> None:
        """Buttons that were pressed go, so that nobody presses them again; `keep` leaves the words above them."""
        above = [one for one in press.blocks if one.get("type") in ("section", "markdown", "rich_text")] if keep else []
        shown = [*above, blocks.context(text)]
        try:
            self.web.call("chat.update", channel=press.place.channel, ts=press.message_ts, text=text, blocks=shown)
        except (Refused, TryLater) as error:
            log.info("a pressed button stays: %s", error)


def _entry(trial: Job) -> str:
    """What a dry run was made for."""
    return str((trial.delivery or {}).get("entry", ""))
