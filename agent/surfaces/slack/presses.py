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
from limner.agent.surfaces.slack.inbox import Entry, Post
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
        job = self.desk.log.get(press.value.get("j", ""))
        post = self.inbox.post(press.place.channel, press.message_ts)
        theirs = job.user if job else post.owner if post else ""
        if not theirs:
            self.clerk.speaking.whisper(entry.key, press.place, GONE)
            return
        if theirs != press.place.owner:
            log.warning("refused: %s pressed %s, which is not theirs", press.place.owner, press.action)
            person = theirs.rpartition(":")[2]
            self.clerk.speaking.whisper(entry.key, press.place, NOT_YOURS.format(user=person), safe=True)
            return
        try:
            said = self._of_a_job(entry, press, job) if job else None
            if said is None:
                said = self._of_a_picture(entry, press, job.id if job else press.value.get("j", ""))
        except EngineDown:
            raise
        except RequestError as error:
            said = str(error)
        if said:
            self.clerk.speaking.whisper(entry.key, press.place, said)

    def _of_a_job(self, entry: Entry, press: Press, job: Job) -> str | None:
        """The words the presser is told, none when it shows by itself; None when it is another kind of button."""
        # The job was asked for in a thread of its own; its answer belongs there too.
        place = Place.model_validate((job.delivery or {})["place"])
        match press.action:
            case "limner_cancel":
                self.desk.cancel(job.user, job.id)
                return ""
            case "limner_train":
                return self._train(press, job)
            case "limner_leave":
                self.inbox.let_go(_entry(job))
                self._edit(press, "Left as it was; nothing was learned.")
                return ""
            case "limner_again":
                if not self.clerk.courier.again(job, press.place):
                    return GONE
                self._edit(press, "Sent here.", keep=True)
                return ""
            case "limner_lend" | "limner_lend_all":
                return self._lend(press, place, press.value.get("h", ""))
            case action if action.startswith("limner_choose"):
                choice = press.value.get("c", "")
                self._edit(press, f"You chose: {blocks.safe(choice)}", keep=True)
                self.clerk.submit(entry.key, place, choice)
                return ""
            case _:
                return None

    def _of_a_picture(self, entry: Entry, press: Press, job_id: str) -> str:
        """These outlive the job log, which keeps a month."""
        place, handle = press.place, press.value.get("h", "")
        user = place.owner
        if not any(post.job == job_id for post in self.inbox.posts(user, handle)):
            return GONE
        match press.action:
            case "limner_rate":
                liked = press.value.get("liked") == "1"
                self.desk.rate(user, handle, liked)
                return f"Noted: you {'like' if liked else 'do not like'} {handle}."
            case "limner_forget":
                said = self.desk.forget(user, handle, session=place.session, scope=place.scope)
                self.clerk.speaking.unpost(user, handle)
                return said
            case "limner_emoji":
                return self._emoji(job_id, place, handle)
        picture, why = self.desk.picture(user, handle), self.desk.why(user, handle)
        if press.action == "limner_vary":
            self.clerk.submit(entry.key, place, f"vary {handle}", plan=wishes.vary(why, picture))
        elif press.action == "limner_animate" and (motion := press.value.get("m", "")):
            plan = wishes.animate(why, picture, motion)
            self.clerk.submit(entry.key, place, f"animate {handle}: {motion}", plan=plan)
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

    def _emoji(self, job_id: str, place: Place, handle: str) -> str:
        served = self.desk.file(place.owner, handle, metadata=False)
        data, suffix = emoji(served.path)
        if served.temporary:
            served.path.unlink(missing_ok=True)
        name = f"{handle}-emoji-{job_id[:12]}.{suffix}"

        def upload() -> Detail:
            title = f"{handle} as an emoji, {len(data) / 1000:.0f} KB"
            return {"file": self.web.upload(data, name, title, place.channel, place.thread, title)}

        parts, courier = self.clerk.parts, self.clerk.courier
        file = str(parts.once(job_id, f"emoji {handle}", upload, parts.file(name, place))["file"])
        shown = courier.shown(file, place)
        if not shown:
            raise Unsent("the emoji is not in its thread yet", 3.0)
        # So that the emoji goes when its picture is forgotten.
        self.inbox.posted(Post(place.channel, shown, place.owner, job_id, handle, file))
        return "It is in the thread; add it under “Customize your workspace”, “Add custom emoji”."

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
