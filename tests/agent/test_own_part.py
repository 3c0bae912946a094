"""Each picture of several has what its own part of the request says."""

from __future__ import annotations

import json

import pytest

from limner.agent.own_part import in_own_parts, own_part, parts, told
from limner.agent.plan import GenerateImage, PlanContext, parse_plan, render_plan

CONTEXT = PlanContext(
    subjects={"Vera": "woman", "Bolt": "robot", "Kit": "horse"}, styles=("felt", "linocut"), motions=("trot",)
)
VERA = 'generate_image(prompt="Vera in a tent", subjects=["Vera"])'
BOLT = 'generate_image(prompt="Bolt in a boat", subjects=["Bolt"])'
KIT = 'animate(prompt="Kit on a beach", subjects=["Kit"], motion="trot")'


def own(text: str, *planned: str) -> list[str]:
    return render_plan(in_own_parts(parse_plan("\n".join(planned)), CONTEXT, text)).splitlines()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Vera at sea. Bolt at home", ["Vera at sea.", "Bolt at home"]),
        ("Vera at sea, then Bolt and finally Kit", ["Vera at sea,", "Bolt", "Kit"]),
        ("Vera at sea, and a drawing of Bolt", ["Vera at sea", "a drawing of Bolt"]),
        ("Vera at 3.30 in a bar", ["Vera at 3.30 in a bar"]),
        ("Vera and Bolt, in a bar", ["Vera and Bolt, in a bar"]),
    ],
)
def test_a_request_is_parted_as_it_lists(text: str, said: list[str]) -> None:
    assert [part.strip() for part in parts(text)] == said


def test_a_part_that_several_pictures_share_is_nobodys_own() -> None:
    steps = parse_plan(f"{VERA}\n{BOLT}").steps
    drawn = [step for step in steps if isinstance(step, GenerateImage)]
    assert own_part(drawn[1], drawn, ["Vera in a tent.", "Bolt in a boat"]) == "Bolt in a boat"
    assert own_part(drawn[1], drawn, ["Vera in a tent with Bolt", "a boat"]) == ""
    assert own_part(drawn[1], drawn, ["Bolt in a boat.", "Bolt likes boats"]) == ""


@pytest.mark.parametrize("planned", ["Bolt baking bread", "Bolt"])
def test_a_scene_of_another_part_or_none_is_the_own_one(planned: str) -> None:
    baking = VERA.replace("in a tent", "baking bread")
    text = "Vera baking bread. Bolt repairing a clock, please."
    assert own(text, baking, BOLT.replace("Bolt in a boat", planned)) == [
        baking,
        BOLT.replace("in a boat", "repairing a clock"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Vera baking bread. Bolt too.",
        "Vera baking bread and Bolt baking bread.",
        "Vera baking bread. Same with Bolt.",
        "Vera baking bread. Then Bolt doing the same.",
        "Vera baking bread. Bolt likewise, in the yard.",
        "Vera baking bread. Bolt there as well.",
        "Vera baking bread. Also Bolt in the yard.",
        "Vera baking bread. Bolt baking bread in the yard.",
    ],
)
def test_a_scene_that_both_have_stays(text: str) -> None:
    planned = [VERA.replace("in a tent", "baking bread"), BOLT.replace("in a boat", "baking bread")]
    assert own(text, *planned) == planned


def test_a_scene_told_in_other_words_stays() -> None:
    planned = [VERA, BOLT.replace("boat", "small ship")]
    assert own("Vera in a tent. Bolt in a little boat.", *planned) == planned


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        ("Three pictures of Vera in a tent. Bolt in a boat.", (3, 1)),
        ("Vera in a tent. Two pictures of Bolt in a boat.", (3, 2)),
        ("Vera in a tent. Bolt in a boat with two kites.", (3, 3)),
        ("Vera in a tent, seed 4. Bolt in a boat.", (3, 3)),
    ],
)
def test_a_number_is_of_its_own_part(text: str, counts: tuple[int, int]) -> None:
    plan = in_own_parts(parse_plan("\n".join(f"{one[:-1]}, count=3)" for one in (VERA, BOLT))), CONTEXT, text)
    assert tuple(step.count for step in plan.steps if isinstance(step, GenerateImage)) == counts


def test_how_many_photos_came_is_no_number_of_pictures() -> None:
    photos = CONTEXT.model_copy(update={"attachments": "3 images"})
    plan = parse_plan(f"{VERA}\n{BOLT[:-1]}, count=2)")
    assert in_own_parts(plan, photos, "Three photos of Vera in a tent. Bolt in a boat.") == plan


