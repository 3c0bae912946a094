"""How far a learned word goes from its noun: as far as what is drawn with it grows more like the photos.

The loss of a word falls long after its drawings have come apart, so the loss cannot say when to stop.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import torch
from PIL import Image
from torch import Tensor

from limner.tools.base import Progress
from limner.tools.diffusion.backbone import Backbone
from limner.tools.diffusion.concept_tokens import Concepts, initial_rows
from limner.tools.families.quiet import quiet
from limner.tools.photos import squared

SHARES = (0.0, 0.125, 0.25, 0.5, 1.0)  # of the way from the noun to where training ended
STEPS = 8
EACH = 2  # drawings of each caption
See = Callable[[Sequence[Image.Image]], Tensor]


@torch.no_grad()
def settled(
    backbone: Backbone,
    see: See,
    file: Path,
    noun: str,
    captions: Sequence[str],
    photos: Sequence[Image.Image],
    seed: int,
    progress: Progress,
) -> float:
    """Moves the words of a file back towards their noun, to where drawings of the captions are most like the photos,
    and tells the share of the way that is left: 0 is the noun itself."""
    trained = Concepts.load([file])
    wanted = see([squared(photo, backbone.family.resolution) for photo in photos])

    def moved(share: float) -> Concepts:
        return Concepts(
            {
                token: [
                    start + share * (row.to(start) - start)
                    for row, reader in zip(rows, backbone.encoders, strict=True)
                    for start in [initial_rows(*reader, noun, len(row))]
                ]
                for token, rows in trained.rows.items()
            }
        )

    worth = []
    for number, share in enumerate(SHARES):
        worth.append(float((see(drawn(backbone, captions, moved(share), seed)) @ wanted.T).mean()))
        progress("looking how far the word may go", number + 1, len(SHARES))
    best = SHARES[worth.index(max(worth))]
    moved(best).save(file)
    return best


def drawn(backbone: Backbone, captions: Sequence[str], concepts: Concepts, seed: int) -> list[Image.Image]:
    said = [caption for caption in captions for _ in range(EACH)]
    cond, negative = backbone.encode_text(said, concepts), backbone.encode_text([""] * len(said))
    return list(
        backbone.draw(cond, negative, STEPS, [torch.Generator().manual_seed(seed + n) for n in range(len(said))])
    )


def seeing(backbone: Backbone) -> See | None:
    """Pictures to unit vectors, by the image encoder of the family's IP-Adapter where it has one."""
    from transformers import CLIPImageProcessor, CLIPVisionModelWithProjection

    home = backbone.family.ip_adapter_folder(backbone.folder)
    if home is None or not (home / "image_encoder").exists():
        return None
    with quiet():
        encoder: Any = CLIPVisionModelWithProjection.from_pretrained(home / "image_encoder", local_files_only=True)
    encoder = encoder.float().eval().to(backbone.device)
    side = encoder.config.image_size
    prepared = getattr(backbone.pipe, "feature_extractor", None) or CLIPImageProcessor(size=side, crop_size=side)

    def see(images: Sequence[Image.Image]) -> Tensor:
        pixels = prepared(list(images), return_tensors="pt").pixel_values.to(backbone.device, torch.float32)
        return torch.nn.functional.normalize(encoder(pixels).image_embeds, dim=-1)

    return see
