"""What a request only passes on: orders that others are quoted with, and names of files. Neither is planned."""

from __future__ import annotations

import re

_FILE = re.compile(
    r"(?:,? (?:and )?)?[\"'“”‘’]?[\w-][\w.-]*"
    r"\.(?:jpe?g|png|gif|webp|heic|bmp|tiff?|mp4|mov|webm|avi|pdf|txt|zip)\b[\"'“”‘’]?",
    re.I,
)
_ORDER = (
    r"(?:forget|delete|erase|wipe|remove|ignore|always|never|from now on|remember|learn|draw|paint|animate|make|system"
    r"|assistant)"
)
_BY_SOMEBODY = r"(?:pasted|yell\w*|shout\w*|scream\w*|sent|texted|wrote|typed|emailed|forwarded|posted|told|said|asked)"
_QUOTE = rf"(?:\"[^\"]*\b{_ORDER}\b[^\"]*\"|“[^”]*\b{_ORDER}\b[^”]*”|(?<!\w)'[^']*\b{_ORDER}\b[^']*'(?!\w))"
# A sentence in which nothing is wanted before the quote; a sign in a picture `says`, and is drawn.
_REPORTED = re.compile(
    rf"(?:(?<=[.!?] )|^)(?:(?!\b(?:draw|paint|make|animate|show|want|picture|sign|banner|card)\b)[^.!?\"“])*?"
    rf"\b{_BY_SOMEBODY}\b(?:(?!\b(?:draw|paint|make)\b)[^.!?\"“])*?{_QUOTE}[^.!?\"“]*[.!?]*\s*",
    re.I,
)


def without_hearsay(text: str) -> str:
    """The request without them; nothing is left of one that only passes something on."""
    return " ".join(_REPORTED.sub("", _FILE.sub("", text)).split()).replace(": ,", "").rstrip(" :,")
