"""The style a request names, negates or corrects itself to, in so many words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from limner.agent.lexicon import any_of, keys, opening, says
from limner.agent.phrases import ORDINALS
from limner.agent.plan import Animate, GenerateImage

_NEGATED = re.compile(
    r"(?:(?<=\w)n['’]t|\b(?:(?<!if )not|no|never|without|except|instead of|rather than|forget|anything but|no more"
    r"|stop using|(?:fed up|done) with|(?<!get )(?:sick|tired|bored) of|(?<!get )enough of"
    r"|(?:skip|ditch|drop|lose|leave out)"
    r"|niente|nicht|keine?n?|niet|geen|zonder|pas (?:en|de|du)|sin|ohne|senza|sem|sans|nada de))"
    r"(?: (?:in|use|using|put|make|draw|be|it|her|him|them|the|an?|my|any|more|want|do|that|this|your|those|you|dare"
    r"|ever)){0,4} $",
    re.I,
)
CORRECTED = re.compile(
    r"\b(?:no|wait|sorry|actually|rather(?! than)|scratch that|i mean|make (?:that|it)|or better|instead(?! of))\b",
    re.I,
)
_NONE = re.compile(
    r"\b(?:no (?:special |particular )?style|without (?:an?y? )?style"
    r"|(?:drop|forget|lose|skip) the style|(?:do|make|keep|leave|draw) (?:it|this|that|him|her) plain"
    r"|just plain(?= *(?:[.,;!]|$))|(?<=, )plain(?= *(?:please *)?[.!]*$))\b(?! (?:of|not)\b)",
    re.I,
)
# `3D, or, you know what, however you like`, `in batik. No, back to how it was`
_OPEN = re.compile(
    r"\b(?:however|whatever(?: way)?|any way) you (?:like|want|please)\b|\bback to (?:how|what|the way) it was\b", re.I
)
_OTHER = re.compile(r"\b(?:(?:the|my|our) other (?:style|look|one)\b|the other\b)", re.I)
# Where a word is a style: `in flat`, `, flat`, `flat style`, and nothing behind; not `waiting in line`.
_CUE = re.compile(
    r"(?:(?<!waiting )(?<!standing )\b(?:in|as|use|using|style)(?: (?:the|my|our|a|version))? |\bmake (?:it|that|this) "
    r"|[,.;:] *(?:and )?|^)$",
    re.I,
)
_ENDS = re.compile(r" ?(?:[,.;:!?]|$|again\b|only\b|please\b|this time\b|now\b|instead\b|not\b)", re.I)
# Behind `the first` and behind `the watery`.
_MINE = r"(?:(?:styles?|looks?)\b|(?:one )?(?:on|in|of) (?:my|the) (?:own )?(?:style )?(?:list|styles)\b)"
_OF_THAT_SORT = re.compile(
    r"(?:\b(?P<use>use|make it)|\b(?:in|take|with)|[,.:;]) (?:the|my) (?P<sort>[^\W\d_]{4,}) (?:one|style|look)"
    r"(?= *(?:[,.;:!?]|$|please\b|for\b|of mine\b|on\b))",
    re.I,
)
_OF_THE_PAST = frozenset(
    {"same", "last", "other", "previous", "next", "second", "first", "third", "right", "left", "usual"}
)
_STYLE = re.compile(r" (?:styl\w*|stlye?|sytle|look)\b", re.I)

# What a picture in one of the families' own styles is called in English.
PICTURES = {"line": "line drawing"}
NATIVE = keys("styles")


# `skip felt... no wait, do use it`
_AFTER_ALL = re.compile(
    r"[^\w]*(?:(?:no|wait|actually|hm+|oh|sorry|on second thoughts?)[,.!… ]+)+(?:please |i )?(?:do )?"
    r"(?:use|keep|want|take|leave|put) (?:it|that)\b"
    r"(?=[^\w]*$|[,.;:!?…]| (?:please|pls|in|back|after all|for|then|again|on)\b)",
    re.I,
)


@dataclass(frozen=True)
class _Said:
    style: str
    at: int
    negated: bool


def in_said_style(step: GenerateImage | Animate, styles: Sequence[str], text: str) -> GenerateImage | Animate:
    """The step in the one style that the request asks for, if it leaves no other way to read it."""
    if _NONE.search(text):
        return step.model_copy(update={"styles": ()})
    if both := _mixed(styles, text):
        return step.model_copy(update={"styles": both})
    said = [one for style in styles if (one := _said(style, text, step.styles))]
    out = {one.style for one in said if one.negated}
    wanted = sorted((one for one in said if not one.negated), key=lambda one: one.at)
    if len(wanted) > 1 and CORRECTED.search(text[wanted[-2].at : wanted[-1].at]):
        wanted = wanted[-1:]
    named = [one for one in wanted if re.search(rf"\b(?:in|the) {re.escape(one.style)} style\b", text, re.I)]
    if len(wanted) > 1 and len(named) == 1:  # `in azulejo style`, and it is fresco, cool, outside
        wanted = named
    if out and not wanted:
        wanted = [one for style in styles if (one := _rather(style, text)) and style not in out]
    others = [style for style in styles if style not in {one.style for one in (*said, *wanted)}]
    if not wanted and out and len(others) == 1 and _OTHER.search(text):
        return step.model_copy(update={"styles": tuple(others)})
    if (
        not (wanted or out)
        and len(step.styles) == 1
        and len(styles) == 2
        and re.search(r"\bmy other style\b", text, re.I)
    ):
        return step.model_copy(update={"styles": tuple(style for style in styles if style not in step.styles)})
    if len(wanted) == 1 and wanted[0].style not in step.styles and not _OPEN.search(text, wanted[0].at):
        return step.model_copy(update={"styles": (wanted[0].style,)})
    unsaid = len(wanted) == 1 and len(step.styles) > 1 and CORRECTED.search(text)
    kept = tuple(one for one in step.styles if one not in out and not (unsaid and one != wanted[0].style))
    return step if kept == step.styles else step.model_copy(update={"styles": kept})


def _mixed(styles: Sequence[str], text: str) -> tuple[str, ...]:
    """`inkwash x felt`, `a mix of felt and linocut`: the two styles that are put together; empty where none are."""
    names = "|".join(map(re.escape, sorted(styles, key=len, reverse=True))) or "(?!)"
    link = r"(?: ?[x×+] ?| (?:mixed|crossed|blended|combined) with )"
    mix = r"(?:a |the )?(?:mix|mash-?up|blend|cross|combination|mixture) (?:of|between) (?:the )?"
    mixed = r"(?:mashed|mixed|blended|combined|fused|mescolat[ie]|gemischt|mezclad[oa]s|mélangés|misturad[oa]s|gemengd)"
    way = (
        rf"(?<!\w)(?:(?P<a>{names}){link}(?P<b>{names})|{mix}(?P<c>{names}) and (?P<d>{names})"
        rf"|(?P<e>{names}) (?:and|&|plus|\+) (?P<f>{names}),? {mixed})(?!\w)"
    )
    found = re.search(way, text, re.I)
    # `felt and batik combined. Hm, on second thought only batik`
    if found and re.search(rf"\b(?:only|just|no|actually|rather) (?:in )?(?:{names})(?!\w)", text[found.end() :], re.I):
        return ()
    said = [one.casefold() for one in found.groups() if one] if found else []
    return tuple(style for style in styles if style.casefold() in said) if len(set(said)) == 2 else ()


def _rather(style: str, text: str) -> _Said | None:
    """`not in woodcut, rather felt`: the style that is named in place of another."""
    name = rf"(?:rather|instead|but|better|use|go with|take)(?: in| with)?(?: the)? {re.escape(style)}"
    found = re.search(rf"[,.;:–—-] *(?:\w+ )?{name}(?= (?:style|please|instead)\b| *(?:[,.;:!?]|$))", text, re.I)
    return _Said(style, found.start(), negated=False) if found else None


def style_said(style: str, text: str) -> bool:
    """Whether one of the families' own styles is asked for in other words than its name: `dessin au trait`."""
    return says(text, "styles", style) or says(text, "style_words", style)


