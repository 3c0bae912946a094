"""What is learned is called as the request calls it."""

from __future__ import annotations

import pytest

from limner.agent.just_taught import by_name
from limner.agent.plan import LearnStyle, PlanContext, parse_plan, render_plan
from limner.agent.taught import taught

PHOTOS = PlanContext(attachments="4 images")


@pytest.mark.parametrize(
    ("planned", "text", "learned"),
    [
        (
            'learn_style(name="how these look and call the style wetink")',
            "learn how these look and call the style wetink",
            'learn_style(name="wetink")',
        ),
        ('learn_style(name="sea-side70")', "save the look of these as seaside70", 'learn_style(name="seaside70")'),
        (
            'learn_subject(name="She\'s Olive", class_noun="goat")',
            "this one too: she's Olive, a goat",
            'learn_subject(name="Olive", class_noun="goat")',
        ),
        (
            'learn_subject(name="Willow", class_noun="vessap")',
            "the pics are of my vase Willow; teach yourself what it looks like",
            'learn_subject(name="Willow", class_noun="vase")',
        ),
        (
            'learn_subject(name="Zélie", class_noun="mouse")',
            "voici ma tortue Zélie",
            'learn_subject(name="Zélie", class_noun="turtle")',
        ),
        ('learn_style(name="brand")', "brand visuals - save the look as brandkit", 'learn_style(name="brandkit")'),
        ('learn_style(name="soup")', "learn this style, call it soup label", 'learn_style(name="soup label")'),
        (
            'learn_style(name="tea wash")',
            'Save these as "tea stain". Hmm. "tea wash" sounds nicer, go with that one',
            'learn_style(name="tea wash")',
        ),
        (
            'learn_subject(name="Brisket", class_noun="bulldog")',
            "learn this as Biscuit. bah, no. Name's Brisket. he's a bulldog",
            'learn_subject(name="Brisket", class_noun="bulldog")',
        ),
        ('learn_style(name="soup")', "learn this style, call it soup please", 'learn_style(name="soup")'),
        ('learn_style(name="moonwalk")', "learn the moonwalk motion from these", 'learn_motion(name="moonwalk")'),
        (
            'learn_subject(name="Bolt", class_noun="moto")',
            "photos of my motorboat, its name is Bolt, keep it",
            'learn_subject(name="Bolt", class_noun="motorboat")',
        ),
        (
            'learn_subject(name="Edda", class_noun="aunt")\n'
            'generate_image(prompt="Edda in the attic", subjects=["Edda"])',
            "found these in the attic. It's my aunt Edda. Please learn her",
            'learn_subject(name="Edda", class_noun="aunt")',
        ),
        (
            'learn_subject(name="Dot", class_noun="jug")\ngenerate_image(prompt="Otto at tea", subjects=["Otto"])',
            "this is my jug Dot. learn it, then a picture of it at tea with Otto",
            'learn_subject(name="Dot", class_noun="jug")\n'
            'generate_image(prompt="Dot and Otto at tea", subjects=["Dot", "Otto"])',
        ),
        (
            'learn_subject(name="Edda", class_noun="coat")',
            "dust everywhere. It's my aunt Edda. Learn her from these. My brother thinks the coat was blue",
            'learn_subject(name="Edda", class_noun="aunt")',
        ),
        (
            'learn_subject(name="Rex", class_noun="poodle")',
            "my dog Rex, he's a poodle",
            'learn_subject(name="Rex", class_noun="poodle")',
        ),
        (
            'learn_subject(name="harbour", class_noun="man")\n'
            'generate_image(prompt="Signe feeding the gulls", subjects=["Signe"])',
            "That's how my great-uncle used to paint. Name it harbour, and try it out on Signe feeding the gulls",
            'learn_style(name="harbour")\n'
            'generate_image(prompt="Signe feeding the gulls", subjects=["Signe"], styles=["harbour"])',
        ),
        (
            'learn_subject(name="Olive", class_noun="goat")',
            "learn this one as well: it's Olive, a goat",
            'learn_subject(name="Olive", class_noun="goat")',
        ),
        ('learn_style(name="etchings")', "learn those etchings as rainlight", 'learn_style(name="rainlight")'),
        ('learn_style(name="ink wash")', "save these scans as ink wash", 'learn_style(name="ink wash")'),
        (
            'learn_subject(name="Olivia", class_noun="goat")',
            "and here is another one, Olive, she is a goat",
            'learn_subject(name="Olive", class_noun="goat")',
        ),
        (
            'learn_style(name="Old Ink")',
            "learn this style, call it Old Ink",
            'learn_style(name="Old Ink")',
        ),
    ],
)
def test_a_name_is_spelt_as_the_request_spells_it(planned: str, text: str, learned: str) -> None:
    assert render_plan(taught(parse_plan(planned), PHOTOS, text)) == learned


