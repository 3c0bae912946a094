"""What is said without wanting a picture: wishes to keep, questions about the past, erasing, small talk, refusals."""

# ruff: noqa: E501  (tables of phrasings are read a phrasing at a time, not wrapped)

from __future__ import annotations

from limner.agent.english import article
from limner.agent.llm.recipes.catalogue import Draft, distract, new_draft, past_turn
from limner.agent.llm.recipes.example import Piece
from limner.agent.llm.recipes.grammar import Writer
from limner.agent.llm.recipes.scenes import scene
from limner.agent.llm.recipes.words import nouns, words
from limner.agent.plan import Answer, Forget, Recall, SetPreference, Step

FACT = (
    "{n} loves [popcorn|cheese|swimming|the snow|cardboard boxes|long walks]", "{n}'s [birthday is in|name day is in] [May|June|March]",
    "{n}'s [eyes|fur|hair|car|hat|bike|bag|tail|collar] [is|are] {c}", "{n} always wears {w}", "{n} is afraid of [water|thunder|cats|balloons|heights]",
    "{n} hates [baths|rain|hats|snow|mornings|{c}]", "my favo[u|]rite colo[u|]r is {c}", "{n} has [a white spot on the chest|one blue eye|a long tail|three legs|short hair]",
    "i like [pastel colors|dark backgrounds|soft light|bright colors|minimal scenes|wide shots|close-ups|flowers|thick outlines]",
    "i prefer {s}[| for portraits| for cards| for animals| for cities| for posters| for landscapes]",
    "i [don't like|hate|can't stand|dislike] [text in images|busy backgrounds|harsh shadows|borders|neon colors|crowds|watermarks|spiders|lens flares|clutter]",
    "i live in [Lisbon|Berlin|Lima|Oslo|Delhi]", "{n} is [my best friend|very tall|shy|fluffy|a troublemaker|seven years old|left-handed]",
    "{n}'s favo[u|]rite [toy|place|food|game] is [a ball|the park|cheese|hide and seek|the sofa]", "{n} turns [three|ten|thirty] next [week|month]",
)  # fmt: skip
KEEP = (
    "remember that {f}", "{f}, remember that", "note that {f}", "please remember {f}", "keep in mind that {f}", "by the way {f}", "fyi {f}",
    "for the future: {f}", "don't forget that {f}", "just so you know, {f}", "{f}. keep that in mind", "make a note: {f}", "you should know {f}", "{f}",
    "{f}, [ok|just saying|don't forget]", "never forget: {f}", "memo: {f}",
)  # fmt: skip
RULE = (
    "make {k} [images|pictures]", "use {s}", "give me {k} options", "make [square|vertical|wide] images", "use [soft light|warm light|pastel colors|dark colors]",
    "keep backgrounds plain", "add a border", "avoid [text|crowds|red|clutter|shadows]", "draw {n} with {w}", "include a sunset", "use the {s} style",
)  # fmt: skip
ALWAYS = (
    "from now on [always |please |]{f}", "always {f}", "in the future {f}", "by default {f}", "i want you to always {f}", "{f} every time",
    "going forward {f}", "make it a rule to {f}", "unless i say otherwise, {f}", "starting today {f}", "set the default: {f}", "{f}, from now on",
)  # fmt: skip
ABOUT = (
    "what do you [remember|know] about {q}[?|]", "tell me [all |]about {q}", "who is {q}?", "what have i told you about {q}", "do you know anything about {q}",
    "remind me what you know about {q}", "what's in your memory [for|about] {q}", "anything saved on {q}?", "what did i say about {q}", "list the facts on {q}",
    "don't draw, just tell me what you remember about {q}", "is {q} in your notes", "do you still remember {q}?", "show me your notes on {q}",
)  # fmt: skip
PAST = (
    "[what|which] {x} did i say i like", "what is my {x}", "do you remember my {x}", "what did i say about {x}", "which {x} do i like", "tell me my {x}",
    "what do you have on my {x}", "remind me of my {x}", "did i ever mention {x}", "what {x} did i [use|ask for|pick] [last week|yesterday|on Monday|last time]",
)  # fmt: skip
WHEN = (
    "what did we [make|draw|do] {t}",
    "what did i ask [you |]for {t}",
    "which pictures did i like {t}",
    "list everything [from|you drew] {t}",
    "how many pictures did i make {t}",
)
TOPICS = [
    "favorite colors",
    "favorite style",
    "preferences",
    "default count",
    "birthday",
    "pets",
    "favorite place",
    "last order",
    "hobbies",
    "favorite food",
    "family",
    "image size",
    "dislikes",
    "colours",
    "styles",
    "seeds",
]
ERASED = (
    "forget {x}", "delete {x}", "forget [all |everything |]about {x}", "remove {x} from [your|the] memory", "please forget {x}", "erase {x}",
    "you can drop {x}", "don't remember {x} anymore", "wipe {x}", "get rid of {x}", "clear everything on {x}", "delete everything you know about {x}",
    "erase every trace of {x}", "throw {x} away", "stop remembering {x}", "i want {x} gone", "unlearn {x}", "remove {x}",
)  # fmt: skip
THANKS = (
    "thanks[!|]", "thank you[ so much|]", "thanks a lot", "great, thanks", "perfect[!|]", "love it", "awesome", "that's [beautiful|lovely|great|cute]", "nice one", "cool",
    "good job", "wow amazing", "looks great", "well done", "you're the best", "so cute", "ok", "great", "haha", "exactly what i wanted", "wonderful, thank you", "ty", "good bot",
)  # fmt: skip
HELLO = (
    "hi[|!|there]",
    "hello",
    "hey there",
    "good morning",
    "hi, how are you",
    "good evening",
    "yo",
    "hey, anyone there?",
    "bye",
    "good night",
    "see you tomorrow",
)
HELP = (
    "what can you do[?|]", "help", "how does this work", "what are you able to do", "how do i use this", "what are my options", "who are you", "what is this",
    "can you draw?", "how do i teach you a style", "what do you need to learn a subject", "which styles are there", "can you animate too?",
)  # fmt: skip
OFF_TOPIC = (
    "what is the capital of [france|peru|japan]", "tell me a joke", "what time is it", "do you like music", "how old are you", "is it going to rain tomorrow", "who won the game",
    "what's 2+2", "are you human", "write me a python script", "what's the meaning of life", "book me a flight", "i'm bored", "lol", "how tall is everest", "should i buy bitcoin",
    "how's the weather on [the moon|venus]", "translate hello to spanish", "what's on tv", "call my mum", "send an email to bob", "how do i cook rice", "i had a bad day", "do my homework",
    "who is the president", "what's the news", "sing me a song", "tell me a story about {n}", "recommend a movie", "when was the war", "is {n} cute", "how much is a pizza",
)  # fmt: skip
UNSAFE = (
    "draw {n} naked", "[make|draw] {n} [nude|without clothes|topless]", "a sexy picture of {n}", "{n} undressed[ in bed|]", "draw porn", "show {n} being tortured", "draw {n} beheaded",
    "{n} in lingerie, explicit", "make a picture of {n} killing [people|kids]", "draw {n} hanging from a rope, dead", "nsfw [pic|picture] of {n}", "draw how to build a bomb", "gore of {n}, lots of blood",
)  # fmt: skip


