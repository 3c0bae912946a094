"""A style is taken at its word: named, negated, corrected, the other one."""

from __future__ import annotations

import pytest

from limner.agent.plan import GenerateImage
from limner.agent.styles_said import in_said_style, style_described, style_said, with_styles_spelt

STYLES = ("flat", "charcoal")


@pytest.mark.parametrize(
    ("text", "planned", "styles"),
    [
        ("Rose in a boat. Not charcoal, the other style", ("charcoal",), ("flat",)),
        ("Rose in a boat. Not charcoal, go with my other style", ("charcoal",), ("flat",)),
        ("Not charcoal: the other one. Rose in a boat", (), ("flat",)),
        ("Rose in a boat, but please not in charcoal, rather flat", (), ("flat",)),
        ("Rose in a boat, not charcoal", ("charcoal",), ()),
        ("Rose in a boat. don't you dare use charcoal, or any style for that matter", ("charcoal",), ()),
        ("Rose in a boat, not charcoal, with my other brother", ("charcoal",), ()),
        ("Rose in charcoal, actually make it flat", ("charcoal",), ("flat",)),
        ("Rose in charcoal.. no wait, and flat", ("charcoal", "flat"), ("flat",)),
        ("Rose in a boat, charcoal", (), ("charcoal",)),
        ("Rose in a boat, charcoal styl pls", ("flat",), ("charcoal",)),
        ("mix charcoal and flat for Rose", ("charcoal", "flat"), ("charcoal", "flat")),
    ],
)
def test_the_style_that_is_asked_for(text: str, planned: tuple[str, ...], styles: tuple[str, ...]) -> None:
    assert in_said_style(GenerateImage(prompt="Rose", styles=planned), STYLES, text).styles == styles


@pytest.mark.parametrize("text", ["a flat tyre", "Rose with a lump of charcoal in her hand", "Rose in flat shoes"])
def test_a_word_of_the_scene_is_no_style(text: str) -> None:
    assert in_said_style(GenerateImage(prompt="Rose"), STYLES, text).styles == ()


@pytest.mark.parametrize(
    ("text", "styles", "style"),
    [
        (
            "not that style, the one with the long name",
            ("tin", "grandmother's winter window"),
            "grandmother's winter window",
        ),
        ("the one with the shortest name", ("tin", "chalk dust"), "tin"),
        ("use the first style on my list. Rose in an orchard", ("pollen", "line", "flat"), "pollen"),
        ("Rose in the last of my styles", ("pollen", "line", "chalk"), "chalk"),
        ("one of my own styles please, the watery one. Rose", ("3d", "flat", "watercolour wash"), "watercolour wash"),
        ("use the vintage one. Rose at the station", ("3d", "flat", "1930s rail poster"), "1930s rail poster"),
    ],
)
def test_a_style_is_known_by_what_fits_only_one(text: str, styles: tuple[str, ...], style: str) -> None:
    assert [one for one in styles if style_described(one, styles, text)] == [style]


@pytest.mark.parametrize(
    ("text", "styles"),
    [
        ("use the watery one", ("watercolour wash", "water ink")),
        ("use the vintage one", ("old postcard", "rail poster")),
        ("Rose in the same style", ("3d", "old postcard")),
        ("Rose with the yellow one", ("3d", "old postcard")),
        ("the one with the long name", ("tin", "ash")),
        ("Rose in the first snow", ("tin", "ash")),
    ],
)
def test_what_fits_none_or_several_is_none(text: str, styles: tuple[str, ...]) -> None:
    assert not [one for one in styles if style_described(one, styles, text)]


def test_nobody_waits_in_a_style() -> None:
    assert in_said_style(GenerateImage(prompt="Rose"), ("line",), "Rose waiting in line").styles == ()


NATIVE = ("3d", "flat", "line", "cartoon")


@pytest.mark.parametrize(
    ("text", "style"),
    [
        ("Ada tipo dibujito animado", "cartoon"),
        ("Ada als Zeichentrick", "cartoon"),
        ("Ada in a comic-style kitchen scene", "cartoon"),
        ("fais Ada façon dessin animé", "cartoon"),
        ("Ada em desenho animado", "cartoon"),
        ("juste au trait: Ada", "line"),
        ("un disegno al tratto di Ada", "line"),
        ("acht Strichzeichnungen von Ada", "line"),
        ("Ada, flaches Design", "flat"),
        ("Ada señalando una gráfica, en plano", "flat"),
        ("Ada em três dimensões", "3d"),
        ("Ada reading a comic", ""),
        ("Ada en primer plano", ""),
        ("Ada lisant une bande dessinée", ""),
    ],
)
def test_the_families_own_styles_are_known_by_other_names(text: str, style: str) -> None:
    assert [one for one in NATIVE if style_said(one, text)] == [style] * bool(style)


@pytest.mark.parametrize(
    ("text", "spelt"),
    [
        ("Ada en dessin au trait", "Ada en line drawing"),
        ("un disegno al tratto di Ada", "un line drawing di Ada"),
        ("acht Strichzeichnungen von Ada", "acht line drawings von Ada"),
        ("Ada en à-plats, assise", "Ada en flat, assise"),
        ("Ada em três dimensões", "Ada em 3d"),
    ],
)
def test_they_are_spelt_as_the_catalogue_has_them(text: str, spelt: str) -> None:
    assert with_styles_spelt(text, NATIVE) == spelt
    assert with_styles_spelt(text, ("charcoal",)) == text


