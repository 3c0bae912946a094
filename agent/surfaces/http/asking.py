"""Turns what callers send into requests: fields beyond OpenAI's, pictures as data URLs, keys against doing twice."""

from __future__ import annotations

import base64
import binascii
import re
from typing import TYPE_CHECKING, Annotated

from fastapi import Header
from pydantic import BaseModel, ConfigDict, Field

from limner.agent.messages import Attachment, RequestError
from limner.agent.plan import Animate, EditImage, GenerateImage, Plan, Step, render_plan

if TYPE_CHECKING:
    from limner.agent.jobs.desk import Desk

SURFACE = "api"
MOST_PICTURES = 16
MOST_AT_ONCE = 10
DATA_URL = re.compile(r"data:(?P<type>[\w.+-]+/[\w.+-]+)?(?:;[\w=.+-]+)*;base64,(?P<data>.*)", re.DOTALL)
Name = Annotated[str, Field(min_length=1, max_length=100)]
Key = Annotated[
    str,
    Header(alias="Idempotency-Key", max_length=255, description="The same key again gives the same job, done once."),
]


class Wishes(BaseModel):
    """What Limner takes beyond OpenAI's fields."""

    # Fields for other models (temperature, quality ...) have no meaning here and must not break a client.
    model_config = ConfigDict(extra="ignore")
    subjects: tuple[Name, ...] | None = Field(default=None, description="who and what is in it, by the names you gave")
    styles: tuple[Name, ...] | None = Field(default=None, description="how it is drawn")
    motion: Name | None = Field(default=None, description="how it moves; makes a clip of it")
    seed: int | None = Field(default=None, strict=True, ge=0, le=2**32 - 1, description="same seed, same picture")
    session: Annotated[str, Field(min_length=1, max_length=200)] | None = Field(
        default=None, description="the conversation it belongs to"
    )

    @property
    def stated(self) -> bool:
        """Whether they say so much that nothing is left to plan."""
        return bool(self.subjects or self.styles or self.motion)


def drawing(desk: Desk, user: str, wishes: Wishes, prompt: str, count: int = 1, start: str | None = None) -> str:
    """The plan of one picture (or clip) in these words; own subjects named in the words are in it without being listed.

    `start` is the picture a clip sets in motion.
    """
    said = prompt.casefold()
    subjects, styles = wishes.subjects, wishes.styles
    if subjects is None:
        names = [one.name for one in desk.named(user, "subject")]
        subjects = tuple(one for one in names if re.search(rf"(?<!\w){re.escape(one.casefold())}(?!\w)", said))
    if styles is None:
        names = [one.name for one in desk.named(user, "style")]
        styles = tuple(one for one in names if re.search(rf"(?<!\w){re.escape(one.casefold())} style(?!\w)", said))
    if wishes.motion:
        return written(Animate(prompt=prompt, subjects=subjects, styles=styles, motion=wishes.motion, image_ref=start))
    return written(GenerateImage(prompt=prompt, subjects=subjects, styles=styles, count=count, seed=wishes.seed))


def editing(instruction: str, handle: str = "attached") -> str:
    return written(EditImage(image_ref=handle, instruction=instruction))


def written(*steps: Step) -> str:
    return render_plan(Plan(steps=steps))


def picture_from(desk: Desk, user: str, url: str, number: int = 1) -> Attachment:
    """A picture sent inside the request. Addresses are not fetched: a server that fetches is a door to its network."""
    found = DATA_URL.fullmatch(url.strip())
    if found is None:
        raise RequestError(
            "pictures come inside the request as data URLs (data:image/png;base64,...), not as addresses"
        )
    try:
        data = base64.b64decode(found["data"], validate=True)
    except (binascii.Error, ValueError) as error:
        raise RequestError(f"picture {number} is not base64: {error}") from error
    return desk.upload(user, f"picture-{number}", data)
