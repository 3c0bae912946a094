"""What the models around the UNet can do: the autoencoder, the small CLIP, the IP-Adapter, on pictures kept apart."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import mean
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from limner.tools.base import Progress
from limner.tools.evaluate.intervals import share
from limner.tools.evaluate.probes import WEIGHTS, Probes, pixels
from limner.tools.phrasing import with_article
from limner.tools.specs import GenerateSpec
from limner.tools.subject.ip_adapter import IpAdapter

if TYPE_CHECKING:
    from limner.tools.engine import Engine

VALIDATION = WEIGHTS / "validation.npz"


@dataclass(frozen=True)
class Validation:
    """Compositions and sprites that no training saw, written by the recipe's stage `validation`."""

    scenes: NDArray[np.uint8]  # (n, 128, 128, 3): one object each
    nouns: list[str]
    styles: list[str]
    unseen: list[bool]  # the (noun, style) pair was held out from training
    references: NDArray[np.uint8]  # (m, 128, 128, 3): a held-out noun on white
    reference_styles: list[str]


def load_validation(file: Path = VALIDATION) -> Validation:
    with np.load(file) as kept:
        return Validation(
            kept["scenes"],
            [str(n) for n in kept["nouns"]],
            [str(s) for s in kept["styles"]],
            [bool(u) for u in kept["unseen"]],
            kept["references"],
            [str(s) for s in kept["reference_styles"]],
        )


@torch.no_grad()
def autoencoder(vae: Any, images: NDArray[np.uint8]) -> float:
    """Mean peak signal-to-noise ratio in dB after encode and decode."""
    rows = []
    for start in range(0, len(images), 32):
        seen = _float(images[start : start + 32])
        again = vae.decode(vae.encode(seen).latents).sample.clamp(-1, 1)
        rows.append(10 * torch.log10(4 / (again - seen).square().mean((1, 2, 3)).clamp_min(1e-8)))
    return float(torch.cat(rows).mean())


@torch.no_grad()
def retrieval(folder: Path, tokenizer: Any, held: Validation, frames: dict[str, str], nouns: list[str]) -> list[bool]:
    """Whether the picture's nearest caption, over all trained nouns in its own style, names what it shows."""
    from transformers import CLIPTextModelWithProjection, CLIPVisionModelWithProjection

    text = CLIPTextModelWithProjection.from_pretrained(folder / "clip_text", dtype=torch.float32).eval()
    vision = CLIPVisionModelWithProjection.from_pretrained(folder / "image_encoder", dtype=torch.float32).eval()
    said: dict[str, Tensor] = {}
    for style, frame in frames.items():
        captions = [frame.format(with_article(noun)) for noun in nouns]
        ids = tokenizer(captions, padding="max_length", truncation=True, return_tensors="pt").input_ids
        said[style] = torch.nn.functional.normalize(text(input_ids=ids).text_embeds, dim=-1)
    hits = []
    for image, noun, style in zip(held.scenes, held.nouns, held.styles, strict=True):
        seen = torch.nn.functional.normalize(vision(pixel_values=_float(image[None])).image_embeds, dim=-1)
        hits.append(nouns[int((said[style] @ seen[0]).argmax())] == noun)
    return hits


def references(
    engine: Engine,
    probes: Probes,
    held: Validation,
    frames: dict[str, str],
    grounds: dict[str, str],
    progress: Progress,
) -> dict[str, str]:
    """Held-out things drawn from one picture each: likeness with the reference, without it, and the ground obeyed."""
    rng = random.Random(7)
    told, untold, obeyed = [], [], []
    with TemporaryDirectory() as folder:
        for number, (array, style) in enumerate(zip(held.references, held.reference_styles, strict=True)):
            shown = Image.fromarray(array)
            shown.save(file := Path(folder) / f"{number}.png")
            place, words = rng.choice(sorted(grounds.items()))
            prompt = f"{frames[style].format('a thing')} {words}"
            tool = IpAdapter(target="thing", class_noun="thing", references=(file,), scale=1.0)
            draw: Callable[..., Image.Image] = lambda *t, p=prompt, s=number: (  # noqa: E731
                engine.generate(GenerateSpec(prompt=p, tools=t, seed=s))[0].image
            )
            with_it, without = draw(tool), draw()
            told += probes.likeness([with_it], [shown])
            untold += probes.likeness([without], [shown])
            obeyed.append(probes.look([with_it])["place"][0] == place)
            progress("drawing from references", number + 1, len(held.references))
    better = share([a > b for a, b in zip(told, untold, strict=True)])
    return {
        "IP-Adapter, held-out things: likeness": f"{mean(told):.3f} with, {mean(untold):.3f} without the reference",
        "IP-Adapter: nearer with the reference": str(better),
        "IP-Adapter: place": str(share(obeyed)),
    }


def _float(images: NDArray[np.uint8]) -> Tensor:
    return pixels([Image.fromarray(one) for one in images])
