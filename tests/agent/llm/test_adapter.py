"""An adapter beside the weights: written from a checkpoint, checked, and put on when the model is loaded."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from limner.agent.llm.runtime import RELUCTANCE, Runtime
from limner.agent.llm.shipped import FOLDER, checked
from limner.agent.plan import PlanError

torch = pytest.importorskip("torch")
from limner.agent.llm.recipes.adapter import NAME, factors, unpack, write_adapter  # noqa: E402

SIZES = {
    "self_attn.q_proj": (576, 576),
    "self_attn.k_proj": (576, 192),
    "self_attn.v_proj": (576, 192),
    "self_attn.o_proj": (576, 576),
    "mlp.gate_proj": (576, 1536),
    "mlp.up_proj": (576, 1536),
    "mlp.down_proj": (1536, 576),
}
PROMPT = "<|im_start|>styles: line\nsubjects: Rex (dog)\nrequest: draw rex on the beach\nplan:\n"
# A model out of its mind does not end by itself.
SHORT = 'root ::= [a-z_(="]{14}'


def beside_the_weights(folder: Path, strength: float) -> Path:
    """A folder with the shipped model and a random adapter of the given strength."""
    chance, weights = torch.Generator().manual_seed(1), {}
    for layer in range(30):
        for part, (narrow, wide) in SIZES.items():
            name = f"model.base_model.model.model.layers.{layer}.{part}.lora_"
            weights[f"{name}A.default.weight"] = torch.randn(4, narrow, generator=chance) / narrow**0.5
            weights[f"{name}B.default.weight"] = torch.randn(wide, 4, generator=chance) * strength
    torch.save(weights, folder / "checkpoint.pt")
    for file in FOLDER.glob("planner-0*.gguf"):
        (folder / file.name).symlink_to(file)
    shutil.copy(FOLDER / "card.json", folder)
    write_adapter([folder / "checkpoint.pt"], folder)
    return folder


def test_an_adapter_changes_what_the_model_writes(tmp_path: Path) -> None:
    for name in ("bare", "none", "some"):
        (tmp_path / name).mkdir()
    bare = beside_the_weights(tmp_path / "bare", 0)
    card = json.loads((bare / "card.json").read_text(encoding="utf-8"))
    (bare / "card.json").write_text(json.dumps({"files": card["files"]}), encoding="utf-8")
    plain = Runtime(bare).complete(PROMPT, SHORT)
    nowhere = bare / "card.json" / "planner"  # to be kept in: the adapter stays beside the weights
    assert Runtime(beside_the_weights(tmp_path / "none", 0), home=nowhere).complete(PROMPT, SHORT) == plain
    assert Runtime(beside_the_weights(tmp_path / "some", 1), home=nowhere).complete(PROMPT, SHORT) != plain


@pytest.mark.slow
def test_added_to_the_weights_it_writes_the_same(tmp_path: Path) -> None:
    (tmp_path / "some").mkdir()
    folder = beside_the_weights(tmp_path / "some", 0.1)
    plain = Runtime(FOLDER, home=tmp_path / "shipped").complete(PROMPT, SHORT)
    beside = Runtime(folder, home=folder / "card.json" / "planner").complete(PROMPT, SHORT)
    assert Runtime(folder, home=tmp_path / "added").complete(PROMPT, SHORT) == beside != plain


def test_training_goes_on_from_what_an_adapter_holds(tmp_path: Path) -> None:
    folder, work = tmp_path / "weights", tmp_path / "work"
    folder.mkdir()
    work.mkdir()
    unpack(folder, work)
    assert not list(work.iterdir())
    trained = torch.load(beside_the_weights(folder, 1) / "checkpoint.pt")
    unpack(folder, work)
    begun = torch.load(work / "adapter.pt")
    assert begun.keys() == trained.keys() == factors(folder / NAME).keys()
    assert all(torch.equal(value.half(), begun[name].half()) for name, value in trained.items())


def test_what_several_seeds_learned_is_averaged(tmp_path: Path) -> None:
    name = "model.base_model.model.model.layers.3.mlp.up_proj.lora_A.default.weight"
    for number, value in enumerate((1.0, 2.0, 6.0)):
        torch.save({name: torch.full((4, 576), value).half()}, tmp_path / f"{number}.pt")
    shutil.copy(FOLDER / "card.json", tmp_path)
    written = write_adapter([tmp_path / f"{number}.pt" for number in range(3)], tmp_path)
    assert torch.equal(factors(written)[name], torch.full((4, 576), 3.0))


def test_a_damaged_adapter_is_never_loaded(tmp_path: Path) -> None:
    adapter = beside_the_weights(tmp_path, 0) / NAME
    assert checked(tmp_path).adapter == adapter
    adapter.write_bytes(adapter.read_bytes()[:-1] + b"x")
    with pytest.raises(PlanError, match="damaged"):
        checked(tmp_path)


def test_trained_embeddings_fit_no_adapter(tmp_path: Path) -> None:
    torch.save({"syntax": torch.zeros(2, 2)}, tmp_path / "checkpoint.pt")
    with pytest.raises(SystemExit, match="syntax"):
        write_adapter([tmp_path / "checkpoint.pt"], tmp_path)


def test_what_the_model_is_reluctant_to_write_are_tokens_of_its_vocabulary() -> None:
    from gguf import GGUFReader

    pieces = GGUFReader(FOLDER / "planner-00001-of-00002.gguf").fields["tokenizer.ggml.tokens"].contents()
    assert all(token in pieces for token, _ in RELUCTANCE)
