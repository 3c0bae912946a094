"""The commands as a person types them."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest
from PIL import Image
from typer.testing import CliRunner, Result

from limner.agent.surfaces.cli import app
from limner.agent.surfaces.script_file import load_script


def limner(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


def test_a_misspelt_variable_is_pointed_out_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIMNER_AUTH", "a-token-of-sixteen")
    assert "LIMNER_" not in limner("styles").stderr
    monkeypatch.setenv("LIMNER_FAMLY", "sticker")
    monkeypatch.setenv("LIMNER_XYZZY", "1")
    for words in (("memory", "show"), ("subjects",), ("subjects", "export", "nobody")):
        told = limner(*words).stderr
        assert told.count("LIMNER_FAMLY") == 1 and "did you mean LIMNER_FAMILY?" in told
        assert told.count("LIMNER_XYZZY") == 1 and "there are: LIMNER_AUTH, LIMNER_CHROMA" in told


@pytest.fixture
def drawn(home: Path, photos: list[Path]) -> Path:
    """A folder in which one picture of Biscuit was made."""
    (home / "one.yaml").write_text(
        "planner: scripted\nseed: 7\nturns:\n"
        "  - user: my dog Biscuit\n    attach: [photo-0.png, photo-1.png]\n"
        '    plan: learn_subject(name="Biscuit", class_noun="dog")\n'
        "  - user: Biscuit on the beach in the line style\n"
        '    plan: generate_image(prompt="Biscuit on the beach", subjects=["Biscuit"], styles=["line"])\n',
        "utf-8",
    )
    result = limner("run", "one.yaml", "--data", str(home / "data"))
    assert result.exit_code == 0, result.output
    return next((home / "outputs").rglob("ana-img-1-*.png"))


def test_help_is_there_at_once_and_loads_nothing_heavy() -> None:
    heavy = "torch", "langgraph", "chromadb", "PIL", "pydantic"
    code = f"import sys, limner.agent.surfaces.cli; print([one for one in {heavy} if one in sys.modules])"
    began = time.monotonic()
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
    assert time.monotonic() - began < 5, "half a second on an idle machine"
    result = limner("--help")
    for word in ("chat", "run", "draw", "images", "subjects", "styles", "motions", "tools", "why", "replay", "doctor"):
        assert word in result.output


def test_images_lists_and_filters(drawn: Path) -> None:
    assert "Biscuit on the beach, line" in limner("images").output
    rows = json.loads(limner("images", "--style", "line", "--json").stdout)
    assert [row["handle"] for row in rows] == ["img-1"]
    assert limner("images", "--liked").output.strip() == "none yet"
    assert "img-1" in limner("images", "--when", "today").output
    assert limner("images", "--when", "blurgh").exit_code == 1
    assert limner("images", "--user", "bob").output.strip() == "none yet"


def test_subjects_styles_motions_and_tools_are_listed(drawn: Path) -> None:
    assert "Biscuit" in limner("subjects").output
    assert {"3d", "flat", "line", "cartoon"} <= {row["name"] for row in json.loads(limner("styles", "--json").stdout)}
    assert "bounce" in limner("motions").output
    assert "arXiv:2208.12242" in limner("tools").output


def test_why_says_request_plan_adapters_and_seed(drawn: Path) -> None:
    said = limner("why", "img-1").output
    for word in (
        "you said “Biscuit on the beach in the line style”",
        "generate_image(",
        "Biscuit, dreambooth_lora, scale 1",
        "seed      7",
    ):
        assert word in said
    assert limner("why", str(drawn)).output == said
    gone = limner("why", "img-99")
    assert gone.exit_code == 1 and "limner images" in gone.stderr


def test_replay_makes_the_same_bytes_and_says_what_drifted(drawn: Path, home: Path) -> None:
    result = limner("replay", str(drawn))
    assert result.exit_code == 0 and "the same bytes" in result.output, result.output
    assert drawn.with_name("ana-img-1-seed7-replay.png").read_bytes() == drawn.read_bytes()
    adapter = next((home / "data" / "library").rglob("adapter.safetensors"))
    card = adapter.with_name("card.json")
    card.write_text(card.read_text().replace('"sha256":', '"sha256": "0000", "was":'), "utf-8")
    result = limner("replay", str(drawn))
    assert result.exit_code == 1 and "the adapter file changed" in result.output


def test_replay_of_a_forgotten_subject_refuses(drawn: Path, home: Path) -> None:
    import shutil

    shutil.rmtree(home / "data" / "library")
    result = limner("replay", str(drawn))
    assert result.exit_code == 1 and "forgotten" in result.stderr


def test_a_subject_is_added_exported_and_imported_for_somebody_else(home: Path, photos: list[Path]) -> None:
    added = limner("subjects", "add", "Rex", *map(str, photos), "--class-noun", "dog")
    assert added.exit_code == 0 and "@rex: Rex, learned" in added.output, added.output
    assert limner("subjects", "export", "Rex", "--to", "rex.limner").exit_code == 0
    assert "@rex: Rex is yours" in limner("subjects", "import", "rex.limner", "--user", "bob").output
    again = limner("subjects", "import", "rex.limner", "--user", "bob")
    assert again.exit_code == 1 and "there already is a subject called 'Rex'" in again.output
    assert "@tim: Tim is yours" in limner("subjects", "import", "rex.limner", "--name", "Tim", "--user", "bob").output
    assert {"Rex", "Tim"} == {row["name"] for row in json.loads(limner("subjects", "--json", "--user", "bob").stdout)}


def test_replay_of_a_foreign_picture_is_explained(home: Path) -> None:
    Image.new("RGB", (8, 8)).save("foreign.png")
    result = limner("replay", "foreign.png")
    assert result.exit_code == 1 and "another program" in result.stderr


def test_wrong_settings_exit_with_two(home: Path) -> None:
    (home / "limner.toml").write_text('plannr = "x"\n')
    result = limner("images")
    assert result.exit_code == 2 and "no setting called 'plannr'" in result.stderr


def test_sub_commands_are_passed_on(drawn: Path) -> None:
    assert "show" in limner("memory", "--help").output
    assert limner("memory", "stats", "--data", "data", "--user", "ana").exit_code == 0
    assert "planner" in limner("evaluate", "--help").output


def test_the_shipped_demo_can_be_read() -> None:
    script = load_script(Path(__file__).parents[2] / "examples" / "biscuit.yaml")
    assert len(script.turns) >= 6
    assert all(path.is_file() for turn in script.turns for path in turn.attach)


def test_the_doctor_finds_nothing_wrong_with_the_fake_family(home: Path) -> None:
    found = json.loads(limner("doctor", "--planner", "scripted:none", "--json").stdout)
    assert found["engine"]["family"] == "fake" and found["settings"]["user"] == "ana"
    assert [one for one in found["problems"] if one.startswith("family")] == []


def test_a_question_is_no_success_of_draw(home: Path) -> None:
    result = limner("draw", "make img-7 blue")
    assert result.exit_code == 1 and "There is no img-7" in result.output


def test_a_reader_that_stops_early_sees_no_traceback(drawn: Path) -> None:
    command = [sys.executable, "-m", "limner.agent", "images", "--json"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None and process.stderr is not None
    process.stdout.close()
    assert process.stderr.read() == ""
    assert process.wait() == 1


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (("--family", "nope"), "no base family called 'nope'; choose from sticker"),
        (("--planner", "nope"), "no planner called 'nope'"),
        (("--planner", "nope:x"), "cannot use nope:x as planner"),
        (("--planner", "openai:gpt-x", "--offline"), "exclude each other"),
    ],
)
def test_a_setting_that_cannot_be_used_is_exit_code_2_in_one_line(flags: tuple[str, ...], said: str) -> None:
    result = limner("draw", "a fox", *flags)
    assert result.exit_code == 2 and said in result.stderr and result.stderr.count("\n") == 1, result.output
