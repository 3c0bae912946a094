"""What a request says in so many words: who is in the picture, how many, which motion, what is never drawn."""

from __future__ import annotations

import json

import pytest

from limner.agent.kinds import kind_said
from limner.agent.motions_said import stated_motion
from limner.agent.places_said import placed
from limner.agent.plan import GenerateImage, PastTurn, Plan, PlanContext, parse_plan, render_plan
from limner.agent.stated import _joined, _of_whom, crowd, stated_count, stated_subjects
from limner.agent.validate import validate

SUBJECTS = {"Fig": "dog", "Ollo": "robot", "Maren": "girl"}
CONTEXT = PlanContext(subjects=SUBJECTS, styles=("flat",), motions=("hop", "spin", "bounce"))


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("draw everyone except Fig on a hill", ("Ollo", "Maren")),
        ("everybody but the robot at the fair", ("Fig", "Maren")),
        ("todos menos Ollo en la nieve", ("Fig", "Maren")),
        ("alle außer Maren am See", ("Fig", "Ollo")),
        ("tout le monde sauf Fig à la mer", ("Ollo", "Maren")),
        ("tutti tranne Fig in montagna", ("Ollo", "Maren")),
        ("toda a gente exceto Maren na praia", ("Fig", "Ollo")),
    ],
)
def test_everyone_except_somebody(text: str, who: tuple[str, ...]) -> None:
    assert stated_subjects(("Fig", "Ollo"), SUBJECTS, text, text) == who


def test_everyone_is_all_of_them_unless_they_are_spoken_of() -> None:
    assert stated_subjects(("Fig",), SUBJECTS, "everyone at the lake", "everyone at the lake") == tuple(SUBJECTS)
    told = "everyone laughed at the lake, draw Ollo"
    assert stated_subjects(("Ollo",), SUBJECTS, told, told) is None


def test_who_was_never_spoken_of_leaves_the_picture() -> None:
    text = "dessine mon robot dans la cuisine"
    assert stated_subjects(("Ollo", "Maren"), SUBJECTS, text, text) == ("Ollo",)
    assert stated_subjects(("Maren",), SUBJECTS, text, text) == ("Ollo",)


def test_somebody_named_beside_another_joins_and_an_owner_or_addressee_does_not() -> None:
    assert stated_subjects(("Ollo",), SUBJECTS, "draw Ollo and Maren", "draw Ollo and Maren") == ("Ollo", "Maren")
    for text in (
        "draw Ollo in Maren's bed",
        "a card for Maren with Ollo",
        "draw Ollo without Maren",
        "Ollo at the Maren hotel",
    ):
        assert stated_subjects(("Ollo",), SUBJECTS, text, text) is None, text


def test_one_of_each_kind_is_joined() -> None:
    text = "the robot and the girl at a fair"
    assert stated_subjects(("Ollo",), SUBJECTS, text, text) == ("Ollo", "Maren")


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("not Fig. the robot! on a surfboard", ("Ollo",)),
        ("I hope it rains. meanwhile show me the robot jumping a fence", ("Ollo",)),
        ("show me anybody but not the robot", None),
        ("show me the other one", None),
    ],
)
def test_the_only_kind_that_is_said_goes_before_somebody_nobody_spoke_of(
    text: str, who: tuple[str, ...] | None
) -> None:
    assert stated_subjects(("Maren",), SUBJECTS, text, text) == who
    assert stated_subjects(("Maren",), SUBJECTS, text, f"{text} Maren") is None


def test_my_robot_is_the_only_robot_there_is() -> None:
    assert stated_subjects((), SUBJECTS, "draw my robot", "draw my robot") == ("Ollo",)
    assert stated_subjects((), SUBJECTS, "draw my robot's box", "draw my robot's box") is None
    assert stated_subjects((), SUBJECTS, "draw a robot", "draw a robot") is None


