"""What Limner must know about a base model family, and nothing it can find out by itself."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from limner.tools.base import ToolError
from limner.tools.families.poses import Pose
from limner.tools.phrasing import mentions

PLACE_WORDS = {"top": "at the top", "bottom": "at the bottom", "center": "in the middle"}


@dataclass(frozen=True)
class Family:
    """A kind of base model: how to load it, what it is asked for by default, which layers adapters change."""

    name: str
    title: str
    load: Callable[[Path | None], Any]  # folder or None -> a diffusers pipeline on the CPU
    load_motion: Callable[[Any, Path | None], Any]  # its pipeline -> one that draws frames, sharing what it can
    home: Path | None  # where its weights are if nobody says otherwise
    resolution: int
    steps: int
    guidance: float
    lora_targets: str  # a regular expression of module names of the denoiser
    motion_targets: str = ""
    # How far guidance is kept from burning colours (arXiv:2305.08891, section 3.4); for stills of bases that were
    # trained down to no signal at all.
    guidance_rescale: float = 0.0
    styles: Mapping[str, str] = field(default_factory=dict)  # name -> a frame with {} for what is drawn
    other_openings: tuple[str, ...] = ()  # words that also name a style
    usual_style: str = ""  # said when nobody names one: a model of several styles draws their average otherwise
    motions: Mapping[str, str] = field(default_factory=dict)  # name -> phrase
    pose: Callable[[str, float], Pose] | None = None  # motion, moment from 0 to 1 -> where the subject is
    grounds: tuple[str, ...] = ()  # phrases for where a picture may be, used to caption photos
    plain_ground: str = ""  # one of them, on which whatever it draws stands out
    # Where it draws one thing, as (left, top, side) in shares of the canvas: photos of a subject are put there.
    placements: tuple[tuple[float, float, float], ...] = (
        (0.125, 0.125, 0.75),
        (0.125, 0.1875, 0.75),
        (0.0625, 0.1875, 0.75),
        (0.1875, 0.125, 0.75),
        (0.25, 0.4375, 0.5),
    )
    nouns: tuple[str, ...] = ()  # what it draws, used to caption pictures of a style
    learned_style: str = "{} in {style} style"  # said of what is drawn
    frames: int = 16
    clip_steps: int = 16
    cpu_threads: int | None = None  # more of them make it slower; None: as many as torch takes

    def style_phrase(self, style: str) -> str:
        if style not in self.styles:
            known = ", ".join(self.styles) or "none; learn one from pictures"
            raise ToolError(f"the {self.name} family has no style called {style!r}; it knows: {known}")
        return self.styles[style]

    def guided(self, scale: float | None = None) -> dict[str, float]:
        """What a stock pipeline of stills is told about guidance; `scale` None: the family's own."""
        told = {"guidance_scale": scale or self.guidance}
        return told | {"guidance_rescale": self.guidance_rescale} if self.guidance_rescale else told

    def on_plain_ground(self, prompt: str) -> str | None:
        """The prompt with the ground it names replaced; None where it names none."""
        for ground in self.grounds:
            if self.plain_ground and ground in prompt:
                return prompt.replace(ground, self.plain_ground)
        return None

    def motion_phrase(self, motion: str) -> str:
        if motion not in self.motions:
            known = ", ".join(self.motions) or "none; learn one from a clip"
            raise ToolError(f"the {self.name} family has no motion called {motion!r}; it knows: {known}")
        return self.motions[motion]

    def in_style(self, prompt: str, style: str) -> str:
        frame = self.style_phrase(style)
        opening = frame.partition(" {}")[0]
        return prompt if opening and mentions(prompt, opening.removeprefix("a ")) else frame.format(prompt)

    def without_style(self, prompt: str, style: str) -> str:
        """The prompt with a style's words left out: "a flat illustration of a dog" -> "a dog"."""
        opening = self.style_phrase(style).partition(" {}")[0].removeprefix("a ")
        said = rf"(?<!\w)(?:a\s+)?{re.escape(opening)}\s+"
        return re.sub(said, "", prompt, count=1, flags=re.IGNORECASE) if opening else prompt

    def in_usual_style(self, prompt: str) -> str:
        """A prompt that opens with no style of the family gets its usual one."""
        openings = [frame.partition(" {}")[0].removeprefix("a ") for frame in self.styles.values()]
        said = any(mentions(prompt, words) for words in (*openings, *self.other_openings))
        return prompt if said or not self.usual_style else self.in_style(prompt, self.usual_style)

    def in_learned_style(self, prompt: str, trigger: str) -> str:
        return self.learned_style.format(prompt, style=trigger)

    def in_motion(self, prompt: str, motion: str) -> str:
        phrase = self.motion_phrase(motion)
        return prompt if not phrase or mentions(prompt, phrase) else f"{prompt}, {phrase}"

    def without_motion(self, prompt: str, motion: str) -> str:
        """The prompt with a motion's words left out: "a dog, bouncing" -> "a dog"."""
        phrase = self.motion_phrase(motion)
        return re.sub(rf",?\s*(?<!\w){re.escape(phrase)}(?!\w)", "", prompt, flags=re.IGNORECASE) if phrase else prompt

    def ip_adapter_folder(self, base: Path | None) -> Path | None:
        home = base or self.home
        return home / "ip_adapter" if home else None

    def arranged(self, prompt: str, layout: Mapping[str, str]) -> str:
        """Says where things are in the words the model knows; a place the prompt already tells is not said twice."""
        for name, place in layout.items():
            words = PLACE_WORDS.get(place, f"on the {place}")
            found = re.search(rf"(?<!\w)@?{re.escape(name)}(?!\w)", prompt, re.IGNORECASE)
            if found and not mentions(prompt, words):
                prompt = f"{prompt[: found.end()]} {words}{prompt[found.end() :]}"
        return prompt
