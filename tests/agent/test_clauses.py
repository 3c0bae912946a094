"""A list of orders is told apart from a story, and each order knows what the ones before it made."""

from __future__ import annotations

import pytest

from limner.agent.clauses import clauses, one_by_one
from limner.agent.plan import Plan, PlanContext, parse_plan, render_plan

CONTEXT = PlanContext(subjects={"Rufus": "dog"}, motions=("spin",))


@pytest.mark.parametrize(
    ("text", "orders"),
    [
        ("Draw Rufus, then give him a bow, and then make him spin", ["Draw Rufus", "give him a bow", "make him spin"]),
        ("1) Rufus at sea 2) Rufus at home", ["Rufus at sea", "Rufus at home"]),
        ("zeichne Rufus, dann mach den Himmel rot", ["zeichne Rufus", "mach den Himmel rot"]),
        ("dessine Rufus puis anime-le", ["dessine Rufus", "anime-le"]),
        ("I prefer ink for hills; show me a valley", ["I prefer ink for hills", "show me a valley"]),
        ("first a hill, after that Rufus, and to finish a clip of him", ["a hill", "Rufus", "a clip of him"]),
        (
            "throw away the felt style, draw Rufus in a cart, and from now on keep all pictures wide",
            ["throw away the felt style", "draw Rufus in a cart", "from now on keep all pictures wide"],
        ),
        (
            "remember that Rufus hates pink. draw him at a party. and draw Nina at school",
            ["remember that Rufus hates pink", "draw him at a party", "draw Nina at school"],
        ),
        ("Remember Rufus hates rain. Draw him at sea", ["Remember Rufus hates rain", "Draw him at sea"]),
    ],
)
def test_orders_are_told_apart(text: str, orders: list[str]) -> None:
    assert clauses(text) == orders


@pytest.mark.parametrize(
    "text",
    [
        "Rufus barked and then he fell into the pond. draw that",
        'a poster that says "then make it spin" with Rufus',
        "draw Rufus at 3.30 in the morning",
        "I love Rufus. He is a good dog",
        "first he barked, then he ran into the sea and then we laughed",
        "draw Rufus and forget the hat",
        "Rufus and Nina in the park",
    ],
)
def test_a_story_and_a_quoted_order_stay_whole(text: str) -> None:
    assert clauses(text) == [text]


def test_each_order_is_planned_with_the_picture_before_it_as_its_past() -> None:
    seen: list[PlanContext] = []

    def plan(context: PlanContext, order: str) -> Plan:
        seen.append(context)
        if order.startswith("draw"):
            return parse_plan('generate_image(prompt="Rufus", subjects=["Rufus"])')
        return parse_plan(
            f'animate(prompt="Rufus", subjects=["Rufus"], motion="spin", image_ref="{seen[-1].history[-1].result}")'
        )

    planned = one_by_one(plan, CONTEXT, "draw Rufus, then make him spin")
    assert planned is not None
    assert render_plan(planned).endswith('motion="spin", image_ref="last")')
    assert seen[1].history[-1].user == "draw Rufus"


def test_what_an_order_teaches_is_known_to_the_next() -> None:
    seen: list[PlanContext] = []

    def plan(context: PlanContext, order: str) -> Plan:
        seen.append(context)
        return parse_plan(
            'learn_subject(name="Olga", class_noun="donkey")' if len(seen) == 1 else 'generate_image(prompt="Olga")'
        )

    one_by_one(plan, CONTEXT.model_copy(update={"attachments": "4 images"}), "learn my donkey Olga, then draw her")
    assert seen[1].subjects == {"Rufus": "dog", "Olga": "donkey"}
    assert seen[1].attachments == ""
    assert seen[1].referents["her"] == "Olga"


def test_a_motion_just_learnt_is_left_to_the_whole_request() -> None:
    learn = parse_plan('learn_motion(name="pirouette")')
    assert one_by_one(lambda context, order: learn, CONTEXT, "save this as twirl, then animate him doing it") is None


def test_an_order_that_needs_a_question_leaves_the_request_whole() -> None:
    ask = parse_plan('ask_user(question="Which?")')
    assert one_by_one(lambda context, order: ask, CONTEXT, "draw it, then make it spin") is None


def test_a_list_that_teaches_a_style_is_planned_as_a_whole_at_once() -> None:
    def never(context: PlanContext, order: str) -> Plan:
        raise AssertionError(order)

    context = PlanContext(attachments="3 images", subjects={"Rex": "dog"})
    assert one_by_one(never, context, "learn this style as felt, then draw Rex with it, then make it bounce") is None


def test_what_was_just_drawn_is_set_in_motion_whoever_was_spoken_of_before() -> None:
    def plan(context: PlanContext, order: str) -> Plan:
        if order.startswith("draw"):
            return parse_plan('generate_image(prompt="a dragon and a castle", styles=["flat"])')
        return parse_plan('animate(prompt="Rufus at sea", subjects=["Rufus"], motion="spin", image_ref="img-1")')

    planned = one_by_one(plan, CONTEXT, "draw a dragon and a castle, then make them spin")
    assert planned is not None
    assert render_plan(planned).splitlines() == [
        'generate_image(prompt="a dragon and a castle", styles=["flat"])',
        'animate(prompt="a dragon and a castle", styles=["flat"], motion="spin", image_ref="last")',
    ]