def test_a_clip_is_of_whom_its_part_names() -> None:
    strayed = KIT.replace("Kit on a beach", "Vera in a tent").replace('"Kit"', '"Vera"')
    text = "Vera in a tent. Then a clip: Kit crossing a beach."
    assert own(text, VERA, strayed) == [VERA, KIT.replace("on a beach", "crossing a beach")]
    follows = f'{strayed[:-1]}, image_ref="last")'
    for text in ("Vera in a tent. Then a clip of her.", "Vera in a tent. Then a clip of Vera, trot."):
        assert own(text, VERA, follows) == [VERA, follows]


def test_no_style_is_said_of_its_own_part() -> None:
    felt = [f'{one[:-1]}, styles=["felt"])' for one in (VERA, BOLT)]
    for text in ("Vera in felt in a tent. Bolt in a boat, no style.", "Vera in a tent, felt. Bolt in a boat, plain"):
        assert own(text, *felt) == [felt[0], BOLT], text
    for text in (
        "Vera in felt in a tent. Bolt in a boat.",
        "Vera in felt in a tent. Bolt in felt on a plain, in a boat.",
        "Vera in felt in a tent. Bolt in a boat on a plain.",
    ):
        assert own(text, *felt) == felt, text


def test_a_clip_that_was_drawn_is_a_clip() -> None:
    drawn = 'generate_image(prompt="Kit on a beach", subjects=["Kit"])'
    text = "Vera in a tent. Kit doing the trot on a beach, as a clip."
    assert own(text, VERA, drawn) == [VERA, KIT]
    for text in (
        "Vera in a tent. Kit on a beach.",
        "Vera in a tent. Kit doing the trot on a beach, a still picture and no clip.",
        "Vera in a tent. A picture of Kit on a beach as in that video.",
    ):
        assert own(text, VERA, drawn) == [VERA, drawn], text


def test_one_part_or_one_picture_is_left_alone() -> None:
    wrong = BOLT.replace("boat", "tent")
    assert own("Vera in a tent and Bolt in a boat", VERA, wrong) == [VERA, wrong]
    assert own("I love tents. Bolt in a boat", wrong) == [wrong]


def test_who_is_drawn_alone_and_with_another_keeps_each_scene() -> None:
    ball = 'generate_image(prompt="Vera and Bolt at a ball", subjects=["Vera", "Bolt"])'
    assert own("Vera in a tent. Bolt in a boat. Both at a ball.", VERA, BOLT, ball) == [VERA, BOLT, ball]


HERD = PlanContext(subjects={"Vera": "woman", "Bolt": "robot", "Gus": "goat"})
WAGON = 'generate_image(prompt="{} on a wagon", subjects=[{}])'


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("Everybody but the goat on a wagon; then Bolt in a boat", '"Vera", "Bolt"'),
        ("everyone without Vera on a wagon. Bolt in a boat.", '"Bolt", "Gus"'),
        ("Everyone on a wagon. Bolt in a boat", '"Vera", "Bolt", "Gus"'),
        # A part more than there are pictures, or nobody of them all.
        ("Hello. Everybody but the goat on a wagon. Bolt in a boat", '"Vera"'),
        ("Vera on a wagon. Bolt in a boat", '"Vera"'),
    ],
)
def test_everybody_of_a_part_is_in_its_picture(text: str, who: str) -> None:
    names = who.replace('"', "").split(", ")
    prompt = " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))
    plan = in_own_parts(parse_plan(f"{WAGON.format('Vera', json.dumps('Vera'))}\n{BOLT}"), HERD, text)
    assert render_plan(plan).splitlines() == [WAGON.format(prompt, who), BOLT]


def test_everybody_may_come_last() -> None:
    plan = parse_plan(f"{BOLT}\n{WAGON.format('Vera', json.dumps('Vera'))}")
    text = "Bolt in a boat; then everybody but Gus on a wagon"
    both = WAGON.format("Vera and Bolt", '"Vera", "Bolt"')
    assert render_plan(in_own_parts(plan, HERD, text)).splitlines() == [BOLT, both]


