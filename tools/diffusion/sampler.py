"""The denoising loop laid open: branches in one batch, guidance of the latent, noise that depends on the stage, and the
way back from a picture to its noise. For everything the stock pipelines' call has no argument for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from limner.tools.diffusion.backbone import Backbone
from limner.tools.diffusion.text_conditioning import TextCond, joined


@dataclass(frozen=True)
class Branch:
    """One way to read the same latent. What the branches say is summed by weight; weights sum to 1."""

    cond: TextCond  # of one row, or of one for each latent
    weight: float


@dataclass(frozen=True)
class Stage:
    """How one step is taken: `eta` 0 is deterministic DDIM, 1 adds DDPM's noise.

    `rescale` draws the sum's spread towards the last branch's (arXiv:2305.08891, section 3.4): 0 leaves it as it is.
    """

    branches: Sequence[Branch]
    eta: float = 0.0
    rescale: float = 0.0


# Told how far sampling is, from 0 (noise) to 1 (picture).
StagePolicy = Callable[[float], Stage]


@dataclass(frozen=True)
class LatentGuidance:
    """Moves the latent down the gradient of a loss on the clean picture it implies; the same losses as in training."""

    loss: Callable[[Tensor], Tensor]  # of x0_hat
    size: float  # length of the move, relative to the latent's own
    until: float = 0.5  # share of the steps that are guided


def classifier_free(cond: TextCond, negative: TextCond, scale: float, rescale: float = 0.0) -> StagePolicy:
    """Guidance as the stock pipelines do it."""
    stage = Stage((Branch(negative, 1 - scale), Branch(cond, scale)), rescale=rescale)
    return lambda _: stage


def sample(
    backbone: Backbone,
    policy: StagePolicy,
    latent: Tensor,
    steps: int,
    *,
    start: float = 0.0,
    guidance: LatentGuidance | None = None,
    generator: torch.Generator | None = None,
    on_step: Callable[[int, int], None] = lambda done, of: None,
) -> Tensor:
    """From a latent with the noise of share `start` of the way (0: pure noise) to a clean one.

    Rows share the words, or have their own.
    """
    times, levels = schedule(backbone, latent, steps)
    first = round(start * steps)
    for step in range(first, steps):
        stage = policy(step / steps)
        t = times[step].expand(len(latent))
        if guidance and step < guidance.until * steps:
            latent = _moved(backbone, stage, latent, t, guidance)
        with torch.no_grad():
            said = predicted(backbone, stage, latent, t)
            latent = _step(
                latent, backbone.x0_hat(said, latent, t), levels[step], levels[step + 1], stage.eta, generator
            )
        on_step(step - first + 1, steps - first)
    return latent


@torch.no_grad()
def invert(backbone: Backbone, policy: StagePolicy, clean: Tensor, steps: int) -> Tensor:
    """DDIM inversion: the noise from which `sample` with the same branches comes back near `clean`."""
    times, levels = schedule(backbone, clean, steps)
    latent = clean
    for step in reversed(range(steps)):
        t = times[step].expand(len(latent))
        said = predicted(backbone, policy(step / steps), latent, t)
        # The prediction at the noisier time stands for the one here: right in the limit of many steps.
        latent = _step(latent, backbone.x0_hat(said, latent, t), levels[step + 1], levels[step], 0.0, None)
    return latent


def predicted(backbone: Backbone, stage: Stage, latent: Tensor, t: Tensor) -> Tensor:
    """All branches in one pass of the denoiser, summed by weight."""
    branches, rows = stage.branches, len(latent)
    count = len(branches)
    cond = joined([branch.cond.repeat(rows // len(branch.cond.embeds)) for branch in branches])
    said = backbone.predict(latent.repeat(count, *(1,) * (latent.ndim - 1)), t.repeat(count), cond)
    weights = torch.tensor([branch.weight for branch in branches]).to(said)
    parts = said.reshape(count, *latent.shape)
    summed: Tensor = (parts * weights.reshape(-1, *(1,) * latent.ndim)).sum(0)
    if not stage.rescale:
        return summed
    inner = tuple(range(1, latent.ndim))
    alike = summed * (parts[-1].std(inner, keepdim=True) / summed.std(inner, keepdim=True))
    return stage.rescale * alike + (1 - stage.rescale) * summed


def noised(backbone: Backbone, clean: Tensor, steps: int, start: float, generator: torch.Generator) -> Tensor:
    """A clean latent with the noise that belongs to share `start` of the way."""
    levels = schedule(backbone, clean, steps)[1]
    alpha, sigma = levels[min(steps - 1, round(start * steps))]
    return alpha * clean + sigma * torch.randn(clean.shape, generator=generator).to(clean)


def schedule(backbone: Backbone, like: Tensor, steps: int) -> tuple[Tensor, list[tuple[Tensor, Tensor]]]:
    """The times at which the denoiser is asked, and the (signal, noise) levels between: one more than times."""
    scheduler = backbone.pipe.scheduler
    scheduler.set_timesteps(steps, device=like.device)
    times: Tensor = scheduler.timesteps
    levels = [backbone.signal(t.reshape(1), like) for t in times]
    if backbone.prediction == "flow":
        last = torch.zeros(1, device=like.device)
        return times, [*levels, backbone.signal(last, like)]
    final = getattr(scheduler, "final_alpha_cumprod", torch.tensor(1.0)).to(like)
    return times, [*levels, (final.sqrt(), (1 - final).sqrt())]


def _step(
    latent: Tensor,
    clean: Tensor,
    here: tuple[Tensor, Tensor],
    there: tuple[Tensor, Tensor],
    eta: float,
    generator: torch.Generator | None,
) -> Tensor:
    """DDIM's step (arXiv:2010.02502) between any two levels; for a flow it is Euler's."""
    (alpha, sigma), (alpha_to, sigma_to) = here, there
    noise = (latent - alpha * clean) / sigma.clamp_min(1e-6)
    fresh = eta * (sigma_to / sigma.clamp_min(1e-6)) * (1 - (alpha / alpha_to).square()).clamp_min(0).sqrt()
    kept = (sigma_to.square() - fresh.square()).clamp_min(0).sqrt()
    moved: Tensor = alpha_to * clean + kept * noise
    return moved if not eta else moved + fresh * torch.randn(latent.shape, generator=generator).to(latent)


def _moved(backbone: Backbone, stage: Stage, latent: Tensor, t: Tensor, guidance: LatentGuidance) -> Tensor:
    with torch.enable_grad():
        leaf = latent.detach().requires_grad_(True)
        clean = backbone.x0_hat(predicted(backbone, stage, leaf, t), leaf, t)
        (slope,) = torch.autograd.grad(guidance.loss(clean), leaf)
    length = slope.flatten(1).norm(dim=1).clamp_min(1e-8).reshape(-1, *(1,) * (latent.ndim - 1))
    own = latent.flatten(1).norm(dim=1).reshape(-1, *(1,) * (latent.ndim - 1))
    moved: Tensor = (latent - guidance.size * own * slope / length).detach()
    return moved
