"""Trains the judges of `tools/evaluate/probes.py` on composed pictures; they see every noun, style and motion."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import save_file
from torch import Tensor, nn

from limner.tools.evaluate.probes import WEIGHTS, Attributes, Instance, Labels, Motion
from limner.tools.families.poses import PHRASES
from limner.tools.recipes.sticker.art import Noun, Sprite
from limner.tools.recipes.sticker.clip import normalise
from limner.tools.recipes.sticker.loop import Loop, advance, half_precision, warmup_stable_decay
from limner.tools.recipes.sticker.world import COLOURS, PLACES, Placed, Sample, World, paint, pick_place


def labels_of(world: World) -> Labels:
    places = (*PLACES, *(f"{c} background" for c in COLOURS))
    return Labels(tuple(n.name for n in world.nouns), tuple(world.pairs), places, tuple(PHRASES))


def train(
    config: dict[str, Any], world: World, art: dict[str, dict[str, Sprite]], nouns: list[Noun], work: Path, seed: int
) -> None:
    """Writes the three probes and `labels.json` to `tools/evaluate/weights`."""
    torch.manual_seed(seed)
    labels = labels_of(world)
    WEIGHTS.mkdir(exist_ok=True)
    (WEIGHTS / "labels.json").write_text(json.dumps(labels.__dict__, indent=1) + "\n", "utf-8")
    attributes = _train_attributes(config, world, labels, work)
    _save(attributes, "attributes")
    _save(_train_instance(config, art, nouns, work, seed), "instance")
    train_motion(config, world, work, seed)


def _save(module: nn.Module, name: str) -> None:
    save_file({k: v.half().contiguous() for k, v in module.state_dict().items()}, WEIGHTS / f"{name}.safetensors")


def _train_attributes(config: dict[str, Any], world: World, labels: Labels, work: Path) -> Attributes:
    model = Attributes(labels)
    optimizer = torch.optim.AdamW(model.parameters(), config["lr"], weight_decay=0.02)
    loop = Loop(work / "probe_attributes", config["attribute_steps"], {"model": model, "optimizer": optimizer})
    for step in loop:
        samples = [world.sample() for _ in range(config["batch"])]
        with half_precision():
            answers = model(worn(stack([s.pixels for s in samples])))
        losses = [_noun_loss(answers, samples, labels)]
        for key, known in (("style", labels.styles), ("place", labels.places)):
            target = torch.tensor([known.index(getattr(s, key)) for s in samples])
            losses.append(nn.functional.cross_entropy(answers[key].float(), target))
        rate = _rate(step, config["lr"], config["attribute_steps"])
        advance(optimizer, sum(losses, torch.zeros(())), rate)
        loop.note(noun=losses[0].item(), style=losses[1].item(), place=losses[2].item())
    return model


def _noun_loss(answers: dict[str, Tensor], samples: list[Sample], labels: Labels) -> Tensor:
    """One object: the whole picture names it. Two: each half names its own."""
    rows, targets = [], []
    for number, sample in enumerate(samples):
        halves = {"": ("whole",), "left of": ("left", "right"), "above": ("top", "bottom")}[sample.relation]
        for half, placed in zip(halves, sample.objects, strict=True):
            rows.append(answers[half][number])
            targets.append(labels.nouns.index(placed.noun))
    return nn.functional.cross_entropy(torch.stack(rows).float(), torch.tensor(targets))


def _train_instance(
    config: dict[str, Any], art: dict[str, dict[str, Sprite]], nouns: list[Noun], work: Path, seed: int
) -> Instance:
    """Two views of one sprite attract, other sprites repel, whatever the ground (InfoNCE)."""
    rng = random.Random(seed)
    sprites = [(style, n.name) for style in art for n in nouns if n.name in art[style]]
    model = Instance()
    optimizer = torch.optim.AdamW(model.parameters(), config["lr"], weight_decay=0.02)
    loop = Loop(work / "probe_instance", config["instance_steps"], {"model": model, "optimizer": optimizer})

    def view(style: str, noun: str) -> np.ndarray[Any, np.dtype[np.uint8]]:
        side = rng.randint(64, 116)
        box = (rng.randint(0, 128 - side), rng.randint(0, 128 - side), side)
        made = paint(art[style], pick_place(rng), (Placed(noun, box),))
        return made[:, ::-1] if rng.random() < 0.2 else made

    for step in loop:
        pairs = rng.sample(sprites, config["batch"])
        with half_precision():
            one, two = (model(worn(stack([view(*p) for p in pairs]))).float() for _ in range(2))
        logits = one @ two.T / 0.1
        target = torch.arange(len(pairs))
        loss = (nn.functional.cross_entropy(logits, target) + nn.functional.cross_entropy(logits.T, target)) / 2
        advance(optimizer, loss, _rate(step, config["lr"], config["instance_steps"]))
        loop.note(contrast=loss.item(), hit=(logits.argmax(1) == target).float().mean().item())
    return model


def train_motion(config: dict[str, Any], world: World, work: Path, seed: int) -> None:
    """The motion judge alone, for when the motions have changed."""
    torch.manual_seed(seed)
    labels = labels_of(world)
    model = Motion(labels)
    optimizer = torch.optim.AdamW(model.parameters(), config["lr"], weight_decay=0.02)
    loop = Loop(work / "probe_motion", config["motion_steps"], {"model": model, "optimizer": optimizer})
    for step in loop:
        which = [world.rng.choice(labels.motions) for _ in range(16)]
        clips = [np.stack([s.pixels for s in world.clip(m)]) for m in which]
        frames = torch.from_numpy(np.stack(clips)).permute(0, 4, 1, 2, 3).float().div(127.5).sub(1)
        small = nn.functional.interpolate(frames, (16, 32, 32), mode="area")
        answers = model(small + 0.05 * torch.randn_like(small))
        target = torch.tensor([labels.motions.index(m) for m in which])
        loss = nn.functional.cross_entropy(answers, target)
        advance(optimizer, loss, _rate(step, config["lr"], config["motion_steps"]))
        loop.note(loss=loss.item(), hit=(answers.argmax(1) == target).float().mean().item())
    _save(model, "motion")


def _rate(step: int, lr: float, steps: int) -> float:
    return warmup_stable_decay(step, lr, 50, steps // 2, steps)


def stack(arrays: list[np.ndarray[Any, np.dtype[np.uint8]]]) -> Tensor:
    return normalise(torch.from_numpy(np.stack(arrays)))


def worn(pixels: Tensor) -> Tensor:
    """Blur and noise like a small decoder's, so that the judges do not mistake softness for another thing."""
    if torch.rand(()) < 0.6:
        factor = float(torch.empty(()).uniform_(0.35, 0.9))
        small = nn.functional.interpolate(pixels, scale_factor=factor, mode="bilinear", antialias=True)
        pixels = nn.functional.interpolate(small, (128, 128), mode="bilinear")
    return pixels + 0.08 * torch.rand(()) * torch.randn_like(pixels)
