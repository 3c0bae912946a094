"""The adapter added into the weights: the very numbers, kept, made again when wrong, and never in anybody's way."""

from __future__ import annotations

import json
import logging
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import gguf
import numpy as np
import pytest
from filelock import FileLock
from gguf.quants import dequantize, quantize

from limner.agent.llm import merged as module
from limner.agent.llm.merged import merged
from limner.agent.llm.shipped import FOLDER, checked, listed, sum_of
from limner.agent.plan import PlanError

Q8, F16, F32 = gguf.GGMLQuantizationType.Q8_0, gguf.GGMLQuantizationType.F16, gguf.GGMLQuantizationType.F32
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


def model(folder: Path) -> Path:
    """Small weights in two files, as they ship."""
    folder.mkdir(parents=True, exist_ok=True)
    chance = np.random.default_rng(1)
    writer = gguf.GGUFWriter(folder / "small.gguf", "llama", split_max_tensors=3)
    writer.add_token_list(["a", "b"])
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


@pytest.mark.parametrize("alpha", [ALPHA, None])
def test_what_the_adapter_changes_is_the_sum_and_all_else_is_the_same_bytes(
    shipped: Path, home: Path, alpha: float | None
) -> None:
    adapt(shipped, alpha=alpha)
    factors = {tensor.name: tensor.data.astype(np.float32) for tensor in gguf.GGUFReader(shipped / ADAPTER).tensors}
    with merged(shipped, home=home) as weights:
        assert weights.adapter is None
    assert [path.name for path in files(weights.model.parent)] == [path.name for path in files(shipped)]
    assert weights.model.name == listed(shipped).model.name
    scale, seen = (alpha / RANK if alpha else 1), []
    for before, after in zip(files(shipped), files(weights.model.parent), strict=True):
        expected = bytearray(before.read_bytes())
        for tensor in gguf.GGUFReader(before).tensors:
            if tensor.name in CHANGED:
                change = scale * factors[f"{tensor.name}.lora_b"] @ factors[f"{tensor.name}.lora_a"]
                sum_ = quantize(dequantize(tensor.data, tensor.tensor_type) + change, tensor.tensor_type).tobytes()
                assert sum_ != tensor.data.tobytes()
                expected[tensor.data_offset : tensor.data_offset + tensor.n_bytes] = sum_
                seen.append(tensor.name)
        assert after.read_bytes() == expected
    assert sorted(seen) == sorted(CHANGED)


def test_it_is_done_once(shipped: Path, home: Path) -> None:
    times = []
    for _ in range(2):
        with merged(shipped, home=home) as weights:
            times.append([path.stat().st_mtime_ns for path in files(weights.model.parent)])
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
@pytest.mark.parametrize("name", ["small-00002-of-00002.gguf", "card.json"])
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


@contextmanager
def full_disk() -> Iterator[None]:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (9000, before[1]))
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
    assert max(path.stat().st_size for path in files(shipped)) > 9000
    with full_disk():
        assert_beside(shipped, home, caplog)
    assert folders(home) == []
    with merged(shipped, home=home) as weights:
        assert weights.adapter is None


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
from limner.agent.llm.merged import merged
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
def test_the_shipped_weights_are_kept_whole_and_as_big_as_they_ship(persons_home: Path) -> None:
    with merged(home=persons_home / ".limner" / "planner") as weights:
        sizes = {path.name: path.stat().st_size for path in weights.sums}
    assert weights.adapter is None
    assert sizes == {name: (FOLDER / name).stat().st_size for name in sizes}