def style_described(style: str, styles: Sequence[str], text: str) -> bool:
    """Whether it is the one style that a description fits: the first on my list, the one with the long name."""
    own = [one for one in styles if one not in NATIVE]
    fitting: set[str] = set()
    if found := re.search(rf"\b(?:the|my) (?P<place>{'|'.join(ORDINALS)}|last) {_MINE}", text, re.I):
        place = ORDINALS.get(found["place"].lower(), -1)
        among = own if own and re.search(r"\bmy own\b", text, re.I) else styles
        fitting |= set(among[place:][:1])
    if found := re.search(r"\bwith (?:the|a) (?:very )?(?P<how>long|short)(?:est|er)? name\b", text, re.I):
        ranked = sorted(styles, key=len, reverse=found["how"].lower() == "long")
        fitting |= set(ranked[:1]) if len({len(one) for one in ranked[:2]}) > 1 else set()
    for found in _OF_THAT_SORT.finditer(text):
        sort = found["sort"].lower()
        alike = {one for one in styles if any(word[:4] == sort[:4] for word in one.lower().split())}
        # `use the vintage one`, where only one style was taught.
        only = len(own) == 1 and (found["use"] or _STYLE.search(text)) and sort not in _OF_THE_PAST
        fitting |= alike or (set(own) if only else set())
    return fitting == {style}


