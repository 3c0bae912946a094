"""The terminal conversation: lines in, text out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from limner.agent.messages import Request
from limner.agent.planner import ScriptedPlanner
from limner.agent.settings import Settings
from limner.agent.surfaces.chat import Chat, dragged
from limner.agent.surfaces.opening import open_assistant

Talk = Callable[..., str]


@pytest.fixture
def talk(home: Path, capsys: pytest.CaptureFixture[str]) -> Talk:
    """Types lines into a chat whose planner follows a script; gives back what was on the screen."""

    def talking(*lines: str, plans: tuple[str, ...] = ()) -> str:
        typed: Iterator[str] = iter(lines)

        def read(prompt: str) -> str:
            try:
                line = next(typed)
            except StopIteration:
                raise EOFError from None
            if line == "^C":
                raise KeyboardInterrupt
            return line

        chosen = Settings.load(seed=7)
        with open_assistant(chosen, planner=ScriptedPlanner(plans)) as assistant:
            Chat(assistant, chosen, read).run()
        return capsys.readouterr().out

    return talking


LEARN = 'learn_subject(name="Biscuit", class_noun="dog")'
BEACH = 'generate_image(prompt="Biscuit on the beach", subjects=["Biscuit"])'


def test_photos_in_the_line_are_attached_and_verbs_work(talk: Talk, photos: list[Path]) -> None:
    said = talk(
        f"this is my dog Biscuit {photos[0]} '{photos[1]}'",
        "draw Biscuit on the beach",
        "/like",
        "/images",
        "/subjects",
        "/why",
        "/seed 11",
        "/memory",
        "/help",
        "/nonsense",
        plans=(LEARN, BEACH),
    )
    for words in (
        "I know Biscuit (a dog) now", "img-1: Biscuit on the beach", "liked img-1", "Biscuit  dog",
        "you said “draw Biscuit",
        "seed 11", "Biscuit is a dog", "/undo:", "no verb /nonsense; there are /subjects",
    ):  # fmt: skip
        assert words in said, f"{words!r} is not in:\n{said}"


def test_undo_and_forget_ask_first(talk: Talk, photos: list[Path]) -> None:
    said = talk(
        f"this is my dog Biscuit {photos[0]} {photos[1]}", "draw Biscuit on the beach",
        "/undo", "n", "/images", "/undo", "y", "/images", "/forget Biscuit", "y", "/subjects",
        plans=(LEARN, BEACH),
    )  # fmt: skip
    assert said.count("Biscuit on the beach  ") >= 1
    assert said.rstrip().endswith("none yet")


def test_help_names_every_verb_as_the_docs_do(talk: Talk) -> None:
    page = (Path(__file__).parents[2] / "docs" / "commands.md").read_text("utf-8")
    verbs = re.findall(r"^/(\w+)", talk("/help").replace("› ", ""), re.M)
    assert {"subjects", "styles", "motions", "memory", "why", "undo", "seed", "forget", "help"} <= set(verbs)
    assert [verb for verb in verbs if f"`/{verb}" not in page] == []


def test_what_goes_wrong_is_said_and_the_conversation_goes_on(talk: Talk) -> None:
    said = talk("/why", "/seed x", "/forget", "/like", "/styles")
    assert said.count("draw one first") == 2 and "a seed is a number" in said and "cartoon" in said


def test_dragged_paths_of_all_shapes(tmp_path: Path) -> None:
    odd = tmp_path / "my dog.png"
    odd.touch()
    assert dragged(f"look {tmp_path}/my\\ dog.png") == ("look", [odd])
    assert dragged(f"'{odd}' is him") == ("is him", [odd])
    assert dragged(f"file://{tmp_path}/my%20dog.png is him") == ("is him", [odd])
    assert dragged("a poster called logo.png") == ("a poster called logo.png", [])
    assert dragged("draw a fox") == ("draw a fox", [])


def test_a_path_at_the_start_of_a_line_is_no_verb(talk: Talk, tmp_path: Path, photos: list[Path]) -> None:
    (tmp_path / "My Photos").mkdir()
    odd = photos[0].rename(tmp_path / "My Photos" / "a one.png")
    line = str(odd).replace(" ", "\\ ") + f" {photos[1]} this is my dog Biscuit"
    assert "I know Biscuit (a dog) now" in talk(line, plans=(LEARN,))


def test_what_was_cut_off_is_finished_when_the_chat_opens(talk: Talk, home: Path) -> None:
    class Broken:
        def plan(self, context: object, text: str) -> object:
            raise ConnectionError("the planner is away")

        def expect(self, context: object) -> None:
            raise AssertionError("nobody is asked anything")

    with open_assistant(Settings.load(), planner=Broken()) as assistant, pytest.raises(ConnectionError):  # type: ignore[arg-type]
        assistant.handle(Request(user="ana", text="draw a fox"))
    said = talk(plans=('generate_image(prompt="a fox")',))
    assert "finishing what was cut off: draw a fox" in said and "img-1: a fox" in said


def test_while_a_line_is_typed_the_planner_prepares_for_it(home: Path) -> None:
    planner, typed = ScriptedPlanner(['reply(text="hello")']), iter(["hi"])

    def read(prompt: str) -> str:
        try:
            return next(typed)
        except StopIteration:
            raise EOFError from None

    chosen = Settings.load(seed=7)
    with open_assistant(chosen, planner=planner) as assistant:
        Chat(assistant, chosen, read).run()
    assert [len(context.history) for context in planner.expected] == [0, 1]


def test_ctrl_c_at_the_prompt_does_not_leave(talk: Talk) -> None:
    said = talk("^C", "draw a fox", plans=('generate_image(prompt="a fox")',))
    assert "Ctrl-D leaves" in said and "img-1" in said
