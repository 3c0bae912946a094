"""Judges of style in latents and in pictures, taught on every emoji there is, for the losses of UNet and decoder.

A squared error hardly tells a flat fox from one in 3d: both have the same outline, and shading is a small part of it.
These eyes do. They are no probes: those are trained apart and never used as a loss.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from diffusers import AutoencoderTiny
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from transformers import CLIPTokenizer

from limner.tools.evaluate.probes import pooled
from limner.tools.recipes.sticker.art import Sprite
from limner.tools.recipes.sticker.loop import Loop, advance, warmup_stable_decay
from limner.tools.recipes.sticker.probes import stack, worn
from limner.tools.recipes.sticker.shards import Shards
from limner.tools.recipes.sticker.world import SIZE, SMALL, STANDING, Placed, World, paint, pick_place

NAMED = {"3d": "3d", "flat": "flat", "line": "line", "ink": "line", "cartoon": "cartoon"}
STYLES = tuple(dict.fromkeys(NAMED.values()))
UNSAID = -1
TOGETHER = 16  # pictures a forward pass of the autoencoder


class StyleEye(nn.Module):
    """Scaled latents or pictures in [-1, 1], (n, channels, side, side), to logits over STYLES (n, 4)."""

    def __init__(self, channels: int, widths: tuple[int, ...], strides: tuple[int, ...]) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for before, after, stride in zip((channels, *widths), widths, strides, strict=False):
            layers += [nn.Conv2d(before, after, 3, stride, 1), nn.GroupNorm(8, after), nn.SiLU()]
        self.body, self.head = nn.Sequential(*layers), nn.Linear(2 * widths[-1], len(STYLES))

    def forward(self, seen: Tensor) -> Tensor:
        logits: Tensor = self.head(pooled(self.body(seen)))
        return logits


def of_latents(channels: int) -> StyleEye:
    return StyleEye(channels, (96, 96, 96, 96), (1, 1, 2, 1))


def of_pictures() -> StyleEye:
    return StyleEye(3, (32, 64, 96, 128, 128), (2, 1, 2, 2, 1))


class Named:
    """Which of STYLES each row of token ids (n, length) says; UNSAID where none."""

    def __init__(self, tokenizer: CLIPTokenizer) -> None:
        self.spelt = {word: torch.tensor(tokenizer(word, add_special_tokens=False).input_ids) for word in NAMED}

    def __call__(self, ids: Tensor) -> Tensor:
        found = torch.full((len(ids),), UNSAID)
        for word, spelt in self.spelt.items():
            windows = ids.unfold(1, len(spelt), 1)
            found[(windows == spelt).all(2).any(1)] = STYLES.index(NAMED[word])
        return found


def missed(eye: StyleEye, clean: Tensor, wanted: Tensor, kept: Tensor, counts: Tensor | None = None) -> Tensor:
    """Cross-entropy of the eye on predicted clean latents, each counted by `kept` (n,), the share of signal it had.

    `counts` says what each of STYLES counts, 1 unless said otherwise.
    """
    told = nn.functional.cross_entropy(eye(clean), wanted, counts, ignore_index=UNSAID, reduction="none")
    loss: Tensor = (told * kept).mean()
    return loss


@torch.no_grad()
def _samples(
    config: dict[str, Any], art: Mapping[str, Mapping[str, Sprite]], work: Path, seed: int
) -> dict[str, Tensor]:
    """Latents of composed pictures and their styles; kept in `work/eye`."""
    file = work / "eye" / "samples.pt"
    if file.exists():
        return dict(torch.load(file))
    rng = random.Random(seed)
    vae = AutoencoderTiny.from_pretrained(work / "vae").eval()
    latents, styles = [], []
    for _ in range(0, config["images"], TOGETHER):
        drawn = [rng.randrange(len(STYLES)) for _ in range(TOGETHER)]
        pixels = stack([_picture(art[STYLES[style]], rng) for style in drawn])
        latents.append(vae.encode(pixels).latents * vae.config.scaling_factor)
        styles += drawn
    found = {"latents": torch.cat(latents).half(), "styles": torch.tensor(styles)}
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_suffix(".part")
    torch.save(found, part)
    part.replace(file)
    return found


def _picture(sprites: Mapping[str, Sprite], rng: random.Random) -> np.ndarray[Any, np.dtype[np.uint8]]:
    names, top = list(sprites), 40
    boxes = (STANDING,) if rng.random() < 0.75 else ((0, top, SMALL), (SIZE - SMALL, top, SMALL))
    placed = tuple(Placed(rng.choice(names), box) for box in boxes)
    made = paint(sprites, pick_place(rng), placed)
    return made[:, ::-1] if rng.random() < 0.5 else made


def train(config: dict[str, Any], art: Mapping[str, Mapping[str, Sprite]], world: World, work: Path, seed: int) -> None:
    """Half of what each is shown is from `art`, half from the world that UNet and decoder learn.

    Writes `work/eye/latents.safetensors` and `work/eye/pictures.safetensors`.
    """
    torch.manual_seed(seed)
    seen = _samples(config, art, work, seed)
    latents, styles = seen["latents"].float(), seen["styles"]
    asked = len(latents) * 19 // 20  # the others are only looked at, at the end
    shards, said = Shards(work / "shards"), Named(CLIPTokenizer.from_pretrained(work / "clip" / "tokenizer"))

    def cached() -> tuple[Tensor, Tensor]:
        pick = torch.randint(0, asked, (config["batch"] // 2,))
        drawn, ids = shards.batch(config["batch"] // 2)
        return _worn(torch.cat([latents[pick], drawn])), torch.cat([styles[pick], said(ids)])

    eye = of_latents(latents.shape[1])
    loop = _learn(eye, cached, config["lr"], config["steps"], work / "eye" / "latents")
    with torch.no_grad():
        right = (eye(latents[asked:]).argmax(1) == styles[asked:]).float().mean().item()
    loop.log({"right of what it never saw": round(right, 4)})
    rng = random.Random(seed + 1)

    def composed() -> tuple[Tensor, Tensor]:
        half = config["pictures_batch"] // 2
        drawn, samples = [rng.randrange(len(STYLES)) for _ in range(half)], [world.sample() for _ in range(half)]
        shown = [_picture(art[STYLES[style]], rng) for style in drawn] + [one.pixels for one in samples]
        return worn(stack(shown)), torch.tensor(drawn + [STYLES.index(one.style) for one in samples])

    _learn(of_pictures(), composed, config["lr"], config["pictures_steps"], work / "eye" / "pictures")


def _learn(eye: StyleEye, batch: Callable[[], tuple[Tensor, Tensor]], lr: float, steps: int, file: Path) -> Loop:
    """Trains `eye` and writes it to `file`.safetensors."""
    optimizer = torch.optim.AdamW(eye.parameters(), lr, weight_decay=0.05)
    loop = Loop(file, steps, {"eye": eye, "optimizer": optimizer})
    for step in loop:
        seen, styles = batch()
        answers = eye(seen)
        loss = nn.functional.cross_entropy(answers, styles, ignore_index=UNSAID, label_smoothing=0.02)
        advance(optimizer, loss, warmup_stable_decay(step, lr, 50, steps // 3, steps))
        loop.note(loss=loss.item(), right=(answers.argmax(1) == styles).float().mean().item())
    save_file(eye.state_dict(), file.with_suffix(".safetensors"))
    return loop


def load(eye: StyleEye, work: Path, name: str) -> StyleEye:
    """`eye` as it was trained, frozen; `name` is latents or pictures."""
    eye.load_state_dict(load_file(work / "eye" / f"{name}.safetensors"))
    return eye.eval().requires_grad_(False)


def _worn(latents: Tensor) -> Tensor:
    """Noise and blur as a half-denoised guess has them."""
    many = (len(latents), 1, 1, 1)
    padded = nn.functional.pad(latents, (1, 1, 1, 1), mode="replicate")
    soft = 0.6 * torch.rand(many) * (torch.rand(many) < 0.4)
    latents = torch.lerp(latents, nn.functional.avg_pool2d(padded, 3, 1), soft)
    return latents + 0.4 * torch.rand(many) * torch.randn_like(latents)
