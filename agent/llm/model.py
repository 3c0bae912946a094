"""The embedded planner as a LangChain chat model: tools, structured output, streaming, like any other provider."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models.chat_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage, HumanMessage, ToolCall
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from langchain_core.runnables import Runnable
from langchain_core.utils.function_calling import convert_to_openai_tool
from pydantic import Field, PrivateAttr

from limner.agent.context import one_line
from limner.agent.llm.grammar import grammar, read_names
from limner.agent.llm.prompt import before_request, framed
from limner.agent.llm.runtime import Runtime
from limner.agent.plan import STEPS, Plan, PlanError, parse_plan
from limner.agent.unsure import SURE


class EmbeddedChatModel(BaseChatModel):
    """Reads the last human message, a rendered context or a bare request, and writes plan lines or tool calls."""

    folder: Path | None = Field(default=None, description="where the weights are; the shipped ones by default")
    threads: int = Field(default=1, ge=1)
    timeout: float = Field(default=20, gt=0, description="seconds one plan may take")
    closed: bool = Field(default=True, description="only names of the context may be written")
    _runtime: Runtime | None = PrivateAttr(default=None)

    @property
    def _llm_type(self) -> str:
        return "limner-embedded"

    def bind_tools(self, tools: Sequence[Any], *, tool_choice: Any = None, **kwargs: Any) -> Runnable[Any, AIMessage]:
        return self.bind(tools=[convert_to_openai_tool(tool) for tool in tools], **kwargs)

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        tools: Sequence[dict[str, Any]] = (),
        cancel: Callable[[], bool] | None = None,
        timeout: float | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        sure: list[tuple[str, float]] = []
        text = self._complete(messages, _names(tools), cancel, timeout, on_choice=lambda *one: sure.append(one))
        calls = _calls(text, _names(tools))
        message = AIMessage(content="" if tools else text, tool_calls=calls, response_metadata={SURE: sure})
        return ChatResult(generations=[ChatGeneration(message=message)])

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        tools: Sequence[dict[str, Any]] = (),
        cancel: Callable[[], bool] | None = None,
        timeout: float | None = None,
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        """Plan text as it is written; with tools one chunk of calls, since a call is nothing until it is complete."""
        pieces: SimpleQueue[str | None] = SimpleQueue()
        names, failures, done = _names(tools), [], []

        def work() -> None:
            try:
                done.append(self._complete(messages, names, cancel, timeout, pieces.put))
            except PlanError as error:
                failures.append(error)
            pieces.put(None)

        threading.Thread(target=work, daemon=True).start()
        while (piece := pieces.get()) is not None:
            chunk = ChatGenerationChunk(message=AIMessageChunk(content="" if names else piece))
            if run_manager:
                run_manager.on_llm_new_token(piece, chunk=chunk)
            yield chunk
        if failures:
            raise failures[0]
        if names:
            yield ChatGenerationChunk(message=AIMessageChunk(content="", tool_calls=_calls(done[0], names)))

    def read_ahead(self, rendered: str) -> None:
        """Reads a rendered context but for its request, which is then planned the sooner."""
        self._running().read(before_request(rendered))

    def _running(self) -> Runtime:
        if self._runtime is None:
            self._runtime = Runtime(self.folder, self.threads)
        return self._runtime

    def _complete(
        self,
        messages: list[BaseMessage],
        names: list[str],
        cancel: Callable[[], bool] | None,
        timeout: float | None,
        on_text: Callable[[str], None] | None = None,
        on_choice: Callable[[str, float], None] | None = None,
    ) -> str:
        asked = [message for message in messages if isinstance(message, HumanMessage)]
        if not asked:
            raise PlanError("the embedded planner needs a human message with the request")
        rendered = str(asked[-1].text)
        if "request: " not in rendered:
            rendered = f"request: {one_line(rendered)}"
        allowed = [name for name in names if name in STEPS] or list(STEPS)
        rules = grammar(read_names(rendered), allowed) if self.closed else ""
        seconds = timeout or self.timeout
        return self._running().complete(
            framed(rendered), rules, timeout=seconds, cancel=cancel, on_text=on_text, on_choice=on_choice
        )


def _names(tools: Sequence[dict[str, Any]]) -> list[str]:
    return [tool["function"]["name"] for tool in tools]


def _calls(text: str, names: list[str]) -> list[ToolCall]:
    """The plan as one call of `Plan`, or one call a step for tools bound one by one."""
    if not names:
        return []
    plan = parse_plan(text)
    if names == [Plan.__name__]:
        return [ToolCall(name=names[0], args=plan.model_dump(mode="json"), id="plan")]
    steps = [(step.tool, step.model_dump(mode="json", exclude={"tool"}, exclude_defaults=True)) for step in plan.steps]
    return [ToolCall(name=name, args=arguments, id=f"step-{at}") for at, (name, arguments) in enumerate(steps)]
