"""What is said without asking for a picture: praise, news, and what shall be kept in mind."""

from __future__ import annotations

import re

from limner.agent.lexicon import whole
from limner.agent.plan import Animate, Answer, EditImage, GenerateImage, Plan, SetPreference
from limner.agent.stated import QUOTED

GLAD = "I'm glad you like it!"
HEARD = "Thank you for telling me. Say so if you want a picture of it."
ELSEWHERE = "I can only help with pictures and animations."
# What the embedded model says of anything put off, and of much that is not.
LATER = "I'll draw it"
MOST_MISTAKEN = 2
_ASKED = re.compile(
    r"(?:explain|tell|write|translate|solve|calculate|help|what|why|how|who|where|is|are|do|does)\b|.*\?\W*$",
    re.I | re.S,
)
_WISH = re.compile(rf"{whole('wish').pattern}|\?", re.I)
# The last word on it.
_CALLED_OFF = re.compile(
    r"\bno (?:more )?pictures?(?: (?:please|now|today|yet|this time))?\s*(?:[.!]|$)|^not now\b(?! with)[^.!?]*"
    r"|[.?!] *please don['’]?t[.! ]*$|(?:[.!;–-] *|, |^)"
    r"(?:(?:oh|no|wait|actually|hang on|hold on|stop|hmm+|ah)[,.! ]+)+"
    r"(?:please )?(?:don['’]?t(?: (?:do|draw|make|bother|start)(?: (?:it|that|anything))?)?(?: yet)?|never ?mind"
    r"|forget it|cancel that|leave it|not (?:now|yet))\s*(?:[.!,]|$)",
    re.I,
)
_PRAISE = re.compile(
    r"\b(?:you (?:really |totally |just )?(?:got|nailed|captured|caught)\b.*\b(?:right|perfectly|spot on|well|exactly)"
    r"|nailed it|well done|(?:good|great|nice|lovely) (?:job|work|one)|spot on[.!]*$|just like (?:him|her|it|them)"
    r"|looks? (?:great|perfect|amazing|lovely|exactly right))\b",
    re.I,
)
# Somebody tells what happened, and wants nothing.
_NEWS = re.compile(
    r"(?:(?:so|well|oh|today|yesterday|last night|this morning|guess what|sadly|btw|by the way)[,.!:]? )*"
    rf"(?:we|i|my \w+(?! {whole('shown_as').pattern})) (?:just |finally |have |had )?"
    r"(?:buried|lost|went|got|came|ate|found|saw|took|fell|slept|left|won|met|bought|was|were"
    r"|(?!(?:strand|dress|wrapp|cover|surround|perch|seat|trapp|squeez|tuck|curl|disguis|pos)ed\b)\w{3,}ed)\b",
    re.I,
)
# Words of a wish that are none: thanks for what was done, what somebody did or tried, what is to stay.
_PAST = re.compile(
    r"\b(?:thanks?|thank you|thx|cheers)(?: so much| a lot| again)?"
    r" for (?:(?:draw|mak|paint|animat|show|sketch)\w+|the|that)[^.,;!?]*"
    r"|\byou (?:just |once |already )?(?:drew|made|painted|animated|showed|created|sketched)\b[^.,;!?]*"
    r"|\b(?:tried|wanted|used|began|started|learnt|learned|had|loves?|likes?) to \w+"
    r"|\bwith (?:his|her|its|their|my|our)\b"
    r"|\b(?:would ?n[o'’]t|do ?n[o'’]t|nothing to|never) change (?:a thing|anything|it)\b",
    re.I,
)
_THANKS = re.compile(r"\b(?:thanks?|thank you|thx|cheers)\b", re.I)
_YOU_DID = re.compile(r"\byou (?:just |once |already )?(?:drew|made|painted|animated|showed|created|sketched)\b", re.I)
# Somebody did something, was somewhere, felt like it.
_TOLD = re.compile(
    r"\b(?:i|we|he|she|they|it|you|my|our|me|us|is|are|was|were|am|has|have|had|did|went|got|came|said|ate"
    r"|(?<!, )\w{3,}ed(?! (?:to|with|in|on|by|up|at|under)\b))\b"
    r"|['’](?:s|re|m|ve|ll|d)\b",
    re.I,
)
_FAULT = re.compile(r"\b(?:stranger|asked for|meant|too|wrong|should|but|not|ugly|forgot|missing)\b", re.I)
_NOTHING = re.compile(
    r"\b(?:no need to do anything|nothing (?:to do(?! with)|needed)|just (?:sharing|saying|telling you|chatting)"
    r"|(?:you )?don['’]?t (?:have|need) to do anything)\b"
    r"|\b(?:don['’]?t|do not|no need to) (?:draw|make|paint|do) (?:anything|a thing)"
    r"(?: (?:yet|now|for now|today|please|this time))?(?=[.,;!]|$)"
    r"|\bno need to (?:draw|paint|make|animate) (?:it|that|this|any of (?:it|that))[.! ]*$"
    r"|\b(?:no dibujes nada|non disegnare niente|zeichne? (?:jetzt |noch |bitte )?nichts|ne dessine rien"
    r"|n(?:ão|ao) desenhes? nada|teken (?:nog |nu )?ni(?:ets|ks))\b"
    r"|\bnot draw(?:ing)? nothing\b",
    re.I,
)
_KEPT = re.compile(
    r"[\s,.;:–-]*\b(?:(?:and|so|but) )?(?:(?:please|pls|can you|could you) )*"
    # Not `he has put it away`.
    r"(?<!\bhe )(?<!\bshe )(?<!\bthey )(?<!\bI )(?<!\bha[sd] )(?<!\bhave )(?<!['’]s )(?<!\bto )"
    r"(?:put|keep|note|save|remember|write|file|jot|store|log|bear) (?:that|this|it)"
    r"(?: (?:on file|in mind|down|away|for (?:me|later|next time|the future)|in your (?:notes|memory)|please))*"
    r"[\s.!]*$",
    re.I,
)


