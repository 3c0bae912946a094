"""The one door to the models: generate, animate, learn, with adapters switched on together and put back exactly."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from limner.tools.base import Cancel, Cancelled, Kind, Progress, Tool, ToolError, never, silent
from limner.tools.families.family import Family
from limner.tools.families.poses import Pose
from limner.tools.library import REFERENCE, Artifact, ArtifactKind, Library
from limner.tools.playback import choose, learned_path, named_motion, native_motion
from limner.tools.renderer import FIRST_GUESS, Stopwatch, Work
from limner.tools.specs import AnimateSpec, Applied, GenerateSpec, Rendered, RenderedClip

if TYPE_CHECKING:
    from limner.tools.diffusion.backbone import Backbone
    from limner.tools.diffusion.lora import Residents
    from limner.tools.diffusion.scene import Scene


@dataclass
class Engine:
    """A base family in memory. One generation or training at a time; the pipeline is afterwards what it was."""

    family: Family
    pipe: Any
    folder: Path | None = None
    device: str = "cpu"
    threads: int | None = None
    residents_limit: int = 8  # adapters kept loaded between generations, switched off
    check_effects: bool = True
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _backbones: dict[str, tuple[Backbone, Residents]] = field(default_factory=dict)
    _seconds: dict[Work, float] = field(default_factory=lambda: dict(FIRST_GUESS))
    _facts: dict[str, Any] = field(default_factory=dict)
    _hash: str = ""

    @classmethod
    def load(
        cls, family: str = "sticker", device: str = "auto", threads: int | None = None, folder: Path | None = None
    ) -> Engine:
        """Loads a family's base model, from `folder` or from where its weights are shipped or configured."""
        import torch

        from limner.tools.families import family as find

        found = find(family)
        if device == "auto":
            device = "cuda" if torch.cuda.is_available() else "mps" if torch.backends.mps.is_available() else "cpu"
        _check_device(device)
        if threads is None and device == "cpu":
            threads = found.cpu_threads
        if threads is not None:
            torch.set_num_threads(threads)
        pipe = found.load(folder).to(device)
        return cls(found, pipe, folder or found.home, device, threads)

    # Drawing

    def generate(self, spec: GenerateSpec, *, progress: Progress = silent, cancel: Cancel = never) -> list[Rendered]:
        with self._lock, self._timed("image", spec.count):
            settings = self._settings(spec.steps or self.family.steps, self.family.guided(spec.guidance))
            with self.scene(spec) as scene:
                arguments, said = self._conditioned(scene, spec.negative_prompt)
                applied = self._proof(scene, spec)
                pictures: list[Rendered] = []
                for seed in range(spec.seed, spec.seed + spec.count):
                    label = "drawing" if spec.count == 1 else f"drawing {len(pictures) + 1} of {spec.count}"
                    with scene.drawing():
                        if spec.init_image is not None:
                            image = self._changed(scene, spec, settings, seed, _heard(label, progress, cancel))
                        else:
                            made_of = self._sample(
                                scene.backbone.pipe, settings, arguments, seed, label, progress, cancel
                            )
                            image = made_of.images[0]
                    made = settings | {"prompt": said, "negative_prompt": spec.negative_prompt, "seed": seed}
                    pictures.append(Rendered(image, seed, applied, made | self.describe()))
            return pictures

    def animate(self, spec: AnimateSpec, *, progress: Progress = silent, cancel: Cancel = never) -> RenderedClip:
        tools = (*spec.tools, native_motion(spec.motion)) if spec.motion else spec.tools
        if spec.frames > self.family.frames:
            raise ToolError(f"the {self.family.name} family draws at most {self.family.frames} frames; ask for fewer")
        with self._lock, self._timed("clip", 1):
            start = self._posed(spec.model_copy(update={"tools": tools}), progress, cancel)
            backbone, residents = self.moving()
            guidance = {"guidance_scale": spec.guidance or self.family.guidance}
            settings = self._settings(spec.steps or self.family.clip_steps, guidance)
            with self._scene(backbone, residents, spec.model_copy(update={"tools": tools}), spec.prompt) as scene:
                arguments, said = self._conditioned(scene, spec.negative_prompt)
                applied = self._proof(scene, spec)
                pipe, settings = self._film(backbone.pipe, settings, spec, start)
                with scene.drawing():
                    made_of = self._sample(pipe, settings, arguments, spec.seed, "animating", progress, cancel)
                frames = made_of.frames[0]
            made = {k: v for k, v in settings.items() if k != "video"}
            made |= {"prompt": said, "negative_prompt": spec.negative_prompt, "seed": spec.seed}
            return RenderedClip(list(frames), spec.seed, applied, made | self.describe())

    def _posed(self, spec: AnimateSpec, progress: Progress, cancel: Cancel) -> list[Any] | None:
        """A rough clip to start from: the still picture's subject in the motion's poses, where the family has them."""
        from limner.tools.diffusion.posed import posed

        poses = self._poses(spec)
        if not poses:
            return None
        kept = tuple(tool for tool in spec.tools if tool.kind != "motion")
        backbone, residents = self.still()
        settings = self._settings(spec.steps or self.family.steps, self.family.guided(spec.guidance))

        def drawn(prompt: str) -> Any:
            alone = spec.model_copy(update={"tools": kept})
            with self._scene(backbone, residents, alone, prompt) as scene:
                arguments, _ = self._conditioned(scene, spec.negative_prompt)
                with scene.drawing():
                    return self._sample(
                        backbone.pipe, settings, arguments, spec.seed, "drawing", progress, cancel
                    ).images[0]

        apart = self.family.on_plain_ground(spec.prompt)
        return posed(drawn(spec.prompt), poses, drawn(apart) if apart else None)

    def _poses(self, spec: AnimateSpec) -> list[Pose]:
        """Of the family's own motion, or as the subject of a learned motion's clips went; none in other families."""
        if self.family.pose is None:
            return []
        if motion := named_motion(spec.tools):
            self.family.motion_phrase(motion)  # an unknown motion is told before anything is drawn
            return [self.family.pose(motion, number / spec.frames) for number in range(spec.frames)]
        path = learned_path(spec.tools)
        return [Pose(*path[number * len(path) // spec.frames]) for number in range(spec.frames)] if path else []

    def _film(
        self, pipe: Any, settings: dict[str, Any], spec: AnimateSpec, start: list[Any] | None
    ) -> tuple[Any, dict[str, Any]]:
        """From nothing but noise, or from the rough clip."""
        from limner.tools.diffusion.posed import STRENGTH, redrawn

        if start is None:
            return pipe, settings | {"num_frames": spec.frames}
        return redrawn(pipe), settings | {
            "video": start,
            "strength": max(STRENGTH, 1 / settings["num_inference_steps"]),
        }

    def _scene(
        self, backbone: Backbone, residents: Residents, spec: GenerateSpec | AnimateSpec, prompt: str
    ) -> AbstractContextManager[Scene]:
        from limner.tools.diffusion.scene import laid_out

        for tool in spec.tools:
            if self.family.name not in tool.card.families:
                fits = ", ".join(tool.card.families)
                raise ToolError(f"{tool.name} does not fit the {self.family.name} family; it fits {fits}")
        layout = spec.layout if isinstance(spec, GenerateSpec) else {}
        return laid_out(backbone, residents, spec.tools, self.family.arranged(prompt, layout))

    def _conditioned(self, scene: Scene, negative_prompt: str) -> tuple[dict[str, Any], str]:
        import torch

        with torch.no_grad():
            cond = scene.cond()
            scene.check_spans(cond)
            negative = scene.backbone.encode_text([negative_prompt])
        return scene.backbone.call_arguments(cond, negative) | scene.arguments(), scene.prompt()

    def _proof(self, scene: Scene, spec: GenerateSpec | AnimateSpec) -> tuple[Applied, ...]:
        from limner.tools.diffusion.balance import balanced
        from limner.tools.diffusion.effect import effects

        asked = [a.adapters[0].scale if a.adapters else 1.0 for a in scene.adaptations]
        measured = balanced(scene, spec.seed, effects(scene, spec.seed)) if self.check_effects else {}
        rows = []
        for adaptation, wanted in zip(scene.adaptations, asked, strict=True):
            use = adaptation.adapters[0] if adaptation.adapters else None
            effect = measured.get(adaptation.name)
            rows.append(
                Applied(
                    name=adaptation.name,
                    tool=adaptation.tool,
                    kind=adaptation.kind,
                    scale=use.scale if use else 1.0,
                    sha256=use.sha256 if use else "",
                    effect=round(effect.size, 4) if effect else float("nan"),
                    interference={k: round(v, 4) for k, v in effect.interference.items()} if effect else {},
                    asked_scale=wanted if use and use.scale != wanted else None,
                )
            )
        return tuple(rows)

    def _sample(
        self,
        pipe: Any,
        settings: dict[str, Any],
        arguments: dict[str, Any],
        seed: int,
        label: str,
        progress: Progress,
        cancel: Cancel,
    ) -> Any:
        import torch

        steps = int(settings["num_inference_steps"] * settings.get("strength", 1))

        heard = _heard(label, progress, cancel)

        def on_step(_: Any, step: int, __: Any, state: dict[str, Any]) -> dict[str, Any]:
            heard(step + 1, steps)
            return state

        generator = torch.Generator().manual_seed(seed)
        return pipe(**settings, **arguments, generator=generator, callback_on_step_end=on_step)

    def _changed(
        self, scene: Scene, spec: GenerateSpec, settings: dict[str, Any], seed: int, heard: Callable[[int, int], None]
    ) -> Any:
        from limner.tools.diffusion.changing import changed

        assert spec.init_image is not None
        steps, guidance = settings["num_inference_steps"], settings["guidance_scale"]
        return changed(scene, spec.init_image, spec.strength, spec.negative_prompt, steps, guidance, seed, heard)

    def _settings(self, steps: int, guidance: Mapping[str, float]) -> dict[str, Any]:
        side = self.family.resolution
        return {"num_inference_steps": steps, **guidance, "height": side, "width": side}

    # Learning

    def learn(
        self,
        kind: ArtifactKind,
        name: str,
        files: Sequence[Path],
        *,
        owner: str,
        library: Library,
        class_noun: str = "",
        method: str | None = None,
        settings: Mapping[str, Any] | None = None,
        seed: int = 0,
        replace: bool = False,
        progress: Progress = silent,
        cancel: Cancel = never,
    ) -> Artifact:
        from limner.tools.learning import Lesson, teach

        known = library.find(owner, kind, name)
        if not replace and known is not None and known.tool != REFERENCE:
            raise ToolError(f"there already is a {kind} called {name!r}; choose another name or forget the old one")
        lesson = Lesson(kind, name, tuple(files), owner, class_noun.strip(), method, seed, settings or {})
        with self._lock, self._timed(kind, 1):
            backbone, residents = self.moving() if kind == "motion" else self.still()
            residents.release()
            return teach(lesson, backbone, residents, library, self.base_hash(), replace, progress, cancel)

    def refer(
        self,
        name: str,
        files: Sequence[Path],
        *,
        owner: str,
        library: Library,
        class_noun: str = "",
        replace: bool = False,
    ) -> Artifact:
        """Makes a subject usable at once by reference; learning it later replaces the reference only if that pays."""
        from limner.tools.learning import Lesson, refer

        if not replace and library.find(owner, "subject", name) is not None:
            raise ToolError(f"there already is a subject called {name!r}; choose another name or forget the old one")
        with self._lock:
            backbone, residents = self.still()
            residents.release()
            lesson = Lesson("subject", name, tuple(files), owner, class_noun.strip())
            return refer(lesson, backbone, library, self.base_hash(), replace)

    def refers(self) -> bool:
        """Whether this base can draw a subject from reference pictures."""
        folder = self.family.ip_adapter_folder(self.folder)
        return folder is not None and folder.exists()

    def beside(self) -> Engine:
        """An engine on copies of all that learning touches: it learns while this one draws."""
        import copy

        with self._lock:
            for _, residents in self._backbones.values():
                residents.release()
            pipe = copy.deepcopy(self.pipe, {id(self.pipe.vae): self.pipe.vae})
        return Engine(self.family, pipe, self.folder, self.device, self.threads, self.residents_limit)

    # What it knows

    def choose(self, kind: Kind, name: str, library: Library, owner: str, scale: float | None = None) -> Tool:
        return choose(kind, name, library, owner, self.styles(), self.motions(), scale)

    def styles(self) -> tuple[str, ...]:
        return tuple(self.family.styles)

    def motions(self) -> tuple[str, ...]:
        return tuple(self.family.motions)

    def describe(self) -> dict[str, Any]:
        if not self._facts:
            from importlib.metadata import version

            import torch

            libraries = {name: version(name) for name in ("torch", "diffusers", "transformers", "peft")}
            self._facts = {
                "family": self.family.name,
                "hash": self.base_hash(),
                "device": self.device,
                "threads": torch.get_num_threads(),
                "libraries": libraries,
            }
        return dict(self._facts)

    def base_hash(self) -> str:
        from limner.tools.families.integrity import base_hash

        if not self._hash and self.folder is not None:
            self._hash = base_hash(self.folder)
        return self._hash

    def estimate(self, work: Work, count: int = 1) -> float:
        return self._seconds[work] * count

    def release(self) -> None:
        """Takes every adapter out of memory; the pipelines are module for module what they were loaded as."""
        with self._lock:
            for _, residents in self._backbones.values():
                residents.release()

    # What is inside, for studies and tests; nothing else may be drawn or learned meanwhile

    def still(self) -> tuple[Backbone, Residents]:
        """The model that draws pictures, and the adapters loaded on it."""
        return self._backbone("still", lambda: self.pipe)

    def moving(self) -> tuple[Backbone, Residents]:
        """The model that draws clips, built when it is first asked for, and the adapters loaded on it."""

        def build() -> Any:
            # The motion model copies the image model's weights, which must be bare of adapters then.
            if "still" in self._backbones:
                self._backbones["still"][1].release()
            return self.family.load_motion(self.pipe, self.folder).to(self.device)

        return self._backbone("moving", build)

    def scene(self, spec: GenerateSpec) -> AbstractContextManager[Scene]:
        """A picture laid out, its tools switched on, but not drawn; ToolError for a tool that does not fit."""
        return self._scene(*self.still(), spec, spec.prompt)

    # Inside

    def _backbone(self, name: str, build: Callable[[], Any]) -> tuple[Backbone, Residents]:
        from limner.tools.diffusion.backbone import Backbone
        from limner.tools.diffusion.lora import Residents

        if name not in self._backbones:
            pipe = build()
            for part in pipe.components.values():
                if hasattr(part, "requires_grad_"):
                    part.requires_grad_(False)  # as PEFT would leave them; learning asks for what it trains
            self._backbones[name] = Backbone(pipe, self.family, self.folder), Residents(pipe, self.residents_limit)
        return self._backbones[name]

    def _timed(self, work: Work, count: int) -> Stopwatch:
        return Stopwatch(self._seconds, work, count)


def _heard(label: str, progress: Progress, cancel: Cancel) -> Callable[[int, int], None]:
    """Told of each step: stops when asked, passes it on otherwise."""

    def heard(done: int, of: int) -> None:
        if cancel():
            raise Cancelled("stopped; nothing was saved")
        progress(label, done, of)

    return heard


def _check_device(device: str) -> None:
    import torch

    try:
        torch.zeros(1, device=device)
    except (RuntimeError, AssertionError) as error:  # an AssertionError where torch was built without CUDA
        said = str(error).split(". ")[0].splitlines()[0]
        raise ToolError(f"the device {device!r} cannot be used here ({said}); choose auto or cpu") from error