def with_halves_whole(text: str, styles: Sequence[str], pictures: bool) -> str:
    """`The noir one` of velvetnoir and crayonmess; where `pictures` were made it may be one of those."""
    what = r"(?:style|look|stuff)" if pictures else r"(?:one|style|look|stuff)"

    def spelt(found: re.Match[str]) -> str:
        half = found["half"].lower()
        fits = [
            one for one in styles if one not in NATIVE and (one.lower().startswith(half) or one.lower().endswith(half))
        ]
        return f"{found['lead']}{fits[0]}" if len(fits) == 1 and fits[0].lower() != half else found[0]

    return re.sub(
        rf"\b(?P<lead>(?:in |no |of )?)(?:the|my|that) (?P<half>[^\W\d_]{{3,}}) {what}\b", spelt, text, flags=re.I
    )


def with_styles_spelt(text: str, styles: Iterable[str]) -> str:
    """The request with the names of the families' own styles in place of what they are called otherwise."""
    several = re.compile(rf"(?<!\w)(?:[2-9]|\d\d|{any_of('numbers')}) $", re.I)

    def spelt(found: re.Match[str], style: str) -> str:
        many = "s" if several.search(found.string[: found.start()]) else ""
        link = re.match(r"(?:en|em|in|de) ", found[0], re.I)
        return f"{link[0] if link else ''}{PICTURES.get(style, style)}{many}"

    for style in styles:
        if said := opening("styles", style):
            text = said.sub(lambda found, style=style: spelt(found, style), text)  # type: ignore[misc]
    return text


def _said(style: str, text: str, planned: Sequence[str]) -> _Said | None:
    found = list(re.finditer(rf"(?<![\w-]){re.escape(style)}(?![\w-])", text, re.I))
    if not found:
        return None
    last = found[-1]
    before, behind = text[: last.start()], text[last.end() :]
    off = re.search(r"\b(?:leave|keep|take|turn|switch|leaving|keeping) (?:the |my )?$", before, re.I) and re.match(
        r"(?: style)? (?:off|out|away)\b", behind, re.I
    )
    again = _AFTER_ALL.match(behind)
    negated = bool(off or _NEGATED.search(before)) and not again
    picture = re.match(rf"{PICTURES.get(style, style)}s? of\b", text[last.start() :], re.I) if style in NATIVE else None
    cued = off or again or picture or _STYLE.match(behind) or (_ENDS.match(behind) and (negated or _CUE.search(before)))
    if style not in planned and not cued:
        return None
    return _Said(style, last.start(), negated)
