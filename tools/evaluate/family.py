"""`limner evaluate family NAME`: how well a base family draws its own world, judged by independent probes."""

from __future__ import annotations

import random
import sys
import time
import tomllib
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from typing import Any

from PIL import Image

from limner.tools.base import Progress, ToolError, silent
from limner.tools.engine import Engine
from limner.tools.evaluate import parts
from limner.tools.evaluate.intervals import share
from limner.tools.evaluate.probes import Probes, load_probes
from limner.tools.families.poses import TRAINED
from limner.tools.families.sticker import STICKER, STYLES
from limner.tools.recipes.sticker.art import HERE, Noun
from limner.tools.recipes.sticker.sheet import contact_sheet
from limner.tools.recipes.sticker.world import PLACES, article, drawn_and_hidden
from limner.tools.specs import AnimateSpec, GenerateSpec

EVIDENCE = Path("docs") / "evidence"
GOALS = {
    "autoencoder, dB": "30",
    "CLIP noun R@1, seen pairs": "80 %",
    "CLIP noun R@1, held-out pairs": "50 %",
    "noun": "80 %",
    "style": "95 %",
    "place": "90 %",
    "held-out pairs, noun": "60 %",
    "two objects, both": "60 %",
    "left and right in order": "75 %",
    "motion": "80 %",
    "subject kept in every frame": "100 %",
    "seconds a picture (25 steps)": "1",
    "seconds a clip (16 frames)": "12",
    "peak memory, GB": "1.5",
}


@dataclass(frozen=True)
class Case:
    """One prompt and what the probes should see in it."""

    prompt: str
    style: str
    place: str
    noun: str
    other: str = ""  # the right one of two
    unseen: bool = False  # a (noun, style) pair held out from training


def cases(count: int, seed: int, trained: list[Noun], hidden: frozenset[tuple[str, str]]) -> list[Case]:
    """A fixed mix: 70 % one object of seen pairs, 10 % of held-out pairs, 20 % two objects side by side."""
    rng = random.Random(seed)
    seen = [(n.name, s) for n in trained for s in STYLES if (n.name, s) not in hidden]
    made = []
    for number in range(count):
        place = rng.choice(list(PLACES))
        where = PLACES[place][0]
        unseen = number % 10 == 9
        noun, style = rng.choice(sorted(hidden)) if unseen else rng.choice(seen)
        if number % 10 in (7, 8):
            other = rng.choice([n for n, s in seen if s == style and n != noun])
            thing = f"{article(noun)} on the left and {article(other)} on the right"
            made.append(Case(f"{STYLES[style].format(thing)} {where}", style, place, noun, other))
        else:
            made.append(Case(f"{STYLES[style].format(article(noun))} {where}", style, place, noun, unseen=unseen))
    return made


def evaluate_family(
    family: str = "sticker",
    device: str = "auto",
    prompts: int = 500,
    clips: int = 36,
    seed: int = 7,
    progress: Progress = silent,
) -> dict[str, Any]:
    """Draws, judges, writes `docs/evidence/family-<name>.md` with two sheets, and returns the table."""
    if family != "sticker":
        raise ToolError(f"there are no probes for the {family} family yet; `limner evaluate family` measures sticker")
    recipe = tomllib.loads((HERE / "recipe.toml").read_text("utf-8"))
    listed, pairs = drawn_and_hidden(recipe)
    trained = [n for n in listed if n.name in STICKER.nouns]
    later = [n for n in listed if n not in trained]
    hidden = frozenset((n.name, s) for n in trained for s in STYLES if (n.name, s) in pairs)
    engine, probes = Engine.load(family, device), load_probes()
    asked = cases(prompts, seed, trained, hidden)
    images, seconds = _draw(engine, asked, seed, progress)
    table = _parts(engine, probes, [n.name for n in listed], progress) | _judge_pictures(probes, asked, images)
    if later:
        table |= _judge_later(engine, probes, later, seed, progress)
    moving, frames, clip_seconds = _animate(engine, clips, trained, seed, progress)
    table |= _judge_clips(probes, moving, frames)
    if engine.family.pose is not None:
        alone = replace(engine, family=replace(engine.family, pose=None))
        named, drawn, _ = _animate(alone, len(TRAINED), trained, seed, progress)
        told = _judge_clips(probes, named, drawn)
        table |= {f"{name}, by the motion adapter alone": value for name, value in told.items()}
    table |= {
        "seconds a picture (25 steps)": round(median(seconds), 2),
        "seconds a clip (16 frames)": round(median(clip_seconds), 1),
        "peak memory, GB": round(_peak_memory(family, device), 2),
    }
    EVIDENCE.mkdir(parents=True, exist_ok=True)
    contact_sheet(images[:40], columns=8).save(EVIDENCE / f"family-{family}.png")
    strips = [contact_sheet(clip[::2], columns=8) for clip in frames[: len(TRAINED)]]
    contact_sheet(strips, columns=1).save(EVIDENCE / f"family-{family}-motion.png")
    (EVIDENCE / f"family-{family}.md").write_text(_report(family, table, prompts, clips, seed, engine), "utf-8")
    return {k: str(v) for k, v in table.items()}


def _parts(engine: Engine, probes: Probes, trained: list[str], progress: Progress) -> dict[str, Any]:
    """Autoencoder, CLIP and IP-Adapter on pictures kept apart from training."""
    held = parts.load_validation()
    pipe, home = engine.pipe, STICKER.home
    assert home is not None  # this family ships its weights
    hits = parts.retrieval(home / "clip", pipe.tokenizer, held, STYLES, trained)
    table: dict[str, Any] = {
        "autoencoder, dB": round(parts.autoencoder(pipe.vae, held.scenes), 1),
        "CLIP noun R@1, seen pairs": share([h for h, u in zip(hits, held.unseen, strict=True) if not u]),
        "CLIP noun R@1, held-out pairs": share([h for h, u in zip(hits, held.unseen, strict=True) if u]),
    }
    if (home / "ip_adapter").exists():
        grounds = {place: words[0] for place, words in PLACES.items()}
        table |= parts.references(engine, probes, held, STYLES, grounds, progress)
    return table