def test_everyone_can_be_too_many_for_a_picture() -> None:
    many = {f"Pet{number}": "dog" for number in range(500)}
    assert "500" in crowd(many, "draw everyone at the lake")
    assert not crowd(many, "everyone laughed, draw Pet1") and not crowd(SUBJECTS, "draw everyone")
    assert not crowd(many, 'a sign "everyone" for Pet1')


def test_a_pronoun_leaves_it_to_the_planner() -> None:
    assert stated_subjects(("Fig",), SUBJECTS, "now her with Ollo", "now her with Ollo") is None


def test_kinds_are_known_in_seven_languages() -> None:
    said = ("my dog", "mi perra", "meinen Hund", "mon chien", "la mia cagnolina", "o meu cão", "mijn hond")
    assert all(kind_said("dog", text) for text in said)
    assert all(kind_said("cat", text) for text in ("es Büsi uf em Dach", "le minou", "la micia", "mijn poes"))
    assert not kind_said("cat", "dessine le château")
    assert not kind_said("dog", "a ride in the Honda") and not kind_said("cat", "Kat in the garden")


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("a dozen stickers of Fig", 12),
        ("could I have a couple of pictures of Fig?", 2),
        ("cuatro imágenes de Fig", 4),
        ("trois versions de Fig", 3),
        ("two dogs", None),
        ("Fig in the rain lol, gimme 3", 3),
        ("Fig with two hats, give me four please", 4),
        ("Fig, i want 3 hats", None),
        ("three, no, five pictures of Fig", None),
        ("2 pictures of Fig and 3 drawings of Ollo", None),
        ("zwei Bilder von Fig, ach nee, eins reicht", 1),
        ("four pictures of Fig, hm, two are enough", 2),
        ("three pictures of Fig, no wait, just one please", 1),
        ("2 pictures of Fig, sorry, make it 3.", 3),
        ("dos dibujos de Fig, no, uno basta", 1),
        ("Fig with two hats, one is enough", None),
        ("two pictures of Fig as number one", 2),
        ("Seven pictures of Fig. Hm, seven is greedy. Two.", 2),
        ("6 pictures of Fig! Too many! Just 4", 4),
        ("Fig as a clown. Two.", None),
        ("5 pics of Fig w his pipe. *4", 4),
        ("Fig on a 5*4 grid", None),
        ("eleven pictures—fine, one—of Fig at the chessboard", 1),
        ("6 pictures, no, 4, of Fig", 4),
        ("6 pictures, no 4 of them alike", None),
        ("6 pictures of Fig, ok, two", 2),
        ("the style of two pictures ago for Fig", None),
        ("half a dozen of Fig on a sill", 6),
        ("three of Fig at sea", 3),
        ("please paint 4 of Ollo in a hat", 4),
        ("two of them", None),
        ("two of my dogs", None),
        ("six of the dogs with Fig", None),
        ("Fig with a bag, two of Ollo on it", None),
    ],
)
def test_counts_in_words(text: str, count: int | None) -> None:
    assert stated_count(text) == count


def test_the_one_motion_said_is_the_motion() -> None:
    assert stated_motion("anima a Fig saltando en la playa") == "hop"
    assert stated_motion("fais tourner Fig") == "spin"
    assert stated_motion("Fig hopping and spinning") is None
    plan = parse_plan('animate(prompt="Fig", subjects=["Fig"], motion="spin")')
    assert "hop" in render_plan(validate(plan, CONTEXT, "lass Fig springen"))


@pytest.mark.parametrize(
    "text",
    ["lass Fig springen", "haz que Fig salte", "fais sauter Fig", "fai saltare Fig", "faz o Fig pular", "let Fig hop"],
)
def test_to_make_somebody_move_is_to_animate(text: str) -> None:
    plan = validate(parse_plan('generate_image(prompt="Fig jumping", subjects=["Fig"])'), CONTEXT, text)
    assert render_plan(plan) == 'animate(prompt="Fig jumping", subjects=["Fig"], motion="hop")'


