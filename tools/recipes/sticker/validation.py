"""Writes the pictures that the family is measured on: compositions of another seed, and nouns never trained on."""

from __future__ import annotations

import numpy as np

from limner.tools.evaluate.parts import VALIDATION
from limner.tools.recipes.sticker.art import Noun
from limner.tools.recipes.sticker.world import BIG, SIZE, Placed, Sample, World, paint

SEEN, UNSEEN = 180, 60


def write(world: World, held_out: list[Noun], hidden: frozenset[tuple[str, str]]) -> None:
    """`world` draws every pair; `hidden` ones are told apart in the file."""
    kept: dict[bool, list[Sample]] = {False: [], True: []}
    while len(kept[False]) < SEEN or len(kept[True]) < UNSEEN:
        sample = world.sample()
        if not sample.relation:
            kept[(sample.objects[0].noun, sample.style) in hidden].append(sample)
    scenes = kept[False][:SEEN] + kept[True][:UNSEEN]
    box = ((SIZE - BIG) // 2, (SIZE - BIG) // 2, BIG)
    shown = [(n.name, s) for i, n in enumerate(held_out) for s in [list(world.pairs)[i % len(world.pairs)]]]
    references = [paint(world.art[s], "white background", (Placed(n, box),)) for n, s in shown]
    np.savez_compressed(
        VALIDATION,
        scenes=np.stack([s.pixels for s in scenes]),
        nouns=np.array([s.objects[0].noun for s in scenes]),
        styles=np.array([s.style for s in scenes]),
        unseen=np.array([(s.objects[0].noun, s.style) in hidden for s in scenes]),
        references=np.stack(references),
        reference_styles=np.array([s for _, s in shown]),
    )
