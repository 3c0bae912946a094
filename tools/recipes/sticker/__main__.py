"""`python -m limner.tools.recipes.sticker STAGE [--work DIR]`: one stage of the recipe, resumed if it was cut."""

from __future__ import annotations

import argparse
import tomllib
from pathlib import Path

from limner.tools.recipes.sticker import art
from limner.tools.recipes.sticker.world import World, drawn_and_hidden

STAGES = (
    "art",
    "animated",
    "autoencoder",
    "standardise",
    "decoder",
    "clip",
    "shards",
    "unet",
    "clip_vision",
    "ip_adapter",
    "motion",
    "probes",
    "probe_motion",
    "validation",
    "publish",
)


def main() -> None:
    parser = argparse.ArgumentParser(prog="limner.tools.recipes.sticker", description=__doc__)
    parser.add_argument("stage", choices=STAGES)
    parser.add_argument("--work", type=Path, default=Path(".sticker"), help="checkpoints, caches and logs")
    parser.add_argument("--recipe", type=Path, default=art.HERE / "recipe.toml")
    parser.add_argument("--threads", type=int, default=1)
    args = parser.parse_args()
    recipe = tomllib.loads(args.recipe.read_text())
    args.work.mkdir(parents=True, exist_ok=True)
    if args.stage == "art":
        found = art.render_all(recipe["art"]["packages"], args.work, recipe["art"]["size"])
        print({style: len(row) for style, row in found.items()})
        return

    if args.stage == "animated":
        print(sorted(art.render_animated(recipe["art"]["animated"], args.work, recipe["art"]["size"])))
        return

    if args.stage == "publish":
        from limner.tools.recipes.sticker.publish import publish

        publish(recipe, args.work)
        return

    import torch

    torch.set_num_threads(args.threads)
    seed = recipe["seed"]
    kept, hidden = drawn_and_hidden(recipe)

    first, often = recipe["unet"]["first"], frozenset(recipe["world"]["often"])

    def world(offset: int, moving: float = 0.0) -> World:
        return World(art.load_art(args.work), kept, seed + offset, recipe["world"]["single"], moving, hidden, often)

    def told_apart(offset: int) -> World:
        """Mostly single objects, also in styles nobody drew them in: the same thing is to be known in any."""
        single, masked = recipe["clip"]["single"], recipe["clip"]["disguised"]
        return World(art.load_art(args.work), kept, seed + offset, single, 0.0, hidden, often, masked)

    if args.stage in ("autoencoder", "decoder"):
        from limner.tools.recipes.sticker import autoencoder

        autoencoder.train(recipe["autoencoder"], world(1), args.work, seed, decoder_only=args.stage == "decoder")
    elif args.stage == "standardise":
        from limner.tools.recipes.sticker import autoencoder

        autoencoder.standardise(recipe["autoencoder"], world(7), args.work, seed)
    elif args.stage == "clip":
        from limner.tools.recipes.sticker import clip

        clip.train(recipe["clip"], told_apart(2), art.nouns(), args.work, seed)
    elif args.stage == "shards":
        from limner.tools.recipes.sticker import shards

        moving = recipe["world"]["moving"]
        shards.write(recipe["shards"], world(3, moving), args.work, recipe["shards"]["count"])
        if not recipe["unet"]["wide"]:
            few = [n for n in kept if n.name in first]
            narrow = World(art.load_art(args.work), few, seed + 6, recipe["world"]["single"], moving, hidden, often)
            shards.write(recipe["shards"], narrow, args.work, recipe["shards"]["first_count"], start=100)
    elif args.stage == "unet":
        from limner.tools.recipes.sticker import unet

        unet.train(recipe["unet"], args.work, seed)
    elif args.stage == "probes":
        from limner.tools.recipes.sticker import probes

        everything = World(art.load_art(args.work), kept, seed + 5, recipe["world"]["single"])
        seen = [n for n in art.nouns() if n.group != "held_out"]
        probes.train(recipe["probes"], everything, art.load_art(args.work), seen, args.work, seed)
    elif args.stage == "probe_motion":
        from limner.tools.recipes.sticker import probes

        everything = World(art.load_art(args.work), kept, seed + 5, recipe["world"]["single"])
        probes.train_motion(recipe["probes"], everything, args.work, seed)
    elif args.stage == "validation":
        from limner.tools.recipes.sticker import validation

        singles = World(art.load_art(args.work), kept, seed + 10, 1.0)
        validation.write(singles, [n for n in art.nouns() if n.group == "held_out"], hidden)
    elif args.stage == "ip_adapter":
        from limner.tools.recipes.sticker import ip_adapter

        # Every noun but the held-out ones: the adapter must learn to draw what the UNet has no word for.
        known = [n for n in art.nouns() if n.group != "held_out"]
        ip_adapter.train(recipe["ip_adapter"], World(art.load_art(args.work), known, seed + 8, 1.0), args.work, seed)
    elif args.stage == "clip_vision":
        from limner.tools.recipes.sticker import clip

        clip.train(recipe["clip"], told_apart(9), art.nouns(), args.work, seed, locked=True)
    elif args.stage == "motion":
        from limner.tools.recipes.sticker import motion

        drawn = [n for n in kept if recipe["unet"]["wide"] or n.name in first]
        clips = World(art.load_art(args.work), drawn, seed + 4, held_out=hidden)
        motion.train(recipe["motion"], clips, args.work, seed)


if __name__ == "__main__":
    main()
