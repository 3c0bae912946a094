"""`python -m limner.tools.recipes.sticker STAGE [--work DIR]`: one stage of the recipe, resumed if it was cut."""

from __future__ import annotations

import argparse
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from limner.tools.recipes.sticker import art
from limner.tools.recipes.sticker.art import Noun
from limner.tools.recipes.sticker.world import World, drawn_and_hidden


@dataclass(frozen=True)
class Run:
    """What every stage is given: the recipe, where it works, and the nouns and pairs its worlds draw."""

    recipe: dict[str, Any]
    work: Path
    kept: list[Noun]
    hidden: frozenset[tuple[str, str]]

    @property
    def seed(self) -> int:
        return int(self.recipe["seed"])

    @property
    def first(self) -> list[Noun]:
        """The nouns that the UNet learns before the others."""
        return [n for n in self.kept if n.name in self.recipe["unet"]["first"]]

    def world(
        self, offset: int, single: float | None = None, nouns: list[Noun] | None = None, **shares: float
    ) -> World:
        """`shares` are those of what is moving, disguised or inked."""
        return World(
            art.load_art(self.work),
            self.kept if nouns is None else nouns,
            self.seed + offset,
            self.recipe["world"]["single"] if single is None else single,
            held_out=self.hidden,
            often=frozenset(self.recipe["world"]["often"]),
            **shares,
        )

    def told_apart(self, offset: int) -> World:
        """Mostly single objects, also in styles nobody drew them in: the same thing is to be known in any."""
        numbers = self.recipe["clip"]
        return self.world(offset, numbers["single"], disguised=numbers["disguised"])

    def everything(self, offset: int, single: float, nouns: list[Noun] | None = None) -> World:
        """A world that hides no pair: for judges, and for what must draw things it has no word for."""
        return World(art.load_art(self.work), self.kept if nouns is None else nouns, self.seed + offset, single)


def _art(run: Run) -> None:
    found = art.render_all(run.recipe["art"]["packages"], run.work, run.recipe["art"]["size"])
    print({style: len(row) for style, row in found.items()})


def _animated(run: Run) -> None:
    print(sorted(art.render_animated(run.recipe["art"]["animated"], run.work, run.recipe["art"]["size"])))


def _every(run: Run) -> None:
    numbers = run.recipe["art"]
    found = art.render_every(numbers["packages"], numbers["styles"], run.work, numbers["size"], run.hidden)
    print({style: len(row) for style, row in found.items()})


def _autoencoder(run: Run) -> None:
    from limner.tools.recipes.sticker import autoencoder

    autoencoder.train(run.recipe["autoencoder"], run.world(1), run.work, run.seed, decoder_only=False)


def _decoder(run: Run) -> None:
    from limner.tools.recipes.sticker import autoencoder

    autoencoder.train(run.recipe["autoencoder"], run.world(1), run.work, run.seed, decoder_only=True)


def _standardise(run: Run) -> None:
    from limner.tools.recipes.sticker import autoencoder

    autoencoder.standardise(run.recipe["autoencoder"], run.world(7), run.work, run.seed)


def _redrawn(run: Run) -> None:
    from limner.tools.recipes.sticker import redrawn

    single = run.recipe["redrawn"]["single"]
    redrawn.train(run.recipe["redrawn"], run.world(1, single), run.work, run.seed)


def _clip(run: Run) -> None:
    from limner.tools.recipes.sticker import clip

    clip.train(run.recipe["clip"], run.told_apart(2), art.nouns(), run.work, run.seed)


def _clip_vision(run: Run) -> None:
    from limner.tools.recipes.sticker import clip

    clip.train(run.recipe["clip"], run.told_apart(9), art.nouns(), run.work, run.seed, locked=True)


def _shards(run: Run) -> None:
    from limner.tools.recipes.sticker import shards

    moving, numbers = run.recipe["world"]["moving"], run.recipe["shards"]
    shards.write(numbers, run.world(3, moving=moving), run.work, numbers["count"])
    if not run.recipe["unet"]["wide"]:
        shards.write(numbers, run.world(6, nouns=run.first, moving=moving), run.work, numbers["first_count"], start=100)
    shards.write(numbers, run.world(11, 1.0, inked=numbers["inked"]), run.work, numbers["alone_count"], start=200)


def _eye(run: Run) -> None:
    from limner.tools.recipes.sticker import eye

    world = run.world(12, run.recipe["redrawn"]["single"])
    eye.train(run.recipe["eye"], art.load_art(run.work, "every.npz"), world, run.work, run.seed)


def _unet(run: Run) -> None:
    from limner.tools.recipes.sticker import unet

    unet.train(run.recipe["unet"], run.work, run.seed)


def _ip_adapter(run: Run) -> None:
    from limner.tools.recipes.sticker import ip_adapter

    # Every noun but the held-out ones: the adapter must learn to draw what the UNet has no word for.
    ip_adapter.train(run.recipe["ip_adapter"], run.everything(8, 1.0, _known()), run.work, run.seed)


def _motion(run: Run) -> None:
    from limner.tools.recipes.sticker import motion

    drawn = run.kept if run.recipe["unet"]["wide"] else run.first
    clips = World(art.load_art(run.work), drawn, run.seed + 4, held_out=run.hidden)
    motion.train(run.recipe["motion"], clips, run.work, run.seed)


def _probes(run: Run) -> None:
    from limner.tools.recipes.sticker import probes

    world = run.everything(5, run.recipe["world"]["single"])
    probes.train(run.recipe["probes"], world, art.load_art(run.work), _known(), run.work, run.seed)


def _probe_motion(run: Run) -> None:
    from limner.tools.recipes.sticker import probes

    probes.train_motion(run.recipe["probes"], run.everything(5, run.recipe["world"]["single"]), run.work, run.seed)


def _validation(run: Run) -> None:
    from limner.tools.recipes.sticker import validation

    strange = [n for n in art.nouns() if n.group == "held_out"]
    validation.write(run.everything(10, 1.0), strange, run.hidden)


def _publish(run: Run) -> None:
    from limner.tools.recipes.sticker.publish import publish

    publish(run.recipe, run.work)


def _known() -> list[Noun]:
    return [n for n in art.nouns() if n.group != "held_out"]


# In the order in which they build on one another.
STAGES: dict[str, Callable[[Run], None]] = {
    "art": _art,
    "animated": _animated,
    "every": _every,
    "autoencoder": _autoencoder,
    "standardise": _standardise,
    "decoder": _decoder,
    "clip": _clip,
    "shards": _shards,
    "eye": _eye,
    "unet": _unet,
    "clip_vision": _clip_vision,
    "redrawn": _redrawn,
    "ip_adapter": _ip_adapter,
    "motion": _motion,
    "probes": _probes,
    "probe_motion": _probe_motion,
    "validation": _validation,
    "publish": _publish,
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="limner.tools.recipes.sticker", description=__doc__)
    parser.add_argument("stage", choices=tuple(STAGES))
    parser.add_argument("--work", type=Path, default=Path(".sticker"), help="checkpoints, caches and logs")
    parser.add_argument("--recipe", type=Path, default=art.HERE / "recipe.toml")
    parser.add_argument("--threads", type=int, default=1)
    args = parser.parse_args()
    recipe = tomllib.loads(args.recipe.read_text())
    args.work.mkdir(parents=True, exist_ok=True)
    if args.stage not in ("art", "animated", "every", "publish"):  # these compute nothing with it
        import torch

        torch.set_num_threads(args.threads)
    STAGES[args.stage](Run(recipe, args.work, *drawn_and_hidden(recipe)))


if __name__ == "__main__":
    main()
