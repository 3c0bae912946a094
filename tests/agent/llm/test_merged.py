"""The weights a machine keeps: the very numbers, made again when wrong, and never in anybody's way."""

from __future__ import annotations

import json
import logging
import resource
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import gguf
import numpy as np
import pytest
from filelock import FileLock
from gguf.quants import dequantize, quantize

from limner.agent.llm import merged as module
from limner.agent.llm.fourbit import packed
from limner.agent.llm.merged import NAME, merged
from limner.agent.llm.shipped import FOLDER, checked, listed, sum_of
from limner.agent.plan import PlanError

Kind = gguf.GGMLQuantizationType
Q4, Q8, F16, F32 = Kind.Q4_0, Kind.Q8_0, Kind.F16, Kind.F32
ADAPTER, RANK, ALPHA = "small-adapter.gguf", 4, 6.0
TENSORS = {
    "token_embd.weight": ((40, 64), Q8),
    "blk.0.attn_q.weight": ((64, 64), Q8),
    "blk.0.attn_norm.weight": ((64,), F32),
    "blk.0.ffn_up.weight": ((96, 64), Q8),
    "blk.1.ffn_down.weight": ((64, 96), F16),
    "blk.1.ffn_gate.weight": ((96, 64), Q8),
}
CHANGED = ("blk.0.attn_q.weight", "blk.0.ffn_up.weight", "blk.1.ffn_down.weight")
LINEAR = (*CHANGED, "blk.1.ffn_gate.weight")


def model(folder: Path) -> Path:
    """Small weights in two files, as they ship."""
    folder.mkdir(parents=True, exist_ok=True)
    chance = np.random.default_rng(1)
    writer = gguf.GGUFWriter(folder / "small.gguf", "llama", split_max_tensors=3)
    writer.add_token_list(["a", "b"])
    writer.add_token_types([1, 4])
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_add_bos_token(False)
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_Q8_0)
    for name, (shape, kind) in TENSORS.items():
        value = chance.standard_normal(shape, dtype=np.float32)
        writer.add_tensor(name, quantize(value, kind), raw_dtype=kind)
    written(writer)
    adapt(folder)
    return folder


def adapt(folder: Path, seed: int = 2, names: tuple[str, ...] = CHANGED, alpha: float | None = ALPHA) -> None:
    """Another adapter takes the place of the one there."""
    chance = np.random.default_rng(seed)
    writer = gguf.GGUFWriter(folder / ADAPTER, "llama")
    writer.add_type(gguf.GGUFType.ADAPTER)
    if alpha is not None:
        writer.add_float32(gguf.Keys.Adapter.LORA_ALPHA, alpha)
    for name in names:
        wide, narrow = TENSORS.get(name, ((64, 64), Q8))[0]
        writer.add_tensor(f"{name}.lora_a", chance.standard_normal((RANK, narrow)).astype(np.float16))
        writer.add_tensor(f"{name}.lora_b", chance.standard_normal((wide, RANK)).astype(np.float16))
    written(writer)
    describe(folder)


def written(writer: gguf.GGUFWriter) -> None:
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def describe(folder: Path) -> None:
    card = {
        "files": {path.name: sum_of(path) for path in sorted(folder.glob("small-0*.gguf"))},
        "adapter": {ADAPTER: sum_of(folder / ADAPTER)},
    }
    (folder / "card.json").write_text(json.dumps(card), encoding="utf-8")


def folders(home: Path) -> list[str]:
    return sorted(path.name for path in home.iterdir() if path.is_dir())


def files(folder: Path) -> list[Path]:
    return sorted(folder.glob("small-0*.gguf"))


@pytest.fixture
def shipped(tmp_path: Path) -> Path:
    return model(tmp_path / "shipped")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home" / "planner"


def tensors(files: Iterable[Path]) -> dict[str, tuple[Any, bytes]]:
    """The kind and the bytes of each."""
    found = [tensor for file in files for tensor in gguf.GGUFReader(file).tensors]
    return {tensor.name: (tensor.tensor_type, tensor.data.tobytes()) for tensor in found}


