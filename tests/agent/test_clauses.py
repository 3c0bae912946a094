"""A list of orders is told apart from a story, and each order knows what the ones before it made."""

from __future__ import annotations

import pytest

from limner.agent.clauses import clauses, one_by_one
from limner.agent.plan import Forget, MemoryLine, Plan, PlanContext, SetPreference, parse_plan, render_plan

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
        (
            "Three jobs please: 1) Rufus at sea 2) a clip of Rufus, spin",
            ["Rufus at sea", "a clip of Rufus, spin"],
        ),
        (
            "wipe Nina, then a fresh one of Rufus at sea, then bin the felt style",
            ["wipe Nina", "a fresh one of Rufus at sea", "bin the felt style"],
        ),
        ("draw Nina, and then Rufus racing a train", ["draw Nina", "Rufus racing a train"]),
    ],
)
def test_orders_are_told_apart(text: str, orders: list[str]) -> None:
    assert clauses(text, ("Rufus", "Nina")) == orders


@pytest.mark.parametrize(
    "text",
    [
        "Rufus barked and then he fell into the pond. draw that",
        'a poster that says "then make it spin" with Rufus',
        "draw Rufus at 3.30 in the morning",
        "I love Rufus. He is a good dog",
        "first he barked, then he ran into the sea and then we laughed",
        "draw Rufus and forget the hat",
        "I wonder what he'd look like at sea. So learn him, and then show us!",
        "Rufus barked and then Rufus fell into the pond",
        "Rufus on the beach, remember that day we met",
        "you know I love it when everything is colorful. remember that ok?",
        "I hate letters in pictures, note that for good. And Rufus at sea",
        "In the two pictures 1) is Rufus and 2) is Nina",
        "Rufus and Nina in the park",
    ],
)
def test_a_story_and_a_quoted_order_stay_whole(text: str) -> None:
    assert clauses(text, ("Rufus", "Nina")) == [text]


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


def test_what_was_just_learnt_is_said_by_its_name_and_known_to_the_next_order() -> None:
    seen: list[tuple[PlanContext, str]] = []

    def plan(context: PlanContext, order: str) -> Plan:
        seen.append((context, order))
        learn = 'learn_style(name="felt")' if "look" in order else 'learn_motion(name="twirl")'
        return parse_plan(learn if len(seen) % 2 else 'generate_image(prompt="Rufus")')

    clip = CONTEXT.model_copy(update={"attachments": "1 clip"})
    one_by_one(plan, clip, "save this as twirl, then animate Rufus doing it on a hill")
    assert seen[1][1] == "animate Rufus doing the twirl on a hill"
    assert seen[1][0].motions == ("spin", "twirl") and not seen[1][0].attachments
    photos = CONTEXT.model_copy(update={"attachments": "4 images"})
    one_by_one(plan, photos, "learn the look of these as felt, then do Rufus in that same style at sea")
    assert seen[3][1] == "do Rufus in felt at sea"
    assert seen[3][0].styles == ("felt",)


def test_an_order_that_needs_a_question_leaves_the_request_whole() -> None:
    ask = parse_plan('ask_user(question="Which?")')
    assert one_by_one(lambda context, order: ask, CONTEXT, "draw it, then make it spin") is None


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("wipe Nina, note down that Rufus hates rain, and after that paint Rufus", "Rufus hates rain"),
        ("draw Rufus in a cart, then spin it. Oh, and for good: no captions please", "for good: no captions please"),
        (
            "Three things. (a) Rufus at sea. (b) Rufus at home. (c) no more frames, permanently",
            "no more frames, permanently",
        ),
        ("paint Rufus at chess, and note for the future that he plays white", "Rufus plays white"),
    ],
)
def test_a_wish_among_orders_is_kept_word_for_word(text: str, wish: str) -> None:
    orders: list[str] = []

    def plan(context: PlanContext, order: str) -> Plan:
        orders.append(order)
        return parse_plan(f'generate_image(prompt="Rufus {len(orders)}", subjects=["Rufus"])')

    planned = one_by_one(plan, CONTEXT, text)
    assert planned is not None
    assert [step.text for step in planned.steps if isinstance(step, SetPreference)] == [wish]
    assert not any(wish[-6:] in order for order in orders)


