"""One turn of a conversation, as a LangGraph graph: recall, plan, validate, (ask), execute, check, remember, reply."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, cast

from langgraph.checkpoint.sqlite import SqliteSaver
from langgraph.graph import END, START, StateGraph

from limner.agent import forgetting, scene
from limner.agent.extractor import extractor_of
from limner.agent.messages import Event, Failed, Reply, Request, RequestError
from limner.agent.nodes import Live, Nodes, State, after_execute, after_recall, after_validate
from limner.agent.plan import PlanError
from limner.agent.planner import Planner, load_planner
from limner.agent.studio import Studio, nobody_else, open_studio
from limner.memory import PERSONAL, MemoryProblem, Receipt, Turn
from limner.tools import ToolError

if TYPE_CHECKING:
    from langchain_core.runnables import RunnableConfig
    from langgraph.graph.state import CompiledStateGraph

    from limner.agent.settings import Settings
    from limner.tools import Renderer

MOST_WORDS = 1000
# One word of a million letters would keep the patterns that read a request busy for hours.
MOST_LETTERS = 20_000
MENDABLE = (RequestError, PlanError, ToolError, MemoryProblem)


class Assistant:
    """Takes requests, streams events. A request id is worked on once: again, it resumes or repeats its reply."""

    def __init__(self, studio: Studio, planner: Planner) -> None:
        self.studio = studio
        self.planner = planner
        self._extractor = extractor_of(planner)
        studio.data.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(studio.data / "turns.sqlite", check_same_thread=False, timeout=30)
        self._saver = SqliteSaver(self._db)
        self._saver.setup()
        self._graph = _graph(Nodes(studio, planner), self._saver)

    def stream(self, request: Request, cancel: Callable[[], bool] = lambda: False) -> Iterator[Event]:
        """The events of one turn as they happen; the last is the Reply. What a person can mend is a Failed event."""
        try:
            self._check(request)
            known = None if request.dry_run else self._turn(request)
            if known is not None and known.status:
                yield _repeated(known, request)
                return
            yield from self._run(request, cancel)
        except MENDABLE as error:
            yield Failed(text=str(error))
            yield Reply(
                request_id=request.request_id, turn_id="", status="failed", text=str(error), errors=(str(error),)
            )

    def handle(self, request: Request, cancel: Callable[[], bool] = lambda: False) -> Reply:
        """The reply alone."""
        *_, reply = self.stream(request, cancel)
        assert isinstance(reply, Reply)
        return reply

    def expect(self, user: str, session: str, scope: str = PERSONAL, places: tuple[str, ...] = ()) -> None:
        """Has the planner read what it will be shown of the next request, while that is still being typed. Writes
        nothing down; what fails here is told to whoever makes the request."""
        with suppress(*MENDABLE):
            self.planner.expect(scene.expected(self.studio, user, session, scope, places))

    def rate(self, user: str, handle: str, liked: bool | None) -> None:
        """Thumbs up, down, or taken back."""
        if self.studio.memory.get_handle(user, handle) is None:
            raise RequestError(f"there is no {handle} to like; `limner images` lists what there is")
        self.studio.memory.record_feedback(user, handle, liked)

    def last_turn(self, user: str, session: str) -> Turn:
        """The turn that `undo` would take back."""
        turns = self.studio.memory.turns(user, session=session, limit=1)
        if not turns:
            raise RequestError("there is nothing to undo in this session")
        return turns[-1]

    def undo(self, user: str, session: str) -> Receipt:
        """Forget the last turn with everything it made."""
        return forgetting.undo(self.studio, user, self.last_turn(user, session))

    def unfinished(self) -> list[Request]:
        """Requests a crash cut off; sending one again finishes it and does nothing twice."""
        rows = self._db.execute("SELECT DISTINCT thread_id FROM checkpoints").fetchall()
        found = []
        for (thread,) in rows:
            state = self._graph.get_state({"configurable": {"thread_id": thread}})
            if state.next and state.values.get("request"):
                found.append(Request.model_validate(state.values["request"]))
        return found

    def close(self) -> None:
        self._db.close()
        self.studio.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.close()

    def _run(self, request: Request, cancel: Callable[[], bool]) -> Iterator[Event]:
        forgetting.finish_interrupted(self.studio, request.user)
        thread = hashlib.sha256(f"{request.user}\0{request.request_id}".encode()).hexdigest()[:32]
        config: RunnableConfig = {"configurable": {"thread_id": thread}, "recursion_limit": 100}
        begun = not request.dry_run and self._graph.get_state(config).next
        start: State | None = None if begun else {"request": request.model_dump(mode="json")}
        live = Live(cancel=cancel)
        last: Reply | None = None
        try:
            # "custom" runs each node beside this generator, so that progress is seen while a picture is drawn.
            for event in self._graph.stream(start, config, context=live, stream_mode="custom", durability="sync"):
                # Whoever stops reading at the reply must not stop the clearing up below.
                if isinstance(event, Reply):
                    last = event
                else:
                    yield cast(Event, event)
        except MENDABLE:
            self._drop(thread)
            raise
        self._drop(thread)
        if last is not None:
            yield last
            if last.status == "done" and self._extractor and not request.dry_run:
                self.studio.memory.study(request.user, last.turn_id, self._extractor)
        self.studio.memory.idle(request.user)

    def _drop(self, thread: str) -> None:
        """What is done lives in the journal; a checkpoint that stayed would remember what the user has forgotten."""
        self._saver.delete_thread(thread)
        with self._saver.lock:
            # Deleting leaves pieces of text in half-empty pages, and in the write-ahead log.
            self._db.execute("VACUUM")
            self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def _check(self, request: Request) -> None:
        words = len(request.text.split())
        if words > MOST_WORDS:
            raise RequestError(
                f"the request has {words:,} words, more than the {MOST_WORDS:,} read at once; say it shorter"
            )
        if len(request.text) > MOST_LETTERS:
            raise RequestError(
                f"the request has {len(request.text):,} letters, more than the {MOST_LETTERS:,} read at once; say it "
                "shorter"
            )
        if not request.text.strip() and not request.attachments and not request.plan:
            raise RequestError("the request is empty; say in a few words what to draw")

    def _turn(self, request: Request) -> Turn | None:
        turns = self.studio.memory.turns(request.user, session=request.session, scope=request.scope, limit=200)
        return next((turn for turn in turns if turn.request_id == request.request_id), None)


@contextmanager
def open_assistant(
    settings: Settings,
    clock: Callable[[], datetime],
    planner: Planner | None = None,
    engine: Renderer | None = None,
    forgotten: Callable[[str, Receipt], None] = nobody_else,
) -> Iterator[Assistant]:
    """The assistant of these settings; models are loaded when they are first needed."""
    if settings.offline and not settings.planner.startswith(("embedded", "ollama")):
        raise RequestError(f"--offline and the planner {settings.planner} exclude each other; use embedded:planner")
    studio = replace(open_studio(settings, clock, engine), forgotten=forgotten)
    try:
        assistant = Assistant(studio, planner or load_planner(settings.planner))
    except BaseException:
        studio.close()
        raise
    with assistant:
        yield assistant


def _repeated(turn: Turn, request: Request) -> Reply:
    stored: dict[str, Any] | None = turn.detail.get("reply") if turn.detail else None
    if stored:
        return Reply.model_validate(stored)
    text = turn.reply or "This request was already answered, and what it said has been forgotten since."
    return Reply(request_id=request.request_id, turn_id=turn.id, status="done", text=text, plan=turn.plan_text)


def _graph(nodes: Nodes, saver: SqliteSaver) -> CompiledStateGraph[State, Live, State, State]:
    graph = StateGraph(State, context_schema=Live)
    for name in ("recall", "plan", "validate", "ask", "execute", "check", "remember", "reply"):
        graph.add_node(name, getattr(nodes, name))
    graph.add_edge(START, "recall")
    graph.add_conditional_edges("recall", after_recall, ["ask", "plan"])
    graph.add_edge("plan", "validate")
    graph.add_conditional_edges("validate", after_validate, ["ask", "execute", "remember"])
    graph.add_edge("ask", "remember")
    graph.add_conditional_edges("execute", after_execute, ["execute", "check"])
    graph.add_edge("check", "remember")
    graph.add_edge("remember", "reply")
    graph.add_edge("reply", END)
    return graph.compile(checkpointer=saver)
