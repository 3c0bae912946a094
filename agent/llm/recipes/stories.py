"""Stories: a wish somewhere among sentences about the day, about others, or about what happened."""

# ruff: noqa: E501  (tables of phrasings are read a phrasing at a time, not wrapped)

from __future__ import annotations

from limner.agent.english import article
from limner.agent.llm.recipes.catalogue import Draft, new_draft, spoken
from limner.agent.llm.recipes.example import Piece, a_style, draw, number_words
from limner.agent.llm.recipes.grammar import Writer
from limner.agent.llm.recipes.scenes import deed, scene
from limner.agent.llm.recipes.words import nouns, words

DAY = (
    "[the train|the bus|my flight|the lesson|the concert] was [late|cancelled|a nightmare|packed]", "[my boss|the landlord|our teacher|the plumber|my ex] [yelled|called|never came|was rude] [again|today|all morning]",
    "we [moved house|painted the hall|lost the keys|had guests|celebrated|got a new {t}] [last week|today|yesterday|this weekend]", "my [back|head|knee|laptop|car|washing machine|{t}] [hurts|is broken|gave up|drives me mad]",
    "[the twins|the kids|my sister's boys|our youngest|my class] [can't sleep|had a fever|are bored|miss the sea|have a test tomorrow]", "[grandma|my uncle|our neighbour|my best friend|a colleague] turns [forty|seventy|ninety|six] [on Friday|next week|tomorrow]",
    "it [rained|snowed|was far too hot|was dark by four|stormed] [all day|the whole weekend|again]", "i [haven't slept|burnt the soup|forgot my {t}|dropped my phone|got the job|failed the exam|quit smoking|ran ten miles]",
    "there was [a {t}|a huge queue|music everywhere|cake|nobody] at [the party|work|the station|the shop|school]", "[everyone|the whole street|half the village|my mother|the postwoman] [laughed|came to look|took pictures|clapped|was shocked]",
    "it was the [best|worst|longest|strangest|quietest] [day|evening|week|trip|party] in [years|months|a long time]", "you should have [been there|seen our faces|heard the noise]", "i [still smell of {t}|can't stop laughing|miss those days|cried a bit|need a coffee]",
    "the [doctor|vet|mechanic|baker] says [it's fine|we were lucky|two more weeks|no {t} for now]", "nobody [believes me|noticed|was hurt|helped|knows why]",
)  # fmt: skip
HAPPENED = (
    "{w} {a} {past}", "{w} {a} ended up {ing}", "{a} was caught {ing}", "{a} decided to {base}", "{a} spent the whole [evening|afternoon|trip] {ing}", "{a} won't stop {ing}",
    "we found {a} {ing}", "{w} i saw {a} {ing}", "{a} {third} whenever [it rains|we have guests|nobody looks]", "guess who was {ing}: {a}", "{a} has learnt to {base}", "{w} {a} {past}, just like that",
    "imagine, {a} {past}", "there was {a}, {ing}", "{a} insisted on {ing}", "{a} had never {been} before, and {w} [he|she|it] did: {ing}",
)  # fmt: skip
THAT = (
    "[can|could] you [draw|paint|make a picture of] [that|it|that moment|him like that|her like that|it like that]?", "[draw|paint|sketch] [that|it|exactly that|the scene|that moment] [please|for me|for the album|]",
    "i want [that|this] [as a picture|on paper|framed]", "[please|pls] turn that into a [picture|drawing|postcard]", "that needs a [picture|drawing|portrait]", "[a picture|a drawing] of [that|it] would be [lovely|great|perfect]",
    "there's no photo, so [draw it|please paint it]", "make [that|this] a [sticker|card|picture]", "can i have [that|this] as a [drawing|sticker|card]?", "just [him|her|it] {ing}, nobody else",
)  # fmt: skip
MAYBE = (
    "maybe [a picture|a drawing] of {a} {ing} would [cheer her up|do us good|make him smile]", "could you do {a} {ing} [for her|for him|for them|for the card]?", "anyway, can i [get|have] {a} {ing}", "so: {a} {ing}[, please|]",
    "please [draw|paint|make] {a} {ing} [to cheer us up|for the fridge|for the invitation|]", "i'd love {a} {ing} [on the card|for that|]", "[draw|paint] {a} {ing}. that's all i need today", "what i need now is {a} {ing}",
    "long story short, {a} {ing}", "and that's why i want {a} {ing}", "let's have {a} {ing} then", "[what about|how about] {a} {ing} [as a present|on the invitation|]?", "so i thought of {a} {ing}", "give me {a} {ing} to look at",
)  # fmt: skip
LATER = (
    "{d}.",
    "it's for {p}, {d}.",
    "{d}, {e}.",
    "[no rush|thanks a million|you're a star], {d}.",
    "{d}... but that's another story.",
)
FOR = (
    "my gran",
    "a friend who is ill",
    "the school fair",
    "our anniversary",
    "my therapist",
    "the office door",
    "a baby shower",
    "my pen pal",
)
WHEN = (
    "last night",
    "on Sunday",
    "this morning",
    "at lunch",
    "a minute ago",
    "back in March",
    "one winter",
    "at the wedding",
    "when we were out",
    "past midnight",
    "during the storm",
    "after school",
)