@pytest.mark.parametrize(
    ("text", "first", "second", "drawn"),
    [
        ("Vera in a tent, oh and also draw Bolt in a boat", VERA, BOLT.replace("boat", "tent"), [VERA, BOLT]),
        ("Vera in a tent. Btw, draw Bolt in a boat", VERA, BOLT.replace("boat", "tent"), [VERA, BOLT]),
        ("Vera in a tent, also a picture of Bolt in a boat", VERA, BOLT.replace("boat", "tent"), [VERA, BOLT]),
        (
            "Vera in a tent. And animate Kit doing the trot on a beach",
            VERA,
            'animate(prompt="Kit", subjects=["Kit"], motion="trot", image_ref="last")',
            [VERA, 'animate(prompt="Kit on a beach", subjects=["Kit"], motion="trot")'],
        ),
        # A picture, which was to be a clip.
        (
            "draw Vera in a tent, plus animate Kit trotting",
            'animate(prompt="Vera in a tent", subjects=["Vera"], motion="splash")',
            'animate(prompt="Kit", subjects=["Kit"], motion="trot")',
            [VERA, 'animate(prompt="Kit trotting", subjects=["Kit"], motion="trot")'],
        ),
        # The clip of whom was just drawn, and what somebody also does.
        (
            "Vera in a tent. And animate her doing the trot",
            VERA,
            'animate(prompt="Vera", subjects=["Vera"], motion="trot", image_ref="last")',
            [VERA, 'animate(prompt="Vera", subjects=["Vera"], motion="trot", image_ref="last")'],
        ),
        ("Vera in a tent also draws. Bolt in a boat", VERA, BOLT, [VERA, BOLT]),
    ],
)
def test_what_is_told_besides_has_its_own_scene(text: str, first: str, second: str, drawn: list[str]) -> None:
    assert own(text, first, second) == drawn


def test_a_scene_is_told_from_whom_it_shows() -> None:
    step = GenerateImage(prompt="Bolt", subjects=("Bolt",), styles=("felt",))
    assert told(step, "please draw Bolt in a boat, seed 4", CONTEXT).startswith("Bolt in a boat")
    assert told(step, "please draw him in a boat", CONTEXT) == ""


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Dr. Bolt at sea. Vera with Mrs. Hill", ["Dr. Bolt at sea.", "Vera with Mrs. Hill"]),
        ("Vera by St. Mary's, then Prof. Bolt", ["Vera by St. Mary's,", "Prof. Bolt"]),
        ("Vera sits next to Bolt", ["Vera sits next to Bolt"]),
        ("Vera at sea, next to it Bolt", ["Vera at sea, next to it Bolt"]),
        ("the girl next door. Bolt at home", ["the girl next door.", "Bolt at home"]),
        ("Vera at sea, next Bolt at home", ["Vera at sea,", "Bolt at home"]),
        ("one of Vera at sea, two of Bolt at home", ["one of Vera at sea", "two of Bolt at home"]),
        ("Vera at sea, and a couple of Bolt", ["Vera at sea", "a couple of Bolt"]),
        ("three boats, two of which are red", ["three boats, two of which are red"]),
        ("four cats, one of them asleep", ["four cats, one of them asleep"]),
        ("Vera with two of her cats", ["Vera with two of her cats"]),
        ("Vera at sea, one of the boats red", ["Vera at sea, one of the boats red"]),
        ("Vera at sea, two of my hats on her", ["Vera at sea, two of my hats on her"]),
    ],
)
def test_titles_and_neighbours_part_nothing_and_numbers_of_somebody_do(text: str, said: list[str]) -> None:
    assert [part.strip() for part in parts(text)] == said


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        ("two of Bolt in a boat, three of Vera in a tent", (3, 2)),
        ("three of Vera in a tent, and one of Bolt in a boat", (3, 1)),
        ("three of Vera in a tent, a couple of Bolt in a boat", (3, 2)),
    ],
)
def test_so_many_of_one_are_not_so_many_of_the_other(text: str, counts: tuple[int, int]) -> None:
    planned = parse_plan("\n".join(f"{one[:-1]}, count=3)" for one in (VERA, BOLT)))
    steps = in_own_parts(planned, CONTEXT, text).steps
    assert tuple(step.count for step in steps if isinstance(step, GenerateImage)) == counts


@pytest.mark.parametrize(
    ("text", "seeds", "kept"),
    [
        ("Vera in a tent, seed 4. Bolt in a boat, seed 9", (None, None), (4, 9)),
        ("Vera in a tent. Then Bolt in a boat with seed 12", (None, None), (None, 12)),
        ("Vera in a tent, seed 4. Bolt in a boat", (4, None), (4, None)),
        ("Vera in a tent, seed 4. Bolt in a boat, same seed", (4, 4), (4, 4)),
        ("Vera in a tent with seven seeds. Bolt in a boat", (None, None), (None, None)),
    ],
)
def test_a_seed_is_of_its_own_part(text: str, seeds: tuple[int | None, ...], kept: tuple[int | None, ...]) -> None:
    planned = [f"{one[:-1]}, seed={seed})" if seed else one for one, seed in zip((VERA, BOLT), seeds, strict=True)]
    steps = in_own_parts(parse_plan("\n".join(planned)), CONTEXT, text).steps
    assert tuple(step.seed for step in steps if isinstance(step, GenerateImage)) == kept