def described(file: Path) -> dict[str, tuple[Any, Any]]:
    """What a file says of its model."""
    fields = gguf.GGUFReader(file).fields.values()
    return {
        field.name: (field.types, field.contents())
        for field in fields
        if not field.name.startswith(("GGUF.", "split."))
    }


@pytest.mark.parametrize("alpha", [ALPHA, None])
def test_linear_layers_are_the_sum_in_four_bits_and_all_else_is_the_same_bytes(
    shipped: Path, home: Path, alpha: float | None
) -> None:
    adapt(shipped, alpha=alpha)
    factors = {tensor.name: tensor.data.astype(np.float32) for tensor in gguf.GGUFReader(shipped / ADAPTER).tensors}
    with merged(shipped, home=home) as weights:
        assert weights.adapter is None
        assert [path.name for path in weights.sums] == [weights.model.name] == [NAME]
    expected = tensors(files(shipped))
    for file in files(shipped):
        for tensor in gguf.GGUFReader(file).tensors:
            if tensor.name in LINEAR:
                value = dequantize(tensor.data, tensor.tensor_type)
                if tensor.name in CHANGED:
                    scale = alpha / RANK if alpha else 1
                    value = value + scale * factors[f"{tensor.name}.lora_b"] @ factors[f"{tensor.name}.lora_a"]
                expected[tensor.name] = Q4, packed(value).tobytes()
    assert tensors([weights.model]) == expected
    shapes = {tensor.name: tuple(reversed(tensor.shape)) for tensor in gguf.GGUFReader(weights.model).tensors}
    assert shapes == {name: shape for name, (shape, _) in TENSORS.items()}


def test_it_says_of_itself_what_the_model_said(shipped: Path, home: Path) -> None:
    with merged(shipped, home=home) as weights:
        before, after = described(files(shipped)[0]), described(weights.model)
    kind = "general.file_type"
    assert (before.pop(kind)[1], after.pop(kind)[1]) == (7, 2)
    assert after == before


def test_what_else_an_adapter_changes_stays_of_its_kind(shipped: Path, home: Path) -> None:
    table = "token_embd.weight"
    adapt(shipped, names=(*CHANGED, table))
    with merged(shipped, home=home) as weights:
        assert weights.adapter is None
    before, after = tensors(files(shipped))[table], tensors([weights.model])[table]
    assert before[0] == after[0] == Q8
    assert before[1] != after[1]


def test_what_an_older_limner_kept_in_another_way_is_replaced(
    shipped: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as older:
        older.setattr(module, "HOW", "1")
        with merged(shipped, home=home) as before:
            pass
    with merged(shipped, home=home) as after:
        assert folders(home) == [after.model.parent.name] != [before.model.parent.name]


def test_it_is_done_once(shipped: Path, home: Path) -> None:
    times = []
    for _ in range(2):
        with merged(shipped, home=home) as weights:
            times.append(weights.model.stat().st_mtime_ns)
    assert times[0] == times[1]
    # Nothing that ships is read again for it.
    (shipped / ADAPTER).write_bytes(b"")
    with merged(shipped, home=home) as again:
        assert again == weights


def test_weights_without_an_adapter_are_loaded_from_where_they_are(shipped: Path, home: Path) -> None:
    card = json.loads((shipped / "card.json").read_text(encoding="utf-8"))
    (shipped / "card.json").write_text(json.dumps({"files": card["files"]}), encoding="utf-8")
    with merged(shipped, home=home) as weights:
        assert weights == checked(shipped)
    assert not home.exists()


def damage(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-1] + b"?")


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


@pytest.mark.parametrize("how", [damage, cut, Path.unlink])
@pytest.mark.parametrize("name", [NAME, "card.json"])
def test_what_was_damaged_is_made_again(shipped: Path, home: Path, how: Callable[[Path], None], name: str) -> None:
    with merged(shipped, home=home) as weights:
        good = {path.name: path.read_bytes() for path in weights.model.parent.iterdir()}
        how(weights.model.parent / name)
    with merged(shipped, home=home) as again:
        assert {path.name: path.read_bytes() for path in again.model.parent.iterdir()} == good


