"""What a person likes and refuses, put into a plan where the request itself says nothing of it.

Only what was said outright or done decides: "always", "never", a dislike, a correction, and thumbs. That somebody
likes teal is no order to paint everything teal; the planner sees it and may use it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from limner.agent.handles import Seen
from limner.agent.hearsay import orders_the_machine
from limner.agent.messages import Request
from limner.agent.names import fold
from limner.agent.plan import Animate, Because, GenerateImage, Plan, Step
from limner.agent.referents import Scene
from limner.agent.studio import Studio
from limner.memory import Fact

Drawn = GenerateImage | Animate
STEADY = re.compile(r"\b(?:always wants?|wants? more|prefers?)\b", re.I)
CHOSEN = re.compile(rf"{STEADY.pattern}|\bfavou?rite\b", re.I)
GENERIC = {"style", "styles", "look", "drawing", "drawings", "picture", "pictures", "image", "images", "art", "sketch"}
REFUSED = ("style", "palette", "composition", "format", "dislike", "motion")
WORN = re.compile(r"^always (?:wears|has) (.+)$", re.I)
PARTS = {"collar", "scarf", "hat", "cap", "coat", "fur", "hair", "eyes", "eye", "ears", "ear", "tail", "nose"}
PARTS |= {"colour", "color", "dress", "shirt", "jacket", "glasses"}
# One thumb may have been about something else; two in the same style are about the style.
LIKES_TO_CHOOSE = 2


def facts(studio: Studio, request: Request) -> list[Fact]:
    """What holds now of the places this request was said in: nothing personal in a channel."""
    found = [one for place in request.places for one in studio.memory.facts(request.user, scope=place)]
    return [one for one in found if not orders_the_machine(one.text)]


def former(studio: Studio, request: Request) -> list[Fact]:
    """What held once and no longer does."""
    told = (studio.memory.facts(request.user, scope=place, live=False) for place in request.places)
    return [one for found in told for one in found if not one.live]


def applied(
    plan: Plan, known: Sequence[Fact], closed: Sequence[Fact], scene: Scene, text: str, learned: dict[str, str]
) -> tuple[Plan, tuple[str, ...]]:
    """The plan with taste put in, each change with its evidence in `because`, and what it amounts to in words.

    `learned` says for each subject the kind of thing it was learned as, to see what was corrected since.
    """
    steps: list[Step] = []
    because, said = list(plan.because), list[str]()
    reasoned = {reason.step for reason in because if reason.argument == "styles"}
    for number, step in enumerate(plan.steps):
        if isinstance(step, GenerateImage | Animate):
            if number not in reasoned and getattr(step, "image_ref", None) is None:
                step = _without_former(step, known, closed, text)
            for change in (_styled, _worded, _avoided):
                step, argument, ids, told = change(step, known, scene, text, learned)
                if ids:
                    because.append(Because(step=number, argument=argument, memory_ids=ids))
                    said.append(told)
        steps.append(step)
    changed = plan.model_copy(update={"steps": tuple(steps), "because": tuple(dict.fromkeys(because))})
    return changed, tuple(dict.fromkeys(said))


def unwanted(known: Sequence[Fact], scene: Scene, text: str, step: Drawn) -> dict[str, tuple[str, ...]]:
    """What the picture should be without, and the memories that say so; what the request asks for is not refused."""
    found: dict[str, tuple[str, ...]] = {}
    asked = f"{text} {step.prompt} {' '.join(step.styles)}"
    subjects = {f"@{name.casefold()}" for name in step.subjects} | {""}
    for fact in known:
        wanted = fact.polarity < 0 and fact.facet in REFUSED and fact.subject.casefold() in subjects
        if wanted and not _said(_thing(fact), asked):
            found[_thing(fact)] = (fact.id,)
    for style, ones in _votes(scene, liked=False).items():
        if not _said(style, asked):
            found.setdefault(f"{style} style", tuple(one.handle for one in ones))
    return found


def negative_prompt(studio: Studio, request: Request, step: Drawn, ids: Iterable[str]) -> str:
    """The words of what `because` says this step should be without."""
    cited = set(ids)
    words = [_thing(fact) for fact in facts(studio, request) if fact.id in cited]
    pictures = [studio.memory.get_handle(request.user, one) for one in sorted(cited) if one.startswith(("img", "clip"))]
    styles = dict.fromkeys(style for one in pictures if one for style in one.styles if style not in step.styles)
    return ", ".join([*words, *(f"{style} style" for style in styles)])


Change = tuple[Drawn, str, tuple[str, ...], str]


def _without_former(step: Drawn, known: Sequence[Fact], closed: Sequence[Fact], text: str) -> Drawn:
    """Without a style that was chosen for the person until they chose another: a planner copies the turn before."""
    kept = tuple(
        style
        for style in step.styles
        if _said(style, text)
        or not any(one.polarity > 0 and CHOSEN.search(one.text) and _names(one, style) for one in closed)
        or any(one.polarity > 0 and _names(one, style) for one in known)
    )
    return step if kept == step.styles else step.model_copy(update={"styles": kept})


def _styled(step: Drawn, known: Sequence[Fact], scene: Scene, text: str, learned: dict[str, str]) -> Change:
    """A style the person refuses is not chosen for them; one they always want is."""
    names = {one.name for one in scene.of("style")}
    refused: dict[str, tuple[str, ...]] = {
        name: (one.id,) for one in known if one.polarity < 0 for name in names if _names(one, name)
    }
    refused |= {name: tuple(one.handle for one in ones) for name, ones in _votes(scene, liked=False).items()}
    out = [name for name in step.styles if name in refused and not _said(name, text)]
    if out:
        kept = tuple(name for name in step.styles if name not in out)
        ids = tuple(dict.fromkeys(ref for name in out for ref in refused[name]))
        return step.model_copy(update={"styles": kept}), "styles", ids, f"not in {', '.join(out)}, which you refused"
    if step.styles or any(_said(name, text) for name in names):
        return step, "styles", (), ""
    for one in known:
        wanted = one.polarity > 0 and CHOSEN.search(one.text)
        chosen = next((name for name in sorted(names) if wanted and _names(one, name)), "")
        if chosen and chosen not in refused:
            return step.model_copy(update={"styles": (chosen,)}), "styles", (one.id,), f"in {chosen}: {one.text}"
    votes = {name: ones for name, ones in _votes(scene, liked=True).items() if name in names and name not in refused}
    first, second = sorted([0, 0, *(len(ones) for ones in votes.values())])[-1:-3:-1]
    if first >= LIKES_TO_CHOOSE and first > second:
        chosen = next(name for name, ones in votes.items() if len(ones) == first)
        ids = tuple(one.handle for one in votes[chosen])
        return step.model_copy(update={"styles": (chosen,)}), "styles", ids, f"in {chosen}, as you liked {ids[-1]}"
    return step, "styles", (), ""


def _worded(step: Drawn, known: Sequence[Fact], scene: Scene, text: str, learned: dict[str, str]) -> Change:
    """What is always wanted, what a subject was corrected to be and what it always wears, said in the prompt."""
    styles = {one.name for one in scene.of("style")}
    words: dict[str, str] = {}
    for fact in known:
        phrase = _phrase(fact, step, learned)
        if phrase and not _said(phrase, f"{step.prompt} {text}") and not any(_said(name, phrase) for name in styles):
            words[phrase] = fact.id
    if not words or not step.prompt:
        return step, "prompt", (), ""
    changed = step.model_copy(update={"prompt": ", ".join([step.prompt, *words])})
    return changed, "prompt", tuple(words.values()), f"with {', '.join(words)}"


def _avoided(step: Drawn, known: Sequence[Fact], scene: Scene, text: str, learned: dict[str, str]) -> Change:
    """The step stays; drawing reads from `because` what to leave out."""
    without = unwanted(known, scene, text, step)
    ids = tuple(dict.fromkeys(ref for refs in without.values() for ref in refs))
    return step, "negative_prompt", ids, f"without {', '.join(without)}"


def _phrase(fact: Fact, step: Drawn, learned: dict[str, str]) -> str:
    if not fact.subject:
        steady = fact.polarity > 0 and fact.facet in ("palette", "composition") and STEADY.search(fact.text)
        return _thing(fact) if steady else ""
    name = next((one for one in step.subjects if f"@{one.casefold()}" == fact.subject.casefold()), "")
    if not name or fact.polarity < 0:
        return ""
    if fact.slot == "kind":
        return fact.value if fact.value.casefold() not in learned.get(name, fact.value).casefold() else ""
    if worn := WORN.match(fact.value):
        return worn[1]
    return f"{fact.value} {fact.slot}" if set(fact.slot.split()) & PARTS else ""


def _votes(scene: Scene, *, liked: bool) -> dict[str, list[Seen]]:
    """Styles with more thumbs this way than the other, and the pictures that got them."""
    given = [one for one in scene.of("image", "clip") if one.liked is not None]
    balance = Counter[str]()
    for one in given:
        balance.update(dict.fromkeys(one.styles, 1 if one.liked == liked else -1))
    return {
        style: [one for one in given if style in one.styles and one.liked == liked]
        for style, more in balance.items()
        if more > 0
    }


def _names(fact: Fact, style: str) -> bool:
    """Whether a fact is about this style and nothing else: "flat backgrounds" are not the style flat."""
    words = [word for word in re.findall(r"\w+", fold(fact.value)) if word not in GENERIC]
    return bool(words) and words == re.findall(r"\w+", fold(style))


def _thing(fact: Fact) -> str:
    return re.sub(r"^(?:never|no) ", "", fact.value or fact.text, flags=re.I)


def _said(words: str, text: str) -> bool:
    """Whether the text speaks of it: every longer word of it is there."""
    plain = fold(text)
    return all(re.search(rf"(?<!\w){re.escape(word)}", plain) for word in _long(fold(words)))


def _long(text: str) -> Iterable[str]:
    words = re.findall(r"\w+", text)
    return [word for word in words if len(word) > 3] or words
