"""Requests in six languages become English word by word; English ones, names and quotes stay as they are."""

from __future__ import annotations

import tomllib
from importlib.resources import files

import pytest

from limner.agent.glossary import in_english, meanings

NAMES = ("Karl", "Rosa", "Abuela", "Old Tom", "line", "watercolour")


@pytest.mark.parametrize(
    ("text", "english"),
    [
        ("Zeichne Karl und Rosa am Strand", "draw Karl and Rosa on the beach"),
        ("Karl isst einen Geburtstagskuchen", "Karl eats a birthday cake"),
        (
            "Zeichne erst Karl im Heu, dann Rosa, beide Bilder flat",
            "draw first Karl in the hay, then Rosa, both pictures flat",
        ),
        ("Karl beim Kartoffelschälen", "Karl peeling potato"),
        ("Rosa a piedi nudi sulla spiaggia", "Rosa barefoot on the beach"),
        ("dessine Rosa devant la mairie", "draw Rosa in front of the town hall"),
        ("desenha a Rosa dentro de um carrinho de compras", "draw Rosa inside a shopping trolley"),
        ("Karl con un delantal rojo en el ayuntamiento", "Karl with a red apron in the town hall"),
        ("mach drei Bilder von Karl beim Kochen", "make three pictures of Karl cooking"),
        ("lass Karl sich auf dem Mond drehen", "let Karl spin on the moon"),
        ("merk dir, dass Karl Äpfel liebt", "remember that Karl loves apples"),
        ("dibuja a la abuela con un sombrero rojo", "draw abuela with a red hat"),
        ("olvida a Karl", "forget Karl"),
        ("anima a Karl saltando en el parque", "animate Karl hopping in the park"),
        ("tout le monde sauf Rosa dans la cuisine", "everyone except Rosa in the kitchen"),
        ("fais tourner Karl dans la neige", "make Karl spin in the snow"),
        ("Old Tom che mangia una mela, stile line", "Old Tom eating an apple, in line style"),
        ("o Karl a nadar no rio", "Karl swimming in the river"),
        ("haz el cielo rosa", "make the sky pink"),
        ("no dibujes nada todavía, Karl", "don't draw anything, Karl"),
        (
            "Merk dir: ab jetzt bitte nie wieder Schrift in meinen Bildern",
            "remember: from now on please never again text in my pictures",
        ),
        ("no pongas nunca texto en las imágenes", "not puts never text in the pictures"),
        ("la même chose, mais avec Rosa à la place de Karl", "the same, but with Rosa instead of Karl"),
        (
            "dann zeichne Karl, und zum Schluss färbst du den Hut blau",
            "then draw Karl, and finally colour the hat blue",
        ),
        ("Karl bitte nicht in watercolour, lieber line", "Karl please not in watercolour, rather line"),
    ],
)
def test_other_languages_become_english(text: str, english: str) -> None:
    assert in_english(text, NAMES if "rosa" not in text else NAMES[:1]) == english


@pytest.mark.parametrize(
    "text",
    [
        "draw Karl in a hat, no scarf",
        "Rosa on the sofa at a die factory",
        "come on, make him come home",
        "Karl in Paris",
        "Karl",
        "???",
        "",
        "漢字だけ",
        "xyzzy plugh",
    ],
)
def test_english_and_the_unknown_stay(text: str) -> None:
    assert in_english(text, NAMES) == text


def test_a_part_of_a_name_stays_where_it_is_one_persons() -> None:
    assert in_english("fai ballare la nonna in cucina", ("Nonna Pia", "ballare")) == "make ballare nonna in the kitchen"
    both = in_english("fai ballare la nonna in cucina", ("Nonna Pia", "Nonna Rita", "ballare"))
    assert both == "make ballare the grandmother in the kitchen"


def test_quotes_handles_and_unknown_words_stay_in_a_request_that_is_rewritten() -> None:
    text = 'dessine un chat avec une affiche "le chat noir" comme dans img-3'
    assert in_english(text, NAMES) == 'draw a cat with a poster "le chat noir" as in img-3'
    assert "Zwirbelfaxe" in in_english("zeichne Karl mit der Zwirbelfaxe im Garten", NAMES)