def _peak_memory(family: str, device: str) -> float:
    """Gigabytes (1e9 bytes) that a process of its own holds at most while it draws one picture and one clip."""
    with ProcessPoolExecutor(1, get_context("spawn")) as apart:
        return apart.submit(_draw_once, family, device).result() / 1e9


def _draw_once(family: str, device: str) -> int:
    """Bytes."""
    import resource  # no such thing on Windows, where the rest of this file works

    engine = Engine.load(family, device)
    engine.generate(GenerateSpec(prompt="a cartoon of a dog on the beach", seed=1))
    engine.animate(AnimateSpec(prompt="a cartoon of a dog on the beach", motion="bounce", seed=1))
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def _judge_later(engine: Engine, probes: Probes, later: list[Noun], seed: int, progress: Progress) -> dict[str, Any]:
    """The listed nouns whose turn in training has not come, two pictures each."""
    rng = random.Random(seed)
    wanted = [noun.name for noun in later for _ in range(2)]
    prompts = [f"{STYLES[rng.choice(list(STYLES))].format(article(noun))} on a white background" for noun in wanted]
    made = []
    for number, prompt in enumerate(prompts):
        made.append(engine.generate(GenerateSpec(prompt=prompt, seed=seed + number))[0].image)
        progress("drawing what comes later", number + 1, len(prompts))
    seen = probes.look(made)["whole"]
    return {
        f"noun, {len(later)} listed but not yet trained": share([a == b for a, b in zip(seen, wanted, strict=True)])
    }


def _draw(engine: Engine, asked: list[Case], seed: int, progress: Progress) -> tuple[list[Image.Image], list[float]]:
    images, seconds = [], []
    for number, case in enumerate(asked):
        began = time.perf_counter()
        images.append(engine.generate(GenerateSpec(prompt=case.prompt, seed=seed + number))[0].image)
        seconds.append(time.perf_counter() - began)
        progress("drawing", number + 1, len(asked))
    return images, seconds


def _animate(
    engine: Engine, count: int, trained: list[Noun], seed: int, progress: Progress
) -> tuple[list[str], list[list[Image.Image]], list[float]]:
    rng = random.Random(seed)
    named, made, seconds = [], [], []
    for number in range(count):
        motion = TRAINED[number % len(TRAINED)]
        style, noun = rng.choice(list(STYLES)), rng.choice(trained).name
        prompt = f"{STYLES[style].format(article(noun))} {PLACES[rng.choice(list(PLACES))][0]}"
        began = time.perf_counter()
        clip = engine.animate(AnimateSpec(prompt=prompt, motion=motion, seed=seed + number))
        seconds.append(time.perf_counter() - began)
        named.append(f"{motion}/{noun}")
        made.append(clip.frames)
        progress("animating", number + 1, count)
    return named, made, seconds


def _judge_pictures(probes: Probes, asked: list[Case], images: list[Image.Image]) -> dict[str, Any]:
    seen: dict[str, list[str]] = {}
    for start in range(0, len(images), 64):
        for key, answers in probes.look(images[start : start + 64]).items():
            seen.setdefault(key, []).extend(answers)
    rows = list(enumerate(asked))
    single = [(i, c) for i, c in rows if not c.other]
    pairs = [(i, c) for i, c in rows if c.other]
    both = [{seen["left"][i], seen["right"][i]} == {c.noun, c.other} for i, c in pairs]
    ordered = [seen["left"][i] == c.noun for (i, c), ok in zip(pairs, both, strict=True) if ok]
    return {
        "noun": share([seen["whole"][i] == c.noun for i, c in single if not c.unseen]),
        "style": share([seen["style"][i] == c.style for i, c in rows]),
        "place": share([seen["place"][i] == c.place for i, c in rows]),
        "held-out pairs, noun": share([seen["whole"][i] == c.noun for i, c in single if c.unseen]),
        "two objects, both": share(both),
        "left and right in order": share(ordered),
    }


def _judge_clips(probes: Probes, named: list[str], clips: list[list[Image.Image]]) -> dict[str, Any]:
    if not clips:
        return {}
    told = probes.watch(clips)
    kept = []
    for clip in clips:
        embedded = probes.embed(clip)
        kept.append(bool((embedded @ embedded[:1].T).min() > 0.5))
    return {
        "motion": share([a == n.split("/")[0] for a, n in zip(told, named, strict=True)]),
        "subject kept in every frame": share(kept),
    }


def _report(family: str, table: dict[str, Any], prompts: int, clips: int, seed: int, engine: Engine) -> str:
    facts = engine.describe()
    lines = [
        f"# The {family} family, measured",
        "",
        f"Made by `limner evaluate family {family}`: {prompts} prompts over {len(STICKER.nouns)} nouns, {clips} clips, "
        f"seeds from {seed}.",
        "Shares with 95 % Wilson intervals.",
        f"Base `{facts['hash']}`, device {facts['device']}.",
        "",
        "| what | measured | goal |",
        "|---|---|---|",
    ]
    for name, value in table.items():
        lines.append(f"| {name} | {value} | {GOALS.get(name, '')} |")
    return "\n".join([*lines, "", f"![pictures](family-{family}.png)", "", f"![clips](family-{family}-motion.png)", ""])
