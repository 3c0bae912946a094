"""Artifacts are whole or not there, belong to one owner, and travel safely."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
import torch
from PIL import Image
from safetensors.torch import load_file, save_file

from limner.tools import Artifact, Engine, GenerateSpec, Library, ToolError
from limner.tools.diffusion.concept_tokens import Concepts
from limner.tools.portable import add_foreign, export, import_


def shelve(library: Library, owner: str = "ann", name: str = "Rex", content: bytes = b"weights") -> Artifact:
    with library.staging() as staged:
        (staged / "adapter.safetensors").write_bytes(content)
        return library.add(
            staged,
            owner=owner,
            kind="subject",
            name=name,
            tool="dreambooth_lora",
            family="sticker",
            trigger="<rex> dog",
            class_noun="dog",
            references=[Image.new("RGB", (600, 300))],
        )


def test_an_artifact_is_found_by_its_owner_whatever_the_case(library: Library) -> None:
    shelve(library)
    assert library.get("ann", "subject", "rEX").trigger == "<rex> dog"
    assert library.find("bob", "subject", "Rex") is None
    with pytest.raises(ToolError, match="bob has no subject called 'Rex'; known: none yet"):
        library.get("bob", "subject", "Rex")


@pytest.mark.parametrize("name", ["Бублик", "小黑", "../../etc", "a/b", "c:\\d", ".hidden", "Zoë"])
def test_any_name_is_one_folder_inside_the_library(library: Library, name: str) -> None:
    made = shelve(library, name=name)
    assert made.folder.parent == library.folder / "ann" / "subject"
    assert library.get("ann", "subject", name).name == name


def test_two_long_names_are_two_artifacts(library: Library) -> None:
    long = "小黑狗" * 12
    shelve(library, name=long + "一")
    shelve(library, name=long + "二")
    assert [artifact.name for artifact in library.list("ann")] == [long + "一", long + "二"]
    assert all(len(artifact.folder.name) <= 200 for artifact in library.list("ann"))


def test_two_subjects_of_one_name_are_refused(library: Library) -> None:
    shelve(library)
    with pytest.raises(ToolError, match="already is a subject called 'rex'"):
        shelve(library, name="rex")
    assert len(library.list("ann")) == 1


def test_thumbnails_are_small_and_carry_no_hidden_data(library: Library) -> None:
    (picture,) = shelve(library).references
    with Image.open(picture) as opened:
        assert max(opened.size) == 256
        assert not opened.getexif()


def test_erasing_names_the_files_and_leaves_none(library: Library) -> None:
    made = shelve(library)
    weights = made.weights
    files = library.erase("ann", "subject", "Rex")
    assert weights in files and len(files) == 3
    assert not [p for p in library.folder.rglob("*") if p.is_file()]


def test_a_killed_writer_leaves_nothing_listed_and_is_swept_up(library: Library) -> None:
    left = library.folder / ".staging-999999-abc"
    left.mkdir(parents=True)
    (left / "adapter.safetensors").write_bytes(b"half")
    assert not library.list("ann")
    shelve(library)
    assert not left.exists()


def test_a_full_disk_is_told_and_nothing_half_is_listed(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: Path, *arguments: object, **named: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(ToolError, match=r"No space left.*Free some space"):
        shelve(library)
    monkeypatch.undo()
    assert not library.list("ann")
    assert not list(library.folder.glob(".staging-*"))


def test_what_is_noted_on_a_card_changes_nothing_else(library: Library) -> None:
    made = shelve(library)
    library.note(made, {"held": 0.1, "held_by_reference": 0.3}, {"tried": "dreambooth_lora"})
    again = library.get("ann", "subject", "Rex")
    assert again.scores["held_by_reference"] == 0.3 and again.recipe["tried"] == "dreambooth_lora"
    assert (again.sha256, again.created_at) == (made.sha256, made.created_at)
    assert sorted(p.name for p in again.folder.iterdir()) == [
        "adapter.safetensors",
        "card.json",
        "reference-00.png",
    ]


def test_a_damaged_card_is_named(library: Library) -> None:
    (shelve(library).folder / "card.json").write_text("{")
    with pytest.raises(ToolError, match=r"card\.json is damaged"):
        library.list("ann")


def test_an_export_comes_back_for_someone_else(library: Library, tmp_path: Path) -> None:
    made = shelve(library)
    file = export(made, tmp_path / "rex.zip")
    assert b"ann" not in zipfile.ZipFile(file).read("card.json")
    again = import_(library, "bob", file, name="Rexy")
    assert (again.owner, again.name, again.sha256) == ("bob", "Rexy", made.sha256)
    assert len(again.references) == 1


@pytest.mark.parametrize("evil", ["../card.json", "/etc/passwd", "run.py", "a/adapter.safetensors", "model.bin"])
def test_an_import_takes_only_what_an_artifact_holds(library: Library, tmp_path: Path, evil: str) -> None:
    file = export(shelve(library), tmp_path / "rex.zip")
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr(evil, "x")
    with pytest.raises(ToolError, match="refused"):
        import_(library, "bob", file)
    assert not library.list("bob")


def test_an_import_with_changed_weights_or_of_something_else_is_refused(library: Library, tmp_path: Path) -> None:
    made = shelve(library)
    made.weights.write_bytes(b"other")
    with pytest.raises(ToolError, match="damaged"):
        import_(library, "bob", export(made, tmp_path / "rex.zip"))
    (tmp_path / "note.zip").write_bytes(b"hello")
    with pytest.raises(ToolError, match="not an exported artifact"):
        import_(library, "bob", tmp_path / "note.zip")


def test_an_import_whose_pictures_are_none_is_refused(library: Library, tmp_path: Path) -> None:
    made = shelve(library)
    made.references[0].write_bytes(b"no picture")
    with pytest.raises(ToolError, match=r"reference-00\.png is not a picture"):
        import_(library, "bob", export(made, tmp_path / "rex.zip"))
    assert not library.list("bob")


@pytest.mark.usefixtures("short_lessons")
def test_a_foreign_lora_is_taken_in_only_if_every_key_fits(
    engine: Engine, library: Library, photos: list[Path], tmp_path: Path
) -> None:
    learned = engine.learn("subject", "Rex", photos, owner="ann", library=library, class_noun="dog")
    backbone, _ = engine.still()
    state = load_file(learned.weights)
    good = tmp_path / "inky.safetensors"
    save_file(state, good, metadata={"modelspec.trigger_phrase": "inky"})
    taken = add_foreign(library, "ann", good, backbone, "style")
    assert (taken.name, taken.trigger, taken.tool) == ("inky", "inky", "style_lora")
    partly = tmp_path / "partly.safetensors"
    save_file({k.replace("mid_block", "middle"): v for k, v in state.items()}, partly)
    with pytest.raises(ToolError, match=r"partly.safetensors does not fit.*(?s:.)*unet\.middle.*no such layer"):
        add_foreign(library, "ann", partly, backbone, "style")
    for lost, told in (("lora_B", "other half is missing"), ("nothing", "different ranks")):
        some = {key: t[:, :1].clone() if "lora_B" in key else t for key, t in state.items() if lost not in key}
        save_file(some, tmp_path / "half.safetensors")
        with pytest.raises(ToolError, match=f"(?s:.)*{told}"):
            add_foreign(library, "ann", tmp_path / "half.safetensors", backbone, "style")
    save_file({}, tmp_path / "none.safetensors")
    with pytest.raises(ToolError, match="holds no weights"):
        add_foreign(library, "ann", tmp_path / "none.safetensors", backbone, "style")
    pickled = tmp_path / "evil.ckpt"
    torch.save(state, pickled)
    with pytest.raises(ToolError, match="can run code when opened"):
        add_foreign(library, "ann", pickled, backbone, "style")
    (tmp_path / "cut.safetensors").write_bytes(good.read_bytes()[:50])
    with pytest.raises(ToolError, match="damaged"):
        add_foreign(library, "ann", tmp_path / "cut.safetensors", backbone, "style")


def test_a_kohya_lora_means_the_same_change(engine: Engine, library: Library, tmp_path: Path) -> None:
    layer = "down_blocks_0_attentions_0_transformer_blocks_0_attn1_to_q"
    width = engine.pipe.unet.down_blocks[0].attentions[0].transformer_blocks[0].attn1.to_q.in_features
    state = {
        f"lora_unet_{layer}.lora_down.weight": torch.randn(2, width),
        f"lora_unet_{layer}.lora_up.weight": torch.randn(width, 2),
        f"lora_unet_{layer}.alpha": torch.tensor(1.0),
    }
    file = tmp_path / "kohya.safetensors"
    save_file(state, file)
    backbone, _ = engine.still()
    taken = add_foreign(library, "ann", file, backbone, "style")
    mine = load_file(taken.weights)
    change = mine[next(k for k in mine if "lora_B" in k)] @ mine[next(k for k in mine if "lora_A" in k)]
    expected = 0.5 * state[f"lora_unet_{layer}.lora_up.weight"] @ state[f"lora_unet_{layer}.lora_down.weight"]
    assert torch.allclose(change, expected, atol=1e-5)


@pytest.mark.parametrize(
    ("key", "width", "base"),
    [
        ("lora_unet_input_blocks_4_1_transformer_blocks_0_attn2_to_k.lora_{}.weight", 2048, "sdxl"),
        ("unet.down_blocks.0.attentions.0.transformer_blocks.0.attn2.processor.to_k_lora.{}.weight", 768, "sd15"),
        ("lora_unet_joint_blocks_0_context_block_attn_qkv.lora_{}.weight", 1536, "sd3"),
    ],
)
def test_a_lora_of_another_base_is_refused_with_the_base_it_looks_made_for(
    engine: Engine, library: Library, tmp_path: Path, key: str, width: int, base: str
) -> None:
    halves = ("down", "up")
    state = {key.format(halves[0]): torch.randn(4, width), key.format(halves[1]): torch.randn(width, 4)}
    save_file(state, tmp_path / "inky.safetensors")
    backbone, _ = engine.still()
    with pytest.raises(ToolError, match=rf"does not fit the sticker family \(it looks made for {base}\): 0 of"):
        add_foreign(library, "ann", tmp_path / "inky.safetensors", backbone, "style")
    assert not library.list("ann")


def test_a_textual_inversion_of_another_width_is_refused(engine: Engine, library: Library, tmp_path: Path) -> None:
    backbone, _ = engine.still()
    save_file({"<rex>": torch.randn(1, 32)}, tmp_path / "rex.safetensors")
    assert add_foreign(library, "ann", tmp_path / "rex.safetensors", backbone, "subject").trigger == "<rex>"
    save_file({"<tom>": torch.randn(1, 768)}, tmp_path / "tom.safetensors")
    with pytest.raises(ToolError, match="768 wide, not 32"):
        add_foreign(library, "ann", tmp_path / "tom.safetensors", backbone, "subject")


def test_words_of_other_programs_are_called_as_the_person_says(
    engine: Engine, library: Library, tmp_path: Path
) -> None:
    backbone, _ = engine.still()
    file = tmp_path / "inky.safetensors"
    save_file({"emb_params": torch.randn(2, 32)}, file)
    taken = add_foreign(library, "ann", file, backbone, "style", name="Inky")
    assert (taken.trigger, taken.tool) == ("<inky>", "style_lora")
    inky = engine.choose("style", "Inky", library, "ann")
    drawn = engine.generate(GenerateSpec(prompt="a dog", tools=(inky,), steps=1))[0]
    assert drawn.settings["prompt"] == "a dog in <inky> style" and drawn.applied[0].effect > 0
    with pytest.raises(ToolError, match="holds words, not a motion"):
        add_foreign(library, "ann", file, backbone, "motion")


def test_the_words_of_both_encoders_of_sdxl_are_one_word(tmp_path: Path) -> None:
    rows = {"clip_g": torch.randn(1, 64), "clip_l": torch.randn(1, 32)}
    save_file(rows, tmp_path / "rex.safetensors")
    read = Concepts.load([tmp_path / "rex.safetensors"]).named("<rex>")
    assert [row.shape[-1] for row in read.rows["<rex>"]] == [32, 64]
