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
_NUMBER = re.compile(
    rf"\b(?P<tens>{'|'.join(_TENS)}|fourty)(?:[- ](?P<ones>{'|'.join(_ONES)}))?\b"
    rf"|\b(?P<small>{'|'.join((*_ONES, *_TEENS))})\b",
    re.IGNORECASE,
)
_ANY = re.sub(r"P<\w+>", ":", _NUMBER.pattern)  # without its groups' names, to stand more than once
_FOR_THE_SEED = re.compile(r"\b(?:number )?(\d{1,9}) (?:for|as) (?:the|a|my) seed\b", re.IGNORECASE)

_SEEDS = re.compile(
    rf"\bseed (?:of |number )?(?:{_ANY})|(?:number )?(?:{_ANY}) (?:for|as) (?:the|a|my) seed\b"
    rf"|\b(?:{_ANY}) frames\b",
    re.IGNORECASE,
)


def in_digits(text: str) -> str:
    """The text with its numbers below a hundred in digits, and a seed's behind its name."""

    def put(found: re.Match[str]) -> str:
        return str(sum(_VALUES[one.lower()] for one in found.groups() if one))

    return _FOR_THE_SEED.sub(r"seed \1", _NUMBER.sub(put, text))


def seeds_in_digits(text: str) -> str:
    """The text with its seeds and frames in digits; other numbers stay words."""
    return _SEEDS.sub(lambda found: in_digits(found[0]), text)
