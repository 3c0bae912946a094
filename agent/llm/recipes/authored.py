"""Requests written by hand as people type them, with their plans; each is used many times, with other names in it."""

from __future__ import annotations

import difflib
import functools
import re
import zlib
from collections.abc import Callable, Iterable, Sequence
from fnmatch import fnmatch
from importlib.resources import files

from pydantic import BaseModel, ConfigDict, field_validator

from limner.agent.clauses import MADE, afterwards, clauses
from limner.agent.glossary import english_words
from limner.agent.kinds import group_said, kind_said
from limner.agent.lexicon import whole
from limner.agent.llm.recipes.catalogue import (
    FACTS,
    INJECTIONS,
    NATIVE_MOTIONS,
    NATIVE_STYLES,
    Draft,
    kind_for,
    new_motion,
    new_name,
    new_style,
)
from limner.agent.llm.recipes.example import Piece
from limner.agent.llm.recipes.grammar import Writer
from limner.agent.llm.recipes.words import words
from limner.agent.phrases import FEMALE, HE, IT, MALE, SHE, THEY
from limner.agent.plan import (
    Animate,
    Answer,
    AskUser,
    EditImage,
    Forget,
    GenerateImage,
    LearnMotion,
    LearnStyle,
    LearnSubject,
    PastTurn,
    Plan,
    PlanContext,
    Recall,
    SetPreference,
    Step,
    parse_plan,
    render_plan,
)
from limner.agent.validate import HANDLE

# One row in this many is kept out of training.
HELD_ONE_IN = 10
# With one of these, somebody more in the catalogue might be meant too.
CROWD = re.compile(
    r"\b(?:all|both|each|others?|another|rest|every\w*|gang|crew|family|team|squad|lot|pets?|kids?|animals?|people|twins"
    r"|anyone|anybody|someone|somebody|nobody|who\w*|which|same|again|todo|todos|todas|alle|tous|toute?s?|tutt[ie])\b",
    re.IGNORECASE,
)
POINTING = HE | SHE | IT | THEY | {"this", "that", "these", "those"}
TRIES = 20
MARK = "¦"


