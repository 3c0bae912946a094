"""What a family sees in a picture: vectors of its own CLIP image encoder, for whoever compares pictures."""

from __future__ import annotations

import hashlib
from functools import cached_property
from pathlib import Path
from typing import Any

from limner.tools.families import family

ENCODERS = ("clip/image_encoder", "image_encoder", "ip_adapter/image_encoder")
# Enough of a weights file to tell two apart, without reading gigabytes of a large one.
HEAD = 2**20


class ImageEncoder:
    """A CLIP vision tower, loaded at the first picture."""

    def __init__(self, folder: Path, processor: Path) -> None:
        self.folder = folder
        self._processor = processor

    @cached_property
    def name(self) -> str:
        """Its own, so that vectors of two encoders, or of two versions of one, are never compared."""
        weights = next(iter(sorted(self.folder.glob("*.safetensors"))))
        with weights.open("rb") as file:
            head = file.read(HEAD)
        return f"clip-{hashlib.sha256(head + str(weights.stat().st_size).encode()).hexdigest()[:12]}"

    def embed_image(self, path: Path) -> list[float]:
        """The projected embedding of a picture, or of a clip's first frame."""
        import torch
        from PIL import Image

        model, processor = self._loaded
        with Image.open(path) as image:
            pixels = processor(image.convert("RGB"), return_tensors="pt").pixel_values
        with torch.no_grad():
            seen = model(pixels).image_embeds[0]
        return [float(one) for one in seen]

    @cached_property
    def _loaded(self) -> tuple[Any, Any]:
        import torch
        from transformers import CLIPImageProcessor, CLIPVisionModelWithProjection

        model = CLIPVisionModelWithProjection.from_pretrained(self.folder, local_files_only=True, dtype=torch.float32)
        return model.eval(), CLIPImageProcessor.from_pretrained(self._processor, local_files_only=True)


def image_encoder(name: str, folder: Path | None = None) -> ImageEncoder | None:
    """The image encoder among a family's weights; None when it has none here."""
    home = folder or family(name).home
    if home is None:
        return None
    found = next((home / one for one in ENCODERS if any((home / one).glob("*.safetensors"))), None)
    return ImageEncoder(found, home / "feature_extractor") if found else None
