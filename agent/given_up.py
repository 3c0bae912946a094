"""Whom a request gives up for good, in other words than `forget`: `Rex can go, wipe what you know of him`."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence

from limner.agent.names import fold

_PLEASE = r"(?:[,;.! ]*(?:please|plz|pls|thanks|thank you|thx|now|ok))*[.! ]*"
_OPENS = r"(?:(?:ok(?:ay)?|so|and|please|plz|pls|(?:can|could|would) you)[, ]+)*"
_ERASE = r"(?:get rid of|throw out|bin|scrap|ditch|wipe|erase|forget|delete|purge|scrub|clear|unlearn|remove|drop)"
_CAN_GO = re.compile(
    rf"{_OPENS}(?P<name>[^,.;:!?]{{2,30}}?) (?:can|may|should|must|has to|needs to) (?:just |now )?go{_PLEASE}", re.I
)
_WIPE = re.compile(
    rf"{_OPENS}{_ERASE} (?P<what>(?:\w+ ){{1,5}}?)(?:of|about|on|regarding) (?P<name>[^,.;:!?]{{2,30}}?){_PLEASE}", re.I
)
_FROM = re.compile(
    rf"{_OPENS}{_ERASE} (?P<name>[^,.;:!?]{{2,30}}?) (?:from|out of) (?:your |the )?(?:memory|mind|records?){_PLEASE}",
    re.I,
)
_WANTED_GONE = re.compile(
    r"(?:no |rather |but )?(?:it['’]?s |it is )?(?:the |my )?(?P<name>[^,.;:!?]{2,30}?)(?: style"
    r"| motion)? (?:that |which )?i "
    r"(?:want|wanted|meant|need)(?:ed)? (?:to be |to see )?(?:gone|deleted|erased|forgotten|removed|wiped|out)"
    rf"{_PLEASE}",
    re.I,
)
_IT_IS = re.compile(
    r"(?:no |rather |but )?(?:it['’]?s|it is) (?:only |just )?(?:the |my )?"
    r"(?P<name>[^,.;:!?]{2,30}?)(?: style| motion)?"
    r" (?:that|which|who) (?:can|may|should|must|has to|needs to|was (?:meant|supposed) to)"
    rf" (?:just |now )?go{_PLEASE}",
    re.I,
)
_WAYS = (_IT_IS, _CAN_GO, _FROM, _WIPE, _WANTED_GONE)
# What is kept of somebody, also misspelt.
_KEPT = ("everything", "anything", "what", "whatever", "all", "memory", "memories", "know", "remember", "data")
_SPEAKS = ("that", "said", "told", "mentioned")
_THEM = re.compile(r"(?:him|her|it|them)", re.I)
# A name is as long as this where it may be misspelt, and as alike.
_LONG, _ALIKE = 4, 0.75


def spared(what: str, text: str) -> bool:
    """Whether the request says that just this is kept: `don't you dare delete Rex`, `Rex stays`."""
    kept = re.escape(re.sub(r"^(?:(?:everything|all|what you know|the) )(?:(?:about|of|on) )?", "", what, flags=re.I))
    never = (
        r"\b(?:(?:don['’]?t|do not|never)(?: you)?(?: ever| dare)*(?: to)?"
        r"|(?:never|not|didn['’]?t|haven['’]?t) (?:once |even |ever )?(?:told|tell|asked|ask|said|say|want|wanted)"
        r"(?: (?:for )?you)? to)"
    )
    stays = (
        r"(?: (?:style|motion))?"
        r" (?:(?:must |has to |should |is to |gets to |can )?stays?(?: (?:put|here|please|though))?"
        r"|(?:is|['’]s) staying)[,;.! ]*(?:$|(?<=[,;.!]) |\band\b|\bbut\b)"
    )
    kept_after = (
        rf"{_ERASE} {kept}(?!\w)[^a-z]*(?:(?:no|wait|actually|sorry|hang on)[,.! ]+)+"
        r"(?:keep|leave) (?:it|the \w+|him|her|that)\b"
    )
    if re.search(kept_after, text, re.I):
        return True
    said = rf"{never} {_ERASE} (?:\w+ ){{0,2}}?{kept}(?!\w)|(?<!\w){kept}{stays}"
    return bool(re.search(said, text, re.I))


def only_named(what: str, names: Sequence[str], text: str) -> str:
    """The name behind the order to erase, where the planner took another that the request does not say."""
    sort = r"^(?:the |my )?(?:style|motion|look|move) (?:called )?|(?: style| motion| look| move)$"
    bare = re.sub(sort, "", what, flags=re.I)
    told = bare == what or any(fold(name) == fold(bare) for name in names)
    misspelt = [] if told else [name for name in names if _is(name, bare)]
    if len(misspelt) == 1 and re.search(rf"(?<!\w){re.escape(misspelt[0])}(?!\w)", text, re.I):
        return misspelt[0]
    known = next((name for name in names if fold(name) == fold(what)), "")
    # One word that nobody said is a name misread as well.
    misread = known or (what if len(what.split()) == 1 else "")
    said = re.search(rf"(?<!\w){re.escape(fold(misread))}(?!\w)", fold(text))
    # `Bots` is like Boots, and no word of the request.
    if not misread or said or (known and _named([misread], text)):
        return ""
    between = r"(?:(?!(?:him|her|them|and|when|if|but)\b)\w+ ){0,5}?"
    ends = r"(?!\w|['’]s\b)(?! (?:likes?|loves?|hates?|plays?|wants?|wears?|has|had|is|was|does|said)\b)"
    if not known:
        between = (
            r"(?:(?:everything|all|anything|whatever|what) (?:"
            r"(?:that )?you(?:['’]ve)? (?:know|remember|have|kept|keep) )?"
            r"(?:about|of|on) )?(?:(?:the|my|our|that) (?:\w+ )?)?"
        )
        another = "|".join(map(re.escape, names)) or "(?!)"
        more = rf"(?!,? (?:and|or) (?:{another})\b)"
        ends = rf"{more}(?: (?:style|motion|look|move))?(?= *(?:[,.;:!?]|$)| (?:and|please|pls|now|for good)\b)"
    found = [name for name in names if re.search(rf"\b{_ERASE} {between}{re.escape(name)}{ends}", text, re.I)]
    return found[0] if len(found) == 1 else ""


def other_of_two(what: str, pools: Sequence[Sequence[str]], text: str) -> str:
    """`Keep felt, but erase the other style`, where felt was to be erased."""
    kept = rf"\b(?:keep|leave|not|spare)\b[^.;!?]*?(?<!\w){re.escape(what)}(?!\w)"
    if not re.search(rf"{kept}.*\b{_ERASE} (?:the|my) other(?: \w+)?{_PLEASE}$", text, re.I):
        return ""
    pool = next((pool for pool in pools if what in pool), ())
    return next((name for name in pool if name != what), "") if len(pool) == 2 else ""


def style_erased(names: Sequence[str], text: str) -> str:
    """`bin the charcoal style for good`, which changes no picture."""
    sorts, good = "(?:style|motion|look|move)", r"(?: (?:for good|for ?ever|altogether|completely|entirely))"
    throw = rf"(?:bin|scrap|ditch|dump|discard|throw (?:away|out)|{_ERASE}|get rid of)"
    why = (
        r"(?:[,;.!] (?:i |we )?(?:never|don['’]?t|hated?|can['’]?t)\b[^,.;]*)?"
        r"(?:[,;.!] (?:i['’]?m|we['’]?re|it['’]?s|it is) (?:(?:so|just|totally|really|way) )*(?:over|done with"
        r"|tired of|sick of|bored of|bored with|fed up with|ugly|hideous|awful|boring)(?: (?:it|that))?)?"
        r"(?:(?:[,;.!]| but) (?!.*\b(?:draw|paint|sketch|animate)\b)(?:[^,.;]*\b)?(?:stays?|keep|hands off)\b[^.;?]*)?"
    )
    # `scrap the felt style for good`, and shorter only what is no thing: `bin salto for good`
    way = rf"{_OPENS}{throw} (?:the |my )?(?P<name>[\w -]+?)(?: {sorts})?{good}{why}{_PLEASE}"
    found = re.fullmatch(way, text.strip(" ?"), re.I)
    return next((name for name in names if found and fold(name) == fold(found["name"])), "")


def given_up(names: Sequence[str], text: str) -> str:
    """The one name that every order of the request gives up; empty where one of them does something else."""
    clauses = [one.strip() for one in re.split(r"[,;.!?]+", text) if one.strip()]
    found: list[str] = []
    about = {name for clause in clauses for name in _named(names, clause)}
    for clause in clauses:
        order = next(filter(None, (way.fullmatch(clause) for way in _WAYS)), None)
        if order is None:
            # `Rex and I broke up.` tells why; an order would be carried out too.
            if found and not re.fullmatch(_PLEASE, clause, re.I):
                return ""
            continue
        if "what" in order.groupdict() and not _all_of_it(order["what"]):
            return ""
        name = next((one for one in names if _is(one, order["name"])), "")
        if _THEM.fullmatch(order["name"]) and len(about) == 1:
            name = next(iter(about))
        if not name:
            return ""
        found.append(name)
    return found[0] if len(set(found)) == 1 else ""


def _all_of_it(what: str) -> bool:
    words = what.lower().split()
    # `hat` is no `what` misspelt.
    near = any(
        word in _KEPT or (len(word) >= _LONG and difflib.get_close_matches(word, _KEPT, 1, _ALIKE)) for word in words
    )
    return near and not any(word in _SPEAKS for word in words)


def _named(names: Sequence[str], clause: str) -> list[str]:
    return [name for name in names if any(_is(name, word) for word in [clause, *clause.split()])]


def _is(name: str, said: str) -> bool:
    bare, given = fold(name), fold(said)
    alike = difflib.SequenceMatcher(None, bare, given).ratio() >= _ALIKE and bare[:1] == given[:1]
    return bare == given or (min(len(bare), len(given)) >= _LONG and alike)
