"""The nodes of a turn's graph: recall, plan, validate, ask, execute, check, remember, reply."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypedDict

from langgraph.runtime import Runtime

from limner.agent import answers, asides, grounding, noting, referents, scene, taste, wording
from limner.agent.actions import perform
from limner.agent.answers import Told
from limner.agent.check import faults
from limner.agent.context import PlanContext
from limner.agent.fitting import misfit
from limner.agent.handles import named
from limner.agent.messages import (
    ClipMade,
    Failed,
    ImageMade,
    PlanMade,
    Question,
    Reply,
    Request,
    Said,
    StatusChanged,
)
from limner.agent.one_picture import one_picture
from limner.agent.outputs import plain
from limner.agent.outright import outright
from limner.agent.plan import (
    Animate,
    Answer,
    AskUser,
    EditImage,
    GenerateImage,
    Plan,
    PlanError,
    SetPreference,
    parse_plan,
    render_plan,
)
from limner.agent.planner import Planner
from limner.agent.referents import AmbiguousError, Resolution
from limner.agent.scoring import worst
from limner.agent.sharing import owner_of
from limner.agent.studio import Studio
from limner.agent.unsure import ASKS
from limner.agent.uploads import describe, kind_of_file, take_in
from limner.agent.validate import validate
from limner.agent.work import Kept, StepResult, Work
from limner.memory import Attached, Turn


class State(TypedDict, total=False):
    """What the checkpoint holds: ids, paths and text, never a tensor."""

    request: dict[str, Any]
    turn_id: str
    text: str
    uploads: list[dict[str, Any]]
    turns: list[str]
    resolution: dict[str, Any]
    context: dict[str, Any]
    plan: str
    assumed: list[str]
    question: dict[str, Any] | None
    aside: str
    results: list[dict[str, Any]]
    errors: list[str]
    reply: dict[str, Any]


@dataclass(frozen=True)
class Live:
    """What a run needs and a checkpoint must not hold."""

    cancel: Callable[[], bool]


WITHOUT_WORDS = Question(
    text="What shall I do with that? Say for example “this is Biscuit, my dog”, “learn this style, call it inkwash” or "
    "“make the sky stormy”."
)


@dataclass(frozen=True)
class Nodes:
    studio: Studio
    planner: Planner

    def recall(self, state: State, runtime: Runtime[Live]) -> State:
        """Write down what was said, take in what came along, find out what is meant and what is remembered."""
        request, memory = Request.model_validate(state["request"]), self.studio.memory
        runtime.stream_writer(StatusChanged(text="remembering"))
        before = memory.turns(request.user, session=request.session, scope=request.scope, limit=6)
        # In a shared place somebody else's question is not this person's to answer.
        mine = [turn for turn in before if turn.user == request.user and turn.request_id != request.request_id]
        told = Told(text=request.text)
        if not request.plan:
            told = answers.told(request.text, bool(request.attachments), mine)
        uploads, text = self._uploads(request), told.text
        attached = [Attached(name=one.name, handle=one.handle, path=one.path) for one in uploads]
        turn_id = "dry"
        if not request.dry_run:
            turn = memory.record_turn(
                request.user,
                request.session,
                request.text,
                attachments=attached,
                request_id=request.request_id,
                scope=request.scope,
            )
            turn_id = turn.id
            uploads = self._keep(request, turn, uploads)
        uploads = [*self._sent_before(request, told), *uploads]
        seen = scene.look(self.studio, request.user, request.session, request.scope, request.places)
        seen = scene.with_looks(seen, self.studio, request, [one.handle for one in uploads])
        # Who sends a plan has said what is meant; its words may only be a title.
        resolution = Resolution() if request.plan else referents.resolve(text, seen, learning=bool(uploads))
        aside, question = "", resolution.question
        try:
            aside = asides.heard(self.studio, request, text, seen, turn_id, mine[-1] if mine else None)
        except AmbiguousError as tie:
            question = tie.question
        if not text.strip() and not request.plan:
            question = WITHOUT_WORDS
        spelled, words = grounding.spelled_out(text, resolution, seen)
        kinds = describe([one.kind for one in uploads])
        context = scene.context(self.studio, request, spelled, seen, kinds, (*told.turns, turn_id), words)
        context = context.model_copy(update={"confirmed": told.confirmed})
        return {
            "turn_id": turn_id,
            "text": spelled,
            "uploads": [one.model_dump(mode="json") for one in uploads],
            "turns": list(told.turns),
            "resolution": resolution.model_dump(mode="json"),
            "context": context.model_dump(mode="json"),
            "question": question.model_dump(mode="json") if question and not aside else None,
            "aside": aside,
            "results": [],
            "errors": [],
            "plan": "",
            "assumed": [],
        }

    def plan(self, state: State, runtime: Runtime[Live]) -> State:
        request = Request.model_validate(state["request"])
        if request.plan:
            plan = parse_plan(request.plan)
            if not plan.steps:
                raise PlanError("the given plan has no step; write at least one tool call")
            return {"plan": render_plan(plan)}
        if state["aside"]:
            return {"plan": render_plan(Plan(steps=(Answer(text=state["aside"]),)))}
        if not state["uploads"] and not state["turns"] and noting.is_statement(self.studio, request, state["text"]):
            return {"plan": render_plan(Plan(steps=(SetPreference(text=state["text"]),)))}
        runtime.stream_writer(StatusChanged(text="planning"))
        return {"plan": render_plan(self.planner.plan(PlanContext.model_validate(state["context"]), state["text"]))}

    def validate(self, state: State, runtime: Runtime[Live]) -> State:
        """Names closed, nothing twice, what was resolved put in; says what it will do and how long it should take."""
        request = Request.model_validate(state["request"])
        resolution = Resolution.model_validate(state["resolution"])
        if request.plan:
            plan = parse_plan(state["plan"])
            runtime.stream_writer(PlanMade(plan=render_plan(plan), estimate_s=self._estimate(plan)))
            return {}
        known, text = PlanContext.model_validate(state["context"]), state["text"]
        seen = scene.look(self.studio, request.user, request.session, request.scope, request.places)
        plan = outright(parse_plan(state["plan"]), text, resolution, known, seen.seen)
        plan = validate(plan, known, text)
        try:
            plan = one_picture(plan, text, seen, known.motions)
            plan, assumed = grounding.held(plan, resolution, seen, text)
            plan = _not_another(plan, resolution)
        except AmbiguousError as tie:
            return {"plan": render_plan(plan), "question": tie.question.model_dump(mode="json")}
        asked = next((step.question for step in plan.steps if isinstance(step, AskUser)), None)
        if asked := asked or misfit(plan, self.studio, request):
            question = Question(text=asked, choices=("yes", "no") if asked.startswith(ASKS) else ())
            return {"plan": render_plan(plan), "question": question.model_dump(mode="json")}
        learned = {one.name: one.class_noun for one in self.studio.library.list(request.user, "subject")}
        holds, held = taste.facts(self.studio, request), taste.former(self.studio, request)
        plan, tastes = taste.applied(plan, holds, held, seen, text, learned)
        assumed = (*assumed, *tastes)
        runtime.stream_writer(PlanMade(plan=render_plan(plan), assumed=assumed, estimate_s=self._estimate(plan)))
        return {"plan": render_plan(plan), "assumed": list(assumed)}

    def ask(self, state: State, runtime: Runtime[Live]) -> State:
        question = Question.model_validate(state["question"])
        runtime.stream_writer(question)
        plan = Plan(steps=(AskUser(question=question.text),))
        return {"plan": render_plan(plan)}

    def execute(self, state: State, runtime: Runtime[Live]) -> State:
        """One step; the graph comes back for the next, so that each finished step is in the checkpoint."""
        plan = parse_plan(state["plan"])
        earlier = [StepResult.model_validate(one) for one in state["results"]]
        number = len(earlier)
        work = Work(
            studio=self.studio,
            request=Request.model_validate(state["request"]),
            turn_id=state["turn_id"],
            plan=plan,
            uploads=tuple(Kept.model_validate(one) for one in state["uploads"]),
            earlier=earlier,
            emit=runtime.stream_writer,
            cancel=runtime.context.cancel,
            memory_ids={reason.step: reason.memory_ids for reason in plan.because},
        )
        result = perform(plan.steps[number], number, work)
        if result.error:
            runtime.stream_writer(Failed(text=result.error, step=number))
        update: State = {"results": [*state["results"], result.model_dump(mode="json")]}
        if result.question:
            runtime.stream_writer(result.question)
            update["question"] = result.question.model_dump(mode="json")
        return update

    def check(self, state: State, runtime: Runtime[Live]) -> State:
        """Nothing is claimed that was not looked at; each picture gets its subjects' scores."""
        request = Request.model_validate(state["request"])
        errors, results = [], []
        for result in _results(state):
            found = [fault for made in result.made for fault in faults(made, result.wanted)]
            errors += found
            scored = result.made if found else tuple(self._scored(made, result, request) for made in result.made)
            results.append(result.model_copy(update={"made": scored}).model_dump(mode="json"))
        for error in errors:
            runtime.stream_writer(Failed(text=error))
        return {"errors": errors, "results": results}

    def remember(self, state: State, runtime: Runtime[Live]) -> State:
        request = Request.model_validate(state["request"])
        reply = wording.reply(
            request,
            state["turn_id"],
            parse_plan(state["plan"]) if state["plan"] else Plan(steps=()),
            _results(state),
            Question.model_validate(state["question"]) if state.get("question") else None,
            state["errors"],
            tuple(state["assumed"]),
        )
        if not request.dry_run:
            reply = self._record(request, state, reply)
        return {"reply": reply.model_dump(mode="json")}

    def reply(self, state: State, runtime: Runtime[Live]) -> State:
        reply = Reply.model_validate(state["reply"])
        if reply.text and reply.status != "asked":
            runtime.stream_writer(Said(text=reply.text))
        runtime.stream_writer(reply)
        return {}

    def _scored(self, made: ImageMade | ClipMade, result: StepResult, request: Request) -> ImageMade | ClipMade:
        studio, scores = self.studio, {}
        for name in result.wanted if studio.scorer else ():
            subject = studio.library.find(owner_of(studio, request, name), "subject", name)
            score = worst(studio.scorer, made.path, subject.references) if studio.scorer and subject else None
            if score is not None:
                scores[named("subject", name)] = score
        return made.model_copy(update={"scores": scores}) if scores else made

    def _record(self, request: Request, state: State, reply: Reply) -> Reply:
        memory = self.studio.memory
        forgot = reply.status == "done" and "forget(" in reply.plan
        if reply.status == "done" and not forgot:
            noted = memory.extract(request.user, state["turn_id"])
            if noted and reply.plan.startswith("reply(") and not reply.made:
                # Said as small talk, but memory found something to keep in it: say that instead.
                reply = reply.model_copy(update={"text": "Noted: " + "; ".join(fact.text for fact in noted) + "."})
        if forgot and memory.get_turn(state["turn_id"]) is None:
            return reply  # "forget everything": the wish itself went with all else
        # The journal must not be told again, by the answer, what it has just forgotten.
        kept = wording.without_names(reply) if forgot else reply
        if doubt := asides.doubt(self.studio, request) if reply.status == "done" and not forgot else None:
            reply = kept = reply.model_copy(update={"text": f"{reply.text}\n{doubt.text}"})
        detail: dict[str, Any] = {"reply": kept.model_dump(mode="json")}
        if doubt:
            detail[asides.DOUBT] = doubt.id
        if offered := [handle for result in _results(state) for handle in result.offered]:
            detail[asides.OFFER] = offered
        if kept.question:
            handles = tuple(Kept.model_validate(one).handle for one in state["uploads"])
            asked_about = Told(text=state["text"], uploads=handles, turns=(*state["turns"], state["turn_id"]))
            detail["asked_about"] = asked_about.model_dump(mode="json")
        memory.record_outcome(
            state["turn_id"],
            plan_text=kept.plan,
            reply=kept.text,
            handles=kept.handles,
            status=kept.status,
            detail=detail,
        )
        return reply

    def _uploads(self, request: Request) -> list[Kept]:
        with TemporaryDirectory() as passing:
            # A dry run looks at the files and keeps none of them.
            folder = Path(passing) if request.dry_run else self.studio.data / "uploads" / plain(request.user)
            whose = f"{request.user}\0{request.request_id}"
            taken = [take_in(one, folder, whose) for one in request.attachments]
        return [Kept(handle="", path=one.path, name=one.name, kind=one.kind) for one in taken]

    def _sent_before(self, request: Request, told: Told) -> list[Kept]:
        """Files of the turns whose question this one answers, as far as they are not forgotten."""
        found = (self.studio.memory.get_handle(request.user, handle) for handle in told.uploads)
        return [
            Kept(handle=one.handle, path=one.path, name=one.caption, kind=kind_of_file(one.path))
            for one in found
            if one is not None and one.path is not None and one.path.is_file()
        ]

    def _keep(self, request: Request, turn: Turn, uploads: list[Kept]) -> list[Kept]:
        """Give each upload its handle; the same file in the same turn keeps the one it has."""
        memory, kept = self.studio.memory, []
        before = {one.path: one.handle for one in memory.handles(request.user, kind="upload", session=request.session)}
        for one in uploads:
            handle = before.get(one.path) if turn.repeated else None
            handle = handle or memory.new_handle(request.user, "upload")
            memory.put_handle(
                request.user,
                handle,
                kind="upload",
                path=one.path,
                caption=one.name,
                turn_id=turn.id,
                detail={"scope": request.scope},
            )
            kept.append(one.model_copy(update={"handle": handle}))
        return kept

    def _estimate(self, plan: Plan) -> float | None:
        engine, seconds = self.studio.engine, 0.0
        for step in plan.steps:
            if isinstance(step, GenerateImage):
                seconds += engine.estimate("image", step.count)
            elif isinstance(step, Animate):
                seconds += engine.estimate("clip")
            elif step.tool == "edit_image":
                seconds += engine.estimate("image")
            elif step.tool in ("learn_subject", "learn_style", "learn_motion"):
                seconds += engine.estimate(step.tool.removeprefix("learn_"))  # type: ignore[arg-type]
        return seconds or None


def _not_another(plan: Plan, resolution: Resolution) -> Plan:
    """Who means a clip must hear that clips are not edited, instead of getting a change of some picture."""
    clips, pictures = resolution.handles("clip"), resolution.handles("image", "upload")
    if not clips or pictures:
        return plan
    steps = (s.model_copy(update={"image_ref": clips[0]}) if isinstance(s, EditImage) else s for s in plan.steps)
    return plan.model_copy(update={"steps": tuple(steps)})


def after_recall(state: State) -> str:
    return "ask" if state.get("question") else "plan"


def after_validate(state: State) -> str:
    if state.get("question"):
        return "ask"
    return "remember" if state["request"].get("dry_run") else "execute"


def after_execute(state: State) -> str:
    last = StepResult.model_validate(state["results"][-1])
    finished = len(state["results"]) == len(parse_plan(state["plan"]).steps)
    return "check" if finished or last.error or last.question else "execute"


def _results(state: State) -> list[StepResult]:
    return [StepResult.model_validate(one) for one in state["results"]]
