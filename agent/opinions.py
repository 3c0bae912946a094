""" "I love this one", "I don't like the second one": a thumb in words, on the picture that is meant."""

from __future__ import annotations

import re

from limner.agent.handles import canonical
from limner.agent.messages import Question
from limner.agent.phrases import CLIP, ORDINALS, STILL
from limner.agent.referents import AmbiguousError, Scene, latest, resolve

_LEAD = r"^(?:(?:oh|wow|yes|yeah|no|nope|nice|great|ok|okay|hm+|ah)[,!.]? )*"
_WHICH = (
    rf"(?P<which>(?:this|that|the (?P<place>{'|'.join(ORDINALS)}|last)) (?:one|{STILL}|{CLIP})|this|that|it"
    r"|(?P<handle>(?:img|clip)-?\d+))"
)
_TAIL = r"(?: (?:a lot|so much|very much|best|most|at all|much|mucho|sehr|beaucoup|molto|muito))?[.! ]*$"
_SURE = r"(?:(?:really|absolutely|totally|just|do) )*"
LIKED = re.compile(rf"{_LEAD}(?:(?:i|we) {_SURE}(?:love|like|adore)|love|thumbs? up (?:for|to)) {_WHICH}{_TAIL}", re.I)
DISLIKED = re.compile(
    rf"{_LEAD}(?:(?:i|we) {_SURE}(?:don['’]?t (?:really )?like|do not like|dislike|hate|can['’]?t stand)"
    rf"|thumbs? down (?:for|to)) {_WHICH}{_TAIL}",
    re.I,
)
# "the second one is great": said of a picture and of nothing else. Other languages say it without naming the picture.
_NAMED = r"(?: \(?(?P<named>(?:img|clip)-?\d+)\)?)?"  # so that the answer to "which one?" has a place
_IS = r" (?:is|looks|was|turned out|came out) (?:so |really |very |just |absolutely )*"
PRAISED = re.compile(
    rf"{_LEAD}{_WHICH}{_IS}(?:great|lovely|beautiful|perfect|amazing|awesome|cute|nice|good|wonderful|gorgeous|fantastic"
    rf"|brilliant|adorable|my favou?rite){_TAIL}|{_LEAD}(?P<it>me (?:gusta|encanta)|(?:das |es )?gefällt mir"
    r"|mir gefällt (?:das|es)"
    r"|(?:dit|dat) vind ik (?:leuk|mooi)"
    rf"|ich (?:mag|liebe) (?:das|es)|j'aime(?: bien| beaucoup)?|j'adore|mi piace|(?:eu )?gosto(?: disto)?|adoro)"
    rf"{_NAMED}{_TAIL}",
    re.I,
)
BLAMED = re.compile(
    rf"{_LEAD}{_WHICH}{_IS}(?:ugly|awful|terrible|horrible|bad|creepy|hideous|no good|not (?:good|nice)){_TAIL}"
    rf"|{_LEAD}(?P<it>no me gusta|(?:das |es )?gefällt mir nicht|je n'aime pas|non mi piace|não gosto"
    rf"|(?:dit|dat) vind ik (?:niet (?:leuk|mooi)|lelijk)){_NAMED}{_TAIL}",
    re.I,
)


def given(text: str, scene: Scene) -> tuple[str, bool] | None:
    """The picture and the thumb it gets; None when the words are no opinion of a picture.

    Raises AmbiguousError when several pictures may be meant.
    """
    found = next((one for pattern in (LIKED, DISLIKED, BLAMED, PRAISED) if (one := pattern.match(text))), None)
    if found is None:
        return None
    liked = found.re in (LIKED, PRAISED)
    made = scene.here("image", "clip")
    groups = found.groupdict()
    if given_name := groups["handle"] or groups.get("named"):
        handle = canonical(given_name)
        return (handle, liked) if any(one.handle == handle for one in made) else None
    if not made:
        return None
    if groups["place"]:
        counted = resolve(groups["which"], scene)
        if counted.question:
            raise AmbiguousError(counted.question)
        if counted.handles("image", "clip"):
            return counted.handles("image", "clip")[0], liked
    try:
        return latest(scene, ("image", "clip")).handles[0], liked
    except AmbiguousError as tie:
        # The answer takes the place of these words, so that the thumb is read again with it.
        question: Question = tie.question.model_copy(update={"phrase": groups["which"] or ""})
        raise AmbiguousError(question) from tie