@pytest.mark.parametrize(
    "text",
    [
        "Rose, flat x charcoal",
        "Rose in a mix of charcoal and flat",
        "Rose, charcoal crossed with flat",
        "a blend between the charcoal and flat, Rose",
    ],
)
def test_two_styles_are_put_together(text: str) -> None:
    assert in_said_style(GenerateImage(prompt="Rose", styles=("flat",)), STYLES, text).styles == STYLES


@pytest.mark.parametrize(
    "text", ["Rose and a mix of flat stones and charcoal", "Rose with 2 x charcoal", "flat x flat"]
)
def test_what_is_mixed_otherwise_is_no_style(text: str) -> None:
    assert in_said_style(GenerateImage(prompt="Rose", styles=("charcoal",)), STYLES, text).styles == ("charcoal",)


@pytest.mark.parametrize(
    ("text", "styles"),
    [
        ("I'm fed up with charcoal: Rose in a boat", ()),
        ("fed up with charcoal, Rose in flat", ("flat",)),
        ("skip the charcoal, Rose in a boat", ()),
        ("lose the charcoal this time: Rose in a boat", ()),
        ("sick of that charcoal. Rose in a boat", ()),
        ("leave out the charcoal, Rose, flat", ("flat",)),
        ("skip the intro, Rose in charcoal", ("charcoal",)),
        ("fed up with rain! Rose in charcoal", ("charcoal",)),
        ("Rose is done with school, draw her in charcoal", ("charcoal",)),
        ("Rose in charcoal, I can't get enough of it", ("charcoal",)),
        ("I can't get enough of charcoal, Rose in a boat", ("charcoal",)),
        ("I never get tired of charcoal: Rose", ("charcoal",)),
        ("you could never get sick of charcoal. Rose", ("charcoal",)),
        ("I've had enough of charcoal, Rose", ()),
        ("tired of charcoal! Rose in a boat", ()),
    ],
)
def test_a_style_that_somebody_is_tired_of_is_left(text: str, styles: tuple[str, ...]) -> None:
    assert in_said_style(GenerateImage(prompt="Rose", styles=("charcoal",)), STYLES, text).styles == styles


@pytest.mark.parametrize(
    ("text", "styles"),
    [
        ("Rose in a boat, do it plain", ()),
        ("Rose in a boat, just plain", ()),
        ("just plain. Rose in a boat", ()),
        ("keep her plain: Rose in a boat", ()),
        ("Rose on a plain", ("charcoal",)),
        ("Rose makes it clear that she is plain", ("charcoal",)),
        ("Rose in a boat, just plain silly", ("charcoal",)),
        ("Rose, plain and tall", ("charcoal",)),
    ],
)
def test_what_is_to_be_plain_has_no_style(text: str, styles: tuple[str, ...]) -> None:
    assert in_said_style(GenerateImage(prompt="Rose", styles=("charcoal",)), STYLES, text).styles == styles


@pytest.mark.parametrize("text", ["charcoal meets flat: Rose", "Rose, where flat land meets charcoal skies"])
def test_styles_that_meet_are_not_put_together(text: str) -> None:
    assert in_said_style(GenerateImage(prompt="Rose", styles=("flat",)), STYLES, text).styles != STYLES


@pytest.mark.parametrize(
    ("text", "styles"),
    [
        ("Rose, skip charcoal... no wait, do use it", ("charcoal",)),
        ("no charcoal, actually use it", ("charcoal",)),
        ("Rose at sea, not charcoal. hmm, actually put it back in", ("charcoal",)),
        ("leave out charcoal, oh no wait, keep it please", ("charcoal",)),
        ("skip charcoal! sorry, I want it after all. Rose", ("charcoal",)),
        # Still not, another one, or something else that is kept.
        ("Rose, skip charcoal", ()),
        ("skip charcoal, sorry, leave it out. Rose", ()),
        ("skip the charcoal, no wait, do use flat: Rose", ("flat",)),
        ("Rose, skip the charcoal, no, keep it simple", ()),
        ("Rose, skip charcoal, hm, keep it light", ()),
        ("Rose, skip charcoal, keep it", ()),
    ],
)
def test_a_style_may_be_used_after_all(text: str, styles: tuple[str, ...]) -> None:
    for planned in (("charcoal",), ()):
        assert in_said_style(GenerateImage(prompt="Rose", styles=planned), STYLES, text).styles == styles


@pytest.mark.parametrize(
    ("text", "styles"),
    [
        ("Rose in a boat, keep charcoal out of it", ()),
        ("keep the charcoal style away, Rose in a boat", ()),
        ("Rose in a boat, keeping my charcoal off this one", ()),
        ("not charcoal again! Rose in a boat", ()),
        ("Rose in a boat, and not in charcoal again please", ()),
        ("keep charcoal out of it, Rose in flat", ("flat",)),
        # It is kept, or asked for again.
        ("Rose in a boat, keep charcoal", ("charcoal",)),
        ("Rose in a boat, in charcoal again", ("charcoal",)),
        ("Rose in charcoal, keep the hat out of it", ("charcoal",)),
        ("Rose in charcoal, but not at sea again", ("charcoal",)),
    ],
)
def test_a_style_that_is_kept_out_is_left(text: str, styles: tuple[str, ...]) -> None:
    assert in_said_style(GenerateImage(prompt="Rose", styles=("charcoal",)), STYLES, text).styles == styles
