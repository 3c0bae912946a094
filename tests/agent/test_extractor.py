"""A chat model reads facts beside the rules; what it makes up does not get in, and its failure costs nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from langchain_core.language_models.chat_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, ToolCall
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.runnables import Runnable
from pydantic import Field

from limner.agent.assistant import Assistant
from limner.agent.extractor import LLMExtractor, PlanningExtractor, extractor_of
from limner.agent.messages import Reply
from limner.agent.noting import claim_of
from limner.agent.planner import LLMPlanner, ScriptedPlanner, load_planner

Opening = Callable[..., Assistant]
Say = Callable[..., Reply]


class ScriptedChat(BaseChatModel):
    """A chat model that calls the bound tool with arguments given beforehand; any other answer is an error."""

    arguments: dict[str, dict[str, Any]] = Field(default_factory=dict)
    asked: list[str] = Field(default_factory=list)

    @property
    def _llm_type(self) -> str:
        return "scripted"

    def bind_tools(self, tools: Sequence[Any], **kwargs: Any) -> Runnable[Any, AIMessage]:
        return self.bind(tool=tools[0].__name__)

    def _generate(self, messages: list[BaseMessage], *rest: Any, tool: str = "", **kwargs: Any) -> ChatResult:
        self.asked.append(str(messages[-1].content))
        if tool not in self.arguments:
            raise ConnectionError("the provider is away")
        call = ToolCall(name=tool, args=self.arguments[tool], id="1")
        return ChatResult(generations=[ChatGeneration(message=AIMessage(content="", tool_calls=[call]))])


ANSWER = {"steps": [{"tool": "reply", "text": "Nice."}]}


def test_a_models_facts_are_checked_and_kept(open_: Opening, say: Say) -> None:
    claims = [
        {"text": "User's garden is in Bergen", "facet": "person", "slot": "garden", "value": "Bergen"},
        {"text": "User likes neon", "facet": "palette", "polarity": 1, "value": "neon"},
    ]
    assistant = open_()
    chat = ScriptedChat(arguments={"Plan": ANSWER, "Claims": {"claims": claims}})
    talking = Assistant(assistant.studio, LLMPlanner(chat, "scripted:chat"))
    say(talking, "our garden is in Bergen and it rains a lot")
    assert [fact.text for fact in talking.studio.memory.facts("ana")] == ["User's garden is in Bergen"]
    assert "neon" not in repr(talking.studio.memory.profile("ana"))
    assert chat.asked[-1].endswith("message: our garden is in Bergen and it rains a lot")


def test_a_provider_that_is_away_costs_nothing(open_: Opening, say: Say) -> None:
    assistant = open_()
    chat = ScriptedChat(arguments={"Plan": ANSWER})
    talking = Assistant(assistant.studio, LLMPlanner(chat, "scripted:chat"))
    assert say(talking, "I hate neon").status == "done"
    assert [fact.text for fact in talking.studio.memory.facts("ana")] == ["User dislikes neon"]


def test_a_model_extracts_by_a_tool_of_its_own_or_by_its_plans() -> None:
    assert extractor_of(ScriptedPlanner([])) is None
    assert isinstance(extractor_of(load_planner("embedded:planner")), PlanningExtractor)
    assert isinstance(extractor_of(LLMPlanner(ScriptedChat(), "scripted:chat")), LLMExtractor)


def test_a_guess_against_a_statement_is_asked_once_and_the_answer_settles_it(open_: Opening, say: Say) -> None:
    assistant = open_()
    guess = {"text": "Rex is a dog", "facet": "subject", "subject": "Rex", "slot": "kind", "value": "dog"}
    chat = ScriptedChat(arguments={"Plan": ANSWER, "Claims": {"claims": [guess]}})
    talking = Assistant(assistant.studio, LLMPlanner(chat, "scripted:chat"))
    say(talking, "Rex is a whippet")
    say(talking, "my dog Rex was at the sea with us")
    assert "Which is right?" in say(talking, "it rained there").text
    reply = say(talking, "the whippet")
    assert reply.text.startswith("Noted: Rex is a whippet")
    assert talking.studio.memory.questions("ana") == []
    assert "Which is right?" not in say(talking, "it rained again").text


def test_what_is_stated_beside_an_order_is_read_by_the_plans_it_would_get(open_: Opening, say: Say) -> None:
    memory = open_().studio.memory
    text = "Draw a fox. Our garden is in Bergen! It is full of tulips, and I hate neon"
    turn = memory.record_turn("ana", "monday", text)
    memory.extract("ana", turn.id)
    wishes = ['set_preference(text="Our garden is in Bergen")', 'set_preference(text="I love tulips")']
    planner = ScriptedPlanner(wishes)
    memory.study("ana", turn.id, PlanningExtractor(planner))
    assert {fact.text for fact in memory.facts("ana")} == {"User dislikes neon", "Our garden is in Bergen"}
    assert [text for _, text in planner.seen] == ["Our garden is in Bergen!", "It is full of tulips"][
        : len(planner.seen)
    ]


def test_a_turn_of_one_sentence_is_not_planned_twice() -> None:
    planner = ScriptedPlanner([])
    assert PlanningExtractor(planner).extract("our garden is in Bergen", {}) == [] and planner.seen == []


def test_what_somebody_else_loves_is_no_taste_of_the_persons() -> None:
    found = [claim_of(text, "") for text in ("she loves the water", "my sister hates neon", "I love the water")]
    assert [one.polarity for one in found] == [0, 0, 1]
