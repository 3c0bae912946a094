"""`python -m limner.agent.llm.recipes STAGE --work DIR`: prepare, sample, train, export, adapter, ablation."""

from __future__ import annotations

import argparse
import itertools
import tomllib
from importlib.resources import files
from pathlib import Path

from limner.agent.llm.recipes.mixture import stream
from limner.agent.llm.shipped import FOLDER
from limner.agent.plan import render_context, render_plan


def main() -> None:
    parser = argparse.ArgumentParser(prog="limner.agent.llm.recipes", description=__doc__)
    parser.add_argument("stage", choices=("prepare", "sample", "train", "export", "adapter", "ablation"))
    parser.add_argument("--work", type=Path, default=Path("build/planner"), help="where everything in between is kept")
    parser.add_argument("--evaluation", type=Path, nargs="*", help="suites whose requests must not be trained on")
    parser.add_argument("--shipped", action="store_true", help="prepare, train: go on from the weights that ship")
    parser.add_argument("--seed", type=int, help="train: this one instead of the recipe's")
    parser.add_argument(
        "--checkpoint", type=Path, nargs="+", help="export, adapter: this one instead of the newest; adapter: averaged"
    )
    parser.add_argument("--out", type=Path, default=FOLDER, help="export, adapter: where the weights go")
    parser.add_argument("-n", type=int, default=10, help="sample: how many examples to show")
    asked = parser.parse_args()
    recipe = tomllib.loads(files(__package__).joinpath("recipe.toml").read_text(encoding="utf-8"))
    known = recipe["contamination"]["evaluation"]
    suites = asked.evaluation or [path for pattern in known for path in sorted(Path().glob(pattern))]
    evaluation = [str(path) for path in suites]
    checkpoints = asked.checkpoint or newest(asked.work)
    match asked.stage:
        case "sample":
            for one in itertools.islice(stream(recipe["train"]["seed"], evaluation=evaluation), asked.n):
                print(f"# {one.intent}\n{render_context(one.context, one.text)}\n>> {render_plan(one.plan)}\n")
        case "prepare":
            from limner.agent.llm.recipes.base import prepare, prepare_shipped

            if asked.shipped:
                from limner.agent.llm.recipes.adapter import unpack

                prepare_shipped(asked.work)
                unpack(FOLDER, asked.work)
            else:
                prepare(asked.work, recipe["base"]["examples"], recipe["base"]["seed"])
        case "train":
            from limner.agent.llm.recipes.train import Settings, train

            numbers = recipe["train"] | (recipe["further"] if asked.shipped else {})
            if asked.seed is not None:
                numbers["seed"] = asked.seed
            train(asked.work, asked.work / "run", Settings(**numbers), evaluation)
        case "export":
            from limner.agent.llm.recipes.export import write

            for path in write(asked.work, checkpoints[0] if checkpoints else None, asked.out):
                print(path, path.stat().st_size)
        case "adapter":
            from limner.agent.llm.recipes.adapter import write_adapter

            if not checkpoints:
                raise SystemExit(f"no checkpoint in {asked.work / 'run'}: train --shipped first")
            path = write_adapter(checkpoints, asked.out)
            print(path, path.stat().st_size)
        case "ablation":
            from limner.agent.llm.recipes.ablation import ablation

            numbers = recipe["train"] | recipe["further"]
            ablation(asked.work, numbers, recipe["ablation"], evaluation, Path("docs/evidence/planner-training.md"))


def newest(work: Path) -> list[Path]:
    """The newest checkpoint, if there is one."""
    return sorted((work / "run").glob("step*.pt"), key=lambda path: path.stat().st_mtime)[-1:]


if __name__ == "__main__":
    main()
