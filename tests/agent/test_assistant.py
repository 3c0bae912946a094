"""Whole turns with real memory and the fake engine."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from PIL import Image

from limner.agent.assistant import Assistant
from limner.agent.clock import ScriptClock
from limner.agent.drawing import scene_only, wish, without_motion
from limner.agent.messages import Attachment, ImageMade, PlanMade, Progress, Reply, Request
from limner.agent.plan import PlanError
from limner.agent.planner import ScriptedPlanner
from limner.agent.record import read_record
from limner.tools import FakeEngine

Opening = Callable[..., Assistant]
Say = Callable[..., Reply]
LEARN = 'learn_subject(name="Biscuit", class_noun="dog")'
BEACH = 'generate_image(prompt="Biscuit on the beach", subjects=["Biscuit"], styles=["line"])'


@pytest.fixture
def introduced(open_: Opening, say: Say, photos: tuple[Attachment, ...]) -> Callable[..., Assistant]:
    """An assistant that has met Biscuit, with more plans to come."""

    def introducing(*plans: str) -> Assistant:
        assistant = open_(LEARN, *plans)
        reply = say(assistant, "This is my dog Biscuit, remember him", attachments=photos)
        assert reply.status == "done" and reply.handles == ("@biscuit",), reply
        return assistant

    return introducing


def test_a_picture_is_made_named_and_explained(introduced: Opening, say: Say) -> None:
    reply = say(introduced(BEACH), "Draw Biscuit on the beach as a line drawing")
    assert (reply.status, reply.handles) == ("done", ("img-1",))
    record = read_record(reply.files[0])
    assert [one.name for one in record.used] == ["Biscuit", "line"]
    assert record.spec["seed"] == 7 and record.request.startswith("Draw Biscuit")
    assert "img-1: Biscuit on the beach, line (seed 7)" in reply.text


def test_him_and_the_style_i_liked_last_time_reach_the_engine(
    introduced: Opening, say: Say, clock: ScriptClock, engine: FakeEngine
) -> None:
    # The planner leaves out both; what was resolved is put in, with the evidence.
    assistant = introduced(BEACH, 'generate_image(prompt="in the snow")')
    say(assistant, "Draw Biscuit on the beach as a line drawing")
    assistant.rate("ana", "img-1", True)
    clock.advance(timedelta(days=7))
    reply = say(assistant, "draw him in the snow in the style I liked last time", session="next monday")
    assert reply.status == "done", reply
    record = read_record(reply.files[0])
    assert (record.subjects, record.styles) == (("Biscuit",), ("line",))
    assert record.memory_ids, "why must be able to say where the style came from"
    assert any("style I liked last time" in one for one in reply.assumed)
    assert reply.files[0].parent.name == "2026-11-23"


def test_progress_and_plan_are_seen_before_the_reply(introduced: Opening) -> None:
    request = Request(user="ana", session="monday", text="Draw Biscuit on the beach")
    events = list(introduced(BEACH).stream(request))
    kinds = [type(event) for event in events]
    assert kinds.index(PlanMade) < kinds.index(Progress) < kinds.index(ImageMade) < kinds.index(Reply)
    assert kinds[-1] is Reply


def test_a_request_sent_twice_is_worked_on_once(introduced: Opening, engine: FakeEngine) -> None:
    assistant = introduced(BEACH)
    request = Request(user="ana", session="monday", text="Draw Biscuit on the beach")
    first, again = assistant.handle(request), assistant.handle(request)
    assert first == again
    assert len(engine.asked) == 1


def test_pictures_finished_before_a_crash_are_not_made_again(
    introduced: Opening, open_: Opening, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    three = BEACH.replace(")", ", count=3)")
    assistant = introduced(three)
    request = Request(user="ana", session="monday", text="Draw Biscuit on the beach, three times")
    drawn = engine.generate
    monkeypatch.setattr(engine, "generate", lambda *a, **k: drawn(*a, **k) if len(engine.asked) < 1 else 1 / 0)
    with pytest.raises(ZeroDivisionError):
        assistant.handle(request)
    monkeypatch.setattr(engine, "generate", drawn)
    assistant = open_()  # another process: the plan must come from the checkpoint, the script is empty
    assert [one.text for one in assistant.unfinished()] == [request.text]
    reply = assistant.handle(request)
    assert reply.handles == ("img-1", "img-2", "img-3") and len(engine.asked) == 3
    assert assistant.unfinished() == []


def test_a_file_written_just_before_a_crash_is_adopted(
    introduced: Opening, open_: Opening, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    assistant = introduced(BEACH)
    request = Request(user="ana", session="monday", text="Draw Biscuit on the beach")
    monkeypatch.setattr(assistant.studio.memory, "put_handle", lambda *a, **k: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        assistant.handle(request)
    reply = open_().handle(request)
    assert reply.handles == ("img-1",) and len(engine.asked) == 1


def test_cancel_stops_the_render_and_keeps_what_is_done(introduced: Opening, engine: FakeEngine) -> None:
    assistant = introduced(BEACH.replace(")", ", count=3)"))
    request = Request(user="ana", session="monday", text="Draw Biscuit on the beach three times")
    reply = assistant.handle(request, cancel=lambda: len(engine.asked) > 1)
    assert reply.status == "cancelled" and reply.handles == ("img-1",)
    assert "Stopped: 1 of 3 pictures are done" in reply.text
    kept = assistant.studio.memory.handles("ana", kind="image")
    assert [one.handle for one in kept if one.path and one.path.exists()] == ["img-1"]


def test_a_tie_asks_one_question_and_the_next_turn_answers_it(
    introduced: Opening, say: Say, photos: tuple[Attachment, ...]
) -> None:
    rex = LEARN.replace("Biscuit", "Rex")
    assistant = introduced(rex, 'generate_image(prompt="Rex on a boat", subjects=["Rex"])')
    say(assistant, "And my other dog Rex", attachments=photos[:2])
    asked = say(assistant, "draw my dog on a boat", session="tuesday")
    assert asked.status == "asked" and asked.question and asked.question.choices == ("Biscuit", "Rex")
    assert asked.handles == ()
    answered = say(assistant, "Rex", session="tuesday")
    assert (answered.status, answered.handles) == ("done", ("img-1",))
    assert assistant.planner.seen[-1][1] == "draw Rex on a boat"  # type: ignore[attr-defined]


def test_the_photos_it_asked_for_finish_the_first_request(
    open_: Opening, say: Say, photos: tuple[Attachment, ...]
) -> None:
    assistant = open_(LEARN, LEARN)
    asked = say(assistant, "Please learn my dog Biscuit")
    assert asked.status == "asked" and "photos" in asked.text
    reply = say(assistant, "", attachments=photos)
    assert reply.handles == ("@biscuit",)


def test_an_edit_starts_from_the_picture_that_is_meant(introduced: Opening, say: Say, engine: FakeEngine) -> None:
    assistant = introduced(BEACH, BEACH, 'edit_image(image_ref="last", instruction="make the sky stormy")')
    say(assistant, "Biscuit on the beach")
    say(assistant, "again")
    reply = say(assistant, "make the sky stormy in img-1")
    record = read_record(reply.files[0])
    assert record.parents == ("img-1",)
    assert record.spec["prompt"] == "Biscuit on the beach, stormy sky"
    assert record.spec["init_image"].endswith("ana-img-1-seed7.png")


def test_an_edit_of_it_is_a_question_when_the_last_turn_made_several(introduced: Opening, say: Say) -> None:
    assistant = introduced(BEACH.replace(")", ", count=2)"), 'edit_image(image_ref="img-2", instruction="stormy")')
    say(assistant, "Biscuit on the beach, twice")
    reply = say(assistant, "make it stormy")
    assert reply.question and len(reply.question.choices) == 2


def test_a_clip_has_its_frames_and_a_learned_picture_its_scene(introduced: Opening, say: Say) -> None:
    assistant = introduced('animate(prompt="Biscuit bouncing", subjects=["Biscuit"], motion="bounce", frames=8)')
    made = say(assistant, "make Biscuit bounce").made[0]
    assert made.kind == "clip" and made.frames == 8
    with Image.open(made.path) as clip:
        assert getattr(clip, "n_frames", 1) == 8


def test_forgetting_erases_artifact_uploads_rows_and_gives_a_receipt(introduced: Opening, say: Say) -> None:
    assistant = introduced('forget(what="everything about Biscuit")')
    uploads = [one.path for one in assistant.studio.memory.handles("ana", kind="upload")]
    reply = say(assistant, "Forget everything about Biscuit")
    assert reply.status == "done" and "Receipt" in reply.text, reply
    assert assistant.studio.library.list("ana") == []
    assert not any(path and path.exists() for path in uploads)
    assert assistant.studio.memory.unfinished() == []


def test_after_forgetting_no_file_still_says_the_name(introduced: Opening, say: Say, tmp_path: Any) -> None:
    assistant = introduced('forget(what="Biscuit")')
    say(assistant, "forget Biscuit")
    assistant.close()
    left = [p.name for p in (tmp_path / "data").rglob("*") if p.is_file() and b"Biscuit" in p.read_bytes()]
    assert left == []


def test_undo_takes_the_last_turn_back(introduced: Opening, say: Say) -> None:
    assistant = introduced(BEACH)
    file = say(assistant, "Biscuit on the beach").files[0]
    assistant.undo("ana", "monday")
    assert not file.exists() and assistant.studio.memory.get_handle("ana", "img-1") is None


def test_everything_is_forgotten_and_the_wish_with_it(open_: Opening, say: Say) -> None:
    assistant = open_('set_preference(text="I hate neon")', 'forget(what="everything")')
    say(assistant, "I hate neon")
    reply = say(assistant, "forget everything")
    assert reply.status == "done" and "Forgot everything" in reply.text
    assert assistant.studio.memory.stats("ana").turns == 0
    assert [one.name for one in assistant.studio.data.rglob("*") if one.is_file() and b"neon" in one.read_bytes()] == []


def test_a_dry_run_plans_and_does_nothing(introduced: Opening, engine: FakeEngine) -> None:
    assistant = introduced(BEACH)
    before = assistant.studio.memory.stats("ana").turns
    reply = assistant.handle(Request(user="ana", session="monday", text="Biscuit on the beach", dry_run=True))
    assert (reply.status, reply.made, engine.asked) == ("planned", (), [])
    assert assistant.studio.memory.stats("ana").turns == before


def test_a_claim_without_a_call_is_not_passed_on(open_: Opening, say: Say) -> None:
    reply = say(open_('reply(text="Here is your picture of a fox!")'), "draw a fox")
    assert "Here is your picture" not in reply.text and reply.made == ()


def test_a_call_made_twice_runs_once(introduced: Opening, say: Say, engine: FakeEngine) -> None:
    say(introduced(f"{BEACH}\n{BEACH}"), "Biscuit on the beach")
    assert len(engine.asked) == 1


def test_what_failed_stops_the_rest_and_keeps_what_was_done(introduced: Opening, say: Say) -> None:
    wrong = 'edit_image(image_ref="img-77", instruction="blue")'
    reply = say(introduced(f'{BEACH}\nforget(what="zzz")'), "Biscuit on the beach, then delete zzz")
    assert reply.handles == ("img-1",) and reply.question, (reply, wrong)


def test_users_do_not_share_subjects(introduced: Opening) -> None:
    assistant = introduced(BEACH)
    reply = assistant.handle(Request(user="bob", session="monday", text="Draw Biscuit on the beach"))
    assert reply.status == "asked" and "Biscuit" in reply.text and reply.made == ()


def test_pictures_kept_after_forgetting_lose_their_record(introduced: Opening, say: Say) -> None:
    assistant = introduced(BEACH, 'forget(what="Biscuit")')
    file = say(assistant, "Biscuit on the beach in the line style").files[0]
    say(assistant, "forget Biscuit")
    assert file.exists() and b"Biscuit" not in file.read_bytes()
    assert not file.with_name(file.name + ".json").exists()


def test_subject_scores_are_measured_where_there_is_a_probe(introduced: Opening, say: Say) -> None:
    class Probe:
        def likeness(self, images: Any, references: Any) -> list[float]:
            return [0.9 - 0.1 * i for i in range(len(images))]

    assistant = introduced('animate(prompt="Biscuit hopping", subjects=["Biscuit"], motion="hop", frames=4)')
    studio = dataclasses.replace(assistant.studio, scorer=Probe())
    watched = Assistant(studio, assistant.planner)
    made = say(watched, "make Biscuit hop").made[0]
    assert made.scores == {"@biscuit": pytest.approx(0.6)}, "a clip is as good as its worst frame"


@pytest.mark.parametrize(
    ("prompt", "scene"),
    [
        ("a flat illustration of a fox on the beach", "a fox on the beach"),
        ("a flat fox", "a flat fox"),
        ("a fox on the beach, in flat style", "a fox on the beach"),
        ("a fox as a flat drawing", "a fox"),
    ],
)
def test_style_words_are_left_to_the_style(prompt: str, scene: str) -> None:
    assert scene_only(prompt, ["flat"]) == scene


@pytest.mark.parametrize(
    ("prompt", "motion", "scene"),
    [
        ("Biscuit bouncing on the beach", "bounce", "Biscuit on the beach"),
        ("Biscuit hops in the snow", "hop", "Biscuit in the snow"),
        ("a fox spinning", "spin", "a fox"),
        ("a fox sliding left in the snow", "slide left", "a fox in the snow"),
        ("a hopeful dog in the shop", "hop", "a hopeful dog in the shop"),
    ],
)
def test_motion_words_are_left_to_the_motion(prompt: str, motion: str, scene: str) -> None:
    assert without_motion(prompt, motion) == scene


@pytest.mark.parametrize(
    ("said", "wanted", "unwanted"),
    [
        ("make the sky stormy", "stormy sky", ""),
        ("turn her hair blue", "blue hair", ""),
        ("make it snowy", "snowy", ""),
        ("make it night time", "night time", ""),
        ("add a red hat", "a red hat", ""),
        ("get rid of the background", "", "background"),
        ("a bigger moon", "a bigger moon", ""),
    ],
)
def test_an_order_becomes_words_of_a_caption(said: str, wanted: str, unwanted: str) -> None:
    assert wish(said) == (wanted, unwanted)


def test_forget_said_outright_is_never_drawn(introduced: Opening, say: Say, engine: FakeEngine) -> None:
    reply = say(introduced('generate_image(prompt="Biscuit", subjects=["Biscuit"])'), "forget Biscuit")
    assert "Receipt" in reply.text and engine.asked == []


def test_a_change_of_a_picture_that_was_meant_is_an_edit(introduced: Opening, say: Say) -> None:
    assistant = introduced(BEACH, 'generate_image(prompt="Biscuit")')
    say(assistant, "Biscuit on the beach in the line style")
    reply = say(assistant, "make the beach one stormy", session="later")
    assert read_record(reply.files[0]).parents == ("img-1",)


def test_a_picture_in_motion_keeps_who_is_in_it(introduced: Opening, say: Say, photos: tuple[Attachment, ...]) -> None:
    rex = LEARN.replace("Biscuit", "Rex")
    assistant = introduced(rex, BEACH, 'animate(prompt="Rex in a forest", subjects=["Rex"], motion="spin")')
    say(assistant, "my dog Rex", attachments=photos)
    say(assistant, "Biscuit on the beach in the line style")
    record = read_record(say(assistant, "animate it, spinning").files[0])
    assert (record.subjects, record.styles, record.spec["prompt"]) == (("Biscuit",), ("line",), "Biscuit on the beach")


def test_a_dislike_said_in_passing_is_noted(open_: Opening, say: Say) -> None:
    reply = say(open_('reply(text="I only draw.")'), "I don't like dark pictures")
    assert reply.text.startswith("Noted:") and "dark" in reply.text


def test_who_means_a_clip_is_told_that_clips_are_not_edited(introduced: Opening, say: Say) -> None:
    hop = 'animate(prompt="Biscuit", subjects=["Biscuit"], motion="hop")'
    assistant = introduced(BEACH, hop, 'edit_image(image_ref="img-1", instruction="make it blue")')
    say(assistant, "Biscuit on the beach")
    say(assistant, "make him hop")
    reply = say(assistant, "make the last one blue")
    assert reply.status == "failed" and "clip-1 is a clip" in reply.text and reply.made == ()


def test_a_picture_that_is_meant_is_drawn_again_and_not_the_one_before(introduced: Opening, say: Say) -> None:
    rocket = 'generate_image(prompt="a rocket", styles=["flat"])'
    assistant = introduced(BEACH, rocket, rocket)
    say(assistant, "Biscuit on the beach in the line style")
    say(assistant, "draw a rocket in the flat style")
    made = say(assistant, "draw the beach one again").made[0]
    assert made.caption == "Biscuit on the beach, line"


def test_what_is_expected_of_the_next_request_is_what_it_is_planned_with(
    open_: Opening, say: Callable[..., Reply], photos: tuple[Attachment, ...]
) -> None:
    assistant = open_(
        'learn_subject(name="Biscuit", class_noun="dog")', 'generate_image(prompt="Biscuit asleep")', 'reply(text="hi")'
    )
    planner = assistant.planner
    assert isinstance(planner, ScriptedPlanner)
    say(assistant, "this is my dog Biscuit", attachments=photos)
    say(assistant, "draw Biscuit asleep")
    before = assistant.studio.memory.turns("ana", session="monday")
    assistant.expect("ana", "monday")
    assert assistant.studio.memory.turns("ana", session="monday") == before
    say(assistant, "sing me a song")
    (expected,) = planner.expected
    shown, _ = planner.seen[-1]
    assert expected.subjects and expected.history and not expected.memory
    assert expected == shown.model_copy(update={"memory": ()})


def test_nobody_is_told_of_what_fails_before_anything_was_asked(
    open_: Opening, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(context: object) -> None:
        raise PlanError("there are no weights")

    assistant = open_()
    monkeypatch.setattr(assistant.planner, "expect", gone)
    assistant.expect("ana", "monday")
