"""The grammar of one request: only this user's names, only tools that can run, so that nothing can be invented."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from limner.agent.lexicon import says
from limner.agent.plan import STEPS
from limner.agent.stated import MOST_TOGETHER, QUOTED
from limner.agent.validate import HANDLE

MOST_SAID = 40
LINE = re.compile(r"^(styles|motions|subjects|attached|request): (.*)$", re.MULTILINE)
# No longer, so that a model that has lost its thread comes to an end.
STRING = r"""str ::= "\"" char{1,240} "\""
char ::= [^"\\\x00-\x1f\x7f] | "\\" ["\\nt]
int ::= "0" | [1-9] [0-9]{0,8}
count ::= "100" | [1-9] [0-9]?
frames ::= [1-9] [0-9]{0,3}
pos ::= "\"left\"" | "\"right\"" | "\"top\"" | "\"bottom\"" | "\"center\""
"""


@dataclass(frozen=True)
class Names:
    """What a rendered context allows."""

    subjects: tuple[str, ...]
    styles: tuple[str, ...]
    motions: tuple[str, ...]
    handles: tuple[str, ...]
    attached: str
    request: str


def read_names(rendered: str) -> Names:
    """The names of a rendered context. The request is its last line, so nothing said there adds a name."""
    found: list[tuple[str, str]] = LINE.findall(rendered)
    lines = dict(reversed(found))
    attached = lines.get("attached", "")
    handles = [*HANDLE.findall(rendered), "last", *(["attached"] if "image" in attached else [])]
    return Names(
        subjects=tuple(re.findall(r"([^()]+) \([^()]*\)(?:, |$)", lines.get("subjects", ""))),
        styles=tuple(filter(None, lines.get("styles", "").split(", "))),
        motions=tuple(filter(None, lines.get("motions", "").split(", "))),
        handles=tuple(dict.fromkeys(handles)),
        attached=attached,
        request=rendered.rpartition("request: ")[2],
    )


def grammar(names: Names, tools: Collection[str] = tuple(STEPS)) -> str:
    """GBNF for the plans that can run, of the given tools."""
    # A name this very plan teaches is not in the catalogue yet.
    free = bool(names.attached)
    # A word of the request is no invention: the guard knows it is not in the catalogue and asks about it.
    said = tuple(dict.fromkeys(re.findall(r"[^\W\d_][\w-]{2,}", names.request)))[:MOST_SAID]
    pools = (names.subjects, names.styles, names.motions)
    closed = dict(
        zip(("subject", "style", "motion"), (_closed((*p, *said) if p else (), free) for p in pools), strict=True)
    )
    subject, style, motion = (name if rule else "" for name, rule in closed.items())
    several = f"{_list('subjects', subject)}{_list('styles', style)}"
    layout = f' ( ", layout={{" {subject} ": " pos ( ", " {subject} ": " pos )* "}}" )?' if subject else ""
    rules = {
        "generate_image": f'"generate_image(prompt=" str{several} ( ", count=" count )? ( ", seed=" int )?{layout} ")"',
        "edit_image": f'"edit_image(image_ref=" {_closed(names.handles)} ", instruction=" str ")"',
        "recall": '"recall(query=" str ")"',
        "set_preference": '"set_preference(text=" str ")"',
    }
    if motion:
        ref = f'( ", image_ref=" {_closed(names.handles)} )?'
        rules["animate"] = f'"animate(prompt=" str{several} ", motion=" {motion} ( ", frames=" frames )? {ref} ")"'
    if says(QUOTED.sub(" ", names.request), "erase", "words"):
        rules["forget"] = '"forget(what=" str ")"'
    if "image" in names.attached:
        rules["learn_subject"] = '"learn_subject(name=" str ", class_noun=" str ")"'
        rules["learn_style"] = '"learn_style(name=" str ")"'
    if "clip" in names.attached or "video" in names.attached:
        rules["learn_motion"] = '"learn_motion(name=" str ")"'
    alone = {"ask_user": '"ask_user(question=" str ")"', "reply": '"reply(text=" str ")"'}
    steps = " | ".join(rule for name, rule in rules.items() if name in tools) or '""'
    single = "".join(f" | {rule}" for name, rule in alone.items() if name in tools)
    named = "".join(f"{name} ::= {rule}\n" for name, rule in closed.items() if rule)
    return f'root ::= step ( "\\n" step ){{0,7}}{single}\nstep ::= {steps}\n{named}{STRING}'


def _closed(pool: Iterable[str], free: bool = False) -> str:
    if free:
        return "str"
    options = [json.dumps(json.dumps(name, ensure_ascii=False), ensure_ascii=False) for name in pool]
    return f"( {' | '.join(options)} )" if options else ""


def _list(key: str, item: str) -> str:
    # A model that has lost its thread would go through the whole catalogue.
    return f' ( ", {key}=[" {item} ( ", " {item} ){{0,{MOST_TOGETHER - 1}}} "]" )?' if item else ""
