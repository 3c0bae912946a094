"""Work side by side: as many hands as the machine has, results in order, errors told, nothing left running."""

from __future__ import annotations

import threading

import pytest
import torch

from limner.tools.diffusion.hands import MOST, both, hands, helpers

CPU = torch.device("cpu")


def test_hands_leave_each_its_torch_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("limner.tools.diffusion.hands._cores", lambda: 8)
    monkeypatch.setattr(torch, "get_num_threads", lambda: 8)
    assert hands(CPU) == 1
    monkeypatch.setattr(torch, "get_num_threads", lambda: 1)
    assert hands(CPU) == MOST
    assert hands(torch.device("cuda")) == 1
    monkeypatch.setattr("limner.tools.diffusion.hands._cores", lambda: 1)
    assert hands(CPU) == 1


def test_a_hand_has_as_many_torch_threads_as_its_caller() -> None:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with helpers() as beside:
            found = beside.all([lambda: (threading.get_ident(), torch.get_num_threads())] * 2)
    finally:
        torch.set_num_threads(before)
    assert [threads for _, threads in found] == [1, 1]
    assert len({thread for thread, _ in found}) == 2


def test_an_error_comes_out_when_the_other_work_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("limner.tools.diffusion.hands.hands", lambda device: 2)
    begun, done = threading.Event(), threading.Event()

    def broken() -> None:
        begun.wait(5)
        raise ValueError("broken")

    def slow() -> None:
        begun.set()
        done.wait(0.2)
        done.set()

    with pytest.raises(ValueError, match="broken"):
        both(CPU, broken, slow)
    assert done.is_set()