def test_what_was_wished_for_everything_is_drawn_so_at_once() -> None:
    def plan(context: PlanContext, order: str) -> Plan:
        wish = 'set_preference(text="always use felt")' if "felt" in order else 'set_preference(text="no felt hats")'
        return parse_plan(wish if "want" in order else 'generate_image(prompt="Rufus", subjects=["Rufus"])')

    context = CONTEXT.model_copy(update={"styles": ("felt", "ink")})
    planned = one_by_one(plan, context, "From now on I want everything in felt; draw Rufus")
    assert planned is not None and render_plan(planned).endswith('subjects=["Rufus"], styles=["felt"])')
    planned = one_by_one(plan, context, "From now on I want no hats; draw Rufus")
    assert planned is not None and render_plan(planned).endswith('subjects=["Rufus"])')
    planned = one_by_one(plan, context, "use what I want, felt, from now on. And draw Rufus, then draw Rufus")
    assert planned is not None and render_plan(planned).endswith('subjects=["Rufus"])')


def test_an_order_that_can_mean_nothing_else_needs_no_model() -> None:
    orders: list[str] = []

    def plan(context: PlanContext, order: str) -> Plan:
        orders.append(order)
        return parse_plan('generate_image(prompt="Rufus at sea", subjects=["Rufus"])')

    context = CONTEXT.model_copy(update={"styles": ("felt",)})
    text = "Wipe Rufus from your records, then paint him at sea, then bin the felt style for good"
    planned = one_by_one(plan, context, text)
    assert planned is not None and orders == ["paint him at sea"]
    assert [step.what for step in planned.steps if isinstance(step, Forget)] == ["Rufus", "felt"]


def test_a_change_keeps_what_it_changes() -> None:
    changes = {"give": "add smiley faces", "turn": "turn the water purple", "get": "remove the hat"}

    def plan(context: PlanContext, order: str) -> Plan:
        if order.startswith("draw"):
            return parse_plan('generate_image(prompt="Rufus juggling lemons", subjects=["Rufus"])')
        return parse_plan(f'edit_image(image_ref="img-9000", instruction="{changes[order.split()[0]]}")')

    for order, change in (
        ("give the lemons smiley faces in that same picture", "give the lemons smiley faces"),
        ("turn the water purple", "turn the water purple"),
        ("get rid of the hat", "remove the hat"),
    ):
        planned = one_by_one(plan, CONTEXT, f"draw Rufus juggling lemons, then {order}")
        assert planned is not None
        assert render_plan(planned).endswith(f'edit_image(image_ref="last", instruction="{change}")')


def test_a_clip_in_a_place_of_its_own_is_not_of_the_picture_before() -> None:
    def plan(context: PlanContext, order: str) -> Plan:
        if order.startswith("draw"):
            return parse_plan('generate_image(prompt="Rufus in a hat", subjects=["Rufus"])')
        return parse_plan('animate(prompt="Rufus in a hat", subjects=["Rufus"], motion="spin", image_ref="img-9000")')

    own = one_by_one(plan, CONTEXT, "draw Rufus in a hat, then animate him doing the spin on a beach")
    assert own is not None and render_plan(own).endswith(
        '(prompt="Rufus on a beach", subjects=["Rufus"], motion="spin")'
    )
    for text in ("draw Rufus in a hat, then let it spin on a beach", "draw Rufus in a hat, then animate him in a loop"):
        same = one_by_one(plan, CONTEXT, text)
        assert same is not None and render_plan(same).endswith('motion="spin", image_ref="last")'), text


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