def test_a_picture_of_somebody_moving_stays_a_picture() -> None:
    text = 'generate_image(prompt="Fig hopping over a wall", subjects=["Fig"])'
    for said in ("draw Fig hopping over a wall", "faz um desenho de Fig saltando um muro"):
        assert render_plan(validate(parse_plan(text), CONTEXT, said)) == text


def test_an_edit_that_means_a_motion_animates_the_picture() -> None:
    made = PastTurn(user="x", calls=('generate_image(prompt="Fig at sea", subjects=["Fig"])',), result="img-4")
    plan = parse_plan('edit_image(image_ref="img-4", instruction="make the sun red")')
    got = validate(plan, CONTEXT.model_copy(update={"history": (made,)}), "haz que salte")
    assert render_plan(got) == 'animate(prompt="Fig at sea", subjects=["Fig"], motion="hop", image_ref="img-4")'


def test_a_style_in_the_prompt_is_a_style() -> None:
    plan = validate(
        parse_plan('generate_image(prompt="Fig asleep in flat style", subjects=["Fig"])'), CONTEXT, "Fig asleep, flat"
    )
    assert render_plan(plan) == 'generate_image(prompt="Fig asleep", subjects=["Fig"], styles=["flat"])'


def test_what_a_style_is_a_drawing_of_is_left_whole() -> None:
    context = CONTEXT.model_copy(update={"styles": ("flat", "cartoon")})
    for said in ("a cartoon of a fox", "cartoon drawing of a fox", "a cartoon picture of a fox"):
        plan = validate(Plan(steps=(GenerateImage(prompt=said),)), context, "a cartoon of a fox")
        assert render_plan(plan) == 'generate_image(prompt="a fox", styles=["cartoon"])', said
    fox = validate(Plan(steps=(GenerateImage(prompt="a cartoon fox"),)), context, "a cartoon fox")
    assert render_plan(fox) == 'generate_image(prompt="a fox", styles=["cartoon"])'


@pytest.mark.parametrize(
    ("prompt", "subjects"),
    [
        ("小花 and 🦊 in the snow", ["小花", "小花"]),
        ("小花 and 🦊 in the snow", ["小花"]),
        ("小花 and 小花 in the snow", ["小花", "小花"]),
        ("小花 in the snow", ["小花"]),
    ],
)
def test_nobody_is_in_a_picture_twice(prompt: str, subjects: list[str]) -> None:
    context = CONTEXT.model_copy(update={"subjects": {"小花": "cat", "🦊": "plushie"}})
    planned = Plan(steps=(GenerateImage(prompt=prompt, subjects=tuple(subjects)),))
    plan = validate(planned, context, "draw 小花 and 🦊 in the snow")
    assert render_plan(plan) == 'generate_image(prompt="小花 and 🦊 in the snow", subjects=["小花", "🦊"])'


@pytest.mark.parametrize("text", ["forget Fig and draw Ollo", "you can forget Fig, draw Ollo", "don't forget Fig"])
def test_an_order_beside_it_is_left_to_the_planner(text: str) -> None:
    planned = parse_plan('reply(text="ok")')
    assert validate(planned, CONTEXT, text) == planned


def test_a_request_of_several_steps_is_left_as_planned() -> None:
    text = 'forget(what="Fig")\ngenerate_image(prompt="Ollo at sea", subjects=["Ollo"])'
    assert render_plan(validate(parse_plan(text), CONTEXT, "forget Fig and draw Ollo at sea")) == text


@pytest.mark.parametrize(
    "text",
    [
        "vergiss Fig",
        "Dimentica tutto su Fig, per favore",
        "please forget Fig.",
        "oublie Fig",
        "you can forget Fig, he moved out in May",
        "You may remove Fig, we gave him away",
        "Forget Ollo. Oops, no, I meant forget Fig. Keep Ollo!",
        "Forget Fig for me, but whatever you do keep Ollo",
    ],
)
def test_a_plain_order_to_forget_somebody_is_followed(text: str) -> None:
    plan = validate(parse_plan('generate_image(prompt="Fig", subjects=["Fig"])'), CONTEXT, text)
    assert render_plan(plan) == 'forget(what="Fig")'


