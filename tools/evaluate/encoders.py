"""Judges for bases other than the sticker family: CLIP, and DINOv2 for likeness, from local folders."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import torch
from PIL import Image
from torch import Tensor

from limner.tools.base import ToolError
from limner.tools.evaluate.probes import WEIGHTS, Labels

AT_ONCE = 16
ASKED = {"whole": "a picture of a {}", "place": "a picture with this background: {}", "style": "a picture in {} style"}


class PictureJudge:
    """Looks with CLIP (which of these phrases fits a picture best) and tells likeness by CLIP or by DINOv2."""

    def __init__(self, clip: Path, dino: Path | None = None, device: str = "cpu") -> None:
        self.folder, self.dino_folder = clip, dino
        self.device = "cuda" if device == "auto" and torch.cuda.is_available() else device.replace("auto", "cpu")
        for folder, wanted in ((clip, "clip"), (dino, "dinov2")):
            if folder is not None and (kind := _kind(folder)) != wanted:
                raise ToolError(f"{folder} holds no {wanted} model but {kind or 'nothing known'}")

    def embed(self, images: Sequence[Image.Image]) -> Tensor:
        """Unit vectors: DINOv2's first token, or CLIP's picture."""
        if self.dino_folder is None:
            return self._seen(images)
        model, processor = self.dino
        return self._through(images, processor, lambda pixels: model(pixel_values=pixels).last_hidden_state[:, 0])

    def look(self, images: Sequence[Image.Image]) -> dict[str, list[str]]:
        """For each question the answer whose phrase is nearest, of the answers the studies ask for."""
        seen = self._seen(images)
        return {
            question: [self.answers[question][n] for n in (seen @ told.T).argmax(1).tolist()]
            for question, told in self.phrases.items()
        }

    @cached_property
    def answers(self) -> Mapping[str, Sequence[str]]:
        named = json.loads((WEIGHTS / "labels.json").read_text("utf-8"))
        labels = Labels(*(tuple(named[key]) for key in ("nouns", "styles", "places", "motions")))
        return {"whole": labels.nouns, "place": labels.places, "style": labels.styles}

    @cached_property
    def phrases(self) -> Mapping[str, Tensor]:
        from transformers import CLIPTokenizer

        model, tokenizer = self.clip[0], CLIPTokenizer.from_pretrained(self.folder, local_files_only=True)
        found = {}
        for question, answers in self.answers.items():
            said = [ASKED[question].format(answer) for answer in answers]
            ids = tokenizer(said, padding="max_length", truncation=True, return_tensors="pt").input_ids
            with torch.no_grad():
                told = model.text_projection(model.text_model(ids.to(self.device)).pooler_output)
            found[question] = torch.nn.functional.normalize(told.float().cpu(), dim=-1)
        return found

    @cached_property
    def clip(self) -> tuple[Any, Any]:
        from transformers import CLIPModel

        return _loaded(CLIPModel, self.folder, self.device)

    @cached_property
    def dino(self) -> tuple[Any, Any]:
        from transformers import Dinov2Model

        assert self.dino_folder is not None
        return _loaded(Dinov2Model, self.dino_folder, self.device)

    def _seen(self, images: Sequence[Image.Image]) -> Tensor:
        model, processor = self.clip

        def read(pixels: Tensor) -> Tensor:
            found: Tensor = model.visual_projection(model.vision_model(pixel_values=pixels).pooler_output)
            return found

        return self._through(images, processor, read)

    @torch.no_grad()
    def _through(self, images: Sequence[Image.Image], processor: Any, read: Callable[[Tensor], Tensor]) -> Tensor:
        parts = []
        for first in range(0, len(images), AT_ONCE):
            some = [image.convert("RGB") for image in images[first : first + AT_ONCE]]
            pixels = processor(images=some, return_tensors="pt").pixel_values
            parts.append(read(pixels.to(self.device)).float().cpu())
        return torch.nn.functional.normalize(torch.cat(parts), dim=-1)


def _loaded(kind: Any, folder: Path, device: str) -> tuple[Any, Any]:
    from transformers import AutoImageProcessor

    model = kind.from_pretrained(folder, local_files_only=True).to(device).eval()
    return model, AutoImageProcessor.from_pretrained(folder, local_files_only=True)


def _kind(folder: Path) -> str:
    try:
        return str(json.loads((folder / "config.json").read_bytes()).get("model_type", ""))
    except (OSError, ValueError) as error:
        raise ToolError(f"{folder} holds no model: its config.json is missing or damaged ({error})") from error
