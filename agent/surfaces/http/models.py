"""GET /v1/models: Limner itself, once for each base family it draws with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter
from pydantic import BaseModel

from limner.agent.jobs.job import NotThere

if TYPE_CHECKING:
    from limner.agent.jobs.desk import Desk

NAME = "limner"
# The day of the first release; OpenAI's clients want a number here.
CREATED = 1_795_478_400


class Model(BaseModel):
    """A model as OpenAI lists them."""

    id: str
    object: str = "model"
    created: int = CREATED
    owned_by: str = "limner"


class Models(BaseModel):
    """All of them."""

    object: str = "list"
    data: list[Model]


def router(desk: Desk) -> APIRouter:
    routes = APIRouter(prefix="/v1/models", tags=["OpenAI"])

    @routes.get("")
    def models() -> Models:
        """What can be given as `model`."""
        return Models(data=[Model(id=one) for one in names(desk)])

    @routes.get("/{model}")
    def model(model: str) -> Model:
        """One of them."""
        check_model(desk, model)
        return Model(id=model)

    return routes


def names(desk: Desk) -> list[str]:
    return [NAME, f"{NAME}-{desk.settings.family}"]


def check_model(desk: Desk, name: str | None) -> None:
    """A client that asks for another model must not believe that it got it."""
    if name is not None and name not in names(desk):
        raise NotThere(f"there is no model {name[:80]!r} here; use {NAME!r}")