def test_another_adapter_takes_the_place_of_the_last_one_and_of_what_was_left_half_done(
    shipped: Path, home: Path
) -> None:
    with merged(shipped, home=home) as first:
        pass
    (home / "0123456789abcdef.part").mkdir()
    adapt(shipped, seed=3)
    with merged(shipped, home=home) as second:
        assert folders(home) == [second.model.parent.name] != [first.model.parent.name]
    assert checked(second.model.parent)


MOST = 9000  # bytes of a file, on a full disk


@contextmanager
def full_disk() -> Iterator[None]:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (MOST, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def assert_beside(shipped: Path, home: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING), merged(shipped, home=home) as weights:
        assert weights == checked(shipped)
        assert weights.adapter == shipped / ADAPTER
    assert "stays beside its weights" in caplog.text


def test_where_nothing_can_be_kept_the_adapter_stays_beside(
    shipped: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("no folder", encoding="utf-8")
    assert_beside(shipped, tmp_path / "file" / "planner", caplog)


def test_on_a_full_disk_too_and_nothing_half_done_is_left(
    shipped: Path, home: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with full_disk():
        assert_beside(shipped, home, caplog)
    assert folders(home) == []
    with merged(shipped, home=home) as weights:
        assert weights.adapter is None
        assert weights.model.stat().st_size > MOST


def test_what_another_program_holds_is_not_waited_for_endlessly(
    shipped: Path, home: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PATIENCE_S", 0.05)
    home.mkdir(parents=True)
    with FileLock(home / "lock"):
        assert_beside(shipped, home, caplog)


@pytest.mark.parametrize("name", ["blk.9.attn_q.weight", "token_embd.weight", "blk.0.attn_norm.weight"])
def test_an_adapter_of_another_model_is_left_to_the_loader(
    shipped: Path, home: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setitem(TENSORS, name, ((48, 32), Q8))
    adapt(shipped, names=(*CHANGED, name))
    assert_beside(shipped, home, caplog)
    assert folders(home) == []


def test_damaged_weights_are_told_before_anything_is_made_of_them(shipped: Path, home: Path) -> None:
    damage(shipped / ADAPTER)
    with pytest.raises(PlanError, match="damaged"), merged(shipped, home=home):
        pass
    assert folders(home) == []


PROGRAM = """
import sys, time
from pathlib import Path
from limner.agent.llm.fourbit import packed
from limner.agent.llm.merged import NAME, merged
from limner.agent.llm.shipped import checked
for _ in range(8):
    with merged(Path(sys.argv[1]), home=Path(sys.argv[2])) as weights:
        assert weights.adapter is None
        time.sleep(0.01)
        checked(weights.model.parent)
"""


def test_programs_at_once_and_of_two_versions_do_not_harm_each_other(shipped: Path, tmp_path: Path, home: Path) -> None:
    other = model(tmp_path / "other")
    adapt(other, seed=3)
    programs = [
        subprocess.Popen([sys.executable, "-c", PROGRAM, str(folder), str(home)], stderr=subprocess.PIPE, text=True)
        for folder in (shipped, other, shipped, other)
    ]
    for program in programs:
        _, said = program.communicate(timeout=120)
        assert (program.returncode, said) == (0, "")
    assert len(folders(home)) == 1


@pytest.mark.skipif(not listed().adapter, reason="the weights that ship have no adapter")
def test_the_shipped_weights_are_kept_in_little_more_than_half_the_bytes(persons_home: Path) -> None:
    with merged(home=persons_home / ".limner" / "planner") as weights:
        size = weights.model.stat().st_size
    assert weights.adapter is None
    assert size < 0.6 * sum(path.stat().st_size for path in FOLDER.glob("planner-0*.gguf"))
    before, after = tensors(sorted(FOLDER.glob("planner-0*.gguf"))), tensors([weights.model])
    assert before.keys() == after.keys()
    for name, (kind, data) in after.items():
        assert kind == (Q8 if name == "token_embd.weight" else F32 if "norm" in name else Q4)
        assert kind == Q4 or (kind, data) == before[name]
