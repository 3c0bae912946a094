"""Time words to intervals: "last week", "from Tuesday", "yesterday", "in October"."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta

from limner.memory.values import Interval

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_SEASONS = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}
_COUNTED = "one two three four five six seven eight nine ten eleven twelve"
_NUMBERS = {word: number for number, word in enumerate(re.findall(r"\w+", _COUNTED), 1)}
_NUMBERS |= {"a": 1, "an": 1, "couple": 2, "a couple": 2, "a couple of": 2, "few": 3, "a few": 3, "several": 4}

_COUNT = r"(\d{1,3}|an?|a couple(?: of)?|a few|few|several|" + "|".join(w for w in _NUMBERS if len(w) > 2) + ")"
_UNIT = r"(hour|day|week|weekend|month|year)"
_DAY = "(" + "|".join(rf"{d[:3]}(?:{d[3:]})?" for d in _DAYS) + r"|tues|thurs?)"
_MONTH = "(" + "|".join(rf"{m[:3]}(?:{m[3:]})?" for m in _MONTHS if m != "may") + "|may|sept)"
_YEAR = r"((?:19|20)\d\d)"


def interval(text: str, now: datetime) -> Interval | None:
    """The stretch of time these words point at, seen from `now`; None when they name none."""
    low = text.lower()
    if not _hinted(low):
        return None
    for pattern, reading in _GRAMMAR:
        found = pattern.search(low)
        if found is None:
            continue
        try:
            span = reading(found, now)
        except (ValueError, OverflowError):  # 31 February, the year 0
            continue
        if span is not None:
            return _open_ended(low, found.start(), Interval(span[0], span[1], found[0].strip()), now)
    return _foreign_date(text, now)


def spoken_dates(text: str, said: datetime) -> str:
    """The text with vague days made exact: what was "yesterday" then is no help when it is read next month."""
    low = text.lower()
    if not _hinted(low):
        return text
    if len(low) != len(text):  # a few letters change length, and then no position would fit
        return text
    for pattern, reading in _VAGUE:
        found = pattern.search(low)
        if found:
            span = reading(found, said)
            if span is not None:
                return f"{text[: found.end()]} [{_written(span)}]{text[found.end() :]}"
    return text


Span = tuple[datetime, datetime]
Reading = Callable[[re.Match[str], datetime], Span | None]


def _midnight(moment: datetime) -> datetime:
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)


def _day(moment: datetime) -> Span:
    start = _midnight(moment)
    return start, start + timedelta(days=1)


def _days_back(days: int) -> Reading:
    return lambda _, now: _day(now - timedelta(days=days))


def _hours(start: int, length: int, back: int = 0) -> Reading:
    def read(_: re.Match[str], now: datetime) -> Span:
        first = _midnight(now - timedelta(days=back)) + timedelta(hours=start)
        return first, first + timedelta(hours=length)

    return read


def _recent(_: re.Match[str], now: datetime) -> Span:
    return _midnight(now - timedelta(days=7)), now + timedelta(seconds=1)


def _week(moment: datetime) -> Span:
    start = _midnight(moment) - timedelta(days=moment.weekday())
    return start, start + timedelta(days=7)


def _month(year: int, month: int, like: datetime) -> Span:
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    start = _midnight(like.replace(year=year, month=month, day=1))
    after = start.replace(year=year + month // 12, month=month % 12 + 1)
    return start, after


def _unit(unit: str, back: int, now: datetime) -> Span:
    """The calendar unit that lies `back` units before now's."""
    if unit == "hour":
        start = now.replace(minute=0, second=0, microsecond=0) - timedelta(hours=back)
        return start, start + timedelta(hours=1)
    if unit == "day":
        return _day(now - timedelta(days=back))
    if unit == "week":
        return _week(now - timedelta(weeks=back))
    if unit == "weekend":
        start, end = _week(now - timedelta(weeks=back))
        return start + timedelta(days=5), end
    if unit == "month":
        return _month(now.year, now.month - back, now)
    start = _midnight(now.replace(month=1, day=1, year=now.year - back))
    return start, start.replace(year=start.year + 1)


def _number(words: str) -> int:
    return int(words) if words.isdigit() else _NUMBERS[words]


def _last_unit(found: re.Match[str], now: datetime) -> Span:
    which, unit = found[1], found[2]
    if which == "past":
        return _rolling(unit, 1, now)
    back = 0 if which == "this" else 1
    if unit == "weekend" and which != "this" and now.weekday() >= 5:
        return _unit(unit, 1, now)
    return _unit(unit, back, now)


def _past_units(found: re.Match[str], now: datetime) -> Span:
    return _rolling(found[2], _number(found[1]), now)