def test_the_new_name_is_used_by_the_steps_after_it() -> None:
    planned = 'learn_style(name="sea-side")\ngenerate_image(prompt="a ship", styles=["sea-side"])'
    plan = taught(parse_plan(planned), PHOTOS, "learn this as seaside and draw a ship with it")
    assert render_plan(plan) == planned.replace("sea-side", "seaside")


def test_what_is_drawn_with_a_new_style_is_in_it() -> None:
    planned = 'learn_style(name="plume")\ngenerate_image(prompt="a roof")'
    plan = taught(parse_plan(planned), PHOTOS, "learn this style, name it plume, and make a roof with it")
    assert render_plan(plan) == 'learn_style(name="plume")\ngenerate_image(prompt="a roof", styles=["plume"])'


def test_photos_that_came_along_are_not_asked_for() -> None:
    asks = parse_plan('ask_user(question="Please attach photos of Rocinante.")')
    text = "these pictures show my old bicycle. I call it Rocinante, save it"
    assert render_plan(taught(asks, PHOTOS, text)) == 'learn_subject(name="Rocinante", class_noun="bicycle")'
    assert "What shall I call it" in render_plan(taught(asks, PHOTOS, "learn this"))
    assert taught(asks, PlanContext(), text) == asks
    unnamed = taught(parse_plan('learn_style(name="learn this")'), PHOTOS, "learn this")
    assert "What shall I call it" in render_plan(unnamed)


def test_what_shall_not_be_learned_is_not() -> None:
    planned = 'learn_subject(name="Rex", class_noun="dog")\ngenerate_image(prompt="Rex asleep", subjects=["Rex"])'
    plan = taught(parse_plan(planned), PHOTOS, "no need to learn these, I just want Rex asleep")
    assert render_plan(plan) == 'generate_image(prompt="Rex asleep", subjects=["Rex"])'


def test_photos_that_came_along_are_of_whom_the_request_names() -> None:
    asked = parse_plan('ask_user(question="Please attach photos of Ada.")')
    plan = taught(asked, PHOTOS, "The shots are of my kettle Ada; study how it looks")
    assert render_plan(plan) == 'learn_subject(name="Ada", class_noun="kettle")'


@pytest.mark.parametrize(
    "text",
    [
        "learn my parrot Fiagro from the photos. Ugh: Figaro, that's how it's spelled, and he's a cockatoo",
        "learn my parrot Fiagro, I mean Figaro",
        "learn my parrot Fiagro. It's spelled Figaro",
        "learn my parrot Phigaro, sorry, with an F: Figaro",
        "this is Figro, my parrot. Figaro*, learn him",
        "learn Fiagro, no, Figaro, my parrot",
        "learn this as Fiagro. bah, no. Name's Figaro. he's a parrot",
        "learn my parrot, he's called Fiigaro. Ugh, autocorrect!! It's Figaro, only one i in the middle",
        "learn my parrot Fiigaro - Figaro with one i",
    ],
)
def test_a_name_spelt_anew_is_the_name(text: str) -> None:
    for name in ("Fiagro", "Fiigaro", "Figro", "Phigaro", "Figaro"):
        if name in text:
            planned = f'learn_subject(name="{name}", class_noun="parrot")'
            assert render_plan(taught(parse_plan(planned), PHOTOS, text)) == planned.replace(name, "Figaro")