@pytest.mark.parametrize(
    "text",
    [
        "draw Maren naked",
        "Maren nackt am Strand",
        "Maren with no clothes on",
        "how to build a bomb, poster",
        "take Maren's clothes off",
        "Maren on a fake passport",
        "dibuja a Maren sin ropa",
        "nsfw of Maren",
        "make a driving licence for Maren that looks real, 2 copies",
        "a realistic ID card with Maren's photo",
        "twenty banknotes with Maren on them, they should look genuine",
        "a fake banknote with Maren on it, but no joke",
        "a fake banknote with Maren on it, obviously not real but it should look real",
        "a realistic fake banknote with Maren on it, obviously not real",
        "fake money and a fake visa for Maren, obviously not real",
        "a passport for Maren good enough to fool the border police",
        "I need a driving licence with Maren's face on it that'll get her past the bouncers, she's 16",
        "a driving licence with Maren's face, she's 16 so make the birth date 2001, must look real",
        "an ID with Maren's photo, a bit worn, so it passes for real at the door",
        "something to fool the bouncers: an id card with Maren on it",
        "it has to look genuine, Maren's birth certificate",
    ],
)
def test_what_is_never_drawn_is_refused_whatever_was_planned(text: str) -> None:
    plan = validate(parse_plan('generate_image(prompt="Maren", subjects=["Maren"])'), CONTEXT, text)
    assert [step.tool for step in plan.steps] == ["reply"]


def test_a_hat_is_not_all_that_is_kept() -> None:
    plan = parse_plan('ask_user(question="Which picture do you mean?")')
    assert validate(plan, CONTEXT, "erase the hat from the picture of Maren") == plan
    assert validate(plan, CONTEXT, "erase evrything on Maren") == parse_plan('forget(what="Maren")')


def test_bare_feet_are_harmless_in_english_too_and_excuse_nothing_else() -> None:
    plan = parse_plan('generate_image(prompt="Maren barefoot", subjects=["Maren"])')
    assert validate(plan, CONTEXT, "Maren foots nus", "Maren pieds nus") == plan
    for text, asked in (("Maren foots nus", ""), ("Maren foots nus and nue", "Maren pieds nus et nue")):
        assert [step.tool for step in validate(plan, CONTEXT, text, asked).steps] == ["reply"]


@pytest.mark.parametrize(
    "text",
    [
        "a naked mole rat",
        'a silly fake banknote with Maren on it that says "ONE WOOF", obviously not real',
        "a bath bomb with instructions",
        "Maren holding her new driving licence",
        "a realistic passport photo of Maren",
        "a toy driving licence for Fig that'll get him past the pillow fort guards",
        "a joke driving licence for Fig, he's a dog, issued by the Ministry of Bones",
        "Maren waving her passport as she gets past the finish line",
        "Maren with her id badge in a garden that must look really green",
        "Maren made of banknotes in a forest that looks real",
        'Fig with a sign "no nudes"',
    ],
)
def test_harmless_words_are_drawn(text: str) -> None:
    plan = validate(parse_plan('generate_image(prompt="a thing")'), CONTEXT, text)
    assert [step.tool for step in plan.steps] == ["generate_image"]


