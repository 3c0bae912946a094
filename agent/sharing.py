"""What may be used where: own subjects everywhere, lent ones where they were lent, pictures where they were made."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from limner.agent.messages import Request
from limner.agent.studio import Studio
from limner.memory import PERSONAL, Handle, RecallLine

PICTURES = ("image", "clip", "upload")


def lent(studio: Studio, user: str, places: Sequence[str]) -> list[Handle]:
    """Subjects of others that were granted to this user or to one of these places."""
    found: dict[str, Handle] = {}
    for place in places:
        for one in studio.memory.granted(user, scope=place):
            found.setdefault(one.handle, one)
    return list(found.values())


def here(handles: Iterable[Handle], scope: str) -> list[Handle]:
    """Without the pictures of another place: what was made in private stays there, also when its maker asks."""
    return [one for one in handles if one.kind not in PICTURES or one.detail.get("scope", PERSONAL) == scope]


def owner_of(studio: Studio, request: Request, subject: str) -> str:
    """Whose library holds this subject: one's own comes before a lent one of the same name."""
    if studio.library.find(request.user, "subject", subject) is not None:
        return request.user
    loans = lent(studio, request.user, request.places)
    return next((one.user for one in loans if one.detail.get("name") == subject), request.user)


def recalled(
    studio: Studio,
    user: str,
    places: Sequence[str],
    text: str,
    budget_words: int = 150,
    *,
    subjects: Sequence[str] = (),
    facets: Sequence[str] | None = None,
) -> list[RecallLine]:
    """What the place and the wider place remember of a text; in a channel nothing personal is among it."""
    recall = studio.memory.recall
    found = {
        line.id: line
        for place in places
        for line in recall(user, text, subjects=subjects, facets=facets, scope=place, budget_words=budget_words).lines
    }
    return list(found.values())
