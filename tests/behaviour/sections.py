"""A page of evidence in sections, each written by the code that measured it."""

from __future__ import annotations

from pathlib import Path


def write_section(page: Path, title: str, text: str, page_title: str) -> None:
    """Put or replace one section; the others stay as they were measured."""
    held = page.read_text(encoding="utf-8") if page.exists() else f"# {page_title}\n"
    head, *sections = held.rstrip().split("\n## ")
    kept = [one for one in sections if not one.startswith(f"{title}\n")]
    page.parent.mkdir(parents=True, exist_ok=True)
    body = [head.rstrip(), *(f"## {one.strip()}" for one in [*kept, f"{title}\n\n{text.strip()}"])]
    page.write_text("\n\n".join(body) + "\n", encoding="utf-8")