@pytest.mark.parametrize(
    ("text", "orders"),
    [
        (
            "Nina's coat is yellow, save that. Draw Nina in the rain",
            ["Nina's coat is yellow, save that", "Draw Nina in the rain"],
        ),
        ("Rufus limps, please remember this. Then draw him", ["Rufus limps, please remember this", "draw him"]),
        ("draw Rufus in a barn. Once he's drawn, make him spin", ["draw Rufus in a barn", "make him spin"]),
        (
            "draw Rufus, and once it is done, swap his hat for a cap",
            ["draw Rufus", "swap his hat for a cap"],
        ),
        ("draw Rufus. darken the sky. crop it", ["draw Rufus", "darken the sky", "crop it"]),
        (
            "ok three things. Rufus at sea. then draw Nina at home. then a clip of Rufus",
            ["Rufus at sea", "draw Nina at home", "a clip of Rufus"],
        ),
        (
            "Two jobs: draw Rufus, then make him spin",
            ["draw Rufus", "make him spin"],
        ),
        ("I want three things. draw Rufus, then bin the felt style", ["draw Rufus", "bin the felt style"]),
        # A heading of nothing.
        ("three things: I love Rufus and Nina", ["three things: I love Rufus and Nina"]),
        ("Three things about Rufus. He is red. Then he ran", ["Three things about Rufus. He is red. Then he ran"]),
        ("Draw Rufus at sea! Forget the felt style", ["Draw Rufus at sea", "Forget the felt style"]),
        ("draw Rufus, then make Nina spin and let", ["draw Rufus", "make Nina spin"]),
        ("draw Rufus and then let Nina sing and", ["draw Rufus", "let Nina sing"]),
        # Nothing to be kept, done or let.
        ("Nina laughs, keep it. It was nice", ["Nina laughs, keep it. It was nice"]),
        ("once he is ready, Rufus goes to sea", ["once he is ready, Rufus goes to sea"]),
        ("once he's drawn a card, Rufus laughs", ["once he's drawn a card, Rufus laughs"]),
        ("draw Rufus and let him run, then draw Nina", ["draw Rufus and let him run", "draw Nina"]),
    ],
)
def test_a_wish_behind_and_what_comes_once_it_is_done_are_orders(text: str, orders: list[str]) -> None:
    assert clauses(text, ("Rufus", "Nina")) == orders


FIDDLE = 'generate_image(prompt="Rufus playing the violin", subjects=["Rufus"])'
BOTH = PlanContext(subjects={"Rufus": "dog", "Nina": "girl"}, styles=("felt", "ink"), motions=("spin",))


def in_turn(text: str, first: str, second: str, context: PlanContext = BOTH) -> list[str]:
    plans = iter((first, second))
    planned = one_by_one(lambda context, order: parse_plan(next(plans)), context, text)
    assert planned is not None
    return render_plan(planned).splitlines()


@pytest.mark.parametrize(
    "order",
    ["swap his violin for a trumpet", "brighten the sky", "take off his bow tie", "put a hat on him", "change the sky"],
)
def test_what_was_just_made_is_changed_and_not_drawn_anew(order: str) -> None:
    anew = 'generate_image(prompt="Rufus with a trumpet", subjects=["Rufus"])'
    edit = f'edit_image(image_ref="last", instruction="{order}")'
    assert in_turn(f"draw Rufus playing the violin, then {order}", FIDDLE, anew) == [FIDDLE, edit]


@pytest.mark.parametrize(
    ("order", "second"),
    [
        ("replace the violin with Nina", 'generate_image(prompt="Nina", subjects=["Nina"])'),
        ("put Rufus on a boat", 'generate_image(prompt="Rufus on a boat", subjects=["Rufus"])'),
        ("draw Nina with a trumpet", 'generate_image(prompt="Nina with a trumpet", subjects=["Nina"])'),
        ("change places", 'generate_image(prompt="Nina", subjects=["Nina"])'),
    ],
)
def test_another_picture_is_no_change(order: str, second: str) -> None:
    assert in_turn(f"draw Rufus playing the violin, then {order}", FIDDLE, second) == [FIDDLE, second]


HOME = 'generate_image(prompt="Rufus at home", subjects=["Rufus"], styles=["felt"])'
SEA = 'generate_image(prompt="Nina at sea", subjects=["Nina"], styles=["felt"])'


def test_a_style_stays_with_its_clause() -> None:
    text = "draw Rufus at home in felt, then draw Nina at sea"
    assert in_turn(text, HOME, SEA) == [HOME, SEA.replace(', styles=["felt"]', "")]
    clip = 'animate(prompt="Nina at sea", subjects=["Nina"], styles=["felt"], motion="spin", image_ref="img-9000")'
    own = 'animate(prompt="Nina at sea", subjects=["Nina"], motion="spin")'
    assert in_turn("draw Rufus at home in felt, then animate Nina at sea", HOME, clip) == [HOME, own]


