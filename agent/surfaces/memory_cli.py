"""limner memory: show, search, export, import, forget, rebuild, verify and stats from the command line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, is_dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from limner.memory import Memory

app = typer.Typer(help="See, carry, mend and erase what Limner remembers.", no_args_is_help=True)

User = Annotated[str, typer.Option("--user", help="whose memory", envvar="LIMNER_USER")]
Data = Annotated[Path | None, typer.Option("--data", help="the data folder", envvar="LIMNER_DATA")]
AsJson = Annotated[bool, typer.Option("--json", help="one JSON document instead of text")]

DEFAULT_USER = "me"


def memory_folder(data: Path | None) -> Path:
    """Where memory lies in the data folder; the assistant opens the same."""
    return (data or Path.home() / ".limner") / "memory"


@app.command()
def show(
    user: User = DEFAULT_USER,
    data: Data = None,
    as_json: AsJson = False,
    facet: Annotated[str | None, typer.Option(help="one facet only: palette, style, subject ...")] = None,
    closed: Annotated[bool, typer.Option("--closed", help="also what no longer holds")] = False,
) -> None:
    """What is known, each line with where it came from."""
    with _opened(data) as memory:
        found = memory.facts(user, facet=facet, live=not closed)
        lines = memory.profile(user, facet=facet)
        if as_json:
            _print_json({"facts": found, "profile": lines, "questions": memory.questions(user)})
            return
        if not found and not lines:
            typer.echo(f"nothing is remembered for {user} yet")
        for fact in found:
            until = f" until {fact.valid_to:%Y-%m-%d}, {fact.why_closed}" if fact.valid_to else ""
            typer.echo(
                f"{fact.id}\t{fact.facet}\t{fact.text}\t({fact.valid_from:%Y-%m-%d}{until}; {', '.join(fact.evidence)})"
            )
        for line in lines:
            if not any(ref.startswith("fact-") for ref in line.evidence):
                typer.echo(f"{line.id}\t{line.facet}\t{line.text}\t({line.at:%Y-%m-%d}; {', '.join(line.evidence)})")
        for question in memory.questions(user):
            typer.echo(f"?\t{question.text}")


@app.command()
def search(
    words: Annotated[str, typer.Argument(help="what to look for")],
    user: User = DEFAULT_USER,
    data: Data = None,
    as_json: AsJson = False,
    k: Annotated[int, typer.Option("-k", help="how many")] = 10,
) -> None:
    """Turns, facts and pictures nearest to some words."""
    with _opened(data) as memory:
        hits = memory.search(user, words, k)
        if as_json:
            _print_json(hits)
        for hit in [] if as_json else hits:
            typer.echo(f"{hit.id}\t{hit.at:%Y-%m-%d}\t{hit.score:.2f}\t{hit.text[:120]}")


@app.command()
def export(path: Path, user: User = DEFAULT_USER, data: Data = None, as_json: AsJson = False) -> None:
    """Write everything of one user to a zip."""
    with _opened(data) as memory:
        written = memory.export(user, path)
        _say({"written": str(written)}, f"written to {written}", as_json)


@app.command("import")
def import_(path: Path, user: User = DEFAULT_USER, data: Data = None, as_json: AsJson = False) -> None:
    """Read an export into an empty memory."""
    with _opened(data) as memory:
        stats = memory.import_(user, path)
        _say(stats, f"{stats.turns} turns, {stats.facts} facts and {stats.handles} handles read", as_json)


@app.command()
def forget(
    what: Annotated[str, typer.Argument(help="@biscuit, img-3, fact-1-2, 'last week', session:NAME or everything")],
    user: User = DEFAULT_USER,
    data: Data = None,
    as_json: AsJson = False,
    pictures: Annotated[bool, typer.Option("--pictures", help="also the pictures made with it")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="do not ask")] = False,
) -> None:
    """Erase for good, and say what went. Adapters and pictures on disk are erased by `limner chat`'s /forget."""
    if what == "everything" and not yes:
        typer.confirm(f"Erase everything remembered for {user}?", abort=True)
    with _opened(data) as memory:
        receipt = memory.forget(user, what, pictures=pictures)
        _say(receipt, "\n".join([*receipt.lines, *map(str, receipt.files)]), as_json)


@app.command()
def rebuild(
    user: Annotated[str | None, typer.Option("--user", help="only this user")] = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Make facts, profiles and indexes again from the journal."""
    with _opened(data) as memory:
        done = memory.rebuild(user)
        _say(done, "\n".join(done) or "nothing to rebuild", as_json)


@app.command()
def verify(
    user: Annotated[str | None, typer.Option("--user", help="only this user")] = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Say what is wrong; changes nothing. The exit code is 1 when something is."""
    with _opened(data) as memory:
        findings = memory.verify(user)
        told = [f"{one.where}: {one.what}" + (" (rebuild mends it)" if one.mendable else "") for one in findings]
        _say(findings, "\n".join(told) or "all is well", as_json)
    if findings:
        raise typer.Exit(1)


@app.command()
def stats(user: User = DEFAULT_USER, data: Data = None, as_json: AsJson = False) -> None:
    """How much is remembered."""
    with _opened(data) as memory:
        found = asdict(memory.stats(user))
        _say(found, "\n".join(f"{name}\t{value}" for name, value in found.items()), as_json)


@contextmanager
def _opened(data: Path | None) -> Iterator[Memory]:
    from limner.memory import Memory, MemoryProblem

    try:
        with Memory.open(memory_folder(data)) as memory:
            yield memory
    except MemoryProblem as problem:
        typer.echo(f"limner memory: {problem}", err=True)
        raise typer.Exit(2) from problem


def _say(value: Any, text: str, as_json: bool) -> None:
    if as_json:
        _print_json(value)
    else:
        typer.echo(text)


def _print_json(value: Any) -> None:
    def plain(one: Any) -> Any:
        if is_dataclass(one) and not isinstance(one, type):
            return {name: getattr(one, name) for name in one.__dataclass_fields__}
        if hasattr(one, "model_dump"):
            return one.model_dump(mode="json")
        return one.isoformat() if isinstance(one, datetime) else str(one)

    typer.echo(json.dumps(value, default=plain, ensure_ascii=False, indent=2))
