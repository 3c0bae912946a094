"""Works through the inbox: messages become requests, reactions feedback; the rest goes to presses and commands."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from limner.agent.jobs.desk import Desk
from limner.agent.jobs.job import Job, KeyReused, NotThere
from limner.agent.jobs.line import EngineDown
from limner.agent.messages import Attachment, Reply, Request, RequestError
from limner.agent.plan import PlanError, parse_plan
from limner.agent.surfaces.slack import blocks, commands
from limner.agent.surfaces.slack.courier import TRIAL, Courier
from limner.agent.surfaces.slack.events import Command, Message, Opened, Own, Press, Reaction, read, team_of
from limner.agent.surfaces.slack.files import Files
from limner.agent.surfaces.slack.inbox import Entry, Inbox
from limner.agent.surfaces.slack.parts import Parts
from limner.agent.surfaces.slack.place import SURFACE, Place, owner
from limner.agent.surfaces.slack.presses import Presses
from limner.agent.surfaces.slack.speaking import Speaking
from limner.agent.surfaces.slack.web import Refused, TryLater, Unsent, Web

log = logging.getLogger(__name__)
AT_ONCE = 8
LOOK_EVERY_S = 0.5
MOST_TRIES = 3
HELLO = (
    "Hi! Tell me who matters to you and send a few photos (“this is Biscuit, my dog”), then ask for pictures: "
    "“Biscuit on the beach as ink wash”, “now let him jump”. “What do you know about me?”, “forget Biscuit” work too."
)
PROMPTS = (
    ("Introduce somebody", "This is Biscuit, my dog (and attach 3 to 6 photos)"),
    ("Draw", "Draw a fox in the snow as ink wash"),
    ("Animate", "Let the last picture bounce"),
    ("See what I know", "What do you know about me?"),
)


class Clerk:
    """Takes entries in the order they were said, one at a time in each thread."""

    def __init__(self, desk: Desk, web: Web, inbox: Inbox, own: Own, api_url: str, parts: Parts) -> None:
        self.desk, self.web, self.inbox, self.own, self.parts = desk, web, inbox, own, parts
        self.files = Files(web, api_url)
        self.speaking = Speaking(parts, inbox)
        self.courier = Courier(desk.log, parts, inbox, self.motions, self.trial_over, self.forgot)
        self.presses = Presses(self)
        self._wake = threading.Event()
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="clerk")
        self._busy: set[str] = set()
        self._not_before: dict[str, float] = {}
        self._tries: dict[str, int] = {}
        self._motions: dict[str, tuple[float, list[str]]] = {}
        self._thread = threading.Thread(target=self._run, daemon=True, name="clerk")

    def start(self) -> None:
        self._thread.start()
        self.courier.resume()

    def wake(self) -> None:
        """There is something new in the inbox."""
        self._wake.set()

    def close(self) -> None:
        self.web.stopping.set()
        self._wake.set()
        if self._thread.ident:
            self._thread.join()
        self._pool.shutdown(wait=True, cancel_futures=True)
        self.courier.close()

    # --- one after the other ------------------------------------------------------------------------------

    def _run(self) -> None:
        while not self.web.stopping.is_set():
            self._wake.clear()
            passed: set[str] = set()
            for key, lane in self.inbox.waiting():
                if lane in self._busy or lane in passed:
                    continue
                passed.add(lane)  # what was said later in the same thread waits for what was said before
                if time.monotonic() >= self._not_before.get(key, 0):
                    self._busy.add(lane)
                    self._pool.submit(self._take, key, lane)
            self._wake.wait(LOOK_EVERY_S)

    def _take(self, key: str, lane: str) -> None:
        try:
            if (entry := self.inbox.entry(key)) is not None:
                self._work(entry)
            self.inbox.done(key)
            self._not_before.pop(key, None)
        except (TryLater, EngineDown) as error:
            log.warning("%s waits: %s", key, error)
            self._not_before[key] = time.monotonic() + max(1.0, getattr(error, "after_s", 1.0))
        except Refused as error:
            log.error("%s: Slack refuses the answer: %s", key, error)
            self.inbox.done(key)
        except Exception:
            log.exception("%s failed", key)
            self._fail(key)
        finally:
            self._busy.discard(lane)
            self._wake.set()

    def _fail(self, key: str) -> None:
        """A bug of ours must not stop the thread for ever."""
        self._tries[key] = self._tries.get(key, 0) + 1
        self._not_before[key] = time.monotonic() + 2.0
        if self._tries[key] >= MOST_TRIES:
            self.inbox.done(key)

    def _work(self, entry: Entry) -> None:
        if team_of(entry.body) != self.own.team:
            log.warning("refused: %s is for workspace %r, not ours", entry.key, team_of(entry.body))
            return
        try:
            what = read(entry.body, self.own)
        except (KeyError, TypeError, ValueError):
            log.warning("refused: %s is not shaped as Slack's events are", entry.key)
            return
        match what:
            case Message():
                self.message(entry, what)
            case Reaction():
                self.reaction(what)
            case Press():
                self.presses.press(entry, what)
            case Command():
                commands.command(self, entry, what)
            case Opened():
                self.opened(what)
            case None:
                pass

    # --- what a person wrote --------------------------------------------------------------------------------

    def message(self, entry: Entry, said: Message) -> None:
        """In a thread without a mention only those are answered who speak with Limner there, and to nobody else."""
        place = said.place
        if not said.addressed and (said.to_others or not self.inbox.spoke(place.session, place.owner)):
            return
        self.inbox.speaks(place.session, place.owner)
        if not said.text and not said.files:
            self.speaking.note(entry.key, place, HELLO)
        elif said.files:
            self.inbox.hold(entry.key, place.owner, entry.body)
            self._with_files(entry.key, said, trial=True)
        else:
            self.submit(entry.key, place, said.text)

    def _with_files(self, key: str, said: Message, *, trial: bool) -> None:
        """Pictures may be there to learn from, which costs: a dry run tells, before anything is spent."""
        found, left = self.files.fetch(said.files)
        attached: list[Attachment] = []
        for name, data in found:
            try:
                attached.append(self.desk.upload(said.place.owner, name, data))
            except RequestError as error:
                left.append(str(error))
        if left:
            self.speaking.note(key, said.place, "\n".join(left), "left out")
        if not attached:
            self.inbox.let_go(key)
            return
        self.submit(key, said.place, said.text, attachments=attached, trial=trial)

    def trial_over(self, job: Job, place: Place, reply: Reply, estimate_s: float | None) -> None:
        """What the dry run would do: training is asked about, everything else goes on at once."""
        for path in self.desk.log.attachments(job.id):
            path.unlink(missing_ok=True)
        key = str((job.delivery or {})["entry"])
        if reply.status == "failed":
            self.inbox.let_go(key)
            self.speaking.note(key, place, reply.text)
            return
        learning = _learning(reply.plan)
        if not learning:
            self.proceed(key)
            self.desk.log.scrub(job.id)
            return
        body = self.inbox.held(key)
        files = len(body["event"].get("files", ())) if body else 0
        self.parts.once(
            job.id,
            "approval",
            lambda: self.speaking.post(
                place,
                f"Shall I learn {learning}?",
                blocks.approval(job.id, key, learning, estimate_s, files),
                blocks.metadata(job.id, "approval"),
            ),
            self.parts.message(job.id, "approval", place),
        )
        # A dry run has no turn in memory that it could be forgotten with.
        self.desk.log.scrub(job.id)

    def proceed(self, key: str) -> bool:
        """Carry out what was held back; False when it is not there any more."""
        body = self.inbox.held(key)
        said = read(body, self.own) if body else None
        if not isinstance(said, Message):
            return False
        self._with_files(key, said, trial=False)
        self.inbox.let_go(key)
        return True

    def submit(
        self,
        key: str,
        place: Place,
        text: str,
        *,
        attachments: Sequence[Attachment] = (),
        plan: str = "",
        trial: bool = False,
        scope: str = "",
    ) -> Job | None:
        """Queue a request under the message's own key; the same message again is the same job."""
        request = Request(
            user=place.owner,
            session=place.session,
            scope=scope or place.scope,
            workspace=place.workspace,
            text=text,
            attachments=tuple(attachments),
            plan=plan,
            dry_run=trial,
        )
        delivery: dict[str, Any] = {"place": place.model_dump()}
        if trial:
            delivery |= {"kind": TRIAL, "entry": key}
        try:
            job = self.desk.submit(request, surface=SURFACE, key=f"{key} {TRIAL}" if trial else key, delivery=delivery)
        except KeyReused:  # the same message, edited or seen with fewer files: it is being worked on
            return None
        except RequestError as error:  # busy, too long
            self.speaking.note(key, place, str(error))
            return None
        self.courier.take(job)
        if place.private and place.ts == place.thread:
            self.web.spare(
                "assistant.threads.setTitle",
                channel_id=place.channel,
                thread_ts=place.thread,
                title=blocks.one_line(text, 60) or "Pictures",
            )
        return job

    # --- small things ----------------------------------------------------------------------------------------

    def reaction(self, what: Reaction) -> None:
        """A thumb on one's own picture is feedback; on somebody else's it is only kind."""
        who = owner(what.user_team, what.user)
        post = self.inbox.post(what.channel, what.ts)
        if post is None or not post.handle or post.owner != who:
            return
        if not self.inbox.newest_reaction(what.channel, what.ts, who, what.at):
            return
        try:
            self.desk.rate(who, post.handle, what.liked if what.added else None)
        except EngineDown:
            raise
        except RequestError as error:
            log.info("reaction on %s: %s", post.handle, error)

    def opened(self, what: Opened) -> None:
        """The side panel: what one could say."""
        place = what.place
        self.web.spare(
            "assistant.threads.setSuggestedPrompts",
            channel_id=place.channel,
            thread_ts=place.thread,
            title="What shall we make?",
            prompts=[{"title": title, "message": message} for title, message in PROMPTS],
        )

    def forgot(self, user: str, everything: bool = False) -> None:
        """After a forget: pictures that are gone from memory go from Slack too."""
        if everything:
            self.inbox.let_go_of(user)
        gone: dict[str, bool] = {}
        for post in self.inbox.posts(user):
            if post.handle not in gone:
                try:
                    self.desk.picture(user, post.handle)
                    gone[post.handle] = False
                except EngineDown as error:
                    raise Unsent("the engine is away; what is forgotten leaves Slack later", 2.0) from error
                except NotThere:
                    gone[post.handle] = True
            if gone[post.handle]:
                self.speaking.unpost(user, post.handle)

    def motions(self, user: str) -> list[str]:
        """Names for the menu under a picture; none while the engine is away."""
        at, known = self._motions.get(user, (0.0, []))
        if time.monotonic() - at > 60:
            try:
                known = [one.name for one in self.desk.named(user, "motion")]
                self._motions[user] = (time.monotonic(), known)
            except RequestError as error:
                log.info("no motions to offer: %s", error)
        return known


def _learning(plan: str) -> str:
    """The names a plan would learn, none when it learns nothing."""
    try:
        steps = parse_plan(plan).steps if plan else ()
    except PlanError:
        return ""
    names = [str(getattr(step, "name", "")) for step in steps if step.tool.startswith("learn_")]
    return " and ".join(names)
