"""Learns a subject, style or motion from what came with the request, and gives it a handle."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path

from limner.agent.handles import HANDLE, named
from limner.agent.ledger import Job
from limner.agent.messages import Learned, Question, RequestError
from limner.agent.plan import LearnMotion, LearnStyle, LearnSubject
from limner.agent.scene import pronouns_in
from limner.agent.settings import Settings
from limner.agent.sharing import owner_of
from limner.agent.studio import Studio
from limner.agent.work import Kept, StepResult, Work
from limner.memory import Observation
from limner.tools.base import Cancel, Progress
from limner.tools.library import Artifact, ArtifactKind
from limner.tools.photos import FEWEST_PHOTOS

MOST_LETTERS = 100
# Signs that write a name backwards.
TURNED = ("LRE", "RLE", "LRO", "RLO", "LRI", "RLI", "FSI")
LearnStep = LearnSubject | LearnStyle | LearnMotion
KINDS: dict[type[LearnStep], ArtifactKind] = {LearnSubject: "subject", LearnStyle: "style", LearnMotion: "motion"}


def learn(step: LearnStep, number: int, work: Work) -> StepResult:
    """Learns from what came along, once, also after an interruption. RequestError where the name is taken; one photo of
    somebody is asked about, or refused where nobody is there to answer."""
    studio, kind = work.studio, KINDS[type(step)]
    noun = step.class_noun if isinstance(step, LearnSubject) else ""
    handle = sayable(studio, work.user, kind, step.name)
    job = studio.ledger.get(work.job_id(number))
    artifact = studio.library.find(work.user, kind, step.name)
    material = () if artifact else _material(kind, step.name, work)
    if artifact is None and kind == "subject" and len({one.path.read_bytes() for one in material}) < FEWEST_PHOTOS:
        wanted = f"one photo is not enough to know {step.name} again; attach 3 to 6, from different sides and places"
        if work.request.plan:  # nobody is there to answer
            raise RequestError(wanted)
        return StepResult(step=number, question=Question(text=f"O{wanted[1:]}. I keep this one."))
    if job is None:
        if artifact is not None or studio.memory.get_handle(work.user, handle) is not None:
            raise RequestError(
                f"there already is a {kind} called {step.name}; give this one another name, or say "
                f"“forget {step.name}” first. The photos are kept"
            )
        seed = work.request.seed or 0
        path = studio.library.folder
        job = Job(id=work.job_id(number), user=work.user, turn_id=work.turn_id, handle=handle, path=path, seed=seed)
        studio.ledger.put(job)
    if artifact is None:  # else it was learned before an interruption of this very turn
        artifact = studio.engine.learn(
            kind,
            step.name,
            [one.path for one in material],
            owner=work.user,
            library=studio.library,
            class_noun=noun,
            seed=job.seed,
            progress=work.progress(job.id),
            cancel=work.cancel,
        )
    register(studio, work.user, artifact, work.turn_id, work.request.text, [one.handle for one in work.uploads])
    if noun:
        fact = Observation(
            text=f"{step.name} is a {noun}", facet="subject", subject=handle, slot="kind", value=noun, source="rule"
        )
        studio.memory.observe(work.user, work.turn_id, [fact])
    studio.ledger.put(job.model_copy(update={"done": True}))
    learned = Learned(handle=handle, name=step.name, what=kind)
    work.emit(learned)
    is_a = f" (a {noun})" if noun else ""
    said = " ".join([f"I know {step.name}{is_a} now: {handle}.", *_remarks(artifact)])
    if artifact.provisional:
        said += (
            f" For {_about(studio, 1)}, while I learn {step.name}, pictures show a quick likeness by reference; "
            "after that the real one."
        )
    return StepResult(step=number, learned=(learned,), said=said)


def while_learning(work: Work, subjects: Sequence[str]) -> str:
    """What to say of a picture that shows somebody who is still being learned; "" where nobody is."""
    studio = work.studio
    found = [studio.library.find(owner_of(studio, work.request, name), "subject", name) for name in subjects]
    names = [one.name for one in found if one is not None and one.provisional]
    if not names:
        return ""
    real = "the real one" if len(names) == 1 else "the real ones"
    return (
        f"Drawn as a quick likeness by reference while I learn {' and '.join(names)}; "
        f"ask again in {_about(studio, len(names))} for {real}."
    )


def register(
    studio: Studio,
    user: str,
    artifact: Artifact,
    turn_id: str | None = None,
    said: str = "",
    parents: Sequence[str] = (),
) -> str:
    """Give an artifact of the library its handle, so that it can be meant, listed and forgotten."""
    name, noun = artifact.name, artifact.class_noun
    handle = sayable(studio, user, artifact.kind, name)
    studio.memory.put_handle(
        user,
        handle,
        kind=artifact.kind,
        path=artifact.folder,
        caption=f"{name}, {noun}" if noun else name,
        subjects=[name] if artifact.kind == "subject" else [],
        styles=[name] if artifact.kind == "style" else [],
        motion=name if artifact.kind == "motion" else "",
        parents=parents,
        turn_id=turn_id,
        detail={
            "name": name,
            "class_noun": noun,
            "pronouns": list(pronouns_in(said)),
            "sha256": artifact.sha256,
            "scores": dict(artifact.scores),
        },
    )
    return handle


def sayable(studio: Studio, user: str, kind: ArtifactKind, name: str) -> str:
    """The handle of a name, if it can be said and does not mean something else already."""
    handle = named(kind, name)
    odd = any(unicodedata.category(c) == "Cc" or unicodedata.bidirectional(c) in TURNED for c in name)
    if odd or len(name) > MOST_LETTERS or HANDLE.fullmatch(handle) is None:
        raise RequestError(
            f"a name has 1 to {MOST_LETTERS} letters, digits or signs on one line; {name[:30]!r} is none"
        )
    known = studio.memory.get_handle(user, handle)
    called = str(known.detail.get("name", name)) if known is not None else name
    if called.strip().casefold() != name.strip().casefold():
        raise RequestError(f"{handle} is {called} already; give {name} another name")
    return handle


def bring_in(studio: Studio, user: str, file: Path, name: str | None = None) -> tuple[str, Artifact]:
    """What somebody exported, as one of the user's own things."""
    from limner.tools import portable

    return _registered(studio, user, portable.import_(studio.library, user, file, name))


