"""Makes pictures and clips from plan steps, each under a job id, so that a replayed turn finds them done."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from PIL import Image

from limner.agent import taste
from limner.agent.learning import while_learning
from limner.agent.ledger import Job
from limner.agent.messages import ClipMade, ImageMade, RequestError
from limner.agent.outputs import encode_clip, encode_image, name_file, write
from limner.agent.plan import Animate, EditImage, GenerateImage, render_plan
from limner.agent.record import Record, UsedTool, pixels_hash, read_record
from limner.agent.sharing import here, owner_of
from limner.agent.studio import versions
from limner.agent.work import StepResult, Work
from limner.memory import Handle, MemoryProblem
from limner.tools import AnimateSpec, Applied, Cancelled, GenerateSpec, Tool, ToolError

FRAMES = 16
# How much of the picture an edit may change: less keeps the scene and ignores the wish, more draws a new one.
EDIT_STRENGTH = 0.65
CAPTION_WORDS = 14


def draw(step: GenerateImage, number: int, work: Work) -> StepResult:
    """The pictures of a step; what is finished stays when a later one fails or is stopped."""
    tools = _tools(work, step.subjects, step.styles)
    said = while_learning(work, step.subjects)
    first, scene = _seed(work, step.seed, number), scene_only(step.prompt, step.styles)
    without = taste.negative_prompt(work.studio, work.request, step, work.cited(number, "negative_prompt"))
    made: list[ImageMade | ClipMade] = []
    error, cancelled = "", False
    try:
        for i in range(step.count):
            # One call a picture: each is finished, kept and shown by itself, and a replay of one gives the same bytes.
            spec = GenerateSpec(
                prompt=scene, tools=tools, seed=first + i, layout=dict(step.layout), negative_prompt=without
            )
            made.append(_make(work, number, i, spec, scene, step.subjects, step.styles))
    except (ToolError, RequestError, MemoryProblem) as stopped:
        if not made:
            raise
        cancelled = isinstance(stopped, Cancelled)
        error = f"{len(made)} of {step.count} pictures are done" + ("" if cancelled else f": {stopped}")
    wanted = (*step.subjects, *step.styles)
    return StepResult(step=number, made=tuple(made), said=said, error=error, cancelled=cancelled, wanted=wanted)


def animate(step: Animate, number: int, work: Work) -> StepResult:
    """One clip; of the people, style and scene of `image_ref` as far as the step names none."""
    subjects, styles, said, prompt = step.subjects, step.styles, "", step.prompt
    parents: tuple[str, ...] = ()
    seed = _seed(work, None, number)
    if step.image_ref:
        source = _picture(step.image_ref, work)
        # The clip is drawn anew in the picture's scene: same people, same style, same seed.
        subjects, styles, parents = subjects or source.subjects, styles or source.styles, (source.handle,)
        seed = source.seed if source.seed is not None else seed
        prompt = prompt or str(source.detail.get("prompt") or source.caption)
        said = f"The scene of {source.handle} is drawn anew in motion."
    tools = (
        *_tools(work, subjects, styles),
        work.studio.engine.choose("motion", step.motion, work.studio.library, work.user),
    )
    said = " ".join(filter(None, (said, while_learning(work, subjects))))
    scene = without_motion(scene_only(prompt, styles), step.motion)
    without = taste.negative_prompt(work.studio, work.request, step, work.cited(number, "negative_prompt"))
    spec = AnimateSpec(prompt=scene, tools=tools, frames=step.frames or FRAMES, seed=seed, negative_prompt=without)
    made = _make(work, number, 0, spec, scene, subjects, styles, step.motion, parents)
    return StepResult(step=number, made=(made,), said=said, wanted=(*subjects, *styles, step.motion))


def edit(step: EditImage, number: int, work: Work) -> StepResult:
    """Draws the earlier picture again from itself, with the wish added to what it was asked with."""
    source = _picture(step.image_ref, work)
    if source.kind == "clip":
        raise RequestError(f"{source.handle} is a clip; name a picture to change, or ask for the animation anew")
    assert source.path is not None
    scene = str(source.detail.get("prompt") or source.caption) if source.kind == "image" else ""
    wanted, unwanted = wish(step.instruction)
    prompt = ", ".join(part for part in (scene, wanted) if part) or step.instruction
    tools = _tools(work, source.subjects, source.styles)
    said = while_learning(work, source.subjects)
    spec = GenerateSpec(
        prompt=prompt,
        tools=tools,
        seed=source.seed if source.seed is not None else _seed(work, None, number),
        negative_prompt=unwanted,
        init_image=source.path,
        strength=EDIT_STRENGTH,
    )
    made = _make(work, number, 0, spec, prompt, source.subjects, source.styles, parents=(source.handle,))
    return StepResult(step=number, made=(made,), said=said, wanted=(*source.subjects, *source.styles))


def scene_only(prompt: str, styles: Sequence[str]) -> str:
    """The prompt without the words of its styles: their tools say them, and a thing said twice has no effect."""
    if styles:  # a small planner takes the style's word out of "a cartoon of a fox" and leaves the rest
        prompt = re.sub(r"^(?:(?:an?|the) )?of (?=\S)", "", prompt, flags=re.I)
    for style in styles:
        name = re.escape(style)
        kinds = r"(?: style)?(?: (?:illustration|render|rendering|drawing|art|picture|image|painting|sketch))?"
        shorter = re.sub(rf"^(?:an? |the )?{name}{kinds} of ", "", prompt, flags=re.I)
        shorter = re.sub(rf",? (?:in|as) (?:an? |the )?{name}{kinds}$", "", shorter, flags=re.I)
        prompt = shorter.strip() or prompt
    return prompt


def wish(instruction: str) -> tuple[str, str]:
    """An order in the words of a caption, and what it wants gone: "make the sky stormy" is "stormy sky"."""
    plain = instruction.strip().strip(".!")
    gone = re.fullmatch(
        r"(?:remove|delete|erase|get rid of|take away|without|no) (?:the |his |her |its )?(.+)", plain, re.I
    )
    if gone:
        return "", gone[1]
    turned = re.fullmatch(
        r"(?:make|turn|paint|colou?r|let) (?:the |his |her |its |their )?(.+?) (?:be |into |to )?([\w-]+)", plain, re.I
    )
    if turned and turned[1].split()[0].lower() not in ("it", "him", "her", "them", "this", "that"):
        return f"{turned[2]} {turned[1]}", ""
    who = "(?:it|him|her|them|this|that)"
    given = rf"^(?:(?:make|turn) {who}(?: into| to| look)?|add|give {who}|put (?:on )?) "
    return re.sub(given, "", plain, flags=re.I), ""


def without_motion(prompt: str, motion: str) -> str:
    """ "Biscuit bouncing on the beach" with the motion bounce is "Biscuit on the beach": its tool says the rest."""
    first, *rest = motion.split()
    stem = re.escape(first.removesuffix("e"))
    words = rf"\b(?:and )?(?:is |keeps )?{stem}(?:\w?ing|es?|s)?\b" + "".join(
        rf"(?: {re.escape(one)})?" for one in rest
    )
    words += r"(?: in$)?" if first == "zoom" else ""
    shorter = " ".join(re.sub(words, "", prompt, flags=re.I).split()).strip(" ,")
    return shorter or prompt


def render(
    work: Work, spec: GenerateSpec | AnimateSpec, job: str
) -> tuple[list[Image.Image], tuple[Applied, ...], dict[str, Any], int]:
    """One call of the engine; frames, what was applied, settings, frames per second."""
    engine, progress = work.studio.engine, work.progress(job)
    if isinstance(spec, AnimateSpec):
        clip = engine.animate(spec, progress=progress, cancel=work.cancel)
        return clip.frames, clip.applied, clip.settings, clip.frames_per_second
    picture = engine.generate(spec, progress=progress, cancel=work.cancel)[0]
    return [picture.image], picture.applied, picture.settings, 0


def _make(
    work: Work,
    number: int,
    i: int,
    spec: GenerateSpec | AnimateSpec,
    prompt: str,
    subjects: Sequence[str],
    styles: Sequence[str],
    motion: str = "",
    parents: tuple[str, ...] = (),
) -> ImageMade | ClipMade:
    """The `i`th picture or clip of a step, remembered; drawn and written only where its file is not there yet."""
    studio, moving = work.studio, isinstance(spec, AnimateSpec)
    job = _reserved(work, work.job_id(number, i), spec)
    if job.path.exists():  # made before an interruption: the file is there last, so it is whole
        record = read_record(job.path.with_name(job.path.name + ".json"))
    else:
        frames, applied, settings, fps = render(work, spec, job.id)
        engine = _plain(studio.engine.describe())
        record = Record(
            kind="clip" if moving else "image",
            handle=job.handle,
            user=work.user,
            session=work.request.session,
            turn_id=work.turn_id,
            job=job.id,
            created_at=studio.clock(),
            request=work.request.text,
            plan=render_plan(work.plan),
            step=number,
            memory_ids=work.memory_ids.get(number, ()),
            subjects=tuple(subjects),
            styles=tuple(styles),
            motion=motion,
            parents=parents,
            owner=work.user,
            spec=spec_record(spec),
            used=tuple(used(one) for one in applied),
            settings={key: value for key, value in _plain(settings).items() if key not in engine},
            engine=engine,
            versions=versions(),
            width=frames[0].width,
            height=frames[0].height,
            frames=len(frames),
            frames_per_second=fps,
            pixels_sha256=pixels_hash(frames),
        )
        data = (
            encode_clip(frames, job.path.suffix[1:], fps)
            if moving
            else encode_image(frames[0], record, studio.metadata)
        )
        write(job.path, data, record)
    caption = _caption(prompt, styles, motion)
    _remember(work, job, record, prompt, caption)
    studio.ledger.put(job.model_copy(update={"done": True}))
    facts: dict[str, Any] = {"handle": job.handle, "path": job.path, "caption": caption, "seed": job.seed}
    facts |= {"width": record.width, "height": record.height}
    made = ClipMade(**facts, frames=record.frames) if moving else ImageMade(**facts)
    work.emit(made)
    return made


def _reserved(work: Work, job_id: str, spec: GenerateSpec | AnimateSpec) -> Job:
    """The job with its handle and the file it will be, the same ones after an interruption."""
    studio, moving = work.studio, isinstance(spec, AnimateSpec)
    if (job := studio.ledger.get(job_id)) is not None:
        return job
    handle = studio.memory.new_handle(work.user, "clip" if moving else "image", job_id)
    suffix = studio.clip_format if moving else "png"
    path = name_file(studio.out, work.user, handle, spec.seed, suffix, studio.clock(), studio.ledger.reserved)
    job = Job(id=job_id, user=work.user, turn_id=work.turn_id, handle=handle, path=path.absolute(), seed=spec.seed)
    studio.ledger.put(job)
    return job


def _remember(work: Work, job: Job, record: Record, prompt: str, caption: str) -> None:
    work.studio.memory.put_handle(
        work.user,
        job.handle,
        kind=record.kind,
        path=job.path,
        caption=caption,
        subjects=record.subjects,
        styles=record.styles,
        motion=record.motion,
        seed=job.seed,
        parents=record.parents,
        turn_id=work.turn_id,
        detail={
            "prompt": prompt,
            "job": job.id,
            "memory_ids": list(record.memory_ids),
            "scope": work.request.scope,
        },
    )


def spec_record(spec: GenerateSpec | AnimateSpec) -> dict[str, Any]:
    """What was asked, as JSON, without the tools; an input picture with its hash."""
    asked: dict[str, Any] = spec.model_dump(mode="json", exclude={"tools"}, exclude_defaults=True) | {"seed": spec.seed}
    if isinstance(spec, GenerateSpec) and spec.init_image:
        asked["init_sha256"] = hashlib.sha256(spec.init_image.read_bytes()).hexdigest()
    return asked


def used(one: Applied) -> UsedTool:
    return UsedTool(
        name=one.name,
        tool=one.tool,
        kind=one.kind,
        scale=one.scale,
        sha256=one.sha256,
        effect=one.effect,
        interference=dict(one.interference),
        asked_scale=one.asked_scale,
    )


def _tools(work: Work, subjects: Sequence[str], styles: Sequence[str]) -> tuple[Tool, ...]:
    choose: Callable[..., Tool] = work.studio.engine.choose
    library = work.studio.library
    return (
        *(choose("subject", name, library, owner_of(work.studio, work.request, name)) for name in subjects),
        *(choose("style", name, library, work.user) for name in styles),
    )


def _seed(work: Work, asked: int | None, number: int) -> int:
    if asked is not None:
        return asked
    if work.request.seed is not None:
        return work.request.seed
    return int(work.job_id(number), 16) % 2**32  # new each turn, the same when the turn is replayed


def _picture(ref: str, work: Work) -> Handle:
    made = work.last_made()
    if ref == "attached":
        upload = next((one for one in work.uploads if one.kind == "image"), None)
        ref = upload.handle if upload else "last"
    if ref == "last" and made is not None:
        ref = made.handle
    if ref == "last":
        newest = here(work.studio.memory.handles(work.user, kind="image", limit=200), work.request.scope)
        if not newest:
            raise RequestError("there is no picture yet; draw one first or attach one")
        return _on_disk(newest[0])
    found = work.studio.memory.get_handle(work.user, ref)
    if found is None or not here([found], work.request.scope):
        raise RequestError(f"there is no {ref}; `limner images` lists what there is")
    return _on_disk(found)


def _on_disk(handle: Handle) -> Handle:
    if handle.path is None or not Path(handle.path).is_file():
        raise RequestError(f"the file of {handle.handle} is gone from {handle.path}; put it back or draw it again")
    return handle


def _caption(prompt: str, styles: Sequence[str], motion: str) -> str:
    words = prompt.split()
    short = " ".join(words[:CAPTION_WORDS]) + (" …" if len(words) > CAPTION_WORDS else "")
    return short + (f", {' and '.join(styles)}" if styles else "") + (f", {motion}" if motion else "")


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    """Only what JSON holds: settings go into files that other programs read."""
    return {
        key: value if isinstance(value, str | int | float | bool | list | dict) else str(value)
        for key, value in values.items()
        if value is not None
    }
