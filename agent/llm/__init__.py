"""The embedded planner: a small language model of our own, as one more LangChain provider."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from limner.agent.llm.model import EmbeddedChatModel

__all__ = ["EmbeddedChatModel"]


def __getattr__(name: str) -> Any:
    # langchain costs half a second to import, so the chat model is only loaded by who asks for it.
    if name == "EmbeddedChatModel":
        from limner.agent.llm.model import EmbeddedChatModel

        return EmbeddedChatModel
    raise AttributeError(name)
