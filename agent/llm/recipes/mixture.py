"""The mixture of intents, as a stream of examples; and the check that no evaluation request leaks into it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from limner.agent.llm.recipes import (
    authored,
    draw,
    follow,
    frames,
    mentions,
    move,
    odd,
    remember,
    repairs,
    several,
    stories,
    talk,
    teach,
    tongues,
    unclear,
)
from limner.agent.llm.recipes.catalogue import Draft
from limner.agent.llm.recipes.example import Example, Piece
from limner.agent.llm.recipes.grammar import Writer
from limner.agent.llm.recipes.messy import mess
from limner.agent.plan import Plan, PlanContext
from limner.agent.planner import simplified
from limner.agent.validate import validate

Source = Callable[[Writer], tuple[Draft, Piece]]
INTENTS: dict[str, tuple[Source, float]] = {
    # Two thirds of the stream: the others invent their requests from phrasings, these were written one by one.
    "authored": (authored.authored, 763),
    "plain": (draw.plain, 14),
    "of_kind": (draw.of_kind, 6),
    "placed": (draw.placed, 4),
    "excluded": (draw.excluded, 5),
    "corrected": (draw.corrected, 4),
    "quoted": (draw.quoted, 4),
    "moving": (move.moving, 14),
    "teaching": (teach.teaching, 8),
    "taught_and_used": (teach.taught_and_used, 9),
    "unclear": (unclear.unclear, 11),
    "follow": (follow.follow, 18),
    "clip_again": (follow.clip_again, 1.5),
    "remembered": (remember.remembered, 8),
    "keeping": (talk.keeping, 4),
    "asking": (talk.asking, 3),
    "erasing": (talk.erasing, 3),
    "chatting": (talk.chatting, 5),
    "several": (several.several, 12),
    "two_groups": (several.two_groups, 1.5),
    "told": (several.told, 8),
    "foreign": (tongues.foreign, 30),
    "terse": (odd.terse, 3),
    "one_placed": (odd.one_placed, 2),
    "one_each": (odd.one_each, 2),
    "just_words": (odd.just_words, 2),
    "belonging": (odd.belonging, 1.5),
    "photo_edit": (odd.photo_edit, 1.5),
    "not_moving": (odd.not_moving, 2),
    "no_style": (odd.no_style, 1),
    "small_talk": (odd.small_talk, 4),
    "long_names": (odd.long_names, 2),
    "two_unknown": (odd.two_unknown, 1),
    "story": (stories.story, 14),
    "word_said": (stories.word_said, 5),
    "unlike": (stories.unlike, 2),
    "mended": (repairs.mended, 6),
    "many": (repairs.many, 3),
    "left_out": (repairs.left_out, 5),
    "of_a_kind": (repairs.of_a_kind, 2),
    "no_clip": (repairs.no_clip, 2),
    "in_a_row": (several.in_a_row, 14),
    "idle": (talk.idle, 6),
    "framed": (frames.framed, 26),
    "keyed": (frames.keyed, 4),
    "taken_back": (frames.taken_back, 12),
    "one_in_a_story": (frames.one_in_a_story, 14),
    "third_of_all": (frames.third_of_all, 14),
    "counted_frames": (frames.counted_frames, 5),
    "liked": (frames.liked, 3),
    "grouped": (frames.grouped, 5),
    "beside": (frames.beside, 3),
    "by_sort": (frames.by_sort, 7),
    "told_only": (mentions.told_only, 14),
    "told_and_wished": (mentions.told_and_wished, 9),
    "forbidden": (mentions.forbidden, 14),
    "refused": (mentions.refused, 6),
    "two_alike": (mentions.two_alike, 9),
    "picture_less": (mentions.picture_less, 3),
    "told_and_changed": (mentions.told_and_changed, 9),
}
INVENTED = tuple(name for name in INTENTS if name != "authored")
# Requests this alike (share of common letter triples, names apart) count as the same request.
SAME = 0.6


def stream(
    seed: int,
    held: bool = False,
    evaluation: Iterable[str] = (),
    only: Iterable[str] = (),
    written: Sequence[authored.Row] | None = None,
) -> Iterator[Example]:
    """Endless examples; the same seed gives the same stream. `written` are the only rows by hand to draw from."""
    w, guard = Writer(seed, held), Contamination(evaluation)
    names = [name for name in INTENTS if not only or name in only]
    weights = [INTENTS[name][1] for name in names]
    while True:
        intent = w.rng.choices(names, weights)[0]
        draft, piece = authored.authored(w, written) if intent == "authored" else INTENTS[intent][0](w)
        text = " ".join(piece.text.split()).replace(" ,", ",")
        # Whoever wrote one by hand has made it as messy as people are.
        if intent != "authored" or w.chance(0.15):
            text = mess(w, text)
        context, plan = draft.context(w), Plan(steps=tuple(piece.steps))
        # A plan that our own guard would change is a mistake of a writer above, not something to learn.
        if text.strip() and not guard.leaks(text, draft.subjects) and _kept(plan, context, piece.text):
            yield Example(intent, context, text, plan, worded=intent != "authored")


def _kept(plan: Plan, context: PlanContext, text: str) -> bool:
    """Whether the guard leaves the plan alone, once it sees the request as the planner does."""
    return validate(plan, context, simplified(context, text)) == plan


class Contamination:
    """Finds requests that are nearly those of an evaluation file."""

    def __init__(self, evaluation: Iterable[str]) -> None:
        self._seen: list[frozenset[str]] = []
        for path in evaluation:
            for line in Path(path).read_text(encoding="utf-8").splitlines():
                item = json.loads(line)
                self._seen.append(triples(item["request"], item["context"]["subjects"]))

    def leaks(self, text: str, subjects: Iterable[str]) -> bool:
        mine = triples(text, subjects)
        return len(mine) > 6 and any(len(mine & one) >= SAME * len(mine | one) for one in self._seen)


def triples(text: str, subjects: Iterable[str]) -> frozenset[str]:
    plain = text.lower()
    for name in subjects:
        plain = plain.replace(name.lower(), "#")
    plain = re.sub(r"\W+", " ", plain)
    return frozenset(plain[at : at + 3] for at in range(len(plain) - 2))