@pytest.mark.parametrize(
    "order",
    ["draw Nina at sea too", "draw Nina at sea in the same style", "draw Nina at sea in felt", "draw it with Nina"],
)
def test_a_style_that_is_shared_goes_on(order: str) -> None:
    assert in_turn(f"draw Rufus at home in felt, then {order}", HOME, SEA) == [HOME, SEA]


def test_a_style_of_who_is_drawn_again_or_of_memory_goes_on() -> None:
    again = SEA.replace("Nina", "Rufus")
    assert in_turn("draw Rufus at home in felt, then draw Rufus at sea", HOME, again) == [HOME, again]
    memory = BOTH.model_copy(update={"memory": (MemoryLine(id="m1", text="I like felt best"),)})
    assert in_turn("draw Rufus at home in felt, then draw Nina at sea", HOME, SEA, memory) == [HOME, SEA]


@pytest.mark.parametrize(
    ("text", "orders"),
    [
        ("Rufus in a boat, then Ada in a tree, both in felt", ["Rufus in a boat", "Ada in a tree"]),
        ("Rufus at sea, then Ada in a tub, all of them in the sea glass style.", ["Rufus at sea", "Ada in a tub"]),
        ("Rufus in felt, then Ada in ink, both in the rain", ["Rufus in felt", "Ada in ink, both in the rain"]),
        ("Rufus at sea, then Ada in a tub, both in pyjamas", ["Rufus at sea", "Ada in a tub, both in pyjamas"]),
        ("Rufus at sea, then both in felt", ["Rufus at sea", "both in felt"]),
        ("scrap the felt style for good. n gimme Ada at sea", ["scrap the felt style for good", "gimme Ada at sea"]),
        ("forget felt. Btw draw Ada", ["forget felt", "draw Ada"]),
        ("Draw Ada. Oh, and draw Rufus", ["Draw Ada", "draw Rufus"]),
        (
            "draw Ada at sea, gimme Rufus in a tree, and give me a hill",
            ["draw Ada at sea", "gimme Rufus in a tree", "give me a hill"],
        ),
        ("Ada in a boat. Rufus should then do it", ["Ada in a boat. Rufus should then do it"]),
        ("Ada must then draw a map", ["Ada must then draw a map"]),
        ("draw Ada with a bin and give her a hat", ["draw Ada with a bin and give her a hat"]),
    ],
)
def test_asides_verbs_and_what_is_said_of_both_part_no_orders(text: str, orders: list[str]) -> None:
    assert clauses(text, ("Rufus", "Ada"), ("felt", "sea glass")) == orders


@pytest.mark.parametrize(
    ("text", "orders"),
    [
        ("Scrap felt for good; Ada at sea", ["Scrap felt for good", "Ada at sea"]),
        ("bin the felt style for good. Ada in a tree please", ["bin the felt style for good", "Ada in a tree please"]),
        ("Felt can go. Rufus at sea", ["Felt can go", "Rufus at sea"]),
        ("erase what you know of Ada! I want Rufus at sea", ["erase what you know of Ada", "I want Rufus at sea"]),
        ("Felt can go. Oh, and Rufus at sea", ["Felt can go", "Rufus at sea"]),
        # Why, something else that is thrown away, or not in the first sentence.
        ("bin felt for good. I never use it", ["bin felt for good. I never use it"]),
        ("Felt can go. It's ugly!", ["Felt can go. It's ugly!"]),
        ("Ada can go. We broke up.", ["Ada can go. We broke up"]),
        ("bin the hat for good. Ada at sea", ["bin the hat for good. Ada at sea"]),
        ("Ada's mum said felt can go. Ada at sea", ["Ada's mum said felt can go. Ada at sea"]),
        ("bin felt for good", ["bin felt for good"]),
    ],
)
def test_a_first_sentence_that_gives_something_up_stands_alone(text: str, orders: list[str]) -> None:
    assert clauses(text, ("Rufus", "Ada"), ("felt", "sea glass")) == orders


