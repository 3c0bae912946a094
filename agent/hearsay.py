"""What is only passed on: orders that others are quoted with, names of files, orders to the machine in memory.

None of it is planned: only the person who speaks gives orders.
"""

from __future__ import annotations

import re
import unicodedata

from limner.agent.context import PlanContext

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


_MACHINE = r"(?:planner|assistant|(?:chat)?bot|ai|llm|limner|language model|ai model)"
_RULES = (
    r"(?:instructions?|rules?|prompts?|guidelines|directions|commands|orders|requests?|preferences"
    r"|anweisung\w*|regeln|instruc\w+|instrucciones|reglas|consignes|règles|istruzion\w*|regole|regras)"
)
_TOOL = r"(?:generate_image|edit_image|learn_(?:subject|style|motion)|set_preference|ask_user)"
_ASKED = r"(?:says?|said|tells?|asks?|asked|wants?|wanted|requests?|requested)"
# What nobody says who tells of what they like: memory holds what was once said, by whomever.
_TO_THE_MACHINE = re.compile(
    # It speaks as the system, or as a line of what the planner is shown.
    r"^\W*(?:system|sistema|système|developer|root|admin)\b(?: \w+){0,2} ?[\]>:]"
    r"|^\W*(?:request|earlier|attached|memory [\w-]+):|\bsystem[ -](?:overrid\w+|prompt|message|note|instruction)"
    r"|\b(?:developer|admin|debug|god|jailbreak) mode\b|\bjailbreak"
    # It has something done besides whenever something else is.
    r"|\b(?:when(?:ever)?|if|every time|each time|before|after)\b[^.;!?]*"
    r"(?:(?:, |\balso |\balways |\bfirst |\bthen )(?:delete|erase|wipe|unlearn)"
    r"|, (?:(?:also|always|first|then) )?forget)\b"
    # It takes back what was said before, or stands above what the person says.
    r"|\b(?:ignor\w*|disregard|override|bypass|forget|vergiss|missachte|olvida|oublie[rz]?|dimentica|esque[cç]\w+)"
    r" (?:\w+ ){0,3}?(?:previous|prior|above|earlier|former|preceding|other|your|the user(?:['’]s)?|all"
    rf"|vorherigen|deine|bisherigen|todas|tus|toutes|tes|tutte|le tue|suas) (?:\w+ ){{0,2}}?{_RULES}(?!\w)"
    rf"|\boverrid(?:es|ing) (?:\w+ ){{0,2}}?(?:user|{_RULES})\b"
    r"|\b(?:new|real|secret|hidden) (?:system )?(?:instructions|prompt)\b"
    r"|\b(?:whatever|no matter what|regardless of (?:what|how)|even if)"
    rf" (?:the )?(?:user|person|they|he|she|it|is)\b ?(?:is )?{_ASKED}\b"
    r"|\bregardless of (?:the|any|their) request|\bwithout (?:telling|asking) the user\b"
    # It tells the machine what to do, by name or in the words of its tools.
    rf"|\bthe {_MACHINE} (?:must|should|shall|has to|have to|needs to|is to|ought to|will|always|never)\b"
    rf"|^\W*(?:(?:dear|hey|note to(?: the)?) )?{_MACHINE}(?:[,:]| (?:must|shall|should|has to)\b)"
    rf"|\bnote to (?:the )?{_MACHINE}\b|\byou are (?:now |in fact )*(?:an? |the )?{_MACHINE}\b"
    r"|\b(?:to|in|on|with|into|for) (?:every|each|all|any) (?:of the )?(?:tool |function )?(?:calls?|plans?|tools?)\b"
    r"|\b(?:add|include|append|insert|set) (?:the |an? )?(?:subject|count|motion|argument|parameter)s?\b"
    r"|\b(?:count|styles?|subjects?|motions?|layout|frames|image_ref|prompt|what|query|text|name) ?=(?!=)"
    rf"|\bcount ?: ?\d|\b{_TOOL}\b|\b(?:forget|recall|reply|animate|say|because)\(",
    re.I,
)


def orders_the_machine(text: str) -> bool:
    """Whether a text gives the machine orders, where it should only tell something."""
    plain = "".join(c for c in unicodedata.normalize("NFKC", text) if unicodedata.category(c) != "Cf")
    return bool(_TO_THE_MACHINE.search(plain))


def without_orders(context: PlanContext) -> PlanContext:
    """The context without the memory lines that give orders; a subject may be called Bot, and be told of."""
    names = "|".join(map(re.escape, context.subjects)) or "(?!)"
    kept = tuple(
        line for line in context.memory if not orders_the_machine(re.sub(rf"(?<!\w)(?:{names})(?!\w)", "@", line.text))
    )
    return context if kept == context.memory else context.model_copy(update={"memory": kept})