def story(w: Writer) -> tuple[Draft, Piece]:
    draft = new_draft(w, 1, 4)
    name, styles = w.pick(list(draft.subjects)), a_style(w, draft, 0.2)
    more: dict[str, int] = {}
    if w.chance(0.6):
        seen = deed(w)
        said = {
            "a": spoken(w, draft, name),
            "past": seen.past,
            "ing": seen.plain,
            "base": seen.base,
            "third": seen.third,
            "been": "done it",
            "w": w.pick(WHEN),
        }
        first = [day(w) for _ in range(w.pick([0, 0, 1, 1, 2]))]
        sentences = [*first, w.say(HAPPENED, **said), *([day(w)] if w.chance(0.5) else []), w.say(THAT, ing=seen.plain)]
        plain = seen.plain
    else:
        plain = scene(w).plain
        wish = w.say(MAYBE, a=spoken(w, draft, name), ing=plain)
        if w.chance(0.25):
            sentences = [wish, w.say(LATER, d=day(w), e=day(w), p=w.pick(FOR)).rstrip(".")]
        else:
            sentences = [*(day(w) for _ in range(w.pick([1, 1, 2, 2, 3]))), wish]
    if w.chance(0.12):
        sentences.insert(0, bystander(w, draft, name))
    if styles:
        sentences[-1] = (
            sentences[-1].rstrip("?.") + " " + w.fill("[in {s}|in {s} style|, {s} please|- {s}]", s=styles[0])
        )
    elif w.chance(0.1):
        more["count"] = w.pick([2, 3, 4])
        sentences.append(
            w.fill("[make it {n}|{n} versions please|{n} of them, so we can choose]", n=number_words(w, more["count"]))
        )
    return draft, Piece(joined(w, sentences), [draw([name], plain, styles, **more)])


def day(w: Writer) -> str:
    return w.say(DAY, t=w.pick(nouns()))


def bystander(w: Writer, draft: Draft, name: str) -> str:
    """Somebody who is spoken of and not wanted in the picture: a stranger by kind, never by a name we might know."""
    who = w.pick(
        [
            "the neighbour's dog",
            "some man",
            "my cousin",
            "the mayor",
            "a waiter",
            "the girl next door",
            "two tourists",
            "the coach",
        ]
    )
    return f"{who} {deed(w).past}"


def joined(w: Writer, sentences: list[str]) -> str:
    """As sentences, or as one run-on."""
    if w.chance(0.25):
        return w.pick([" and ", ", ", " so "]).join(one.rstrip(".?") for one in sentences)
    marks = [one if one.endswith(("?", ".")) else one + w.pick([".", ".", ".", "!", "..."]) for one in sentences]
    capital = w.chance(0.7)
    return " ".join(one[:1].upper() + one[1:] if capital else one for one in marks)


