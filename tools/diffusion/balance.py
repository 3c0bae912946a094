"""Gives an adapter that another one erases its share back: scales move within a small budget."""

from __future__ import annotations

from dataclasses import dataclass

from limner.tools.base import Adaptation
from limner.tools.diffusion.effect import Effect, effects
from limner.tools.diffusion.scene import Scene

ERASED = 0.5  # an adapter that loses so much of its effect to another one is helped
LOUDER, QUIETER = 1.3, 0.75  # how far from what was asked a scale may go
STEP = 1.15
ROUNDS = 2


@dataclass(frozen=True)
class Erasure:
    victim: Adaptation
    culprit: Adaptation
    share: float


def balanced(scene: Scene, seed: int, measured: dict[str, Effect]) -> dict[str, Effect]:
    """Measures again after each move and takes back one that does not help."""
    asked = {id(adaptation): _scale(adaptation) for adaptation in scene.adaptations if adaptation.adapters}
    for _ in range(ROUNDS):
        worst = _worst(scene, measured)
        if worst is None:
            break
        before = {id(a): _scale(a) for a in (worst.victim, worst.culprit)}
        _set(worst.victim, min(_scale(worst.victim) * STEP, asked[id(worst.victim)] * LOUDER))
        _set(worst.culprit, max(_scale(worst.culprit) / STEP, asked[id(worst.culprit)] * QUIETER))
        scene.residents.activate(scene.scales())
        again = effects(scene, seed)
        if again[worst.victim.name].interference[worst.culprit.name] >= worst.share - 0.01:
            for adaptation in (worst.victim, worst.culprit):
                _set(adaptation, before[id(adaptation)])
            scene.residents.activate(scene.scales())
            break
        measured = again
    return measured


def _worst(scene: Scene, measured: dict[str, Effect]) -> Erasure | None:
    """The pair of adapters of which one loses most, if it loses too much. Words have no scale to move."""
    weighty = [adaptation for adaptation in scene.adaptations if adaptation.adapters]
    pairs = [
        Erasure(victim, culprit, measured[victim.name].interference[culprit.name])
        for victim in weighty
        for culprit in weighty
        if culprit.name in measured[victim.name].interference
    ]
    worst = max(pairs, key=lambda pair: pair.share, default=None)
    return worst if worst and worst.share > ERASED else None


def _scale(adaptation: Adaptation) -> float:
    return adaptation.adapters[0].scale


def _set(adaptation: Adaptation, scale: float) -> None:
    adaptation.adapters = [use.model_copy(update={"scale": round(scale, 4)}) for use in adaptation.adapters]