def _rolling(unit: str, count: int, now: datetime) -> Span:
    days = {"hour": 1 / 24, "day": 1, "week": 7, "weekend": 7, "month": 31, "year": 366}[unit]
    start = now - timedelta(days=days * count)
    return (start if unit == "hour" else _midnight(start)), now + timedelta(seconds=1)


def _ago(found: re.Match[str], now: datetime) -> Span:
    unit = found[2]
    if found[1] in ("a few", "few", "several", "a couple of", "a couple") and unit in ("day", "week", "month"):
        near, far = (1, 3) if "couple" in found[1] else (2, 6)
        return _unit(unit, far, now)[0], _unit(unit, near, now)[1]
    return _unit(unit, _number(found[1]), now)


def _weekday(found: re.Match[str], now: datetime) -> Span:
    """The latest such day before today: on a Tuesday, "the one from Tuesday" is a week old."""
    day = next(n for n, name in enumerate(_DAYS) if name.startswith(found[2][:3]))
    back = (now.weekday() - day) % 7 or 7
    if found[1] and "week" in found[1]:  # "tuesday last week"
        return _day(_week(now - timedelta(weeks=1))[0] + timedelta(days=day))
    return _day(now - timedelta(days=back))


def _weekday_last_week(found: re.Match[str], now: datetime) -> Span:
    day = next(n for n, name in enumerate(_DAYS) if name.startswith(found[1][:3]))
    return _day(_week(now - timedelta(weeks=1))[0] + timedelta(days=day))


def _month_number(name: str) -> int:
    return next(n for n, month in enumerate(_MONTHS, 1) if month.startswith(name[:3]))


def _named_month(found: re.Match[str], now: datetime) -> Span:
    month, year = _month_number(found["month"]), found["year"]
    if year:
        return _month(int(year), month, now)
    # An October still to come this year can only be last year's.
    return _month(now.year if month <= now.month else now.year - 1, month, now)


def _date(found: re.Match[str], now: datetime) -> Span:
    month, day, year = _month_number(found["month"]), int(found["day"]), found["year"]
    first = _midnight(now.replace(year=int(year) if year else now.year, month=month, day=day))
    if not year and first > now:
        first = first.replace(year=first.year - 1)
    return _day(first)


def _numeric(found: re.Match[str], now: datetime) -> Span:
    return _day(now.replace(year=int(found[1]), month=int(found[2]), day=int(found[3])))


def _year(found: re.Match[str], now: datetime) -> Span:
    return _unit("year", now.year - int(found[1]), now)


def _season(found: re.Match[str], now: datetime) -> Span:
    first = _SEASONS[found[2]]
    year = int(found[3]) if found[3] else now.year
    start = _month(year, first, now)[0]
    if not found[3] and (start > now or (found[1] == "last" and _month(year, first + 2, now)[1] > now)):
        start = _month(year - 1, first, now)[0]
    return start, _month(start.year, first + 2, now)[1]


def _between(found: re.Match[str], now: datetime) -> Span | None:
    first, second = interval(f"on {found[1]}", now), interval(f"on {found[2]}", now)
    return (first.start, second.end) if first and second and first.start < second.end else None


def _open_ended(low: str, at: int, span: Interval, now: datetime) -> Interval:
    """Widen a span that "since", "before" or "after" stands in front of."""
    said = re.search(r"\b(since|before|until|till|after)$", low[:at].rstrip())
    first, _, rest = span.words.partition(" ")
    word = said[1] if said else first
    bare = span.words if said else rest
    if word == "since":
        return Interval(span.start, now + timedelta(seconds=1), f"since {bare}")
    if word in ("before", "until", "till"):
        return Interval(span.start.replace(year=1970), span.start, f"before {bare}")
    if word == "after":
        return Interval(span.end, now + timedelta(seconds=1), f"after {bare}")
    return span


def _foreign_date(text: str, now: datetime) -> Interval | None:
    """Dates our grammar does not know, in other languages or orders: only when a number or such a word is there."""
    found = _OTHER.search(text.lower())
    if found is None:
        return None
    import dateparser  # 80 ms to load, and rarely needed

    day = dateparser.parse(
        found[0],
        languages=["en", "de", "fr", "es", "it", "pt", "nl"],
        settings={"RELATIVE_BASE": now.replace(tzinfo=None), "PREFER_DATES_FROM": "past", "DATE_ORDER": "DMY"},
    )
    if day is None:
        return None
    start, end = _day(day.replace(tzinfo=now.tzinfo))
    return Interval(start, end, found[0])


def _written(span: Span) -> str:
    first, last = span[0], span[1] - timedelta(seconds=1)
    if (span[1] - span[0]) <= timedelta(days=1):
        return f"{first.day} {first:%B %Y}"
    if first.day == 1 and (span[1] - span[0]) > timedelta(days=300):
        return f"{first:%Y}"
    if first.day == 1 and span[1].day == 1:
        return f"{first:%B %Y}"
    if first.month == last.month:
        return f"{first.day}-{last.day} {last:%B %Y}"
    return f"{first.day} {first:%B} - {last.day} {last:%B %Y}"


