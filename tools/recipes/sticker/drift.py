"""Latents on the way that the UNet's own sampling comes to, and the real picture that each set out from.

In training every noisy latent is a real one; in sampling each is what the UNet made of the one before, and its errors
add up: colours darken and outlines smear (exposure bias, arXiv:2301.11706, which perturbs the noise instead). Here a
real picture is noised, the UNet takes a few guided steps, and from wherever that leads it learns the way to the real
one.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from diffusers import DDIMScheduler
from diffusers.pipelines.stable_diffusion.pipeline_stable_diffusion import rescale_noise_cfg
from torch import Tensor

from limner.tools.families.sticker import STICKER
from limner.tools.recipes.sticker.shards import Shards

TOGETHER = 16


class Drift:
    """Hands out such latents; `begin` is the first and the last of the family's steps that one may set out at."""

    def __init__(
        self, model: Callable[..., Tensor], noise: DDIMScheduler, shards: Shards, empty: Tensor, begin: tuple[int, int]
    ) -> None:
        """`model` is asked as Conditioned is; `empty` are the token ids (1, length) of no caption."""
        self.model, self.noise, self.shards, self.empty, self.begin = model, noise, shards, empty, begin
        self._kept: list[tuple[Tensor, Tensor, Tensor, Tensor]] = []

    def batch(self, size: int) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Clean latents (n, c, h, w), token ids, timesteps (n,) and the noise (n, c, h, w) that drift amounts to.

        The clean latent with that noise is the latent that sampling came to, exactly.
        """
        while len(self._kept) < size:
            self._kept += self._sampled()
            order = torch.randperm(len(self._kept)).tolist()
            self._kept = [self._kept[at] for at in order]
        taken, self._kept = self._kept[:size], self._kept[size:]
        clean, ids, steps, eps = (torch.stack(column) for column in zip(*taken, strict=True))
        return clean, ids, steps, eps

    @torch.no_grad()
    def _sampled(self) -> list[tuple[Tensor, Tensor, Tensor, Tensor]]:
        self.noise.set_timesteps(STICKER.steps)
        first = int(torch.randint(self.begin[0], self.begin[1] + 1, ()))
        times = self.noise.timesteps[first:]
        clean, ids = self.shards.batch(TOGETHER)
        both = torch.cat([self.empty.expand(len(ids), -1), ids])
        latent = self.noise.add_noise(clean, torch.randn_like(clean), times[:1].expand(len(clean)))
        met = []
        for at, t in enumerate(times):
            if at:  # the first is a real one still
                signal = self.noise.alphas_cumprod[t]
                eps = (latent - signal.sqrt() * clean) / (1 - signal).sqrt()
                met += [(clean[row], ids[row], t, eps[row]) for row in range(len(ids))]
            without, said = self.model(latent.repeat(2, 1, 1, 1), t.expand(len(both)), both).chunk(2)
            guided = without + STICKER.guidance * (said - without)
            guided = rescale_noise_cfg(guided, said, STICKER.guidance_rescale)
            latent = self.noise.step(guided, t, latent).prev_sample
        return met