CAKE = VERA.replace("in a tent", "with a cake")


@pytest.mark.parametrize(
    "text",
    [
        "It's Vera's birthday. I need her with a cake, then Bolt in a boat.",
        "Vera turns ten today! Draw her with a cake. Bolt in a boat",
        "Vera got promoted. Show her with a big cake; Bolt in a boat",
    ],
)
def test_a_scene_that_is_told_of_a_pronoun_stays(text: str) -> None:
    assert own(text, CAKE, BOLT) == [CAKE, BOLT]


@pytest.mark.parametrize(
    "text",
    [
        # The cake is of another part, and nobody means her by `her`.
        "Vera in a tent. Bolt with a cake",
        "Vera in a tent. A cake with Bolt",
    ],
)
def test_a_scene_of_somebody_else_is_not_told_of_a_pronoun(text: str) -> None:
    assert own(text, CAKE, BOLT.replace("in a boat", "with a cake"))[0] == VERA


STILL = KIT.replace("animate", "generate_image").replace(', motion="trot"', "")


@pytest.mark.parametrize(
    ("text", "told_once"),
    [
        ("Vera in a tent. Third, Kit on a beach, as a clip", True),
        ("Vera in a tent, then a gif of Kit on a beach", True),
        # Both are asked for, by name or by a word for it.
        ("Vera in a tent. A picture of Kit on a beach and a clip of that", False),
        ("Vera in a tent. Kit on a beach, and then animate him", False),
        ("Vera in a tent. Kit on a beach. Kit on a beach as a clip", False),
        ("Vera in a tent, then Kit on a beach", False),
    ],
)
def test_a_clip_that_is_told_once_is_no_picture_besides(text: str, told_once: bool) -> None:
    kept = own(text, VERA, STILL, KIT)
    assert (STILL not in kept) is told_once
    assert kept[0] == VERA and kept[-1] == KIT


def test_a_clip_of_the_picture_before_it_keeps_that_picture() -> None:
    text = "Vera in a tent. Third, Kit on a beach, as a clip"
    moved = f'{KIT[:-1]}, image_ref="last")'
    assert own(text, VERA, STILL, moved) == [VERA, STILL, moved]
    elsewhere = STILL.replace("on a beach", "in a stable on the beach")
    assert own(text, VERA, elsewhere, KIT) == [VERA, elsewhere, KIT]


@pytest.mark.parametrize(
    ("text", "drawn"),
    [
        ("Vera in a tent, Bolt in a boat, nothing for Kit", [VERA, BOLT]),
        ("Vera in a tent. Bolt in a boat. No picture of Kit, please", [VERA, BOLT]),
        ("nothing for Bolt; Vera in a tent, Kit on a beach", [VERA, STILL]),
        # Somebody else, or nothing else at all.
        ("Vera in a tent. Bolt in a boat. Kit on a beach, nothing for Kitty", [VERA, BOLT, STILL]),
        ("Vera in a tent. Bolt in a boat. Kit on a beach, nothing more", [VERA, BOLT, STILL]),
        ("nothing for Vera, nothing for Bolt, nothing for Kit", [VERA, BOLT, STILL]),
    ],
)
def test_who_gets_nothing_has_no_picture(text: str, drawn: list[str]) -> None:
    assert own(text, VERA, BOLT, STILL) == drawn


def test_nothing_for_one_of_two_leaves_the_picture_of_both() -> None:
    both = 'generate_image(prompt="Vera and Kit at a ball", subjects=["Vera", "Kit"])'
    assert own("Vera and Kit at a ball, nothing for Kit. Bolt in a boat", both, BOLT) == [both, BOLT]


@pytest.mark.parametrize(
    ("text", "second"),
    [
        ("Vera in a tent (felt, only for that one), then Bolt in a boat", ""),
        ("Vera in a tent in felt but only for this picture. Bolt in a boat", ""),
        ("Vera in a tent in felt, then Bolt in a boat", "felt"),
        ("Vera in a tent (felt, only for that one), then Bolt in a boat, felt as well", "felt"),
        ("Vera in felt in a tent. A hat only for that one. Bolt in a boat", "felt"),
    ],
)
def test_a_style_of_only_that_one_is_not_of_the_other(text: str, second: str) -> None:
    felt = [f'{one[:-1]}, styles=["felt"])' for one in (VERA, BOLT)]
    assert own(text, *felt) == [felt[0], felt[1] if second else BOLT]


