"""Planners: whatever turns a request in its context into a validated plan."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable
from importlib import import_module
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Protocol

from limner.agent.answered import answered
from limner.agent.because import with_reasons
from limner.agent.by_kind import by_memory, by_name, in_capitals
from limner.agent.clauses import one_by_one
from limner.agent.context import one_line, weight
from limner.agent.doubts import settled
from limner.agent.glossary import english_words, foreign, in_english
from limner.agent.hearsay import without_hearsay, without_orders
from limner.agent.kept_out import kept_out
from limner.agent.motions_said import with_motions_spelt
from limner.agent.names import in_full
from limner.agent.plan import Answer, Plan, PlanContext, PlanError, parse_plan, render_context, render_plan
from limner.agent.remarks import HEARD
from limner.agent.remembered import as_remembered
from limner.agent.slips import without_slips
from limner.agent.spelled import seeds_in_digits
from limner.agent.spelt_names import given, respelt
from limner.agent.stated import QUOTED, crowd
from limner.agent.styles_said import PICTURES, with_halves_whole, with_styles_spelt
from limner.agent.unsure import NONE_OF_IT, SURE, asked_first, turned_down
from limner.agent.validate import ask, check

if TYPE_CHECKING:
    from langchain_core.language_models.chat_models import BaseChatModel

# About two pages; longer texts are pasted by mistake, and a small model would read them for a minute.
MOST_WORDS = 400
MOST_TOKENS = 850
# `tofu n sushi`
AND = re.compile(r"(?<=\w) (?:n|'n'|’n’|nd) (?=\w)", re.IGNORECASE)
LOST = "I did not understand that. Could you say it in other words?"


class Planner(Protocol):
    """Anything that plans."""

    def plan(self, context: PlanContext, text: str) -> Plan: ...

    def expect(self, context: PlanContext) -> None:
        """A request is likely to be made in this context: what it will be planned with may be made ready."""


class ScriptedPlanner:
    """Replays given plans in order: the planner for tests and demonstrations without a model."""

    def __init__(self, plans: Iterable[Plan | str]) -> None:
        self._plans = iter([parse_plan(plan) if isinstance(plan, str) else plan for plan in plans])
        self.seen: list[tuple[PlanContext, str]] = []
        self.expected: list[PlanContext] = []

    def expect(self, context: PlanContext) -> None:
        self.expected.append(context)

    def plan(self, context: PlanContext, text: str) -> Plan:
        self.seen.append((context, text))
        try:
            return next(self._plans)
        except StopIteration:
            raise PlanError(f"the script has no plan left for {text!r}; add one") from None


def ignored(rendered: str) -> None:
    """Nothing is gained by reading ahead where what was read is not kept."""


class LLMPlanner:
    """Plans with any LangChain chat model: structured output, one repair round, then the deterministic guard."""

    def __init__(
        self,
        model: BaseChatModel,
        name: str,
        *,
        repair_rounds: int = 1,
        failures: tuple[type[Exception], ...] = (),
        small: bool = False,
        read_ahead: Callable[[str], None] = ignored,
    ) -> None:
        """`failures` are the errors of the provider's own client: no network, no such model, a wrong key.

        `small` models are given a list of orders one at a time and other languages word by word in English, and are
        doubted where they often go wrong. `read_ahead` is told a rendered context before its request is known.
        """
        self._read_ahead = read_ahead
        self.name = name
        self._small = small
        self._failures = failures
        self.model = model
        self._repair_rounds = repair_rounds
        self._structured = model.with_structured_output(Plan, method="function_calling", include_raw=True)
        self._prompt = files("limner.agent").joinpath("planner.md").read_text(encoding="utf-8")

    def plan(self, context: PlanContext, text: str) -> Plan:
        context = without_orders(context)
        question, plan_one, asked = unreadable(text) or crowd(context.subjects, text), self._plan, ""
        sure: list[tuple[str, float]] = []
        if question:
            return ask(question)
        if self._small:
            if turned_down(context, text):
                return Plan(steps=(Answer(text=NONE_OF_IT),))
            if earlier := answered(context, text):
                context, text = context.model_copy(update={"history": context.history[:-1]}), earlier
            names = (*context.subjects, *context.styles, *context.motions)
            asked = text if foreign(text, names) else ""
            plan_one = functools.partial(self._plan, asked=asked, sure=sure)
            text = simplified(context, text)
            if not text:
                return Plan(steps=(Answer(text=HEARD),))
        whole = one_by_one(plan_one, context, text) if self._small else None
        plan = check(whole, context, text, asked).plan if whole else plan_one(context, text)
        plan = plan if context.confirmed else asked_first(plan, sure, text)
        return with_reasons(plan, context, text)

    def expect(self, context: PlanContext) -> None:
        """Takes in what is known before a request is: not what comes along with it, is recalled or meant by it."""
        told = context.model_copy(update={"attachments": "", "memory": (), "referents": {}})
        self._read_ahead(render_context(without_orders(told), ""))

    def _plan(
        self, context: PlanContext, text: str, asked: str = "", sure: list[tuple[str, float]] | None = None
    ) -> Plan:
        """The plan of a request, which was put into English if it was `asked` in another language. `sure` is told what
        the model says of how sure it was."""
        # A small model makes a picture of whom it is told to keep away.
        shown = kept_out(text, context.subjects)[1] if self._small else text
        messages: list[tuple[str, str]] = [("system", self._prompt), ("human", render_context(context, shown))]
        plan, complaints = self._attempt(messages, sure)
        for _ in range(self._repair_rounds):
            checked = check(plan, context, text, asked) if plan else None
            complaints = checked.complaints if checked else complaints
            if not complaints:
                break
            said = render_plan(plan) if plan else "(nothing usable)"
            wrong = "; ".join(complaints)
            messages += [("ai", said), ("human", f"That plan cannot run: {wrong}. Call Plan again, corrected.")]
            plan, complaints = self._attempt(messages)
        if plan is None:
            return ask(LOST)
        if not self._small:
            return check(plan, context, text, asked).plan
        doubted = check(settled(plan, context, text, bool(asked)), context, text, asked).plan
        return as_remembered(doubted, context, text)

    def _attempt(
        self, messages: list[tuple[str, str]], sure: list[tuple[str, float]] | None = None
    ) -> tuple[Plan | None, list[str]]:
        try:
            answer: Any = self._structured.invoke(messages)
        except self._failures as error:
            said = one_line(str(error))[:200]
            raise PlanError(
                f"{self.name} did not answer: {said}. Try again, or use --planner embedded:planner"
            ) from error
        if sure is not None:
            sure += answer["raw"].response_metadata.get(SURE, ())
        if isinstance(answer["parsed"], Plan):
            return answer["parsed"], []
        wrong = answer["parsing_error"] or "no Plan was called"
        return None, [one_line(str(wrong))[:300]]


def not_forgotten(text: str, names: Iterable[str]) -> str:
    """`Don't you dare forget Rex when you draw the fair` is an order to draw the fair with Rex."""
    one = "|".join(map(re.escape, names)) or "(?!)"
    found = re.fullmatch(
        rf"(?:and |please )*(?:don['’]?t|do not|never)(?: you dare| ever| you)? forget (?P<who>(?:{one})(?:(?:,"
        rf"| and) (?:{one}))*)"
        r" when (?:you(?:['’]re| are)? )?(?P<draw>draw|paint|sketch|make)(?:ing)? (?P<scene>[^.;!?]+)[.! ]*",
        text.strip(),
        re.IGNORECASE,
    )
    if not found:
        return text
    beside = re.search(rf"\b(?:with|and) (?:{one})$", found["scene"], re.IGNORECASE)
    return f"{found['draw']} {found['scene']} {'and' if beside else 'with'} {found['who']}"


_ENGLISH_ORDER = re.compile(r"\b(?:draw|paint|sketch|animate)\b", re.IGNORECASE)


def simplified(context: PlanContext, text: str) -> str:
    """The request as a small model is given it: without what it only passes on, in English, names spelt out."""
    text = seeds_in_digits(not_forgotten(AND.sub(" and ", without_hearsay(text)), context.subjects))
    text = with_styles_spelt(with_motions_spelt(text, context.motions), context.styles)
    text = with_halves_whole(text, context.styles, pictures=bool(context.history))
    names = (*context.subjects, *context.styles, *context.motions)
    # `kan u drwa Rex eatng ramen` looks like Dutch until it is put right.
    mended = without_slips(text, names, english_words(every=True)) if foreign(text, names) else ""
    elsewhere = bool(mended) and foreign(mended, names)
    if elsewhere or not _ENGLISH_ORDER.search(mended):
        text = in_english(text, (*names, *PICTURES.values(), *(given(text) if context.attachments else ())))
    quotes = QUOTED.findall(text)
    text = QUOTED.sub("“”", text)
    if not (context.attachments or elsewhere):
        text = without_slips(text, names, english_words(every=True))
    text = in_full(text, context.subjects, english_words())
    if not context.attachments:
        text = respelt(text, context.subjects)
        text = in_capitals(text, context.subjects)
        told = by_memory(text, context.subjects, [line.text for line in context.memory])
        text = by_name(told, context.subjects)
    return re.sub("“”", lambda _: quotes.pop(0), text)


def unreadable(text: str) -> str:
    """The question to ask back when there is nothing to plan: no words, or far too many; else empty."""
    plain = one_line(text)
    words = re.findall(r"\w+", plain)
    if not words:
        return "What would you like me to draw? Tell me in a few words."
    if len(words) > MOST_WORDS or weight(plain) > MOST_TOKENS:
        size = f"{len(words):,} words" if len(words) > 1 else f"{len(plain):,} letters"
        return f"That is {size}, more than I read at once. What shall I do, in a sentence or two?"
    return ""


def load_planner(spec: str = "embedded:planner", **options: Any) -> Planner:
    """A planner by name: embedded:planner, provider:model for any LangChain provider, or an OpenAI-compatible URL.

    Options go to the chat model (temperature, api_key, timeout, threads for the embedded one).
    """
    if spec in ("embedded", "embedded:planner"):
        from limner.agent.llm import EmbeddedChatModel

        # The embedded model is greedy: asked twice it answers the same, so a repair round would only cost time.
        embedded = EmbeddedChatModel(**options)
        return LLMPlanner(embedded, "embedded:planner", repair_rounds=0, small=True, read_ahead=embedded.read_ahead)
    if spec.startswith(("http://", "https://")):
        url, _, model = spec.partition("#")
        chat = _provider("openai", model or "default", base_url=url, **{"api_key": "none", **options})
        return LLMPlanner(chat, spec, failures=_failures("openai"))
    provider, colon, model = spec.partition(":")
    if not colon or not provider or not model:
        raise PlanError(
            f"no planner called {spec!r}; write embedded:planner, openai:MODEL, ollama:MODEL or a URL#MODEL"
        )
    return LLMPlanner(_provider(provider, model, **options), spec, failures=_failures(provider))


# Where each provider's client keeps the error all its errors are.
CLIENT_ERRORS = {"openai": "openai.OpenAIError", "anthropic": "anthropic.AnthropicError", "ollama": "httpx.HTTPError"}


def _failures(provider: str) -> tuple[type[Exception], ...]:
    if provider not in CLIENT_ERRORS:
        return (ConnectionError,)
    package, _, name = CLIENT_ERRORS[provider].partition(".")
    return (ConnectionError, getattr(import_module(package), name))


def _provider(provider: str, model: str, **options: Any) -> BaseChatModel:
    try:
        # langchain itself is only needed for other providers, and is not among our dependencies.
        chats = import_module("langchain.chat_models")
        chat: BaseChatModel = chats.init_chat_model(model, model_provider=provider, **{"temperature": 0, **options})
    except ImportError as error:
        package = f"langchain-{provider.replace('_', '-')}"
        raise PlanError(f"the planner {provider}:{model} needs `pip install langchain {package}`") from error
    except ValueError as error:
        first = str(error).strip().splitlines()[0]  # the rest lists thirty providers that are not installed either
        raise PlanError(f"cannot use {provider}:{model} as planner: {first}") from error
    return chat