class Row(BaseModel):
    """A line of `written/*.jsonl`: a request, what its user has, and the plan a careful person would make.

    In the file a mark stands in the request where the part of each of several steps begins; nobody types it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    request: str
    subjects: dict[str, str] = {}
    styles: tuple[str, ...] = ()
    motions: tuple[str, ...] = ()
    attachments: str = ""
    memory: tuple[str, ...] = ()
    history: tuple[tuple[str, str, str], ...] = ()
    plan: tuple[str, ...]
    # Other names would break it: one is misspelt, a pun, a part of a name.
    fixed: bool = False

    @field_validator("request")
    @classmethod
    def _unmarked(cls, request: str) -> str:
        return request.replace(MARK, "")

    @property
    def held(self) -> bool:
        return zlib.crc32(self.request.encode()) % HELD_ONE_IN == 0

    def steps(self) -> tuple[Step, ...]:
        return parse_plan("\n".join(self.plan)).steps

    def draft(self) -> Draft:
        past = [PastTurn(user=said, calls=tuple(calls.split("\n")), result=made) for said, calls, made in self.history]
        return Draft(
            subjects=dict(self.subjects),
            styles=list(self.styles),
            motions=list(self.motions),
            attachments=self.attachments,
            memory=list(self.memory),
            history=past,
        )


@functools.cache
def rows(author: str = "*") -> tuple[Row, ...]:
    """Every row, or those of one author: each has a file of his own."""
    folder = files(__package__).joinpath("written")
    pages = sorted(
        (page for page in folder.iterdir() if fnmatch(page.name, f"{author}.jsonl")), key=lambda page: page.name
    )
    lines = [line for page in pages for line in page.read_text(encoding="utf-8").splitlines()]
    return tuple(Row.model_validate_json(line) for line in lines if line.strip())


@functools.cache
def _written(held: bool) -> tuple[Row, ...]:
    return tuple(row for row in rows() if row.held == held)


def authored(w: Writer, among: Sequence[Row] | None = None) -> tuple[Draft, Piece]:
    """One row: whole, or one of its orders where the planner too would meet them one at a time."""
    row = w.pick(_written(w.held) if among is None else among)
    row = _renumbered(w, row if row.fixed else renamed(w, row))
    draft, piece = row.draft(), Piece(row.request, list(row.steps()))
    distracted(w, row, draft)
    orders = clauses(row.request)
    if len(orders) == len(piece.steps) > 1 and w.chance(0.6):
        return one_order(w, draft, orders, piece.steps)
    return draft, piece


def one_order(w: Writer, draft: Draft, orders: Sequence[str], steps: Sequence[Step]) -> tuple[Draft, Piece]:
    context, at = draft.context(w), w.rng.randrange(len(orders))
    for order, step in zip(orders[:at], steps[:at], strict=True):
        context = afterwards(context, order, Plan(steps=(_of_what_was_made(step, context),)))
    later = Draft(
        subjects=dict(context.subjects),
        styles=draft.styles,
        motions=draft.motions,
        attachments=context.attachments,
        memory=draft.memory,
        history=list(context.history),
        referents=dict(context.referents),
    )
    return later, Piece(orders[at], [_of_what_was_made(steps[at], context)])


def _of_what_was_made(step: Step, context: PlanContext) -> Step:
    made = bool(context.history) and context.history[-1].result == MADE
    if made and isinstance(step, Animate | EditImage) and step.image_ref == "last":
        return step.model_copy(update={"image_ref": MADE})
    return step


def renamed(w: Writer, row: Row) -> Row:
    """With other subjects, and now and then other styles and motions of the user's own, wherever they stand."""
    texts = [row.request, *(turn[0] for turn in row.history), *row.memory]
    told = " ".join(texts)
    taught = {step.name: step.class_noun for step in row.steps() if isinstance(step, LearnSubject)}
    swaps: dict[str, str] = {}
    for name, kind in {**row.subjects, **taught}.items():
        if _literal(name, texts) and w.chance(0.85):
            taken = [*row.subjects, *taught, *swaps.values()]
            swaps[name] = _fresh(w, name, functools.partial(_name_for, w, kind), told, taken)
    own = [
        ([*row.styles, *(step.name for step in row.steps() if isinstance(step, LearnStyle))], NATIVE_STYLES, new_style),
        (
            [*row.motions, *(step.name for step in row.steps() if isinstance(step, LearnMotion))],
            NATIVE_MOTIONS,
            new_motion,
        ),
    ]
    for names, native, new in own:
        for name in names:
            if name not in native and _literal(name, texts) and w.chance(0.4):
                swaps[name] = _fresh(w, name, functools.partial(new, w), told, (*names, *swaps.values()))
    return _swapped(row, swaps)


def _literal(name: str, texts: Sequence[str]) -> bool:
    """Whether the name stands as it is wherever it is meant: not bent, cut short, misspelt, nor as a common word."""
    whole_name = re.compile(rf"(?<!\w){re.escape(name)}(?!\w|['’](?!s))", re.IGNORECASE)
    rest = whole_name.sub(" ", " ".join(texts))
    said = re.findall(r"\w{3,}", rest.casefold())
    parts = [part for part in re.findall(r"\w{3,}", name.casefold()) if part not in ("the", "and")]
    if any(word.startswith(part[:4]) for word in said for part in parts):
        return False
    if any(difflib.get_close_matches(part, said, 1, 0.7) for part in parts):
        return False
    # `Sunny on a sunny day`
    ways = [whole_name.findall(text) for text in texts]
    return not any(len(way) > 1 and name.lower() in way for way in ways)


def _fresh(w: Writer, name: str, new: Callable[[], str], told: str, taken: Iterable[str]) -> str:
    """A name that neither the request nor the catalogue has anything like; the old one if none comes up."""
    known = {word[:3] for word in re.findall(r"\w{2,}", " ".join([told, *taken]).casefold())}
    for _ in range(TRIES):
        one = new()
        if not any(part[:3] in known for part in re.findall(r"\w{2,}", one.casefold())):
            return one
    return name


def _name_for(w: Writer, kind: str) -> str:
    """Names of somebody else's of the same sort, so that he stays he; or, for whom that does not matter, any."""
    sort = _sort(kind)
    if sort in ("he", "she") or w.chance(0.5):
        return w.pick(_named_so(sort))
    return new_name(w)


def _sort(kind: str) -> str:
    if kind in MALE | FEMALE:
        return "he" if kind in MALE else "she"
    return next((sort for sort in ("animal", "object") if kind in words("kinds", sort)), "any")