def test_every_list_has_a_word_for_each_language_or_leaves_it_out() -> None:
    folder = files("limner.agent.glossary")
    for name in ("nouns", "more_nouns", "things", "adjectives", "more_adjectives", "verbs", "more_verbs"):
        rows = tomllib.loads(folder.joinpath(f"{name}.toml").read_text(encoding="utf-8"))["rows"].strip().splitlines()
        english = [row.split("|")[0] for row in rows]
        assert len(set(english)) == len(english), name
        for row in rows:
            fields = row.split("|")
            assert len(fields) == 7, row
            assert sum(map(bool, fields[1:])) >= 2, row


@pytest.mark.parametrize(
    ("text", "english"),
    [
        ("dibújala en la playa", "draw her on the beach"),
        ("anímalo en el parque", "animate him in the park"),
        ("disegnala sulla spiaggia", "draw her on the beach"),
        ("disegnalo con un cappello", "draw him with a hat"),
        ("desenha-a na praia", "draw her on the beach"),
        ("dessine-la dans la neige", "draw her in the snow"),
        # Words that only end so.
        ("la isla en el mar con un perro", "the island in the sea with a dog"),
        ("dibuja una vela en la mesa", "draw a candle on the table"),
    ],
)
def test_whom_an_order_is_about_may_be_joined_to_it(text: str, english: str) -> None:
    assert in_english(text, NAMES) == english


@pytest.mark.parametrize(
    ("text", "english"),
    [
        ("dibuja a Canela en la cocina con un gato", "draw Canela in the kitchen with a cat"),
        ("pinta a mi perro Sol en la playa", "paint my dog Sol on the beach"),
        # Written small, or a feast.
        ("dibuja un perro con canela", "draw a dog with cinnamon"),
        ("dibuja a Karl en Navidad con un gorro", "draw Karl at christmas with a woolly hat"),
    ],
)
def test_a_word_written_large_inside_a_sentence_is_a_name(text: str, english: str) -> None:
    assert in_english(text, NAMES) == english


@pytest.mark.parametrize(
    ("text", "english"),
    [
        ("zeichne den Quirlhund am See", "draw the dog by the lake"),
        ("Karl auf der Zwackbank", "Karl on the bench"),
        # Known in full, too short, without an article, or a name.
        ("zeichne das Wurzelhaus am See", "draw the root house by the lake"),
        ("zeichne Karl mit dem Quirlhut", "draw Karl with the Quirlhut"),
        ("zeichne Karl mit Quirlhund am See", "draw Karl with Quirlhund by the lake"),
        ("zeichne die Familie Zwackbank am See", "draw the family Zwackbank by the lake"),
    ],
)
def test_a_german_noun_is_known_by_its_tail(text: str, english: str) -> None:
    assert in_english(text, NAMES) == english


def test_a_verb_is_no_noun_of_another_gender() -> None:
    assert in_english("desenha Rosa na praia", NAMES) == "draw Rosa on the beach"
    assert in_english("Rosa pesca en el río", NAMES) == "Rosa fishes in the river"
    assert in_english("desenha um desenho de Rosa", NAMES) == "draw a picture of Rosa"
    assert in_english("desenha Rosa com uma gata", NAMES) == "draw Rosa with a cat"
    assert in_english("dibuja la casa de Rosa", NAMES) == "draw the house of Rosa"


@pytest.mark.parametrize(
    ("text", "english"),
    [
        ("y al final Karl en la playa", "finally Karl on the beach"),
        ("dibuja a Karl y al final a Rosa en la nieve", "draw Karl finally Rosa in the snow"),
        ("dessine Karl, et à la fin Rosa sur la plage", "draw Karl, finally Rosa on the beach"),
        ("Karl, e alla fine Rosa sulla spiaggia", "Karl, finally Rosa on the beach"),
        ("Karl na praia e no final Rosa no rio", "Karl on the beach finally Rosa in the river"),
        ("merk sie dir und zeichne Rosa", "remember her and draw Rosa"),
        ("Merk ihn dir als Karl, zeichne ihn dann am See", "remember him as Karl, then draw him by the lake"),
        ("setz sie dann in ein Boot", "then put her in a boat"),
        ("animiere es dann am Strand", "then animate it on the beach"),
        ("merk dir Rosa", "remember Rosa"),
    ],
)
def test_what_comes_last_or_then_is_said_so(text: str, english: str) -> None:
    assert in_english(text, NAMES) == english


