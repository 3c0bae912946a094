"""The sticker world: what it draws is what its captions and labels say."""

import math
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from limner.tools.families.poses import HELD_OUT, PHRASES, TRAINED, pose
from limner.tools.recipes.sticker.art import Noun, Sprite, load_animated, nouns, render_animated
from limner.tools.recipes.sticker.world import PLACES, STYLES, World, held_out_pairs, scene

FEW = [Noun("dog", "trained", "🐕", ("hound",)), Noun("apple", "trained", "🍎", ()), Noun("car", "trained", "🚗", ())]
COLOUR = {"dog": (200, 120, 40), "apple": (220, 0, 0), "car": (0, 0, 220)}


def square(colour: tuple[int, int, int]) -> Sprite:
    sprite = np.zeros((128, 128, 4), np.uint8)
    sprite[16:112, 16:112] = (*colour, 255)
    return sprite


@pytest.fixture
def world() -> World:
    return World({style: {n: square(c) for n, c in COLOUR.items()} for style in STYLES}, FEW, seed=3, moving=0.1)


def test_the_same_seed_draws_the_same_samples(world: World) -> None:
    again = World(world.art, FEW, seed=3, moving=0.1)
    for one, two in ((world.sample(), again.sample()) for _ in range(20)):
        assert one.caption == two.caption
        assert np.array_equal(one.pixels, two.pixels)


def test_held_out_pairs_are_never_drawn() -> None:
    hidden = frozenset({("dog", "3d"), ("car", "flat")})
    world = World({style: {n: square(c) for n, c in COLOUR.items()} for style in STYLES}, FEW, 1, held_out=hidden)
    drawn = {(thing.noun, s.style) for s in (world.sample() for _ in range(400)) for thing in s.objects}
    assert not drawn & hidden
    assert len(drawn) == len(FEW) * len(STYLES) - len(hidden)


def test_left_of_means_left(world: World) -> None:
    pairs = [s for s in (world.sample() for _ in range(300)) if s.relation == "left of"]
    assert pairs
    for sample in pairs:
        one, two = sample.objects
        assert one.box[0] < two.box[0]


def test_adding_nouns_moves_no_held_out_pair() -> None:
    everything = nouns()
    some = held_out_pairs(everything[:60], list(STYLES), 0.1)
    assert some <= held_out_pairs(everything, list(STYLES), 0.1)
    assert 10 <= len(some) <= 40


def test_no_noun_is_in_two_groups_and_none_held_out_is_a_synonym_of_a_trained_one() -> None:
    rows = nouns()
    names = [n.name for n in rows]
    assert len(names) == len(set(names))
    trained = {w for n in rows if n.group != "held_out" for w in (n.name, *n.synonyms)}
    assert not trained & {n.name for n in rows if n.group == "held_out"}


def test_a_clip_keeps_its_ground_and_moves_its_object(world: World) -> None:
    clip = world.clip("slide left")
    assert len(clip) == 16
    assert len({s.caption for s in clip}) == 1
    assert clip[0].caption.endswith(PHRASES["slide left"])
    assert not np.array_equal(clip[0].pixels, clip[8].pixels)
    assert np.array_equal(clip[0].pixels[0, 0], clip[8].pixels[0, 0])


def test_the_animated_art_moves_by_itself_and_stays_in_its_place(world: World) -> None:
    still = square(COLOUR["dog"])
    waving = np.stack([still, np.ascontiguousarray(still[:, ::-1])])
    waving[1, 16:40, 16:40] = (0, 0, 0, 255)
    clip = world.alive({"dog": waving, "moose": waving})
    assert {(s.style, s.objects[0].noun, s.motion) for s in clip} == {("3d", "dog", "alive")}
    assert clip[0].caption.endswith(", alive")
    changed = (clip[0].pixels != clip[1].pixels).any(axis=2)
    assert changed[:64].any()
    assert not changed[112:].any()


def test_an_animation_becomes_evenly_spaced_frames_and_a_still_is_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assets = tmp_path / "npm" / "package" / "assets"
    assets.mkdir(parents=True)
    monkeypatch.setattr("limner.tools.recipes.sticker.art.fetch", lambda package, into: into / package)
    shades = [Image.new("RGBA", (40, 40), (8 * n, 0, 0, 255)) for n in range(30)]
    shades[0].save(assets / "1f415.webp", save_all=True, append_images=shades[1:], lossless=True)
    shades[0].save(assets / "1f408.webp")
    moving = render_animated(["package"], tmp_path, 32)
    assert list(moving) == ["dog"]
    assert moving["dog"].shape == (16, 32, 32, 4)
    assert np.array_equal(load_animated(tmp_path)["dog"], moving["dog"])
    assert list(moving["dog"][[0, 8, 15], 5, 5, 0]) == [0, 120, 224]


def test_held_out_motions_are_not_trained() -> None:
    assert not set(HELD_OUT) & set(TRAINED)
    assert all(pose(motion, 0.3) != pose(motion, 0.0) for motion in (*HELD_OUT, *TRAINED))


@pytest.mark.parametrize("motion", (*HELD_OUT, *TRAINED))
def test_objects_move_by_whole_cells_of_the_latent_grid(motion: str) -> None:
    poses = {pose(motion, n / 16) for n in range(16)}
    assert 1 < len(poses) <= 10
    for at in poses:
        assert all(math.isclose(12 * part, round(12 * part)) for part in (at.dx, at.dy, at.wide, at.high))


@pytest.mark.parametrize("place", PLACES)
def test_every_place_looks_unlike_the_others(place: str) -> None:
    here = np.asarray(scene(place)).astype(int)
    for other in PLACES:
        if other != place:
            assert np.abs(here - np.asarray(scene(other))).mean() > 5


def test_a_disguise_is_another_style_s_sprite_said_in_this_one() -> None:
    """Only for those who ask, and never of a pair's own held-out art."""
    hidden = frozenset({("dog", "line")})
    art = {style: {n: square(c) for n, c in COLOUR.items()} for style in STYLES}
    world = World(art, FEW, 1, single=1.0, held_out=hidden, disguised=1.0)
    drawn = [world.sample() for _ in range(200)]
    lines = [s for s in drawn if s.style == "line" and s.objects[0].noun == "dog" and s.place == "red background"]
    assert lines
    for sample in lines:
        left, top, side = sample.objects[0].box
        inside = sample.pixels[top + side // 2, left + side // 2]
        assert inside.min() > 240  # paper, where every sprite's own colour was
    assert ("dog", "line") in {(s.objects[0].noun, s.style) for s in drawn}


def test_line_drawings_that_nobody_drew_are_inked_after_a_coloured_style() -> None:
    hidden = frozenset({("dog", "line"), ("car", "flat")})
    art = {style: {n: square(c) for n, c in COLOUR.items()} for style in STYLES}
    world = World(art, FEW, 1, single=1.0, held_out=hidden, inked=0.5)
    drawn = [world.sample() for _ in range(400)]
    assert ("car", "flat") not in {(s.objects[0].noun, s.style) for s in drawn}
    lines = [s for s in drawn if s.style == "line" and s.objects[0].noun == "dog" and "background" in s.place]
    assert lines
    for sample in lines:
        left, top, side = sample.objects[0].box
        row = sample.pixels[top + side // 2, left : left + side].max(1)
        assert row[: side // 5].min() < 40  # its outline
        assert row[side // 2] > 240  # paper