def _registered(studio: Studio, user: str, artifact: Artifact) -> tuple[str, Artifact]:
    """In the library under a handle, or not at all."""
    try:
        return register(studio, user, artifact), artifact
    except RequestError:
        studio.library.erase(user, artifact.kind, artifact.name)
        raise


def _material(kind: ArtifactKind, name: str, work: Work) -> list[Kept]:
    """The uploads that fit; the wrong kind is told, not skipped."""
    wanted = "clip" if kind == "motion" else "image"
    fitting = [one for one in work.uploads if one.kind == wanted]
    wrong = [one.name for one in work.uploads if one.kind != wanted]
    if wrong and wanted == "image":
        raise RequestError(f"{', '.join(wrong)} is animated; to learn {name} attach stills (PNG, JPEG), not clips")
    if wrong:
        raise RequestError(f"{', '.join(wrong)} is a still; to learn how {name} moves attach a GIF or animated WebP")
    if not fitting:
        what = "a short clip (GIF, animated WebP)" if wanted == "clip" else "3 to 6 photos"
        raise RequestError(f"to learn {name} attach {what}")
    return fitting


def add_foreign(
    studio: Studio, settings: Settings, file: Path, kind: str, name: str | None, trigger: str | None, class_noun: str
) -> tuple[str, Artifact]:
    """A LoRA of another program, checked against the family's own model, as one of the user's own things."""
    from limner.tools import Engine, portable
    from limner.tools.diffusion.backbone import Backbone

    if kind not in KINDS.values():
        raise RequestError(f"no kind {kind!r}; choose subject, style or motion")
    engine = Engine.load(settings.family, settings.device, settings.threads, settings.weights)
    backbone = Backbone(engine.pipe, engine.family, engine.folder)
    chosen: ArtifactKind = kind  # type: ignore[assignment]
    artifact = portable.add_foreign(studio.library, settings.user, file, backbone, chosen, name, trigger, class_noun)
    return _registered(studio, settings.user, artifact)


def meet(
    studio: Studio,
    settings: Settings,
    name: str,
    photos: Sequence[Path],
    class_noun: str,
    progress: Progress,
    cancel: Cancel,
) -> Iterator[str]:
    """A subject usable at once by its photos, if the base can; then learned, which replaces the photos only if it
    pays. Yields what to say. A training that was killed goes on when the same is asked again."""
    from limner.tools import Engine

    fake = settings.family == "fake"
    engine = None if fake else Engine.load(settings.family, settings.device, settings.threads, settings.weights)
    known = studio.library.find(settings.user, "subject", name)
    refers = engine is not None and engine.refers()
    if known is None and engine is not None and refers:
        referred = engine.refer(name, photos, owner=settings.user, library=studio.library, class_noun=class_noun)
        yield f"{register(studio, settings.user, referred)}: {name} can be drawn from here on, after the photos"
    if len(photos) < FEWEST_PHOTOS and refers:
        return
    learned = (engine or studio.engine).learn(
        "subject",
        name,
        photos,
        owner=settings.user,
        library=studio.library,
        class_noun=class_noun,
        progress=progress,
        cancel=cancel,
    )
    handle = register(studio, settings.user, learned)
    how = "the photos still say more than what was learned" if learned.recipe.get("tried") else "learned"
    yield " ".join([f"{handle}: {name}, {how}.", *_remarks(learned)])


def _about(studio: Studio, subjects: int) -> str:
    minutes = round(studio.engine.estimate("subject", subjects) / 60)
    return f"about {minutes} minutes" if minutes > 1 else "about a minute"


def _remarks(artifact: Artifact) -> list[str]:
    """What a person should hear of a training that did not go quite as usual."""
    stopped, doubts = artifact.recipe.get("stopped"), artifact.recipe.get("doubts")
    early = [f"Training stopped early: {stopped}."] if stopped else []
    return early + ([f"{doubts}."] if doubts else [])
