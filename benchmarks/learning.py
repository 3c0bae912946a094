"""Time learning: a step of ours beside a step of the plain DreamBooth script, and a switch of adapters beside a load.

python -m benchmarks.learning [--pairs 6] [--scored 120] [--out docs/evidence/learning.md]
"""

from __future__ import annotations

import argparse
import os
import platform
import resource
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import torch

from limner.tools import Engine, GenerateSpec, Library
from limner.tools.base import never, silent
from limner.tools.diffusion.backbone import Backbone
from limner.tools.diffusion.binding import bind
from limner.tools.diffusion.captioning import told
from limner.tools.diffusion.concept import class_grounds, class_prompts
from limner.tools.diffusion.hands import hands
from limner.tools.diffusion.latents import Examples, cached, sampled
from limner.tools.diffusion.metrics import subject_fidelity
from limner.tools.diffusion.trainable import trainable_lora
from limner.tools.diffusion.trainer import Group, Phase, train
from limner.tools.diffusion.worth import explained
from limner.tools.evaluate.probes import load_probes
from limner.tools.evaluate.study import paired
from limner.tools.evaluate.subjects import PROMPTS
from limner.tools.learning import Lesson
from limner.tools.library import TOKENS, WEIGHTS, sha256
from limner.tools.photos import open_photo, open_photos, squared
from limner.tools.subject.dreambooth_lora import NUMBERS, DreamBoothLora
from tests.behaviour.sections import write_section

PHOTOS = sorted((Path(__file__).parents[1] / "examples" / "biscuit").glob("*.png"))
GOAL_STEP, GOAL_SWITCH = 2.5, 50.0


class PlainLoop:
    """The logic of the well-known script: every step opens its photos, encodes pictures and prompts, and puts as many
    class pictures beside them. Nothing is cached; no word is learned."""

    def __init__(self, backbone: Backbone, folder: Path, seed: int, photos: Sequence[Path] = PHOTOS) -> None:
        self.photos = list(photos)
        self.backbone, self.generator = backbone, torch.Generator().manual_seed(seed)
        prompts = class_prompts(backbone.family, "dog", class_grounds(backbone.family, NUMBERS.prior_pictures, seed))
        prior = sampled(backbone, prompts, seed, NUMBERS.prior_steps, silent, "")
        self.class_files = []
        for number, image in enumerate(backbone.decode_images(prior.latents)):
            self.class_files.append(folder / f"class-{number}.png")
            image.save(self.class_files[-1])

    def loss(self) -> torch.Tensor:
        backbone, batch = self.backbone, NUMBERS.batch
        files = [self._pick(self.photos) for _ in range(batch)] + [self._pick(self.class_files) for _ in range(batch)]
        photos = [squared(open_photo(file), backbone.family.resolution) for file in files]
        z0 = backbone.encode_images(photos)
        with torch.no_grad():
            cond = backbone.encode_text(["a picture of a sks dog"] * batch + ["a picture of a dog"] * batch)
        noise = torch.randn(z0.shape, generator=self.generator)
        t = torch.randint(0, backbone.timesteps, (len(z0),), generator=self.generator)
        said = backbone.predict(backbone.add_noise(z0, noise, t), t, cond)
        wrong = (said - backbone.target(z0, noise, t)).square()
        return wrong[:batch].mean() + wrong[batch:].mean()

    def _pick(self, files: list[Path]) -> Path:
        return files[int(torch.randint(0, len(files), (1,), generator=self.generator))]


def our_examples(backbone: Backbone, files: Sequence[Path] = PHOTOS) -> tuple[Lesson, Examples, Examples]:
    lesson = Lesson("subject", "Biscuit", tuple(files), "bench", "dog")
    photos = open_photos(files, "Biscuit")
    captions = told(backbone, photos, "<biscuit> dog", "dog")
    examples = cached(backbone, photos, captions, NUMBERS.variants, 0, silent)
    prompts = class_prompts(backbone.family, "dog", class_grounds(backbone.family, NUMBERS.prior_pictures, 0))
    return lesson, examples, sampled(backbone, prompts, 0, NUMBERS.prior_steps, silent, "")


