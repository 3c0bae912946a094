"""Caches latents and token ids of composed samples, so that the UNet never waits for the autoencoder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from diffusers import AutoencoderTiny
from transformers import CLIPTokenizer

from limner.tools.recipes.sticker.clip import encode
from limner.tools.recipes.sticker.loop import half_precision
from limner.tools.recipes.sticker.world import World


@torch.no_grad()
def write(config: dict[str, Any], world: World, work: Path, count: int, start: int = 0) -> None:
    """Writes `work/shards/NNN.npz`: scaled `latents` (n, 8, 16, 16) float16, `ids` (n, 24) int16 and `nouns`."""
    vae = AutoencoderTiny.from_pretrained(work / "vae").eval().to(memory_format=torch.channels_last)
    tokenizer = CLIPTokenizer.from_pretrained(work / "clip" / "tokenizer")
    (work / "shards").mkdir(exist_ok=True)
    for number in range(start, start + count):
        file = work / "shards" / f"{number:03}.npz"
        samples = [world.sample() for _ in range(config["size"])]  # drawn even when cached: the stream stays the same
        if file.exists():
            continue
        latents = []
        for first in range(0, len(samples), 8):
            pixels = torch.from_numpy(np.stack([s.pixels for s in samples[first : first + 8]]))
            pixels = pixels.permute(0, 3, 1, 2).float().div(127.5).sub(1).to(memory_format=torch.channels_last)
            with half_precision():
                latents.append(vae.encode(pixels).latents.float() * vae.config.scaling_factor)
        ids = encode(tokenizer, [s.caption for s in samples])
        part = file.with_suffix(".part.npz")
        drawn = np.array(["|".join(o.noun for o in s.objects) for s in samples])
        np.savez(part, latents=torch.cat(latents).half().numpy(), ids=ids.numpy().astype(np.int16), nouns=drawn)
        part.rename(file)
        print("shard", file.name, flush=True)


class Shards:
    """Random batches over every shard on disk; files written meanwhile join when `refresh` is called."""

    def __init__(self, folder: Path, only: frozenset[str] = frozenset(), held_back: int = 512) -> None:
        """`only` keeps the samples that show nothing but these nouns; empty keeps all."""
        self.folder, self.only, self.held_back, self.seen = folder, only, held_back, 0
        self.refresh()

    def refresh(self) -> None:
        files = sorted(f for f in self.folder.glob("[0-9]*.npz") if ".part" not in f.name)
        if len(files) == self.seen:
            return
        loaded = [np.load(f) for f in files]
        self.latents = torch.from_numpy(np.concatenate([d["latents"] for d in loaded]))
        self.ids = torch.from_numpy(np.concatenate([d["ids"] for d in loaded])).long()
        self.seen = len(files)
        if self.only:
            nouns = np.concatenate([d["nouns"] for d in loaded])
            keep = torch.from_numpy(np.array([self.only.issuperset(row.split("|")) for row in nouns]))
            self.latents, self.ids = self.latents[keep], self.ids[keep]

    def batch(self, size: int) -> tuple[torch.Tensor, torch.Tensor]:
        pick = torch.randint(self.held_back, len(self.latents), (size,))
        return self.latents[pick].float(), self.ids[pick]

    def validation(self, size: int) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
        """The first `held_back` samples, never returned by `batch`."""
        for start in range(0, self.held_back, size):
            stop = min(start + size, self.held_back)
            yield self.latents[start:stop].float(), self.ids[start:stop]