def test_who_is_known_already_is_not_who_the_photos_show() -> None:
    context = PHOTOS.model_copy(update={"subjects": {"Aroha": "woman"}})
    planned = parse_plan('learn_subject(name="Aroha", class_noun="boy")')
    assert taught(planned, context, "got these photos of my grandson, please learn him").steps[0].tool == "ask_user"
    assert taught(planned, context, "more photos of Aroha, learn her again").steps[0].tool == "learn_subject"


def test_two_names_that_are_alike_stay_two() -> None:
    text = "learn my dog Mara, who is no relation of Maria"
    planned = 'learn_subject(name="Mara", class_noun="dog")'
    assert render_plan(taught(parse_plan(planned), PHOTOS, text)) == planned


@pytest.mark.parametrize(
    ("text", "scene"),
    [
        (
            "photos of my puppy Waffles: get to know him and then let me see him curled up in a suitcase",
            "curled up in a suitcase",
        ),
        ("learn my puppy Waffles and show me him asleep", "asleep"),
        ("This is Waffles, our puppy. First draw him in a teacup", "in a teacup"),
        ("This is Waffles, he's our new puppy! Can you put him on a skateboard?", "on a skateboard"),
        ("learn my puppy Waffles, then let us see Waffles on a sledge.", "on a sledge"),
        ("this is my puppy Waffles, learn him. I'd love to see him in a boat!", "in a boat"),
        (
            "that's Waffles, our puppy. We wonder what he'd look like driving a bus. So learn him, and then show us!",
            "driving a bus",
        ),
    ],
)
def test_who_is_to_be_seen_is_drawn(text: str, scene: str) -> None:
    learn = 'learn_subject(name="Waffles", class_noun="puppy")'
    draw = f'generate_image(prompt="Waffles {scene}", subjects=["Waffles"])'
    for planned in (learn, f"{learn}\n{draw}"):
        assert render_plan(taught(parse_plan(planned), PHOTOS, text)) == f"{learn}\n{draw}"


@pytest.mark.parametrize(
    "text",
    [
        "learn my puppy Waffles, you'll love him",
        "learn my puppy Waffles. let me see him when you know him",
        "learn my puppy Waffles, I want to see him again one day",
        "learn my puppy Waffles and let me see it",
        "learn my puppy Waffles, I'll ask you to draw him in a hat later",
        "learn my puppy Waffles. No need to draw him in anything",
        "learn my puppy Waffles, we wonder what he'd look like driving a bus",
    ],
)
def test_who_is_only_spoken_of_is_not_drawn(text: str) -> None:
    learn = 'learn_subject(name="Waffles", class_noun="puppy")'
    assert render_plan(taught(parse_plan(learn), PHOTOS, text)) == learn


@pytest.mark.parametrize(
    ("text", "name", "planned", "noun"),
    [
        ("Some shots of our canoe, she's called Dragonfly. Learn her", "Dragonfly", "coach", "canoe"),
        ("That is gran's tea cosy, we call it Bertha. Learn it.", "Bertha", "tea", "tea cosy"),
        ("Learn her from those attached (whippet, name stays Duchess).", "Duchess", "sheep", "whippet"),
        (
            "We came home with a three-legged greyhound. Ivo wanted Lucky, we settled on Comet. Learn her",
            "Comet",
            "goat",
            "greyhound",
        ),
        ("photos attached, learn Nib (a fountain pen)", "Nib", "penguin", "pen"),
        ("learn Mortimer, he's our garden gnome", "Mortimer", "genie", "gnome"),
        # Kinds of what is said, or what only the photos show, stay.
        ("shots of our goldendoodle, she's called Maple, learn her", "Maple", "dog", "dog"),
        ("photos of my neighbour, she's called Ines, learn her", "Ines", "woman", "woman"),
        ("a few shots of our bunny, he's called Hops", "Hops", "rabbit", "rabbit"),
        ("learn our robot sparky, all of him", "sparky", "robot", "robot"),
        ("learn our robot again. it's Sparky", "Sparky", "robot", "robot"),
        ("learn Wanda from these. She bit the postman", "Wanda", "goose", "goose"),
        ("the lamp stays on. learn Wanda from these", "Wanda", "goose", "goose"),
    ],
)
def test_a_kind_nobody_said_gives_way_to_the_one_that_is(text: str, name: str, planned: str, noun: str) -> None:
    plan = parse_plan(f'learn_subject(name="{name}", class_noun="{planned}")')
    assert render_plan(taught(plan, PHOTOS, text)) == f'learn_subject(name="{name}", class_noun="{noun}")'


