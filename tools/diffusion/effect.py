"""The counterfactual check: what does each tool change, and how much of that do the others take away?"""

from __future__ import annotations

from dataclasses import dataclass, field

import torch
from torch import Tensor

from limner.tools.base import Adaptation, ToolError
from limner.tools.diffusion.scene import Scene, relative_change

# Late and early in the trajectory: adapters differ in where they act.
MOMENTS = (0.9, 0.5)
NO_EFFECT = 1e-6


@dataclass
class Effect:
    size: float  # relative change of the prediction when this tool alone is left out
    alone: float  # the same change when it is the only tool
    interference: dict[str, float] = field(default_factory=dict)  # share of it that each other tool takes away


@torch.no_grad()
def effects(scene: Scene, seed: int) -> dict[str, Effect]:
    """A cheap pass of the denoiser with all tools, without each, and, if there are several, with one and with two."""
    tools = scene.adaptations
    if not tools:
        return {}
    found: dict[str, Effect] = {}
    try:
        whole = _predict(scene, (), seed)
        lone = len(tools) == 1
        bare = whole if lone else _predict(scene, tools, seed)
        singles: dict[int, Tensor] = {}
        for number, tool in enumerate(tools):
            size = relative_change(_predict(scene, (tool,), seed), whole)
            if size < NO_EFFECT:
                raise ToolError(
                    f"{tool.name!r} changes nothing in this picture: its scale is 0 or its file holds no change. "
                    "Leave it out, raise its scale, or learn it again"
                )
            if not lone:
                singles[number] = _predict(scene, _others(tools, (tool,)), seed)
            found[tool.name] = Effect(size, size if lone else relative_change(singles[number], bare))
        for one, tool in enumerate(tools):
            for two, other in enumerate(tools):
                if one < two:
                    both = whole if len(tools) == 2 else _predict(scene, _others(tools, (tool, other)), seed)
                    found[tool.name].interference[other.name] = _loss(both, singles[two], singles[one], bare)
                    found[other.name].interference[tool.name] = _loss(both, singles[one], singles[two], bare)
    finally:
        scene.residents.activate(scene.scales())
    scene.cond()  # tells every tool again that it is on
    return found


def _loss(both: Tensor, other: Tensor, alone: Tensor, bare: Tensor) -> float:
    """1 - (what the tool changes beside the other) along (what it changes alone); 0 none lost, 1 all lost."""
    mine, beside = (alone - bare).flatten(), (both - other).flatten()
    return float(1 - (mine @ beside) / (mine @ mine).clamp_min(1e-12))


def _others(tools: list[Adaptation], kept: tuple[Adaptation, ...]) -> list[Adaptation]:
    return [tool for tool in tools if tool not in kept]


def _predict(scene: Scene, without: list[Adaptation] | tuple[Adaptation, ...], seed: int) -> Tensor:
    backbone = scene.backbone
    scene.residents.activate(scene.scales(without))
    # What has weights is left out by its weights; what has only words, by its words.
    wordless = [adaptation for adaptation in without if not adaptation.adapters]
    cond = scene.cond(wordless)
    side = backbone.latent_side
    frames = (4,) if backbone.moves else ()
    generator = torch.Generator().manual_seed(seed)
    z = torch.randn(1, backbone.latent_channels, *frames, side, side, generator=generator).to(backbone.device)
    said = []
    for moment in MOMENTS:
        t = torch.tensor([int(moment * backbone.timesteps) - 1], device=backbone.device)
        said.append(backbone.predict(z.to(backbone.dtype), t, cond).float())
    return torch.cat(said)