def step_seconds(engine: Engine, pairs: int, folder: Path) -> tuple[list[float], list[float]]:
    """Seconds a step of both arms, four steps each (one of ours in four is on the prior), in turn: ABBA."""
    backbone, _ = engine.still()
    plain, (lesson, examples, prior) = PlainLoop(backbone, folder, 0), our_examples(backbone)
    times: tuple[list[float], list[float]] = ([], [])

    def ours() -> None:
        few = NUMBERS.set({"steps": 4})
        clock = Laps(4)
        bind(lesson, few, {"<biscuit>": "dog"}, backbone, examples, prior, folder, clock, never)
        times[0].append(clock.each())

    def theirs() -> None:
        with trainable_lora(backbone, {"concept": backbone.family.lora_targets}, NUMBERS.rank, 0) as lora:
            optimizer = torch.optim.AdamW(lora.params("concept"), 1e-4)
            clock = Laps(4)
            for number in range(4):
                optimizer.zero_grad()
                torch.autograd.backward(plain.loss())
                torch.nn.utils.clip_grad_norm_(lora.params("concept"), 1.0)
                optimizer.step()
                clock("", number + 1, 4)
        times[1].append(clock.each())

    for pair in range(pairs + 1):
        for arm in (ours, theirs) if pair % 2 else (theirs, ours):
            arm()
    return times[0][1:], times[1][1:]  # the first pair warms up


class Laps:
    """A progress listener that takes the time between steps, on the clock: ours works on two cores at once, so it wants
    an idle machine."""

    def __init__(self, steps: int) -> None:
        self.steps, self.at = steps, [time.perf_counter()]

    def __call__(self, label: str, done: int, total: int) -> None:
        self.at.append(time.perf_counter())

    def each(self) -> float:
        return (self.at[-1] - self.at[1]) / (self.steps - 1)  # the first lap holds the set-up


def switch_seconds(engine: Engine, library: Library, pairs: int) -> tuple[list[float], list[float], int]:
    """Seconds of a switch between two resident subjects, of load and unload of one, and modules made by switching."""
    backbone, residents = engine.still()
    tools = []
    for name in ("Biscuit", "Crumb"):
        few = {"steps": 2, "prior_pictures": 1, "prior_steps": 1}
        engine.learn(
            "subject", name, PHOTOS, owner="bench", library=library, class_noun="dog", settings=few, seed=len(name)
        )
        tools.append(engine.choose("subject", name, library, "bench"))
    engine.generate(GenerateSpec(prompt="Biscuit and Crumb", tools=tuple(tools), steps=1))
    names = list(residents.held)
    modules = sum(1 for _ in backbone.denoiser.modules())
    fast = [timed(partial(residents.activate, {names[n % 2]: 1.0})) for n in range(pairs * 20)]
    made = sum(1 for _ in backbone.denoiser.modules()) - modules
    residents.release()
    file = library.get("bench", "subject", "Biscuit").weights

    def load_and_unload() -> None:
        engine.pipe.load_lora_weights(file.parent, weight_name=file.name, adapter_name="biscuit")
        engine.pipe.unload_lora_weights()

    return fast, [timed(load_and_unload) for _ in range(pairs)], made


def unchanged_after(engine: Engine, library: Library, requests: int) -> bool:
    """Whether the base draws the same bytes after so many mixed requests."""
    plain = GenerateSpec(prompt="a dog", seed=5, steps=2)
    before = engine.generate(plain)[0].image.tobytes()
    tools = [engine.choose("subject", name, library, "bench") for name in ("Biscuit", "Crumb")]
    for number in range(requests):
        asked = (tools[number % 2],) if number % 3 else tuple(tools)
        engine.generate(GenerateSpec(prompt="Biscuit and Crumb", tools=asked, seed=number, steps=1))
    return engine.generate(plain)[0].image.tobytes() == before


def whole_lesson(engine: Engine, library: Library, steps: int) -> tuple[float, float]:
    """Seconds on the clock and of processor for learning one subject, everything counted."""
    began, busy = time.perf_counter(), time.process_time()
    engine.learn(
        "subject", "Whole", PHOTOS, owner="bench", library=library, class_noun="dog", settings={"steps": steps}
    )
    return time.perf_counter() - began, time.process_time() - busy


@dataclass(frozen=True)
class Worth:
    """What both arms are worth after as many steps: the judge's likeness of each picture, and the share of a held-out
    photo's noise that each explains (see `explained`)."""

    ours: list[float]
    plain: list[float]
    held: tuple[float, float]

    def rows(self, steps: int) -> list[str]:
        gain = paired([one - two for one, two in zip(self.ours, self.plain, strict=True)])
        return [
            f"| likeness by the probe, {steps} steps, {len(self.ours)} pictures | {statistics.fmean(self.ours):.3f} "
            f"| {statistics.fmean(self.plain):.3f} | ours minus plain {gain} | not below |",
            f"| noise of a held-out photo explained | {self.held[0]:.3f} | {self.held[1]:.3f} | | ours at least |",
        ]