@pytest.mark.parametrize(
    ("planned", "text", "learned"),
    [
        (
            'learn_subject(name="Olive", class_noun="goat")',
            "learn my goat from these",
            'ask_user(question="What shall I call it, and what is it: a dog, a mug, a style?")',
        ),
        (
            'learn_subject(name="Olive", class_noun="goat")',
            "learn my goat Oliv from these",
            'learn_subject(name="Oliv", class_noun="goat")',
        ),
        (
            'learn_style(name="dusty")',
            "save the look of these as chalky, no, the name is dusty",
            'learn_style(name="dusty")',
        ),
        (
            'learn_style(name="dusty")',
            "save the look of these as chalky, the name of our street is Dusty",
            'learn_style(name="chalky")',
        ),
        (
            'learn_subject(name="I", class_noun="goat")',
            "here is my goat, I call her Olive, learn her",
            'learn_subject(name="Olive", class_noun="goat")',
        ),
    ],
)
def test_a_name_is_one_that_was_said(planned: str, text: str, learned: str) -> None:
    assert render_plan(taught(parse_plan(planned), PHOTOS, text)) == learned


def test_nobody_is_called_i() -> None:
    asks = parse_plan('ask_user(question="Please attach photos of the goat.")')
    assert "What shall I call it" in render_plan(taught(asks, PHOTOS, "here is my goat, that one is called I forgot"))
    named = taught(asks, PHOTOS, "here is my goat, called Olive, that one is called I forgot")
    assert render_plan(named) == 'learn_subject(name="Olive", class_noun="goat")'


def test_a_translated_name_may_have_lost_its_letters() -> None:
    planned = 'learn_subject(name="Olive", class_noun="goat")'
    assert render_plan(taught(parse_plan(planned), PHOTOS, "learn my goat", translated=True)) == planned


@pytest.mark.parametrize(
    ("text", "planned", "noun"),
    [
        ("learn Olive, an elegant elephant", "elegance elephant", "elephant"),
        ("learn Olive, our elephant", "grey elephant", "elephant"),
        # Said in full, or with another last word.
        ("learn Olive, our grey elephant", "grey elephant", "grey elephant"),
        ("learn Olive, my tea cosy", "tea pot", "tea pot"),
    ],
)
def test_a_noun_keeps_only_what_was_said_of_it(text: str, planned: str, noun: str) -> None:
    plan = parse_plan(f'learn_subject(name="Olive", class_noun="{planned}")')
    assert render_plan(taught(plan, PHOTOS, text)) == f'learn_subject(name="Olive", class_noun="{noun}")'


@pytest.mark.parametrize(
    ("order", "named"),
    [
        ("use it for a picture of Ada at sea", "a picture of Ada at sea, in mold"),
        ("please use that style for Ada at sea", "Ada at sea, in mold"),
        ("try it on Ada", "Ada, in mold"),
        ("use that look on my dog. Then forget it", "my dog, in mold. Then forget it"),
        ("do a picture of Ada in that same look", "do a picture of Ada in mold"),
        ("use it for everything from now on", "use it for everything from now on"),
        ("use it for good", "use it for good"),
        ("don't use it for Ada", "don't use it for Ada"),
        ("I'd use it for Ada", "I'd use it for Ada"),
        ("use a pot for Ada", "use a pot for Ada"),
    ],
)
def test_what_a_new_style_is_used_for_is_drawn_in_it(order: str, named: str) -> None:
    (step,) = parse_plan('learn_style(name="mold")').steps
    assert isinstance(step, LearnStyle)
    assert by_name(order, step) == named