@pytest.mark.parametrize(
    ("text", "orders"),
    [
        ("draw Ada at sea, then in felt", ["draw Ada at sea, in felt"]),
        ("draw Ada, then draw Rufus, then in the sea glass style", ["draw Ada", "draw Rufus, in the sea glass style"]),
        ("1) Ada at sea 2) Rufus 3) using felt", ["Ada at sea", "Rufus, using felt"]),
        ("draw Ada, then draw Rufus in felt", ["draw Ada", "draw Rufus in felt"]),
        ("1) in felt 2) Ada at sea", ["in felt", "Ada at sea"]),
        ("1) Ada at sea 2) in felt boots", ["Ada at sea", "in felt boots"]),
        ("1) Ada at sea 2) in the rain", ["Ada at sea", "in the rain"]),
    ],
)
def test_a_style_alone_is_no_order(text: str, orders: list[str]) -> None:
    assert clauses(text, ("Rufus", "Ada"), ("felt", "sea glass")) == orders


@pytest.mark.parametrize(
    ("text", "orders"),
    [
        ("1) Ada hates rain 2) write that down 3) Ada at sea", ["Ada hates rain", "Ada at sea"]),
        ("1) Ada hates rain 2) please note it down. 3) draw her", ["Ada hates rain", "draw her"]),
        ("1) Ada hates rain 2) keep that in mind 3) Ada at sea", ["Ada hates rain", "Ada at sea"]),
        ("1) Ada hates rain 2) make a note of that 3) Ada at sea", ["Ada hates rain", "Ada at sea"]),
        ("1) write that down in red 2) Ada at sea", ["write that down in red", "Ada at sea"]),
        ("1) remember that Ada hates rain 2) Ada at sea", ["remember that Ada hates rain", "Ada at sea"]),
        ("1) note the rain 2) Ada at sea", ["note the rain", "Ada at sea"]),
    ],
)
def test_to_write_that_down_is_no_order_of_its_own(text: str, orders: list[str]) -> None:
    assert clauses(text, ("Rufus", "Ada"), ("felt",)) == orders


def test_a_style_of_others_leaves_a_clip_of_one_of_them() -> None:
    felt = 'generate_image(prompt="Rufus at home", subjects=["Rufus"], styles=["felt"])'
    bare = 'generate_image(prompt="Nina at sea", subjects=["Nina"])'
    clip = 'animate(prompt="Nina spinning", subjects=["Nina"], styles=["felt"], motion="spin")'
    plans = iter((felt, bare, clip))
    text = "draw Rufus at home in felt, then draw Nina at sea, then animate Nina spinning"
    planned = one_by_one(lambda context, order: parse_plan(next(plans)), BOTH, text)
    assert planned is not None
    assert render_plan(planned).splitlines() == [felt, bare, clip.replace(', styles=["felt"]', "")]
    # Her own picture was in felt.
    plans = iter((felt.replace("Rufus", "Nina"), bare.replace("Nina", "Rufus"), clip))
    text = "draw Nina at home in felt, then draw Rufus at sea, then animate Nina spinning"
    planned = one_by_one(lambda context, order: parse_plan(next(plans)), BOTH, text)
    assert planned is not None and render_plan(planned).splitlines()[-1] == clip


def test_an_order_without_a_style_has_its_own_scene() -> None:
    tractor = 'generate_image(prompt="Rufus on a tractor", subjects=["Rufus"])'
    tub = 'generate_image(prompt="Nina in a bathtub", subjects=["Nina"])'
    strayed = tractor.replace("Rufus", "Nina")
    for end in ("", ", no style", ", without any style", ", plain"):
        text = f"draw Rufus on a tractor, then draw Nina in a bathtub{end}"
        assert in_turn(text, tractor, strayed) == [tractor, tub], text
    text = "draw Rufus on a tractor, then draw Nina in a bathtub, same style"
    assert in_turn(text, tractor, strayed) == [tractor, strayed]