MOPEDS = tuple(
    f'generate_image(prompt="{who} on a moped", subjects=["{who}"], styles=["felt"])' for who in ("Vera", "Bolt", "Kit")
)


def test_names_part_a_list_of_a_picture_each() -> None:
    text = "Vera on a moped in felt, Bolt on a moped in felt, and Kit on a moped with no style"
    assert own(text, *MOPEDS) == [*MOPEDS[:2], MOPEDS[2].replace(', styles=["felt"]', "")]
    text = "Vera fishing, Bolt baking bread"
    fishing = VERA.replace("in a tent", "fishing")
    assert own(text, fishing, BOLT.replace("in a boat", "fishing")) == [
        fishing,
        BOLT.replace("in a boat", "baking bread"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        # Not a picture for each name, or names that open no scene.
        "Vera on a moped in felt, Bolt on a moped and Kit on a moped with no style",
        "Vera on a moped in felt, Bolt too, and Kit with no style",
        "Vera, Bolt and Kit, each on a moped with no style but in felt",
    ],
)
def test_what_names_do_not_part_stays_one(text: str) -> None:
    assert own(text, *MOPEDS) == list(MOPEDS)


NOTED = 'set_preference(text="Bolt has his birthday")'


@pytest.mark.parametrize(
    ("text", "query"),
    [
        (
            "Vera in a tent. What was it I told you about Bolt's birthday?",
            "What was it I told you about Bolt's birthday",
        ),
        ("Vera in a tent, then tell me what Bolt's birthday cake was", "tell me what Bolt's birthday cake was"),
        # Something is to be kept, or nothing looked up.
        ("Vera in a tent. Remember what I told you about Bolt's birthday?", ""),
        ("From now on no hats. Vera in a tent. What was it I said of Bolt?", ""),
        ("Vera in a tent. I told you about Bolt's birthday.", ""),
    ],
)
def test_what_is_to_be_looked_up_is_no_wish(text: str, query: str) -> None:
    assert own(text, VERA, NOTED) == [VERA, f'recall(query="{query}")' if query else NOTED]


def test_what_is_looked_up_already_leaves_the_wish() -> None:
    text = "Vera in a tent. What was it I told you about Bolt's birthday?"
    assert own(text, VERA, NOTED, 'recall(query="birthday")') == [VERA, NOTED, 'recall(query="birthday")']


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("Vera on a wagon; then Bolt in a boat, felt on all of them", '"Bolt"'),
        ("Vera on a wagon. Then him in a boat, hats for all of them", '"Bolt"'),
        ("Vera on a wagon; then him in a boat, and all of these in felt", '"Bolt"'),
        ("Vera on a wagon; then all of them at sea", '"Vera", "Bolt", "Gus"'),
        ("Vera on a wagon; then everybody in a boat", '"Vera", "Bolt", "Gus"'),
        ("Vera on a wagon; then the whole gang in a boat", '"Vera", "Bolt", "Gus"'),
    ],
)
def test_what_is_on_all_of_them_shows_nobody_else(text: str, who: str) -> None:
    plan = parse_plan(f"{WAGON.format('Vera', json.dumps('Vera'))}\n{BOLT}")
    assert render_plan(in_own_parts(plan, HERD, text)).splitlines()[1].endswith(f"subjects=[{who}])")


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("Vera in a tent. Then a clip of Kit crossing a beach, without Vera", '"Kit"'),
        ("Vera in a tent. Then a clip of Kit crossing a beach, but not Vera", '"Kit"'),
        ("Vera in a tent. Then a clip of Kit crossing a beach with Vera", '"Vera", "Kit"'),
    ],
)
def test_who_is_not_in_a_clip_is_not_whose_clip_it_is(text: str, who: str) -> None:
    strayed = KIT.replace("Kit on a beach", "Bolt on a beach").replace('["Kit"]', '["Bolt"]')
    assert f"subjects=[{who}]" in own(text, VERA, strayed)[1]


@pytest.mark.parametrize("end", ["leave out any style", "leave the style out", "no styles", "without an style"])
def test_a_part_may_leave_its_style_out_in_other_words(end: str) -> None:
    felt = [f'{one[:-1]}, styles=["felt"])' for one in (VERA, BOLT)]
    assert own(f"Vera in felt in a tent. Bolt in a boat, {end}", *felt) == [felt[0], BOLT]
    assert own("Vera in felt in a tent. Bolt in a boat, leave out any hat", *felt) == felt
