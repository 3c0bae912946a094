""" "I love this one", "I don't like the second one": a thumb in words, on the picture that is meant."""

from __future__ import annotations

import re

from limner.agent.handles import canonical
from limner.agent.messages import Question
from limner.agent.phrases import CLIP, ORDINALS, STILL
from limner.agent.referents import AmbiguousError, Scene, latest

_LEAD = r"^(?:(?:oh|wow|yes|yeah|no|nope|nice|great|ok|okay|hm+|ah)[,!.]? )*"
_WHICH = (
    rf"(?P<which>(?:this|that|the (?P<place>{'|'.join(ORDINALS)}|last)) (?:one|{STILL}|{CLIP})|this|that|it"
    r"|(?P<handle>(?:img|clip)-?\d+))"
)
_TAIL = r"(?: (?:a lot|so much|very much|best|most|at all|much))?[.! ]*$"
_SURE = r"(?:(?:really|absolutely|totally|just|do) )*"
LIKED = re.compile(rf"{_LEAD}(?:(?:i|we) {_SURE}(?:love|like|adore)|love|thumbs? up (?:for|to)) {_WHICH}{_TAIL}", re.I)
DISLIKED = re.compile(
    rf"{_LEAD}(?:(?:i|we) {_SURE}(?:don['’]?t (?:really )?like|do not like|dislike|hate|can['’]?t stand)"
    rf"|thumbs? down (?:for|to)) {_WHICH}{_TAIL}",
    re.I,
)


def given(text: str, scene: Scene) -> tuple[str, bool] | None:
    """The picture and the thumb it gets; None when the words are no opinion of a picture.

    Raises AmbiguousError when several pictures may be meant.
    """
    found = LIKED.match(text) or DISLIKED.match(text)
    if found is None:
        return None
    liked = found.re is LIKED
    made = scene.here("image", "clip")
    if found["handle"]:
        handle = canonical(found["handle"])
        return (handle, liked) if any(one.handle == handle for one in made) else None
    if not made:
        return None
    batch = [one for one in made if one.turn_id == made[-1].turn_id]
    place = (found["place"] or "").lower()
    if place in ORDINALS and len(batch) > ORDINALS[place]:
        return batch[ORDINALS[place]].handle, liked
    if place == "last" or len(batch) == 1:
        return made[-1].handle, liked
    try:
        return latest(scene, ("image", "clip")).handles[0], liked
    except AmbiguousError as tie:
        # The answer takes the place of these words, so that the thumb is read again with it.
        question: Question = tie.question.model_copy(update={"phrase": found["which"]})
        raise AmbiguousError(question) from tie
