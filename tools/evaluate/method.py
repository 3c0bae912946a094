"""What a subject method is worth: base, naive, method and knock-out on the same prompts and seeds, with intervals."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from PIL import Image

from limner.tools.base import Progress, Tool, ToolError, all_tools, silent
from limner.tools.engine import Engine
from limner.tools.learning import Learner
from limner.tools.library import Library
from limner.tools.photos import open_photos
from limner.tools.specs import GenerateSpec

REFERENCE_PHOTOS = Path(__file__).parents[2] / "examples" / "biscuit"
NAME, NOUN, WRONG_NOUN = "Biscuit", "dog", "car"
PROMPTS = {
    "beach": "Biscuit on the beach",
    "snow": "Biscuit in the snow",
    "forest": "Biscuit in the forest",
    "red background": "Biscuit on a red background",
}


class Judge(Protocol):
    """Trained apart from what it judges."""

    def likeness(self, images: Sequence[Image.Image], references: Sequence[Image.Image]) -> list[float]: ...

    def look(self, images: Sequence[Image.Image]) -> Mapping[str, Sequence[str]]: ...


@dataclass(frozen=True)
class Arm:
    """One way to learn; `None` for the method draws with the bare base."""

    name: str
    method: str | None
    noun: str = NOUN
    settings: tuple[tuple[str, Any], ...] = ()


def arms(method: str) -> tuple[Arm, ...]:
    """The naive arm is DreamBooth without its prior; the knock-out binds the subject to a wrong noun."""
    return (
        Arm("base", None),
        Arm("naive", "dreambooth_lora", settings=(("prior_every", 0),)),
        Arm("method", method),
        Arm("knock-out", method, noun=WRONG_NOUN),
    )


def evaluate_method(
    name: str,
    family: str = "sticker",
    device: str = "auto",
    *,
    engine: Engine | None = None,
    judge: Judge | None = None,
    photos: Sequence[Path] | None = None,
    seeds: Sequence[int] = (0, 1, 2),
    progress: Progress = silent,
) -> dict[str, Any]:
    """Means per arm of subject fidelity, prompt fidelity (place named right) and prior drift (how much "a dog" has
    become the subject; lower is better), and the paired difference of method and naive with its 95 % interval."""
    kind = all_tools().get(name)
    if kind is None or kind.kind != "subject" or not isinstance(kind, Learner):
        fits = [n for n, t in all_tools().items() if t.kind == "subject" and isinstance(t, Learner)]
        raise ToolError(f"{name!r} is not a subject method that can be evaluated; choose from {', '.join(fits)}")
    if judge is None:
        from limner.tools.evaluate.probes import load_probes

        judge = load_probes()
    files = list(photos or sorted(REFERENCE_PHOTOS.glob("*.png")))
    references = open_photos(files, NAME)
    engine = engine or Engine.load(family, device)
    rows: dict[str, list[tuple[float, float, float]]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for arm in arms(name):
            for seed in seeds:
                library = Library(Path(folder) / f"{arm.name}-{seed}")
                rows.setdefault(arm.name, []).extend(
                    _measure(engine, arm, library, files, references, judge, seed, progress)
                )
    report: dict[str, Any] = {"method": name, "seeds": len(seeds), "prompts": len(PROMPTS)}
    for arm_name, measured in rows.items():
        for place, metric in enumerate(("subject", "prompt", "prior drift")):
            report[f"{arm_name}: {metric}"] = round(sum(row[place] for row in measured) / len(measured), 4)
    for place, metric in enumerate(("subject", "prompt", "prior drift")):
        pairs = zip(rows["method"], rows["naive"], strict=True)
        report[f"method - naive: {metric}"] = paired_interval([one[place] - two[place] for one, two in pairs])
    return report


def paired_interval(differences: Sequence[float], draws: int = 2000, seed: int = 0) -> str:
    """Mean and 95 % bootstrap interval of paired differences."""
    rng = random.Random(seed)
    count = len(differences)
    means = sorted(sum(rng.choices(differences, k=count)) / count for _ in range(draws))
    low, high = means[int(0.025 * draws)], means[int(0.975 * draws) - 1]
    return f"{sum(differences) / count:+.4f} [{low:+.4f}, {high:+.4f}]"


def _measure(
    engine: Engine,
    arm: Arm,
    library: Library,
    files: Sequence[Path],
    references: Sequence[Image.Image],
    judge: Judge,
    seed: int,
    progress: Progress,
) -> list[tuple[float, float, float]]:
    """One row per prompt: subject fidelity, prompt fidelity, prior drift."""
    tools: tuple[Tool, ...] = ()
    if arm.method:
        engine.learn(
            "subject",
            NAME,
            files,
            owner="evaluation",
            library=library,
            class_noun=arm.noun,
            method=arm.method,
            settings=dict(arm.settings),
            seed=seed,
            progress=progress,
        )
        tools = (engine.choose("subject", NAME, library, "evaluation"),)
    asked = [prompt if tools else prompt.replace(NAME, f"a {arm.noun}") for prompt in PROMPTS.values()]
    drawn = [engine.generate(GenerateSpec(prompt=p, tools=tools, seed=seed))[0].image for p in asked]
    # The class noun alone, with the adapter on: what the prior has become.
    plain = tuple(tool.model_copy(update={"target": "no such name", "trigger": arm.noun}) for tool in tools)
    others = [
        engine.generate(GenerateSpec(prompt=f"a {arm.noun}", tools=plain, seed=1000 + seed + n))[0].image
        for n in range(len(asked))
    ]
    subject = judge.likeness(drawn, references)
    places = judge.look(drawn)["place"]
    drift = judge.likeness(others, references)
    obeyed = [float(place == wanted) for place, wanted in zip(places, PROMPTS, strict=True)]
    return list(zip(subject, obeyed, drift, strict=True))
