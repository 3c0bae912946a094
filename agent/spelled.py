"""Numbers in English words as digits: `thirty two frames`, `number fifty eight for the seed`."""

from __future__ import annotations

import re

_ONES = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_TEENS = (
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
)
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_VALUES = (
    {word: number for number, word in enumerate((*_ONES, *_TEENS), 1)}
    | {word: 10 * number for number, word in enumerate(_TENS, 2)}
    | {"fourty": 40}
)
_REST = rf"(?:{'|'.join((*_TENS, 'fourty'))})(?:[- ](?:{'|'.join(_ONES)}))?|{'|'.join((*_ONES, *_TEENS))}"
_HUNDREDS = re.compile(rf"\b(?P<many>a|{'|'.join(_ONES)}) hundred(?:(?: and)? (?P<rest>{_REST}))?\b", re.IGNORECASE)
_NUMBER = re.compile(
    rf"\b(?P<tens>{'|'.join(_TENS)}|fourty)(?:[- ](?P<ones>{'|'.join(_ONES)}))?\b"
    rf"|\b(?P<small>{'|'.join((*_ONES, *_TEENS))})\b",
    re.IGNORECASE,
)
_ANY = re.sub(r"P<\w+>", ":", _NUMBER.pattern)  # without its groups' names, to stand more than once
_FOR_THE_SEED = re.compile(r"\b(?:number )?(\d{1,9}) (?:for|as) (?:the|a|my) seed\b", re.IGNORECASE)

_LARGE = re.sub(r"P<\w+>", ":", _HUNDREDS.pattern)
_SEEDS = re.compile(
    rf"\bseed (?:of |number )?(?:{_LARGE}|{_ANY})|(?:number )?(?:{_ANY}) (?:for|as) (?:the|a|my) seed\b"
    rf"|\b(?:{_ANY}) frames\b",
    re.IGNORECASE,
)


def in_digits(text: str) -> str:
    """The text with its numbers below a thousand in digits, and a seed's behind its name."""

    def put(found: re.Match[str]) -> str:
        return str(sum(_VALUES[one.lower()] for one in found.groups() if one))

    def hundreds(found: re.Match[str]) -> str:
        many = _VALUES.get(found["many"].lower(), 1)
        return str(100 * many + (int(_NUMBER.sub(put, found["rest"])) if found["rest"] else 0))

    return _FOR_THE_SEED.sub(r"seed \1", _NUMBER.sub(put, _HUNDREDS.sub(hundreds, text)))


def seeds_in_digits(text: str) -> str:
    """The text with its seeds and frames in digits; other numbers stay words."""
    return _SEEDS.sub(lambda found: in_digits(found[0]), text)
