"""A conversation in the terminal: words, dragged-in pictures, and slash verbs."""

from __future__ import annotations

import contextlib
import re
import shlex
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlparse

from rich.console import Console
from rich.markup import escape

from limner.agent import forgetting
from limner.agent.messages import Attachment, Question, Reply, Request, RequestError
from limner.agent.surfaces.listing import explain, named_things, pictures, table
from limner.agent.surfaces.opening import apology, stop_on_ctrl_c
from limner.agent.surfaces.show import Screen
from limner.agent.telling import ABOUT_ME, known, told
from limner.memory import PERSONAL, MemoryProblem
from limner.tools import ToolError

if TYPE_CHECKING:
    from limner.agent.assistant import Assistant
    from limner.agent.settings import Settings

PICTURE = r"\.(?:png|jpe?g|webp|gif|bmp|tiff?|mp4|mov|webm)"
# What a terminal makes of a dragged file: a quoted path, one with escaped spaces, or a file:// address.
DRAGGED = re.compile(
    rf"""(?P<quote>['"])(?P<quoted>[^'"\n]+?{PICTURE})(?P=quote)|(?P<bare>(?:file://)?(?:\\.|[^\s'"\\])+?{PICTURE})(?=[\s,;)]|$)""",
    re.I,
)

# "/undo"; not "/home/ana/dog.png", which is a picture dragged to the start of the line.
VERB = re.compile(r"/(\w+)(?=\s|$)")