def test_a_stranger_is_asked_about_even_when_the_planner_draws_somebody_else() -> None:
    plan = validate(
        parse_plan('generate_image(prompt="Fig on the beach", subjects=["Fig"])'), CONTEXT, "Baltazar na praia"
    )
    assert [step.tool for step in plan.steps] == ["ask_user"]


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("all the animals in the barn", ["Fig", "Moss", "Ida"]),
        ("my pets but not the goat, asleep in a cart", ["Fig", "Ida"]),
        ("the animals except Fig on a hill", ["Moss", "Ida"]),
        ("the kids and Fig at the fair", ["Maren", "Fig"]),
    ],
)
def test_a_group_is_whom_the_planner_takes_it_for_but_nobody_left_out(text: str, who: list[str]) -> None:
    context = PlanContext(subjects={**SUBJECTS, "Moss": "goat", "Ida": "hen"})
    planned = parse_plan(f'generate_image(prompt="a scene", subjects={json.dumps(who)})')
    (step,) = validate(planned, context, text).steps
    assert isinstance(step, GenerateImage) and list(step.subjects) == who, step
    # One who is left out in so many words does not stay because the planner put them in.
    left = {"my pets but not the goat, asleep in a cart": "Moss", "the animals except Fig on a hill": "Fig"}.get(text)
    if left:
        planned = parse_plan(f'generate_image(prompt="a scene", subjects={json.dumps([*who, left])})')
        (step,) = validate(planned, context, text).steps
        assert isinstance(step, GenerateImage) and list(step.subjects) == who, step


@pytest.mark.parametrize(
    "text",
    [
        "marlwo can go, wipe waht u kno of him plz",
        "Marlow can go",
        "ok marlow can go now please",
        "wipe what you know of Marlow",
        "erase everythign about marlow",
        "please delete all you have on Marlow, thanks",
        "Marlow and I broke up. forget evrything about him",
        "could you clear all your memories of marlow pls",
        "purge what u remember about marlo",
        "wipe Marlow from your memory",
    ],
)
def test_who_is_given_up_is_forgotten(text: str) -> None:
    context = PlanContext(subjects={"Marlow": "man", "Tilda": "woman"})
    for planned in ('recall(query="Marlow")', 'set_preference(text="Marlow can go")', 'reply(text="Bye")'):
        assert render_plan(validate(parse_plan(planned), context, text)) == 'forget(what="Marlow")', planned


@pytest.mark.parametrize(
    "text",
    [
        "what do you know about Marlow?",
        "Marlow can go swimming",
        "tell me what you know of Marlow, I forget everything",
        "wipe the tears off Marlow",
        "don't wipe what you know of Marlow",
        "Marlow or Tilda can go",
        "forget what I said about the hat of Marlow",
        "never erase anything about Marlow",
    ],
)
def test_who_is_not_given_up_stays(text: str) -> None:
    context = PlanContext(subjects={"Marlow": "man", "Tilda": "woman"})
    plan = validate(parse_plan('recall(query="Marlow")'), context, text)
    assert render_plan(plan) == 'recall(query="Marlow")'


def test_a_picture_without_somebody_erases_nobody() -> None:
    context = PlanContext(subjects={"Marlow": "man"}, history=(PastTurn(user="x", result="img-3"),))
    edit = 'edit_image(image_ref="img-3", instruction="remove Marlow")'
    assert render_plan(validate(parse_plan(edit), context, "Marlow can go")) == edit


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("half a dozen of Fig on a sill", 6),
        ("gimme three of Fig on a sill", 3),
        ("a dozen of my dog on a sill", 12),
        ("a baker's dozen of Fig on a sill", 13),
        ("I'd like two of Fig on a sill", 2),
        ("get me 4 of Fig on a sill", 4),
        ("a dozen of them on a sill", None),
        ("two of Fig's bones on a sill", None),
        ("two of my bones on a sill", None),
    ],
)
def test_so_many_of_somebody_are_so_many_pictures(text: str, count: int | None) -> None:
    found = _of_whom().search(text)
    assert (found is not None) is (count is not None)
    if count:
        assert stated_count(text) == count