WORDS_SAID = {
    "Sunny": ("it's sunny out", "sunny day today"), "Will": ("will you help me", "i will be quick", "will you draw this"), "Hope": ("i hope you're well", "hope this is easy", "i hope it works"),
    "May": ("may i ask for something", "maybe you may like this"), "Mark": ("mark my words", "i need full marks"), "Bill": ("the bill was huge", "i paid the bill"), "Frank": ("let me be frank", "to be frank i'm bored"),
    "Grace": ("what a lack of grace today",), "Joy": ("oh joy, monday", "what a joy"), "Art": ("for my art class", "i love art"), "Rob": ("they tried to rob us",), "Chase": ("cut to the chase", "let me cut to the chase"),
    "Penny": ("i haven't got a penny", "a penny for your thoughts"), "Summer": ("summer is over", "i miss summer"), "Lucky": ("lucky me", "i feel lucky today"), "Happy": ("i'm so happy today", "happy monday"),
    "Storm": ("there's a storm outside", "what a storm"), "Snow": ("so much snow outside", "no snow this year"), "Star": ("you're a star",), "Honey": ("honey, listen", "hi honey"), "Angel": ("be an angel",),
    "Jam": ("i was stuck in a jam",), "Dash": ("i have to dash",), "Rose": ("i rose at six", "prices rose again"), "Dawn": ("up since dawn",), "Crystal": ("let me be crystal clear",), "Chip": ("i have a chip on my shoulder",),
    "Rusty": ("my french is rusty", "i'm a bit rusty"), "Misty": ("it's misty today",), "Stormy": ("a stormy night again",), "Pip": ("they pip us every time",), "Sandy": ("my shoes are all sandy",), "Sleepy": ("i'm so sleepy",),
    "Noisy": ("it's noisy here",), "Spot": ("spot on last time", "you hit the spot"), "Duke": ("we live in duke street",), "Pearl": ("a pearl of wisdom",), "Daisy": ("fresh as a daisy today",), "Gravy": ("it's all gravy",),
}  # fmt: skip


def word_said(w: Writer) -> tuple[Draft, Piece]:
    """A subject's name said as an ordinary word while somebody else is wanted."""
    draft = new_draft(w, 1, 3)
    named = w.pick(list(WORDS_SAID))
    wanted = w.pick(list(draft.subjects))
    if named in draft.subjects:
        return word_said(w)
    draft.add(w, named, w.pick([*words("kinds", "animal"), "woman", "man"]))
    seen, styles = scene(w).plain, a_style(w, draft, 0.15)
    aside = w.pick(WORDS_SAID[named])
    wish = w.fill("[draw|paint|can you draw|please do|i want|] {a} {s}", a=spoken(w, draft, wanted), s=seen)
    wish += f" in {styles[0]}" if styles else ""
    text = w.pick([f"{aside}, {wish}", f"{aside}. {wish}", f"{wish}, {aside}", f"{aside}! {wish}"])
    return draft, Piece(text, [draw([wanted], seen, styles)])


def unlike(w: Writer) -> tuple[Draft, Piece]:
    """`a kettle, not ours`: something of a subject's kind that is not the subject."""
    draft = new_draft(w, 1, 4)
    name = w.pick(list(draft.subjects))
    noun, seen = draft.subjects[name], scene(w).plain
    colour = w.pick(words("scene", "colour"))
    thing = w.pick([article(noun), article(f"{colour} {noun}"), article(f"little {noun}")])
    body = w.fill(
        "[{t} {s}, not [mine|ours|{n}]|{t}, not [ours|mine|{n}], {s}|{t} {s}, any will do, not {n}|{t} {s} - but not my {k}]",
        t=thing,
        s=seen,
        n=name,
        k=noun,
    )
    return draft, Piece(w.fill("[draw|paint|i want|make|] ") + " " + body, [draw([], f"{thing} {seen}")])