def worth(engine: Engine, folder: Path, steps: int) -> Worth:
    """The last photo is held out from both."""
    engine.release()  # what the requests before left resident would be trained along
    backbone, residents = engine.still()
    held, seen = [open_photo(PHOTOS[-1])], PHOTOS[:-1]
    lesson, examples, prior = our_examples(backbone, seen)
    bind(lesson, NUMBERS.set({"steps": steps}), {"<biscuit>": "dog"}, backbone, examples, prior, folder, silent, never)
    ours = learned(folder / WEIGHTS, "<biscuit> dog", folder / TOKENS)
    plain = PlainLoop(backbone, folder, 0, seen)
    with trainable_lora(backbone, {"concept": backbone.family.lora_targets}, NUMBERS.rank, 0) as lora:
        group = Group(lora.params("concept"), NUMBERS.lr)
        train([Phase(steps, [group], lambda step: plain.loss())], "", silent, never)
        lora.save("concept", folder / "plain.safetensors", {})
    theirs = learned(folder / "plain.safetensors", "sks dog")
    one, two = (explained(backbone, residents, tool, "Biscuit", held, "dog", 0) for tool in (ours, theirs))
    photos, judge = open_photos(PHOTOS, "Biscuit"), load_probes()
    likeness = []
    for tool in (ours, theirs):
        specs = [GenerateSpec(prompt=said, tools=(tool,), seed=n, steps=12) for n, said in enumerate(PROMPTS)]
        likeness.append(subject_fidelity(judge, [engine.generate(spec)[0].image for spec in specs], photos))
    engine.release()
    return Worth(likeness[0], likeness[1], (one, two))


def learned(weights: Path, trigger: str, tokens: Path | None = None) -> DreamBoothLora:
    return DreamBoothLora(
        target="Biscuit", weights=weights, tokens=tokens, sha256=sha256(weights), trigger=trigger, class_noun="dog"
    )


def timed(work: Callable[[], Any]) -> float:
    """Seconds of processor: the machine may be shared."""
    began = time.process_time()
    work()
    return time.process_time() - began


def ratio(slow: list[float], fast: list[float]) -> str:
    """Median of paired ratios with its quartiles."""
    pairs = sorted(a / b for a, b in zip(slow, fast, strict=False))
    low, middle, high = statistics.quantiles(pairs, n=4) if len(pairs) > 1 else pairs * 3
    return f"{middle:.2f}x (quartiles {low:.2f} to {high:.2f}, {len(pairs)} pairs)"


def run(pairs: int, steps: int, threads: int, scored: int) -> str:
    engine = Engine.load("sticker", device="cpu", threads=threads)
    middle, rows = statistics.median, []
    with tempfile.TemporaryDirectory() as folder:
        library = Library(Path(folder) / "library")
        if steps:  # first: what the base has once said or drawn for the same photos and class it is not asked again
            clock, busy = whole_lesson(engine, library, steps)
            rows.append(
                f"| learning one subject, {steps} steps, s | {clock:.0f} on the clock, {busy:.0f} of processor "
                "| | | 60 on two cores |"
            )
        ours, theirs = step_seconds(engine, pairs, Path(folder))
        fast, slow, made = switch_seconds(engine, library, pairs)
        rows += [
            f"| seconds a step, with prior | {middle(ours):.3f} | {middle(theirs):.3f} "
            f"| {ratio(theirs, ours)} | {GOAL_STEP}x |",
            f"| switch between resident subjects, ms | {1000 * middle(fast):.3f} | {1000 * middle(slow):.1f} "
            f"| {ratio(slow, fast)} | {GOAL_SWITCH:.0f}x |",
        ]
        same = unchanged_after(engine, library, 40)
        if scored:
            rows += worth(engine, Path(folder), scored).rows(scored)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    rows.append(f"| most memory, GB | {memory:.2f} | | | 2.5 |")
    return "\n".join(
        [
            f"Sticker family, {threads} thread(s) each for {hands(torch.device('cpu'))} shares of a batch, "
            f"batch {NUMBERS.batch}, rank {NUMBERS.rank}; both arms in one run, in turn; "
            f"load average {os.getloadavg()[0]:.1f}; Python {platform.python_version()}.",
            "",
            "| what | ours | plain | ratio | goal |",
            "|---|---|---|---|---|",
            *rows,
            "",
            f"Modules made by switching: {made}. Base draws the same bytes after 40 mixed requests: {same}.",
        ]
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=6)
    parser.add_argument("--steps", type=int, default=NUMBERS.steps, help="of a whole lesson; 0 leaves it out")
    parser.add_argument(
        "--scored", type=int, default=120, help="steps of each arm to compare likeness; 0 leaves it out"
    )
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--out", type=Path, default=None)
    given = parser.parse_args()
    told_ = run(given.pairs, given.steps, given.threads, given.scored)
    print(told_)
    if given.out:
        write_section(given.out, "Speed, by `python -m benchmarks.learning`", told_, "Learning, measured")


if __name__ == "__main__":
    main()