@pytest.mark.parametrize(
    ("text", "english"),
    [
        # The verb comes last in German.
        ("Karl in einem Boot, während er Geige spielt", "Karl in a boat, while he plays violin"),
        ("zeichne Karl, wie er im Regen Geige spielt", "draw Karl, as he plays violin in the rain"),
        ("das Haus, in dem Karl schläft", "the house, in which Karl sleeps"),
        ("zeichne Rosa, weil Karl im Regen tanzt", "draw Rosa, because Karl dances in the rain"),
        ("merk dir, dass Rosa Erdbeeren liebt", "remember that Rosa loves strawberries"),
        ("Karl in dem Haus", "Karl in the house"),
        ("zeichne Karl mit dem Hund", "draw Karl with the dog"),
        ("wie ein Hund bellt Karl", "like a dog barks Karl"),
        # Orders one after the other.
        ("vergiss den Stil line und zeichnet Rosa", "forget the line style and draw Rosa"),
        ("zeichne Rosa und vergiss Karl", "draw Rosa and forget Karl"),
        ("vergiss Karl, und zeichne dann Rosa", "forget Karl, and then draw Rosa"),
        ("färb den Himmel rosa", "colour the sky pink"),
        ("Karl op een berg en tot slot Rosa in een boot", "Karl on a mountain and finally Rosa in a boat"),
        # Numbers, pieces and frames.
        ("drei Stück bitte", "three pictures please"),
        ("Karl am See, zwölf Stück bitte", "Karl by the lake, 12 pictures please"),
        ("zeichne dreizehn Hunde", "draw 13 dogs"),
        ("dibuja quince perros", "draw 15 dogs"),
        ("teken dertig katten", "draw 30 cats"),
        ("animiere Karl mit zwanzig Bildern", "animate Karl with 20 frames"),
        ("anime Karl en douze images", "animate Karl in 12 frames"),
        ("zeichne zwanzig Bilder", "draw 20 pictures"),
        # What becomes of something.
        ("Der Himmel soll rot werden", "the sky should become red"),
        ("le ciel devient rouge", "the sky becomes red"),
        # A noun is written large, whatever verb is spelt so.
        ("zeichne Karl in der Sonne", "draw Karl in the sun"),
        ("Danke dir, mehr brauche ich heute nicht", "thank you, that is all"),
        ("Karl au-dessus du lac", "Karl above the lake"),
        ("o girassol; dois girassóis", "the sunflower; two sunflowers"),
    ],
)
def test_verbs_orders_and_numbers_stand_where_english_has_them(text: str, english: str) -> None:
    assert in_english(text, NAMES) == english


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("zwaait", "waves", True),
        ("winkt", "wave", True),
        ("saluda", "waving", True),
        ("springt", "hopping", True),
        ("tanzt", "wave", False),
        ("boat", "wave", False),
        ("xyzzy", "waves", False),
    ],
)
def test_a_word_means_the_same_in_any_language(one: str, other: str, alike: bool) -> None:
    assert bool(meanings(one) & meanings(other)) is alike