def in_fitting_words(said: Answer, text: str) -> Answer:
    """The reply, unless it promises to draw later what nobody put off: that was asked elsewhere, or only told."""
    if not said.text.startswith(LATER) or whole("put_off").search(text):
        return said
    return Answer(text=ELSEWHERE if _ASKED.match(text.strip()) else HEARD)


def without_a_wish(plan: Plan, text: str) -> Plan | None:
    """The plan for words that ask for no picture, where the planner drew one all the same."""
    drawn = all(isinstance(step, GenerateImage | Animate | EditImage) for step in plan.steps)
    # Nobody takes what is no order for three.
    if not plan.steps or not drawn or len(plan.steps) > MOST_MISTAKEN:
        return None
    kept = _KEPT.search(text)
    if kept and kept.start() > 0 and not whole("draws").search(text[: kept.start()]):
        return Plan(steps=(SetPreference(text=text[: kept.start()].strip()),))
    text = QUOTED.sub(" ", text)
    off = _CALLED_OFF.search(text)
    # `One in spin too, hmm no don't` calls off only that.
    only_that = off and len(plan.steps) > 1 and re.search(r"\b(?:too|as well)\W*$", text[: off.start()], re.I)
    if _NOTHING.search(text) or (off and not only_that and not _WISH.search(text[off.end() :])):
        return Plan(steps=(Answer(text=HEARD),))
    if _WISH.search(_PAST.sub(" ", text)):
        return None
    if _THANKS.search(text) and _PAST.search(text) and not _ends_in_a_scene(text):
        return Plan(steps=(Answer(text=GLAD),))
    if _YOU_DID.search(text) and not _FAULT.search(text):
        return Plan(steps=(Answer(text=HEARD),))
    if _PRAISE.search(text):
        return Plan(steps=(Answer(text=GLAD),))
    # Nobody takes one piece of news for two pictures.
    told = len(plan.steps) == 1 and _NEWS.match(text) and not _ends_in_a_scene(text)
    return Plan(steps=(Answer(text=HEARD),)) if told else None


def _ends_in_a_scene(text: str) -> bool:
    """`We buried the fish. So, a ghost over a rose bush, not scary`: what comes last tells of nobody's doings."""
    *before, last = [part for part in re.split(r"[.:;!]+(?:\s|$)", text) if part.strip()]
    return bool(before) and len(last.split()) > 3 and not _TOLD.search(last)
