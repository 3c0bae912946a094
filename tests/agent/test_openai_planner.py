"""Planning over the wire: the very same planner code against a server that speaks the OpenAI chat protocol."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from limner.agent.plan import AskUser, PlanContext, PlanError, parse_plan, render_plan
from limner.agent.planner import LLMPlanner, Planner, load_planner

pytest.importorskip("langchain_openai", reason="the OpenAI provider is not installed")
pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])
CONTEXT = PlanContext(subjects={"Biscuit": "dog"}, styles=("inkwash",), motions=("bounce",))
GOOD = 'generate_image(prompt="Biscuit surfing", subjects=["Biscuit"])'


class ChatServer(ThreadingHTTPServer):
    """Answers each chat completion with the next of its answers: plan text, arguments of Plan, or mere talk."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answers: list[dict[str, Any]] = []
        self.asked: list[dict[str, Any]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"

    def will_plan(self, *plans: str) -> None:
        self.answers += [calling(parse_plan(plan).model_dump(mode="json")) for plan in plans]


class _Handler(BaseHTTPRequestHandler):
    server: ChatServer

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append(body)
        if not self.server.answers:
            self.send_error(401, "no such key")
            return
        message = self.server.answers.pop(0)
        choice = {"index": 0, "message": message, "finish_reason": "stop"}
        usage = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}
        answer = {"id": "1", "object": "chat.completion", "created": 0, "model": body["model"], "usage": usage}
        data = json.dumps(answer | {"choices": [choice]}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: Any) -> None:
        """Quiet: the requests are kept in `asked`."""


def calling(arguments: dict[str, Any], name: str = "Plan") -> dict[str, Any]:
    call = {"id": "c1", "type": "function", "function": {"name": name, "arguments": json.dumps(arguments)}}
    return {"role": "assistant", "content": None, "tool_calls": [call]}


def saying(text: str) -> dict[str, Any]:
    return {"role": "assistant", "content": text}


@pytest.fixture
def server() -> Iterator[ChatServer]:
    with ChatServer() as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield running
        running.shutdown()


@pytest.fixture
def planner(server: ChatServer) -> Planner:
    return load_planner("openai:some-model", base_url=server.url, api_key="none", max_retries=0)


@pytest.mark.parametrize("by_url", [False, True])
def test_a_provider_runs_the_planner_everyone_runs(server: ChatServer, planner: Planner, by_url: bool) -> None:
    server.will_plan(GOOD)
    planner = load_planner(f"{server.url}#some-model") if by_url else planner
    assert isinstance(planner, LLMPlanner)
    assert render_plan(planner.plan(CONTEXT, "biscuit surfing")) == GOOD
    (asked,) = server.asked
    assert asked["model"] == "some-model"
    assert [tool["function"]["name"] for tool in asked["tools"]] == ["Plan"]
    assert [message["role"] for message in asked["messages"]] == ["system", "user"]
    assert asked["messages"][1]["content"].endswith("request: biscuit surfing")


@pytest.mark.parametrize(
    ("bad", "complaint"),
    [
        (saying("Here is your picture of Biscuit!"), "no Plan was called"),
        (calling({"steps": [{"tool": "reply", "text": "I have drawn Biscuit for you."}]}), "not drawn anything"),
        (calling({"steps": [{"tool": "paint_it_all", "prompt": "x"}]}), "paint_it_all"),
        (calling({"steps": [{"tool": "generate_image", "prompt": "a", "count": 5000}]}), "less than or equal to 100"),
        (calling({"steps": []}, name="DrawNow"), "DrawNow"),
        (calling(parse_plan(f"{GOOD}\n{GOOD}").model_dump(mode="json")), "twice with the same arguments"),
        (calling(parse_plan('generate_image(prompt="x", styles=["noir"])').model_dump(mode="json")), "noir"),
    ],
    ids=[
        "claims without a call",
        "claims in a reply",
        "unknown tool",
        "out of range",
        "wrong call",
        "twice",
        "unknown",
    ],
)
def test_a_bad_answer_gets_one_round_of_repair(
    server: ChatServer, planner: Planner, bad: dict[str, Any], complaint: str
) -> None:
    server.answers.append(bad)
    server.will_plan(GOOD)
    assert render_plan(planner.plan(CONTEXT, "biscuit surfing")) == GOOD
    assert len(server.asked) == 2
    assert complaint in server.asked[1]["messages"][-1]["content"]


def test_a_provider_that_never_plans_ends_in_a_question(server: ChatServer, planner: Planner) -> None:
    server.answers += [saying("Sure!"), saying("Done, here is the image.")]
    (step,) = planner.plan(CONTEXT, "biscuit surfing").steps
    assert isinstance(step, AskUser)
    assert len(server.asked) == 2


def test_a_provider_that_refuses_is_told_about_in_plain_words(planner: Planner) -> None:
    with pytest.raises(PlanError, match=r"openai:some-model did not answer: .*--planner embedded:planner"):
        planner.plan(CONTEXT, "biscuit surfing")


def test_what_a_provider_insists_on_is_still_guarded(server: ChatServer, planner: Planner) -> None:
    server.will_plan('forget(what="everything")', 'forget(what="everything")')
    (step,) = planner.plan(CONTEXT, "draw biscuit surfing").steps
    assert isinstance(step, AskUser)