@pytest.mark.parametrize(
    ("text", "orders"),
    [
        (
            "draw Rufus, note down that Ada hates rain, and then get me Ada at the counter",
            ["draw Rufus", "note down that Ada hates rain", "get me Ada at the counter"],
        ),
        (
            "draw Rufus, remember that Ada hates rain and then show us Ada at sea",
            ["draw Rufus", "remember that Ada hates rain", "show us Ada at sea"],
        ),
        (
            "draw Ada at sea, note that she hates rain, and then she should wave",
            ["draw Ada at sea", "note that she hates rain", "she should wave"],
        ),
        # It goes on with what is to be noted.
        ("note down that Ada fell and then got up", ["note down that Ada fell and then got up"]),
        ("note down that Ada fell and then gets her coat", ["note down that Ada fell and then gets her coat"]),
        ("draw Ada, then draw Rufus next to Ada", ["draw Ada", "draw Rufus next to Ada"]),
        ("draw Ada next to Rufus", ["draw Ada next to Rufus"]),
    ],
)
def test_what_is_ordered_behind_a_wish_is_an_order(text: str, orders: list[str]) -> None:
    assert clauses(text, ("Rufus", "Ada"), ("felt",)) == orders


@pytest.mark.parametrize(
    ("text", "orders"),
    [
        ("Felt can go. Ada at sea", ["Felt can go", "Ada at sea"]),
        ("Felt can go. Nobody at sea", ["Felt can go", "Nobody at sea"]),
        ("Felt can go. Actually, keep it", ["Felt can go. Actually, keep it"]),
        ("Felt can go. Wait, no", ["Felt can go. Wait, no"]),
        ("bin felt for good. Hang on, I like it", ["bin felt for good. Hang on, I like it"]),
        ("Felt can go. Never mind", ["Felt can go. Never mind"]),
    ],
)
def test_a_second_thought_stays_with_what_was_given_up(text: str, orders: list[str]) -> None:
    assert clauses(text, ("Rufus", "Ada"), ("felt",)) == orders


def taught_then(text: str, *learnt: str) -> str:
    """The last order as it is planned behind those that teach."""
    seen: list[str] = []

    def plan(context: PlanContext, order: str) -> Plan:
        seen.append(order)
        return parse_plan(learnt[len(seen) - 1] if len(seen) <= len(learnt) else 'generate_image(prompt="a hill")')

    one_by_one(plan, CONTEXT.model_copy(update={"attachments": "4 images"}), text)
    return seen[-1]


OLGA = 'learn_subject(name="Olga", class_noun="donkey")'


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("learn my donkey Olga, then draw her at sea", "draw Olga at sea"),
        ("learn my donkey Olga, then make a picture of her on a hill", "make a picture of Olga on a hill"),
        ("learn my donkey Olga, then animate it", "animate Olga"),
        ("learn my donkey Olga, then draw a hill for her", "draw a hill for her"),
        ("learn my donkey Olga, then draw herds of donkeys", "draw herds of donkeys"),
    ],
)
def test_who_was_just_taught_is_him_or_her(text: str, order: str) -> None:
    assert taught_then(text, OLGA) == order


def test_of_two_just_taught_or_none_nobody_is_her() -> None:
    text = "learn my donkey Olga, then learn my goat Emmy, then draw her at sea"
    assert taught_then(text, OLGA, OLGA.replace("Olga", "Emmy").replace("donkey", "goat")) == "draw her at sea"
    style = 'learn_style(name="felt")'
    assert taught_then("learn this style as felt, then draw her at sea", style) == "draw her at sea"


@pytest.mark.parametrize(
    ("order", "planned", "change"),
    [
        ("give the hat stripes", "add stripes", "give the hat stripes"),
        ("turn his scarf yellow", "make it yellow", "turn his scarf yellow"),
        ("give the hat stripes", "add stripes to the hat", "add stripes to the hat"),
        ("give him stripes", "add stripes", "add stripes"),
    ],
)
def test_a_change_keeps_to_what_it_is_given(order: str, planned: str, change: str) -> None:
    edit = f'edit_image(image_ref="last", instruction="{planned}")'
    assert in_turn(f"draw Rufus playing the violin, then {order}", FIDDLE, edit) == [
        FIDDLE,
        edit.replace(planned, change),
    ]