@functools.cache
def _named_so(sort: str) -> tuple[str, ...]:
    return tuple(
        dict.fromkeys(
            name
            for row in rows()
            if not row.fixed
            for name, kind in row.subjects.items()
            if _sort(kind) == sort and name.lower() not in english_words()
        )
    )


def _swapped(row: Row, swaps: dict[str, str]) -> Row:
    if not swaps:
        return row
    new = {old.casefold(): name for old, name in swaps.items()}
    ways = "|".join(map(re.escape, sorted(swaps, key=len, reverse=True)))
    pattern = re.compile(rf"(?<!\w)(?:{ways})(?!\w)", re.IGNORECASE)

    def put(text: str) -> str:
        return pattern.sub(lambda found: _cased(new[found[0].casefold()], found[0]), text)

    return row.model_copy(
        update={
            "request": put(row.request),
            "subjects": {swaps.get(name, name): kind for name, kind in row.subjects.items()},
            "styles": tuple(swaps.get(name, name) for name in row.styles),
            "motions": tuple(swaps.get(name, name) for name in row.motions),
            "memory": tuple(map(put, row.memory)),
            "history": tuple((put(said), put(_plainly(calls)), made) for said, calls, made in row.history),
            "plan": tuple(put(_plainly(call)) for call in row.plan),
        }
    )


def _plainly(calls: str) -> str:
    r"""The calls with letters for `\u` escapes, so that names are found in them."""
    return render_plan(parse_plan(calls))


def _cased(name: str, like: str) -> str:
    if like.islower():
        return name.lower()
    return name.upper() if like.isupper() and len(like) > 2 else name


def _renumbered(w: Writer, row: Row) -> Row:
    """With other handles, in the same order."""
    numbers = sorted({int(re.sub(r"\D", "", turn[2])) for turn in row.history if HANDLE.fullmatch(turn[2])})
    if not numbers:
        return row
    new = dict(zip(numbers, sorted(w.rng.sample(range(1, 80), len(numbers))), strict=True))

    def number(found: re.Match[str]) -> str:
        kind, dash, digits = re.findall(r"([a-zA-Z]+)(-?)(\d+)", found[0])[0]
        return f"{kind}{dash}{new.get(int(digits), int(digits))}"

    def put(text: str) -> str:
        return HANDLE.sub(number, text)

    return row.model_copy(
        update={
            "request": put(row.request),
            "history": tuple((put(said), put(calls), put(made)) for said, calls, made in row.history),
            "plan": tuple(map(put, row.plan)),
        }
    )


def distracted(w: Writer, row: Row, draft: Draft) -> None:
    """What should change nothing: somebody who is not spoken of, another style or motion, an old fact."""
    steps = row.steps()
    if any(isinstance(step, AskUser | Answer | Recall | Forget | SetPreference) for step in steps):
        return
    said = set(re.findall(r"\w+", row.request.casefold()))
    more = w.pick((0, 0, 1, 1, 2, 3)) if _all_named(steps, row.request) and not said & POINTING else 0
    for _ in range(more):
        name, kind = (
            _fresh(w, "", lambda: new_name(w), " ".join([row.request, *row.plan]), draft.subjects),
            kind_for(w, ""),
        )
        if name and not kind_said(kind, row.request):
            draft.add(w, name, kind)
    told = " ".join([row.request, *row.memory])
    if draft.styles and w.chance(0.15):
        draft.styles.append(_fresh(w, "", lambda: new_style(w), told, draft.styles))
    if draft.motions and w.chance(0.15):
        draft.motions.append(_fresh(w, "", lambda: new_motion(w), told, draft.motions))
    draft.styles, draft.motions = list(filter(None, draft.styles)), list(filter(None, draft.motions))
    if w.chance(0.12):
        draft.memory.append(w.say(FACTS if w.chance(0.7) else INJECTIONS))


def _all_named(steps: Iterable[Step], request: str) -> bool:
    """Whether whoever is drawn is there by name and by nothing else, so that somebody more changes nothing."""
    drawn = [step for step in steps if isinstance(step, GenerateImage | Animate)]
    named = all(
        re.search(rf"(?<!\w){re.escape(name)}(?!\w)", request, re.IGNORECASE)
        for step in drawn
        for name in step.subjects
    )
    crowd = CROWD.search(request) or whole("everyone").search(request) or group_said(request)
    return bool(drawn) and named and not crowd