@pytest.mark.parametrize(
    ("text", "english"),
    [
        # Numbers in words.
        ("zeichne vierundzwanzig Hunde", "draw 24 dogs"),
        ("Karl mit zweiunddreißig Kerzen", "Karl with 32 candles"),
        ("dibuja treinta y cinco perros", "draw 35 dogs"),
        ("dessine quarante-six chats", "draw 46 cats"),
        ("disegna ventuno gatti", "draw 21 cats"),
        ("desenha trinta e dois gatos", "draw 32 cats"),
        ("zeichne neunzig Katzen", "draw 90 cats"),
        ("dessine quatre-vingt-dix chats", "draw 90 cats"),
        ("dibuja cien gatos", "draw 100 cats"),
        ("disegna cento gatti", "draw 100 cats"),
        # From now on.
        ("von jetzt an alles in line", "from now on everything in line"),
        ("von nun an alles in line", "from now on everything in line"),
        # Next to him or her, and next to somebody's.
        ("zeichne Karl neben ihr am Strand", "draw Karl next to her on the beach"),
        ("zeichne Rosa neben ihm", "draw Rosa next to him"),
        ("Karl neben seinem Hund", "Karl next to his dog"),
        ("dibuja a Karl junto a ella", "draw Karl next to her"),
        ("dessine Karl à côté d'elle", "draw Karl next to her"),
        ("disegna Rosa accanto a lui", "draw Rosa next to him"),
        ("desenha Karl ao lado dela", "draw Karl next to her"),
        # Corrections.
        ("zeichne Karl im Boot, nein warte, im Zug", "draw Karl in the boat, no wait, in the train"),
        ("Karl ohne Stil am See", "Karl without style by the lake"),
        # Small talk, and what can be done.
        ("vielen Dank", "thank you very much"),
        ("muchas gracias", "thank you very much"),
        ("wie geht es dir?", "how are you?"),
        ("was kannst du alles?", "what can you do?"),
        ("que sais-tu faire?", "what can you do?"),
        ("qué sabes hacer", "what can you do"),
        ("cosa sai fare?", "what can you do?"),
        ("o que sabes fazer?", "what can you do?"),
        # English has these words as well.
        ("draw Karl at once", "draw Karl at once"),
        ("draw Karl with a cent in his hand", "draw Karl with a cent in his hand"),
    ],
)
def test_numbers_and_what_people_say_besides_are_english(text: str, english: str) -> None:
    assert in_english(text, NAMES) == english


@pytest.mark.parametrize(
    ("text", "english"),
    [
        # Of languages that have one word for both.
        ("lui n'aime pas la pluie, dessine Karl", "he does not like the rain, draw Karl"),
        ("a él no le gusta la lluvia, dibuja a Karl", "he does not like the rain, draw Karl"),
        ("lui ha un cappello, disegna Karl", "he has a hat, draw Karl"),
        ("dibuja a Karl con él", "draw Karl with him"),
        ("dessine Karl avec lui dans le jardin", "draw Karl with him in the garden"),
        ("disegna Karl con lui", "draw Karl with him"),
        # Numbers up to a hundred.
        ("zeichne dreiundsechzig Katzen", "draw 63 cats"),
        ("zeichne achtundachtzig Hunde", "draw 88 dogs"),
        ("dibuja setenta y dos perros", "draw 72 dogs"),
        ("dessine soixante-douze chats", "draw 72 cats"),
        ("dessine quatre-vingt-onze chats", "draw 91 cats"),
        ("disegna sessantotto gatti", "draw 68 cats"),
        ("desenha oitenta e quatro gatos", "draw 84 cats"),
        ("teken negenennegentig katten", "draw 99 cats"),
        ("zeichne sechzig Katzen", "draw 60 cats"),
        # No style at all, and a thing that has some.
        ("Karl im Boot, ohne Stil", "Karl in the boat, without style"),
        ("teken Karl in de boot zonder stijl", "draw Karl in the boat without style"),
        ("disegna Karl senza stile", "draw Karl without style"),
        ("Karl mit Stil am See", "Karl with style by the lake"),
        # How it turned out.
        ("ich find es toll", "I love it"),
        ("quedó genial", "it turned out great"),
        ("geweldig geworden, teken Karl", "it turned out great, draw Karl"),
        ("è venuto benissimo", "it turned out great"),
        ("Karl liebt es im Regen", "Karl loves it in the rain"),
        # By what somebody goes is seen in the picture.
        ("Karl mit dem Fahrrad", "Karl on a bicycle"),
        ("dibuja a Karl en tren", "draw Karl on a train"),
        # English has these words as well.
        ("draw Karl, him does not matter", "draw Karl, him does not matter"),
        ("draw Karl with a bike", "draw Karl with a bike"),
    ],
)
def test_he_numbers_no_style_and_how_it_turned_out_are_english(text: str, english: str) -> None:
    assert in_english(text, NAMES) == english