def _compile(
    rules: list[tuple[str, Reading]], flags: re.RegexFlag = re.NOFLAG
) -> list[tuple[re.Pattern[str], Reading]]:
    return [(re.compile(pattern), reading) for pattern, reading in rules]


_VAGUE_RULES: list[tuple[str, Reading]] = [
    (r"\bthe day before yesterday\b", _days_back(2)),
    (r"\b(?:yesterday|last night)\b", _days_back(1)),
    (r"\b(last|this|past) (week|weekend|month|year)\b", _last_unit),
    (rf"\b{_COUNT} {_UNIT}s? ago\b", _ago),
    (rf"\b(last) {_DAY}\b", _weekday),
]
_GRAMMAR = _compile(
    [
        (r"\bbetween ([\w ,]+?) and ([\w ,]+)", _between),
        (r"\b((?:19|20)\d\d)-(\d\d?)-(\d\d?)\b", _numeric),
        (r"\bday before yesterday\b", _days_back(2)),
        (r"\byesterday morning\b", _hours(5, 7, 1)),
        (r"\b(?:last night|yesterday evening)\b", _hours(18, 10, 1)),
        (r"\byesterday\b", _days_back(1)),
        (r"\bthis morning\b", _hours(0, 12)),
        (r"\bthis afternoon\b", _hours(12, 6)),
        (r"\b(?:tonight|this evening)\b", _hours(17, 7)),
        (r"\b(?:earlier )?today\b", _days_back(0)),
        (r"\b(?:recently|lately|the other day)\b", _recent),
        (rf"\b{_DAY} (?:of )?last week\b", _weekday_last_week),
        (rf"\b(?:in|over|during|within)? ?the (?:last|past) {_COUNT} {_UNIT}s?\b", _past_units),
        (rf"\b(?:last|past) {_COUNT} {_UNIT}s\b", _past_units),
        (rf"\b{_COUNT} {_UNIT}s? (?:ago|back)\b", _ago),
        (rf"\b(last|past|previous|this) {_UNIT}\b", _last_unit),
        (rf"\b(?P<day>\d\d?)(?:st|nd|rd|th)?(?: of)? (?P<month>{_MONTH})\.?,?(?: (?P<year>{_YEAR}))?\b", _date),
        (rf"\b(?P<month>{_MONTH})\.? (?:the )?(?P<day>\d\d?)(?:st|nd|rd|th)?\b(?:,? (?P<year>{_YEAR}))?", _date),
        (
            rf"\b(?:in|from|since|during|before|after|last|of|this) (?P<month>{_MONTH})\b(?:,? (?P<year>{_YEAR}))?",
            _named_month,
        ),
        (rf"\b(?P<month>{_MONTH}),? (?P<year>{_YEAR})\b", _named_month),
        (rf"\b(from|on|of|last|this|since|before|after|until)(?: last| this)? {_DAY}\b", _weekday),
        (r"()\b(" + "|".join(_DAYS) + r")(?:'s|s)?\b", _weekday),
        (rf"\b(last|this|in|from|of)(?: the)? (spring|summer|autumn|fall|winter)(?: (?:of )?{_YEAR})?\b", _season),
        (rf"\b(?:in|from|since|during|before|after|of) {_YEAR}\b", _year),
    ]
)
_VAGUE = _compile(_VAGUE_RULES)
_WORD = re.compile(r"[^\W\d_]+")
_DIGIT = re.compile(r"\d")
_HINTS = frozenset(
    (
        *_DAYS,
        *(day[:3] for day in _DAYS),
        *(day + "s" for day in _DAYS),
        *("tues", "thur", "thurs", "sept"),
        *_MONTHS,
        *(month[:3] for month in _MONTHS),
        *_SEASONS,
        *_WORD.findall(
            "yesterday today tonight morning afternoon evening night ago back week weeks weekend weekends month"
            " months year years hour hours day days recently lately gestern heute vorgestern hier avant ayer anteayer"
            " ieri ontem gisteren eergisteren"
        ),
    )
)


def _hinted(low: str) -> bool:
    """Whether it is worth trying the grammar: one pass over the words instead of thirty over the text."""
    return not _HINTS.isdisjoint(_WORD.findall(low)) or _DIGIT.search(low) is not None


_OTHER = re.compile(
    r"vorgestern|gestern|heute|\bavant-hier\b|\bhier\b|anteayer|\bayer\b|\bieri\b|\bontem\b|eergisteren|gisteren"
    r"|\b\d\d?[./-]\d\d?[./-]\d{2,4}\b|\b\d\d?\.? (?:de )?[a-zà-ü]{3,10}\.?(?: (?:de )?\d{4})\b"
)
