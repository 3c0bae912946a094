"""`limner memory` by its real words."""

from __future__ import annotations

import json
from pathlib import Path

from typer.testing import CliRunner

from limner.agent.surfaces.memory_cli import app
from limner.memory import HashEmbedder, Memory
from tests.memory.conftest import say


def run(data: Path, *words: str, user: str = "ana") -> tuple[int, str]:
    found = CliRunner().invoke(app, [*words, "--data", str(data), "--user", user])
    return found.exit_code, found.output


def test_show_export_forget_import_verify_and_stats(tmp_path: Path) -> None:
    with Memory.open(tmp_path / "memory", embedder=HashEmbedder()) as memory:
        say(memory, "ana", "I hate neon. Biscuit is a whippet.")
    code, told = run(tmp_path, "show")
    assert code == 0 and "User dislikes neon" in told and "turn-1-1" in told
    assert json.loads(run(tmp_path, "show", "--json")[1])["facts"][0]["evidence"] == ["turn-1-1"]
    assert run(tmp_path, "export", str(tmp_path / "ana.zip"))[0] == 0
    assert run(tmp_path, "verify") == (0, "all is well\n")
    assert "turns\t1" in run(tmp_path, "stats")[1]
    code, told = run(tmp_path, "forget", "everything", "--yes")
    assert code == 0 and "forgot everything" in told
    assert run(tmp_path, "verify")[0] == 1
    assert run(tmp_path, "import", str(tmp_path / "ana.zip"))[0] == 0
    assert "whippet" in run(tmp_path, "show")[1]


def test_a_problem_is_one_line_and_a_code(tmp_path: Path) -> None:
    assert run(tmp_path, "export", str(tmp_path / "x.zip"))[0] != 0
    with Memory.open(tmp_path / "memory", embedder=HashEmbedder()):
        assert run(tmp_path, "show")[0] != 0


def test_a_subject_is_shared_listed_and_taken_back(tmp_path: Path) -> None:
    with Memory.open(tmp_path / "memory", embedder=HashEmbedder()) as memory:
        turn = say(memory, "ana", "This is my dog Biscuit")
        memory.put_handle("ana", "@biscuit", kind="subject", turn_id=turn.id)
    assert run(tmp_path, "grants") == (0, "nothing is shared\n")
    assert run(tmp_path, "grant", "Biscuit", "bob")[0] == 0
    assert run(tmp_path, "grants") == (0, "@biscuit\tana\tbob\n")
    assert run(tmp_path, "grants", user="bob") == (0, "@biscuit\tana\tbob\n")
    assert run(tmp_path, "revoke", "@Biscuit", "bob")[0] == 0
    assert run(tmp_path, "grants", user="bob") == (0, "nothing is shared\n")
    code, told = run(tmp_path, "revoke", "Biscuit", "bob")
    assert code != 0 and "was not shared with bob" in told
    assert run(tmp_path, "grant", "Rex", "bob")[0] != 0