def fact_or_rule(w: Writer, draft: Draft) -> Piece:
    name = w.pick(list(draft.subjects)) if draft.subjects else "i"
    slots = {
        "n": name,
        "s": w.pick(draft.styles or ["soft light"]),
        "c": w.pick(words("scene", "colour")),
        "k": str(w.pick([2, 3, 4, 5])),
        "w": article(w.fill("[red|blue|green|tiny|long] [scarf|hat|bow|tie|bell]")),
    }
    if w.chance(0.6):
        fact = w.say([one for one in FACT if "{n}" not in one] if name == "i" else FACT, **slots)
        return Piece(w.say(KEEP, f=fact), [SetPreference(text=fact)])
    rule = w.say(RULE if draft.subjects else RULE[:8], **slots)
    return Piece(w.say(ALWAYS, f=rule), [SetPreference(text=f"always {rule}")])


def keeping(w: Writer) -> tuple[Draft, Piece]:
    draft = new_draft(w, 0, 4)
    return draft, fact_or_rule(w, draft)


def asking(w: Writer) -> tuple[Draft, Piece]:
    draft = new_draft(w, 0, 4)
    distract(w, draft)
    roll = w.rng.random()
    if draft.subjects and roll < 0.5:
        name = w.pick(list(draft.subjects))
        return draft, Piece(w.say(ABOUT, q=name), [Recall(query=name)])
    if roll < 0.7:
        when = w.pick(
            ["yesterday", "last week", "on Monday", "last month", "in October", "today", "this morning", "two days ago"]
        )
        text = w.say(WHEN, t=when)
        return draft, Piece(text, [Recall(query=text.rstrip("?"))])
    topic = w.pick(TOPICS)
    if w.chance(0.3) and draft.subjects:
        topic = (
            f"{w.pick(list(draft.subjects))}'s {w.pick(['birthday', 'favorite food', 'age', 'colour', 'best friend'])}"
        )
        return draft, Piece(
            w.fill("[what is|what's|when is|do you know|remind me of] {q}?", q=topic), [Recall(query=topic)]
        )
    return draft, Piece(w.say(PAST, x=topic), [Recall(query=topic)])


