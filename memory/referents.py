"""Which pictures a request may mean: kind, likes, time, looks, subject and caption words, best first."""

from __future__ import annotations

import re
from collections.abc import Sequence

from limner.memory import pictures
from limner.memory.book import Book
from limner.memory.index import words_of
from limner.memory.values import Handle, HandleKind, Hit, Interval

_KINDS: tuple[tuple[str, HandleKind], ...] = (
    (r"\b(?:clip|animation|gif|video|movie)s?\b", "clip"),
    (r"\bstyles?\b", "style"),
    (r"\bmotions?\b", "motion"),
    (r"\b(?:photo|upload|snapshot)s?\b", "upload"),
    (r"\b(?:picture|image|drawing|pic|sticker|one)s?\b", "image"),
)
_LIKED = re.compile(r"\b(?:liked|loved|favou?rite|enjoyed)\b", re.IGNORECASE)
_DISLIKED = re.compile(r"\b(?:disliked|hated|did(?:n['’]t| not) like)\b", re.IGNORECASE)
_POINTS = re.compile(
    r"\b(?:the|that|those|my) (?:[\w'-]+ ){0,4}?(?:one|ones|picture|image|drawing|pic|sticker|photo|clip|gif|animation"
    r"|style|motion|upload|video)s?\b|\b(?:liked|loved|favou?rite|disliked|hated)\b|['’]s (?:one|picture|image|clip)\b",
    re.IGNORECASE,
)
_LOOKS = re.compile(
    r"\blooks? (?:\w+ ){0,3}like\b|\blike (?:this|that|these|it|the attached|(?:img|clip|upload)-?\d+)\b"
    r"|\bsimilar to\b|\bresembl\w+|\bsame (?:picture|image|photo|one) as\b",
    re.IGNORECASE,
)
_HANDLE = re.compile(r"\b(img|clip|upload)-?(\d+)\b", re.IGNORECASE)


def by_looks(text: str) -> bool:
    """Whether the words go by how a picture looks."""
    return _LOOKS.search(text) is not None


def likened_to(text: str) -> str | None:
    """The handle a picture is likened to: "the one that looks like img-3"."""
    looks = _LOOKS.search(text)
    found = _HANDLE.search(text, looks.start()) if looks else None
    return f"{found[1].lower()}-{int(found[2])}" if found else None


def meant(book: Book, text: str, span: Interval | None, alike: Sequence[Hit] = (), limit: int = 5) -> tuple[str, ...]:
    """Handles the words point at, by looks when they say so; none when they do not point at a picture at all."""
    looks = by_looks(text) and bool(alike)
    if not (looks or _POINTS.search(text)):
        return ()
    kind: HandleKind = next((kind for pattern, kind in _KINDS if re.search(pattern, text, re.IGNORECASE)), "image")
    liked = False if _DISLIKED.search(text) else True if _LIKED.search(text) else None
    if kind in ("style", "motion") and (liked is not None or span):
        return _of_pictures(book, kind, liked, span, text)[:limit]
    if looks and kind == "image":  # "the one that looks like this" may as well be a clip or a photo
        kind_wanted: HandleKind | None = None
    else:
        kind_wanted = kind
    found = pictures.find(
        book,
        kind=kind_wanted,
        liked=liked,
        since=span.start if span else None,
        until=span.end if span else None,
        limit=400,
    )
    if looks:
        place = {hit.id: number for number, hit in enumerate(alike)}
        return tuple(sorted((one.handle for one in found if one.handle in place), key=place.__getitem__)[:limit])
    spoken = span.words if span else ""
    wanted = set(words_of(text)) - set(words_of(spoken)) - _POINTING
    ranked = sorted(found, key=lambda one: -_likeness(one, wanted))
    if wanted and ranked and _likeness(ranked[0], wanted):
        best = _likeness(ranked[0], wanted)
        ranked = [one for one in ranked if _likeness(one, wanted) == best]
    return tuple(one.handle for one in ranked[:limit])


def _of_pictures(book: Book, kind: HandleKind, liked: bool | None, span: Interval | None, text: str) -> tuple[str, ...]:
    """ "The style I liked last week": the styles of the pictures liked then, most used first."""
    since, until = (span.start, span.end) if span else (None, None)
    counted: dict[str, int] = {}
    for one in pictures.find(book, liked=liked, since=since, until=until, limit=400):
        if one.kind in ("image", "clip"):
            for name in one.styles if kind == "style" else (one.motion,):
                if name:
                    counted[name] = counted.get(name, 0) + 1
    if not counted:
        return tuple(
            one.handle for one in pictures.find(book, kind=kind, since=since, until=until, liked=liked, limit=5)
        )
    prefix = f"{kind}:"
    return tuple(prefix + name.removeprefix(prefix) for name in sorted(counted, key=lambda name: -counted[name]))


def _likeness(one: Handle, wanted: set[str]) -> int:
    told = set(words_of(" ".join((one.caption, *one.subjects, *one.styles, one.motion, one.handle))))
    return len(wanted & {word.removeprefix("@") for word in told})


_POINTING = frozenset(
    re.findall(
        r"\w+",
        "one ones picture image drawing pic sticker photo clip gif animation style motion upload video pictures images"
        " liked loved like love favourite favorite disliked hated made drew draw show animate last first again use same"
        " back bring find open please want give made said did",
    )
)
