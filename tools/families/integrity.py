"""Proof that a folder of weights is the one that was published: a SHA-256 of every file, kept in its card.json."""

from __future__ import annotations

import json
from pathlib import Path

from limner.tools.base import ToolError
from limner.tools.library import sha256

CARD = "card.json"
WORDS = ".md"  # what is said about the weights may be said better


def hashes(folder: Path) -> dict[str, str]:
    """SHA-256 of each file below `folder`, but the card itself and pages about them."""
    files = sorted(p for p in folder.rglob("*") if p.is_file() and p != folder / CARD and p.suffix != WORDS)
    return {p.relative_to(folder).as_posix(): sha256(p) for p in files}


def verify(folder: Path) -> None:
    """Names the first file that is missing or not the published one. A folder without a card is taken on trust."""
    if not (folder / "model_index.json").exists():
        raise ToolError(
            f"no model in {folder}: model_index.json is missing. Reinstall limner or point to a model folder"
        )
    card = folder / CARD
    if not card.exists():
        return
    try:
        expected = json.loads(card.read_bytes()).get("files", {})
    except ValueError as error:
        raise ToolError(f"{card} is damaged: {error}. Reinstall limner") from error
    for name, digest in expected.items():
        file = folder / name
        if file.suffix == WORDS:
            continue
        if not file.exists():
            raise ToolError(f"{file} is missing. Reinstall limner")
        if sha256(file) != digest:
            raise ToolError(f"{file} is damaged or not the published one (its SHA-256 differs). Reinstall limner")


def base_hash(folder: Path) -> str:
    """One hash for what adapters depend on: the denoiser and the text encoders."""
    import hashlib

    total = hashlib.sha256()
    for part in ("unet", "transformer", "text_encoder", "text_encoder_2"):
        for file in sorted((folder / part).glob("*.safetensors")):
            total.update(sha256(file).encode())
    return total.hexdigest()