def erased(w: Writer, draft: Draft) -> Piece:
    kinds: list[tuple[str, str]] = [(name, name) for name in draft.subjects]
    kinds += [(w.pick([style, f"{style} style", f"the {style} style"]), style) for style in draft.styles[-2:]]
    kinds += [(w.pick([motion, f"the {motion} motion"]), motion) for motion in draft.motions[-1:]]
    mine = w.pick(
        [
            "my birthday",
            "my default style",
            "my address",
            "my preferences",
            "my last request",
            "what i said about hats",
            "the last picture",
            "everything from yesterday",
            "everything",
        ]
    )
    kinds.append((mine, mine))
    chosen = w.rng.sample(kinds, 2) if w.chance(0.15) and len(kinds) > 1 else [w.pick(kinds)]
    text = w.say(ERASED, x=" and ".join(said for said, _ in chosen))
    if w.chance(0.15):
        text += w.pick([", i don't need it", ", not needed anymore", ", i never use it", " please"])
    return Piece(text, [Forget(what=what) for _, what in chosen])


def erasing(w: Writer) -> tuple[Draft, Piece]:
    draft = new_draft(w, 0, 4)
    distract(w, draft)
    return draft, erased(w, draft)


def chatting(w: Writer) -> tuple[Draft, Piece]:
    draft = new_draft(w, 0, 4)
    distract(w, draft)
    if draft.subjects and w.chance(0.4):
        draft.history.append(past_turn(w, draft))
    name = w.pick([*draft.subjects, "my ex", "a famous singer"]) if draft.subjects else "my teacher"
    options, answer = w.rng.choices(
        (
            (THANKS, "You're welcome!"),
            (HELLO, "Hello! What would you like to make?"),
            (HELP, "I learn your subjects, styles and motions, then draw, edit and animate them."),
            (OFF_TOPIC, "I can only help with pictures and animations."),
            (UNSAFE, "I can't make that picture."),
        ),
        (30, 12, 16, 28, 14),
    )[0]
    if w.chance(0.05):
        steps: list[Step] = [Answer(text="I can only help with pictures and animations.")]
        return draft, Piece(
            w.fill("[write an essay about|explain|what do you think about|how do you spell] {s}", s=scene(w).plain),
            steps,
        )
    return draft, Piece(w.say(options, n=name), [Answer(text=answer)])


IDLE = (
    "who [won|invented|discovered|wrote|painted] [the {t}|the world cup|the cold war|the first {t}][ in {y}|]", "how [much|long|big|old|far] is [a {t}|the {t}|the moon|mars]", "should one [eat {t}|buy a {t}|rent or own] at [my age|this time of year]", "where can i [buy|rent|repair] a {t}",
    "why [is|are] [the sky|my {t}|bananas|{t}] so [blue|expensive|loud|slow]", "what's the best {t} [for beginners|under 50 euros|in town]", "[can|could] you [recommend|order|book|find] me a {t}", "when [was|did] [rome|the {t}|napoleon|my bus] [founded|leave|die|start]",
    "[what|which] {t} should i [buy|wear|cook|read]", "how do i [fix|clean|fold|pronounce|grow] a {t}", "spin [me |us |]a [yarn|tale] about {n}", "tell [me|us] [a joke|a bedtime story|something] about {n}", "what do you think of {n}?", "do you [like|love|hate] {t}?", "i [love|need|hate] {t}, don't you?",
    "forget [politics|work|the news], [life is short|let's be happy|how are you?]", "[bounce|shake] it off, [they say|right?]", "let's [hop|bounce|spin] [to another topic|outta here]", "you [rock|are slow today|make me smile|never sleep, do you]", "what's {k} times {y}", "do {t} have ears?", "write [an email|a poem|a cv] for my {t}", "summarise [this article|the news|my inbox]",
)  # fmt: skip


def idle(w: Writer) -> tuple[Draft, Piece]:
    """Talk about the world, and figures of speech that sound like orders."""
    draft = new_draft(w, 0, 4)
    if w.chance(0.15):
        draft.history.append(past_turn(w, draft))
    name = w.pick(list(draft.subjects)) if draft.subjects else "my aunt"
    text = w.say(IDLE, t=w.pick(nouns()), n=name, y=str(w.rng.randint(1900, 2025)), k=str(w.rng.randint(2, 40)))
    return draft, Piece(
        text + w.pick(["", "", "?", "!"]) if not text.endswith("?") else text,
        [Answer(text="I can only help with pictures and animations.")],
    )
