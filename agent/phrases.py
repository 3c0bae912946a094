"""The words people refer with: ordinals, pronouns, what they call pictures, and when."""

from __future__ import annotations

import re

ORDINALS = {"first": 0, "second": 1, "third": 2, "fourth": 3, "fifth": 4, "sixth": 5}
ORDINALS |= {"1st": 0, "2nd": 1, "3rd": 2, "4th": 3, "5th": 4, "6th": 5}
CLIP = r"clips?|animations?|gifs?|videos?"
STILL = r"pictures?|images?|drawings?|photos?|pics?|stickers?"
THING = rf"(?P<thing>one|ones|{STILL}|{CLIP})"
STYLE = r"(?:style|look)"
LIKED = r"(?:that |which )?(?:i|we) (?:really )?(?:liked|loved|preferred|thumbed up)(?P<most> (?:best|most))?"
LOOKS_LIKE = (
    rf"\b(?:the|that|which|my) {THING} (?:that |which )?(?:(?:looks?|looked|is|was) )?(?:most |very |just |a bit )*"
    r"(?:like|similar to|resembling) (?:this|that|it|the attached|(?P<handle>(?:img|clip|upload)-?\d+))"
    rf"(?: (?:one|{STILL}|{CLIP}))?(?!\w)"
)
_MONTHS = "january|february|march|april|may|june|july|august|september|october|november|december"
_DAYS = "(?:mon|tues|wednes|thurs|fri|satur|sun)day"
WHEN = (
    rf"(?P<when>last (?:time|session|week|month|night|year|\w+day)|yesterday(?:'s)?|today(?:'s)?|earlier today"
    rf"|this (?:morning|week|month)|(?:on |from )?{_DAYS}(?:'s)?|(?:in )?(?:{_MONTHS})"
    rf"|(?:\w+|\d+) (?:day|week|month)s? ago|the other day|a while ago)"
)
HE, SHE, IT = frozenset({"him", "he", "his"}), frozenset({"her", "she", "hers"}), frozenset({"it", "its"})
THEY = frozenset({"them", "they", "their", "both"})
PAIR = r"both of them|them both|the (?:two|pair) of them|the both of them|both together"
MOVES = r"(?:make|let|have|set|animate)"
# What is just being drawn is set in motion next: "draw a dragon and a castle, then make them bounce".
JUST_DRAWN = (
    r"\b(?:draw|paint|sketch|create|show me|give me)\b[^.!?]*\b(?:an?|some|two|three|four|\d)\s+\w+.*"
    rf"(?:[,.;!]|\b(?:and|then))\s*(?:and |then |now |please )*{MOVES}\s+$"
)
MALE = {
    "boy",
    "man",
    "king",
    "father",
    "dad",
    "brother",
    "grandfather",
    "grandpa",
    "uncle",
    "son",
    "grandson",
    "husband",
}
FEMALE = {
    "girl",
    "woman",
    "queen",
    "mother",
    "mom",
    "mum",
    "sister",
    "grandmother",
    "grandma",
    "aunt",
    "daughter",
    "wife",
}
# Who "my …" can only mean somebody in particular: drawn without knowing them, it would be a guess.
PETS = {"dog", "puppy", "cat", "kitten", "rabbit", "hamster", "parrot", "budgie", "horse", "pony", "tortoise"}
PETS |= {"turtle", "ferret"}
PEOPLE = MALE | FEMALE | {"child", "kid", "baby", "friend", "partner", "boyfriend", "girlfriend", "cousin", "niece"}
CLOSE = PETS | PEOPLE
# Words that describe no picture.
EMPTY = frozenset(
    word
    for line in (
        "the a an one ones picture image photo drawing clip of on in at with from where is was were that this and my",
        "your same new other another right left next best only first last big small whole again i you we it him her",
        "them for to",
    )
    for word in line.split()
)
# No place: `animate him in a loop`.
_NO_PLACE = (
    r"(?:loops?|slow|fast|circles?|frames?|spot|same|right|left|top|bottom|middle|cent(?:er|re)|other|background|pictures?"
    r"|style|end|beginning|time|air|motion|way)"
)
PLACE = re.compile(
    rf"\b(?P<where>(?:in|on|at|under|inside|outside|across|along|through|over|above|behind|by) (?:an?|the|his|her"
    rf"|my) (?!(?:\w+ )?{_NO_PLACE}\b)[^,.;]+)$",
    re.I,
)
