"""`python -m limner.tools.recipes.sticker STAGE [--work DIR]`: runs one stage of the recipe, resuming it if it was cut."""

from __future__ import annotations

import argparse
import tomllib
from pathlib import Path

from limner.tools.recipes.sticker import art
from limner.tools.recipes.sticker.world import World, held_out_pairs

STAGES = ("art", "autoencoder", "decoder", "clip", "shards", "unet", "ip_adapter", "motion", "probes")


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

    import torch

    torch.set_num_threads(args.threads)
    seed = recipe["seed"]
    kept = [n for n in art.nouns() if n.group in recipe["world"]["groups"]]
    hidden = held_out_pairs(kept, recipe["art"]["styles"], recipe["world"]["held_out_pairs"])

    def world(offset: int, moving: float = 0.0) -> World:
        return World(art.load_art(args.work), kept, seed + offset, recipe["world"]["single"], moving, hidden)

    if args.stage in ("autoencoder", "decoder"):
        from limner.tools.recipes.sticker import autoencoder

        autoencoder.train(recipe["autoencoder"], world(1), args.work, seed, decoder_only=args.stage == "decoder")
    elif args.stage == "clip":
        from limner.tools.recipes.sticker import clip

        clip.train(recipe["clip"], world(2), art.nouns(), args.work, seed)
    elif args.stage == "shards":
        from limner.tools.recipes.sticker import shards

        shards.write(recipe["shards"], world(3, recipe["world"]["moving"]), args.work)
    elif args.stage == "unet":
        from limner.tools.recipes.sticker import unet

        unet.train(recipe["unet"], args.work, seed)
    elif args.stage == "probes":
        from limner.tools.recipes.sticker import probes

        everything = World(art.load_art(args.work), kept, seed + 5, recipe["world"]["single"])
        seen = [n for n in art.nouns() if n.group != "held_out"]
        probes.train(recipe["probes"], everything, art.load_art(args.work), seen, args.work, seed)
    elif args.stage == "motion":
        from limner.tools.recipes.sticker import motion

        motion.train(recipe["motion"], world(4), args.work, seed)


if __name__ == "__main__":
    main()
