"""Learns one named concept, a subject or a style, from pictures: what the methods share; what differs is theirs."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import NamedTuple

import torch
from PIL import Image

from limner.tools.base import Cancel, Progress, ignore, silent
from limner.tools.canvas import find_subject, odd_ones, transplanted, without_subject
from limner.tools.diffusion.backbone import Backbone
from limner.tools.diffusion.binding import Beginnings, bind
from limner.tools.diffusion.captioning import content, places, said, told
from limner.tools.diffusion.colouring import coloured_like
from limner.tools.diffusion.hands import both
from limner.tools.diffusion.latents import Examples, cached, sampled
from limner.tools.diffusion.trainable import TrainableLora
from limner.tools.families.family import Family
from limner.tools.learning import Learned, Lesson
from limner.tools.photos import open_photos
from limner.tools.phrasing import placeholder, with_article
from limner.tools.training import Numbers


class Auxiliary(NamedTuple):
    """What the base draws beside a style's pictures, and how that is told. From a `bare` one the thing is taken away
    that some bases cannot leave out."""

    prompt: str
    caption: str
    bare: bool = False


def learn_subject(
    lesson: Lesson,
    numbers: Numbers,
    backbone: Backbone,
    staged: Path,
    progress: Progress,
    cancel: Cancel,
    *,
    by_noun: bool = True,
    own_style: bool = False,
    targets: str = "",
    prepare: Callable[[TrainableLora], None] = ignore,
    beginnings: Beginnings | None = None,
) -> Learned:
    """A made-up word, followed by its class noun if `by_noun`, comes to mean the subject of the photos; what the base
    draws for the noun keeps it from drifting. The word begins as that noun, if `beginnings` say nothing else. With
    `own_style` each photo is told in its own style only."""
    numbers = numbers.set(lesson.settings)
    photos = open_photos(lesson.files, lesson.name)
    noun = lesson.class_noun or "thing"
    token = placeholder(lesson.name)
    trigger = f"{token} {noun}" if by_noun else token

    def look(tell: Progress) -> tuple[list[list[str]], Examples]:
        captions = told(backbone, photos, trigger, noun)
        if own_style:
            captions = [row[:1] for row in captions]
        return captions, cached(backbone, photos, captions, numbers.variants, lesson.seed, tell)

    prior = None
    if numbers.prior_every and numbers.prior_pictures:
        grounds = class_grounds(backbone.family, numbers.prior_pictures, lesson.seed)
        prompts = class_prompts(backbone.family, noun, grounds)
        label = f"remembering what {with_article(noun)} is"
        remember = partial(sampled, backbone, prompts, lesson.seed, numbers.prior_steps, progress, label)
        # The pipeline that draws and the denoiser that is asked about the photos share nothing that changes.
        prior, (captions, examples) = both(backbone.device, remember, partial(look, silent))
        examples = elsewhere(backbone, photos, examples, trigger, prior, grounds)
        if numbers.strangers:
            prior = beside_strangers(prior, noun, numbers.strangers)
    else:
        captions, examples = look(progress)
    words = {token: noun}
    trace = bind(
        lesson, numbers, words, backbone, examples, prior, staged, progress, cancel, targets, prepare, beginnings
    )
    facts: dict[str, object] = {"captions": [row[0] for row in captions], "photos": len(photos)}
    if odd := [lesson.files[number].name for number in odd_ones(photos) if len(photos) == len(lesson.files)]:
        facts["doubts"] = f"{', '.join(odd)} may show something else; if so, learn it again without"
    return Learned(trigger, {**facts, **numbers.facts(), **trace.summary()}, photos)


def learn_style(
    lesson: Lesson,
    numbers: Numbers,
    backbone: Backbone,
    staged: Path,
    progress: Progress,
    cancel: Cancel,
    *,
    auxiliary: Callable[[Sequence[str], int], list[Auxiliary]],
    related: bool = False,
    grounds_apart: bool = False,
) -> Learned:
    """A made-up word comes to mean how the pictures are drawn; their captions say what they show. `auxiliary` gives,
    from those captions and a count, what the base draws beside them and how it is told; `related`, it takes on the
    pictures' colours. With `grounds_apart` a second word means how grounds are drawn, where a picture's subject can be
    taken away."""
    numbers = numbers.set(lesson.settings)
    pictures = open_photos(lesson.files, lesson.name)
    family, token = backbone.family, placeholder(lesson.name)
    shows = content(backbone, pictures, lesson.class_noun, any_colours=True)
    captions = [[family.in_learned_style(what, token)] for what in shows]
    words, shown = {token: "style"}, list(pictures)
    bare = [without_subject(picture, family.resolution) for picture in pictures] if grounds_apart else []
    if found := [picture for picture in bare if picture is not None]:
        second = placeholder(f"{lesson.name}-ground")
        words[second] = "style"
        shown += found
        captions += [
            [family.in_learned_style(f"a picture {where}".strip(), second)] for where in places(backbone, found)
        ]
    examples = cached(backbone, shown, captions, numbers.variants, lesson.seed, progress, flip=True, subject=False)
    prior = None
    if numbers.prior_every and numbers.prior_pictures:
        beside, label = auxiliary(shows, numbers.prior_pictures), "remembering other styles"
        prompts, captions_beside = [one.prompt for one in beside], [one.caption for one in beside]
        prior = sampled(backbone, prompts, lesson.seed, numbers.prior_steps, progress, label, captions_beside)
        prior = bared(backbone, prior, [number for number, one in enumerate(beside) if one.bare])
        if related:
            seen = [picture for latent in prior.latents for picture in backbone.decode_images(latent[None])]
            coloured = coloured_like(seen, pictures)
            prior = replace(prior, latents=torch.cat([backbone.encode_images([picture]) for picture in coloured]))
    trace = bind(lesson, numbers, words, backbone, examples, prior, staged, progress, cancel)
    facts = {"captions": [row[0] for row in captions], "pictures": len(pictures)}
    return Learned(" ".join(words), {**facts, **numbers.facts(), **trace.summary()}, pictures)


def bared(backbone: Backbone, examples: Examples, numbers: Sequence[int]) -> Examples:
    """The same pictures, some without their subject where one can be told from its ground."""
    if not numbers:
        return examples
    latents = examples.latents.clone()
    for number in numbers:
        (picture,) = backbone.decode_images(latents[number : number + 1])
        if (bare := without_subject(picture, backbone.family.resolution)) is not None:
            latents[number] = backbone.encode_images([bare])[0]
    return replace(examples, latents=latents)


def elsewhere(
    backbone: Backbone,
    photos: Sequence[Image.Image],
    examples: Examples,
    trigger: str,
    prior: Examples,
    grounds: list[str],
) -> Examples:
    """The photos' subject also before grounds that the base drew for its class, where it can be cut out: a few photos
    do not say where a pale body ends and sand or snow begins. The photos themselves stay about half of what is seen."""
    family, rng = backbone.family, random.Random(0)
    styles, motions = tuple(family.styles.values()), tuple(family.motions.values())
    cut = [(photo, found) for photo in photos if (found := find_subject(photo))]
    made, captions = [], []
    for number, ground in enumerate(grounds if cut and family.placements else ()):
        (drawn,) = backbone.decode_images(prior.latents[number : number + 1])
        if (behind := without_subject(drawn, family.resolution)) is None:
            continue
        photo, found = cut[number % len(cut)]
        left, top, side = family.placements[0]
        made.append(transplanted(photo, found, behind, (left, top, side)))
        captions.append([said(style, trigger, ground) for style in styles])
        if number % 2 and motions:
            # Whole steps of a twelfth of its side, as the family's clips go.
            moved = left + side / 12 * rng.randint(-2, 2), top + side / 12 * rng.randint(-3, 0), side
            made.append(transplanted(photo, found, behind, moved))
            captions.append([f"{said(style, trigger, ground)}, {motion}" for style in styles for motion in motions])
    if not made:
        return examples
    return examples.repeated(max(1, len(made) // len(examples.latents))).joined(
        Examples.of(torch.cat([backbone.encode_images([picture]) for picture in made]), range(len(made)), captions)
    )


def beside_strangers(prior: Examples, noun: str, count: int) -> Examples:
    """The class's pictures told also with words of nobody's before the noun: of no subject but its own is anything to
    change, whoever else is called by a made-up word."""
    words = [placeholder(f"stranger-{number}") for number in range(count)]
    told = [
        [caption, *(caption.replace(with_article(noun), f"a {word} {noun}", 1) for word in words)]
        for caption in prior.captions
    ]
    return Examples.of(prior.latents, prior.pictures, [told[row[0]] for row in prior.choices])


def class_grounds(family: Family, count: int, seed: int) -> list[str]:
    """Every place the family can say before any comes again."""
    grounds = random.Random(seed).sample(["", *family.grounds], len(family.grounds) + 1)
    return [grounds[number % len(grounds)] for number in range(count)]


def class_prompts(family: Family, noun: str, grounds: Sequence[str]) -> list[str]:
    """The class on these grounds, in every style the family can say."""
    frames = list(family.styles.values()) or ["a photo of {}"]
    return [said(frames[number % len(frames)], noun, ground) for number, ground in enumerate(grounds)]
