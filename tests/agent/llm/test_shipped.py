"""Weights that are missing or damaged, and processors that cannot run them, are told about, not crashed on."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from limner.agent.llm.runtime import Runtime
from limner.agent.llm.shipped import check_processor, checked
from limner.agent.plan import PlanError


def shipped(folder: Path) -> Path:
    (folder / "planner.gguf").write_bytes(b"weights")
    sums = {"planner.gguf": hashlib.sha256(b"weights").hexdigest()}
    (folder / "card.json").write_text(json.dumps({"files": sums}), encoding="utf-8")
    return folder


def test_whole_weights_are_found(tmp_path: Path) -> None:
    assert checked(shipped(tmp_path)).model == tmp_path / "planner.gguf"


def test_missing_weights_name_another_planner(tmp_path: Path) -> None:
    with pytest.raises(PlanError, match="--planner ollama"):
        checked(tmp_path)
    (shipped(tmp_path) / "planner.gguf").unlink()
    with pytest.raises(PlanError, match="missing"):
        checked(tmp_path)


def test_damaged_weights_are_never_loaded(tmp_path: Path) -> None:
    (shipped(tmp_path) / "planner.gguf").write_bytes(b"weighty")
    with pytest.raises(PlanError, match="damaged"):
        checked(tmp_path)


def test_what_is_no_model_is_told_too(tmp_path: Path) -> None:
    with pytest.raises(PlanError, match="no model"):
        Runtime(shipped(tmp_path)).complete("draw")


@pytest.mark.parametrize("card", ['{"files": ', "{}", ""])
def test_a_damaged_card_is_told_too(tmp_path: Path, card: str) -> None:
    (shipped(tmp_path) / "card.json").write_text(card, encoding="utf-8")
    with pytest.raises(PlanError, match="damaged"):
        checked(tmp_path)


def test_a_processor_without_avx2_is_told(tmp_path: Path) -> None:
    info = tmp_path / "cpuinfo"
    info.write_text("flags: sse4_2 avx", encoding="utf-8")
    with pytest.raises(PlanError, match="AVX2"):
        check_processor(info, machine="x86_64")
    check_processor(info, machine="aarch64")