class Chat:
    """One terminal talking to one assistant."""

    def __init__(self, assistant: Assistant, settings: Settings, read: Callable[[str], str] = input) -> None:
        self.assistant, self.settings, self.read = assistant, settings, read
        self.seed = settings.seed
        self.console = Console(soft_wrap=True)
        self.verbs: dict[str, Callable[[str], None]] = {
            "subjects": self.subjects,
            "styles": self.styles,
            "motions": self.motions,
            "images": self.images,
            "memory": self.memory,
            "why": self.why,
            "like": self.like,
            "dislike": self.dislike,
            "undo": self.undo,
            "seed": self.seeds,
            "forget": self.forget,
            "help": self.help,
        }

    def run(self) -> None:
        self.say(
            f"Limner, user {self.settings.user}, session {self.settings.session}. /help for verbs, Ctrl-D to leave."
        )
        for request in self.assistant.unfinished():
            if request.user == self.settings.user:
                self.say(f"finishing what was cut off: {request.text}")
                self.turn(request)
        while True:
            try:
                line = self.typed().strip()
            except KeyboardInterrupt:  # meant for a render that had just ended: no reason to lose the conversation
                print()
                self.say("Ctrl-D leaves.")
                continue
            except EOFError:
                print()
                return
            if line in ("/quit", "/exit", "/q"):
                return
            try:
                self.line(line)
            except (RequestError, MemoryProblem, ToolError) as error:
                self.say(str(error))
            except Exception as error:
                self.say(apology(error))

    def typed(self) -> str:
        """A line; while it is typed the planner reads what it will be shown of it."""
        ahead = threading.Thread(target=self.assistant.expect, args=(self.settings.user, self.settings.session))
        ahead.start()
        try:
            return self.read("› ")
        finally:
            ahead.join()

    def line(self, line: str) -> None:
        if not line:
            return
        if verb := VERB.match(line):
            if verb[1] not in self.verbs:
                raise RequestError(f"no verb /{verb[1]}; there are {', '.join('/' + name for name in self.verbs)}")
            self.verbs[verb[1]](line[verb.end() :].strip())
            return
        text, files = dragged(line)
        attached = tuple(Attachment(path=path) for path in files)
        user, session = self.settings.user, self.settings.session
        self.turn(Request(user=user, session=session, text=text, attachments=attached, seed=self.seed))

    def turn(self, request: Request) -> Reply:
        with stop_on_ctrl_c() as cancel:
            return Screen().show(self.assistant.stream(request, cancel))

    def subjects(self, rest: str) -> None:
        """/subjects: who and what you introduced"""
        self.say(table(named_things(self.assistant.studio, self.settings.user, "subject")))

    def styles(self, rest: str) -> None:
        """/styles: how it can be drawn"""
        self.say(table(named_things(self.assistant.studio, self.settings.user, "style")))

    def motions(self, rest: str) -> None:
        """/motions: how it can move"""
        self.say(table(named_things(self.assistant.studio, self.settings.user, "motion")))

    def images(self, rest: str) -> None:
        """/images [words]: what was made"""
        self.say(table(pictures(self.assistant.studio, self.settings.user, text=rest or None)))

    def memory(self, rest: str) -> None:
        """/memory [words]: what is remembered, with ids to forget by"""
        studio, user = self.assistant.studio, self.settings.user
        lines = known(studio, user, (PERSONAL,), rest or ABOUT_ME)
        self.say("\n".join(told(studio, user, line) for line in lines) or "nothing yet")

    def why(self, rest: str) -> None:
        """/why [handle]: how a picture came to be; the last one when left out"""
        self.say(explain(self.assistant.studio, self.settings.user, rest or self._last())[1])

    def like(self, rest: str) -> None:
        """/like [handle]: a thumb up; the last one when left out"""
        self.assistant.rate(self.settings.user, handle := rest or self._last(), True)
        self.say(f"liked {handle}")

    def dislike(self, rest: str) -> None:
        """/dislike [handle]: a thumb down"""
        self.assistant.rate(self.settings.user, handle := rest or self._last(), False)
        self.say(f"disliked {handle}")

    def undo(self, rest: str) -> None:
        """/undo: forget the last turn and what it made"""
        what = self.assistant.last_turn(self.settings.user, self.settings.session)
        shown = ", ".join(what.handles) or "what it said"
        if self._sure(f"Undo “{what.text}” ({shown})?"):
            self.say(forgetting.describe(self.assistant.undo(self.settings.user, self.settings.session)))

    def seeds(self, rest: str) -> None:
        """/seed [number]: draw with this seed from now on; without a number, with a new one each time"""
        if rest and not rest.isdecimal():
            raise RequestError(f"a seed is a number, not {rest!r}")
        self.seed = int(rest) if rest else None
        self.say(f"seed {self.seed}" if rest else "a new seed each time")

    def forget(self, rest: str) -> None:
        """/forget WHAT: a name, a handle, a memory id, “last week”, “everything”"""
        if not rest:
            raise RequestError("say what to forget: a name, a handle, a memory id, “last week” or “everything”")
        studio, user = self.assistant.studio, self.settings.user
        found = forgetting.find(studio, user, self.settings.session, rest)
        if isinstance(found, Question):
            self.say(found.text)
        elif self._sure(f"Forget {rest} for good?"):
            receipt = forgetting.forget(studio, user, found)
            self.say(forgetting.describe(receipt))
            if receipt.pictures and self._sure(forgetting.offer(receipt)):
                self.say(forgetting.describe(forgetting.forget(studio, user, receipt.pictures)))

    def help(self, rest: str) -> None:
        """/help: this"""
        self.say("\n".join(verb.__doc__ or "" for verb in self.verbs.values()))
        self.say("Drag pictures into the line to attach them. Ctrl-C stops a render, Ctrl-D leaves.")

    def say(self, text: str) -> None:
        self.console.print(escape(text), highlight=False)

    def _last(self) -> str:
        made = [
            one
            for kind in ("image", "clip")
            for one in self.assistant.studio.memory.handles(self.settings.user, kind=kind, limit=1)
        ]
        if not made:
            raise RequestError("there is no picture yet; draw one first")
        return max(made, key=lambda one: one.at).handle

    def _sure(self, question: str) -> bool:
        return self.read(f"{question} [y/N] ").strip().lower() in ("y", "yes")


def converse(assistant: Assistant, settings: Settings) -> None:
    with contextlib.suppress(ImportError):
        import readline  # noqa: F401  arrow keys and history where the platform has them
    Chat(assistant, settings).run()


def dragged(line: str) -> tuple[str, list[Path]]:
    """The words of a line, and the picture files that were typed or dragged into it."""
    files = []
    for match in DRAGGED.finditer(line):
        found = match["quoted"] or match["bare"]
        if match["bare"] and "\\" in found:
            found = "".join(shlex.split(found))
        path = Path(unquote(urlparse(found).path) if found.startswith("file://") else found).expanduser()
        # A word like "logo.png" in a sentence is only a file when it is one; a path with a folder always is.
        if path.exists() or "/" in found:
            files.append(path)
            line = line.replace(match[0], " ")
    return " ".join(line.split()), files
