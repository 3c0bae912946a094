"""Words that take along what they should not: learned from pictures all in one place, told without that place."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PIL import Image

from limner.tools.base import LearnedTool, make_tool, never
from limner.tools.evaluate.bench import Bench
from limner.tools.evaluate.material import put_before
from limner.tools.families.poses import Pose
from limner.tools.learning import Lesson
from limner.tools.library import TOKENS, WEIGHTS, ArtifactKind, sha256
from limner.tools.photos import open_photo, open_photos, squared
from limner.tools.phrasing import placeholder, with_article
from limner.tools.specs import GenerateSpec
from limner.tools.training import Numbers

PLACE = "night sky"
THINGS = ("fox", "car", "strawberry", "robot", "house", "cat", "boat", "tree")
PLAYED_BACK_BY = {"subject": "dreambooth_lora", "style": "style_lora"}
NUMBERS = Numbers(steps=80, batch=4, tokens=2, token_lr=8e-3, variants=6)
LOOKS = Numbers(steps=280, batch=4, tokens=2, token_lr=0, rank=32, lr=4e-3)
READING = r".*attn2\.(to_k|to_v)"  # what the denoiser reads words with: Custom Diffusion's weights


def style_word(bench: Bench, seed: int) -> LearnedTool:
    """Line drawings, which the base knows, of things in the night sky: of the place the captions say nothing. No
    weight is trained, so all that the style is, and all that leaks, is in the word."""
    pictures = [
        bench.engine.generate(GenerateSpec(prompt=f"a line drawing of a {thing} in the {PLACE}", seed=500 + n))[0].image
        for n, thing in enumerate(THINGS)
    ]
    told = [bench.engine.family.in_learned_style(with_article(thing), placeholder("Inky")) for thing in THINGS]
    return learned(bench, "style", "Inky", pictures, told, "style", seed, NUMBERS)


def subject_word(bench: Bench, name: str, noun: str, photos: Sequence[Path], seed: int) -> LearnedTool:
    """The subject of the photos, always in the night sky and overfitted: a word, and a LoRA on what the denoiser reads
    words with and nothing else."""
    side = bench.engine.family.resolution
    # The photo itself where its subject cannot be cut out.
    pictures = [(put_before(file, PLACE, [Pose()], side) or [squared(open_photo(file), side)])[0] for file in photos]
    told = [bench.engine.family.in_usual_style(f"a {placeholder(name)} {noun}")] * len(pictures)
    numbers = NUMBERS.set({"steps": 160, "token_lr": 1e-2, "rank": 8, "lr": 6e-3})
    return learned(bench, "subject", name, pictures, told, noun, seed, numbers, READING)


def subject_looks(bench: Bench, noun: str, photos: Sequence[Path], seed: int) -> LearnedTool:
    """What the subject of the photos looks like, in all of the denoiser but what it reads words with. Its word learns
    nothing and there is no prior, so that it is any one of its kind."""
    from limner.tools.diffusion.captioning import told

    family = bench.engine.family
    pictures = [squared(photo, family.resolution) for photo in open_photos(photos, noun)]
    backbone, residents = bench.engine.still()
    residents.release()
    captions = [ways[0] for ways in told(backbone, pictures, f"{placeholder('Looks')} {noun}", noun)]
    return learned(
        bench, "subject", "Looks", pictures, captions, noun, seed, LOOKS, f"(?!{READING}){family.lora_targets}"
    )


def learned(
    bench: Bench,
    kind: ArtifactKind,
    name: str,
    pictures: Sequence[Image.Image],
    told: Sequence[str],
    noun: str,
    seed: int,
    numbers: Numbers,
    targets: str = "",
) -> LearnedTool:
    """Bound to captions of the study's own, once for each seed."""
    from limner.tools.diffusion.binding import bind
    from limner.tools.diffusion.latents import cached

    token, folder = placeholder(name), bench.folder / f"word-{name.casefold()}-{seed}"
    if not (folder / TOKENS).exists():  # written last
        folder.mkdir(parents=True, exist_ok=True)
        numbers = numbers if bench.steps is None else numbers.set({"steps": bench.steps})
        lesson = Lesson(kind, name, (), "study", noun, seed=seed)
        backbone, residents = bench.engine.still()
        residents.release()
        captions = [[caption] for caption in told]
        examples = cached(
            backbone, pictures, captions, numbers.variants, seed, bench.progress, flip=True, subject=False
        )
        bind(lesson, numbers, {token: noun}, backbone, examples, None, folder, bench.progress, never, targets)
    weights = folder / (WEIGHTS if numbers.rank else TOKENS)
    tool = make_tool(
        PLAYED_BACK_BY[kind],
        target=name,
        weights=weights,
        sha256=sha256(weights),
        trigger=token if kind == "style" else f"{token} {noun}",
        class_noun="" if kind == "style" else noun,
        tokens=folder / TOKENS,
    )
    assert isinstance(tool, LearnedTool)
    return tool