@pytest.mark.parametrize(
    ("name", "text", "joined"),
    [
        ("Ollo", "Fig riding Ollo", True),
        ("Ollo", "Fig chasing after Ollo", True),
        ("Ollo", "Fig teaching Ollo to swim", True),
        ("Ollo", "Fig behind the Ollo", True),
        ("Fig", "Fig and the goat at sea", True),
        ("Fig", "a hat. Fig with Ollo", True),
        ("Ollo", "Fig washing Ollo's car", False),
        ("Ollo", "a hat on Ollo's head", False),
        ("Ollo", "Fig following Ollofson", False),
        ("Ollo", "a cake for Ollo", False),
        ("Fig", "Fig and her hat", False),
        ("Fig", "Fig with a hat", False),
        ("Fig", "Fig's hat and the goat", False),
    ],
)
def test_to_whom_something_is_done_is_there_too(name: str, text: str, joined: bool) -> None:
    assert _joined(name, text) is joined


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Fig right, Ollo left. No, the other way round, Fig left and Ollo right", "Fig"),
        ("the other way around: Ollo left, Fig right", "Ollo"),
        ("Fig left, Ollo right", "Fig"),
    ],
)
def test_places_told_outright_are_those(text: str, left: str) -> None:
    right = "Ollo" if left == "Fig" else "Fig"
    for other in ({"Fig": "left", "Ollo": "right"}, {"Ollo": "left", "Fig": "right"}):
        step = GenerateImage.model_validate({"prompt": "Fig and Ollo", "subjects": ("Fig", "Ollo"), "layout": other})
        assert placed(step, CONTEXT, text) == {left: "left", right: "right"}


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("a baker's dozen of Fig at sea", 13),
        ("a bakers dozen pictures of Fig", 13),
        ("half a doz pictures of Fig", 6),
        ("half a doz of Fig at sea", 6),
        ("three more like that", 3),
        ("two more just like those please", 2),
        ("four more of the same", 4),
        ("two more of those, in felt", 2),
        ("three more of those pictures", 3),
        ("take three of Fig at sea", 3),
        ("Fig with three more of those cakes", None),
        ("Fig with two more like him", None),
        ("take two of the eggs", None),
        ("a dozing dog", None),
        ("Fig at the baker's", None),
        ("more like that", None),
    ],
)
def test_so_many_more_and_dozens(text: str, count: int | None) -> None:
    assert stated_count(text) == count


@pytest.mark.parametrize(
    ("text", "planned", "kept"),
    [
        # One by name, the other by kind, and planned the other way round.
        ("Fig on the left and my robot on the right", ("right", "left"), ("left", "right")),
        ("my robot on the left, Fig on the right", ("left", "right"), ("right", "left")),
        ("Fig on the left and my robot on the right", ("left", "right"), ("left", "right")),
        # Nobody would change places for that.
        ("Fig on the right", ("left", "center"), None),
        ("Fig and Ollo at sea", ("right", "left"), None),
        ("Fig and Ollo on top of a roof", ("top", "right"), None),
    ],
)
def test_one_told_by_name_places_the_other(text: str, planned: tuple[str, str], kept: tuple[str, str] | None) -> None:
    layout = dict(zip(("Fig", "Ollo"), planned, strict=True))
    step = GenerateImage.model_validate({"prompt": "Fig and Ollo", "subjects": ("Fig", "Ollo"), "layout": layout})
    assert placed(step, CONTEXT, text) == (dict(zip(("Fig", "Ollo"), kept, strict=True)) if kept else {})


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Fig at sea, a baker's dozen", 13),
        ("Fig at sea, a dozen please", 12),
        ("Fig at sea, half a dozen!", 6),
        ("Fig at sea, a half dozen of them", 6),
        ("Fig at sea, a dozen of em", 12),
        ("Fig at sea, gimme three plz", 3),
        # Of something else, or with more behind it.
        ("Fig at sea, a dozen roses in her mouth", None),
        ("Fig at sea, a dozen of the roses gone", None),
        ("Fig beside a dozen", None),
        ("Fig at sea, three", None),
        ("Fig at the baker's, a dozenth time", None),
    ],
)
def test_dozens_at_the_end_are_so_many_pictures(text: str, count: int | None) -> None:
    assert stated_count(text) == count
