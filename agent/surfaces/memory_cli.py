"""limner memory: show, search, correct, carry, share, forget, rebuild, verify and stats from the command line."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, is_dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from limner.agent.handles import named
from limner.agent.surfaces.flags import Flagged, settings, wants_json
from limner.agent.surfaces.opening import explained, opened_studio, utc_now

if TYPE_CHECKING:
    from limner.memory import Memory

app = typer.Typer(add_completion=False, help="See, carry, mend and erase what Limner remembers.", no_args_is_help=True)


@app.command(cls=Flagged)
def show(
    ctx: typer.Context,
    facet: Annotated[str | None, typer.Option(help="one facet only: palette, style, subject ...")] = None,
    closed: Annotated[bool, typer.Option("--closed", help="also what no longer holds")] = False,
) -> None:
    """What is known, each line with where it came from."""
    with _opened(ctx) as (memory, user):
        found = memory.facts(user, facet=facet, live=not closed)
        lines = memory.profile(user, facet=facet)
        questions = memory.questions(user)
        if wants_json(ctx):
            _print_json({"facts": found, "profile": lines, "questions": questions})
            return
        if not found and not lines:
            typer.echo(f"nothing is remembered for {user} yet")
        for fact in found:
            until = f" until {fact.valid_to:%Y-%m-%d}, {fact.why_closed}" if fact.valid_to else ""
            since = f"{fact.valid_from:%Y-%m-%d}{until}"
            typer.echo(f"{fact.id}\t{fact.facet}\t{fact.text}\t({since}; {', '.join(fact.evidence)})")
        for line in lines:
            if not any(ref.startswith("fact-") for ref in line.evidence):
                typer.echo(f"{line.id}\t{line.facet}\t{line.text}\t({line.at:%Y-%m-%d}; {', '.join(line.evidence)})")
        for question in questions:
            typer.echo(f"?\t{question.text}")


@app.command(cls=Flagged)
def search(
    ctx: typer.Context,
    words: Annotated[str, typer.Argument(help="what to look for")],
    k: Annotated[int, typer.Option("-k", help="how many")] = 10,
    like: Annotated[Path | None, typer.Option(help="a picture: what looks like it comes first")] = None,
) -> None:
    """Turns, facts and pictures nearest to some words, or to a picture."""
    with _opened(ctx) as (memory, user):
        looks = memory.recall(user, words, pictures=[like]).alike if like else ()
        hits = [*looks, *memory.search(user, words, k)][:k]
        _say(ctx, hits, "\n".join(f"{hit.id}\t{hit.at:%Y-%m-%d}\t{hit.score:.2f}\t{hit.text[:120]}" for hit in hits))


@app.command(cls=Flagged)
def correct(
    ctx: typer.Context,
    fact: Annotated[str, typer.Argument(help="its id, as `limner memory show` lists it")],
    text: Annotated[str, typer.Argument(help="what is right instead; nothing to only take it back")] = "",
) -> None:
    """Say that a fact is wrong, and what is right."""
    with _opened(ctx) as (memory, user):
        right = memory.correct(user, fact, text)
        _say(ctx, right, "\n".join(f"{one.id}\t{one.text}" for one in right) or f"{fact} no longer holds")


@app.command(cls=Flagged)
def export(ctx: typer.Context, path: Path) -> None:
    """Write everything of one user to a zip."""
    with _opened(ctx) as (memory, user):
        written = memory.export(user, path)
        _say(ctx, {"written": str(written)}, f"written to {written}")


@app.command("import", cls=Flagged)
def import_(ctx: typer.Context, path: Path) -> None:
    """Read an export into an empty memory."""
    with _opened(ctx) as (memory, user):
        stats = memory.import_(user, path)
        _say(ctx, asdict(stats), f"{stats.turns} turns, {stats.facts} facts and {stats.handles} handles read")


@app.command(cls=Flagged)
def forget(
    ctx: typer.Context,
    what: Annotated[str, typer.Argument(help="@biscuit, img-3, fact-1-2, 'last week', session:NAME or everything")],
    pictures: Annotated[bool, typer.Option("--pictures", help="also the pictures made with it")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="do not ask")] = False,
) -> None:
    """Erase for good, with adapters and pictures on disk, and say what went."""
    from limner.agent import forgetting

    chosen = settings(ctx)
    if what == "everything" and not yes:
        typer.confirm(f"Erase everything remembered for {chosen.user}?", abort=True)
    with explained(), opened_studio(chosen) as studio:
        receipt = forgetting.forget(studio, chosen.user, what, pictures=pictures)
        _say(ctx, receipt, "\n".join(forgetting.lines(receipt)))
        asks = receipt.pictures and not yes and sys.stdin.isatty() and not wants_json(ctx)
        if asks and typer.confirm(forgetting.offer(receipt)):
            also = forgetting.forget(studio, chosen.user, receipt.pictures)
            typer.echo("\n".join(forgetting.lines(also)))


@app.command(cls=Flagged)
def grant(
    ctx: typer.Context,
    subject: Annotated[str, typer.Argument(help="one of your subjects: Biscuit or @biscuit")],
    to: Annotated[str, typer.Argument(help="a user, or channel:NAME or workspace:NAME")],
) -> None:
    """Let somebody else, or a shared place, use one of your subjects; nothing else of yours goes along."""
    with _opened(ctx) as (memory, user):
        handle = named("subject", subject.removeprefix("@"))
        memory.grant(user, handle, to)
        _say(ctx, {"subject": handle, "to": to}, f"{to} may use {handle}; `limner memory revoke` takes it back")


@app.command(cls=Flagged)
def revoke(
    ctx: typer.Context,
    subject: Annotated[str, typer.Argument(help="the subject that was shared")],
    to: Annotated[str, typer.Argument(help="with whom")],
) -> None:
    """Take back what was shared; what they drew with it stays theirs."""
    with _opened(ctx) as (memory, user):
        handle = named("subject", subject.removeprefix("@"))
        memory.revoke(user, handle, to)
        _say(ctx, {"subject": handle, "from": to}, f"{to} may no longer use {handle}")


@app.command(cls=Flagged)
def grants(ctx: typer.Context) -> None:
    """What you share with whom, and what others share with you."""
    with _opened(ctx) as (memory, user):
        lent = [{"subject": subject, "owner": user, "to": to} for subject, to in memory.lent(user)]
        borrowed = [{"subject": one.handle, "owner": one.user, "to": user} for one in memory.granted(user)]
        rows = [*lent, *borrowed]
        _say(ctx, rows, "\n".join("\t".join(row.values()) for row in rows) or "nothing is shared")


@app.command(cls=Flagged)
def rebuild(ctx: typer.Context, everybody: Annotated[bool, typer.Option("--all", help="every user's")] = False) -> None:
    """Make facts, profiles and indexes again from the journal."""
    with _opened(ctx) as (memory, user):
        done = memory.rebuild(None if everybody else user)
        _say(ctx, done, "\n".join(done))


@app.command(cls=Flagged)
def verify(ctx: typer.Context, everybody: Annotated[bool, typer.Option("--all", help="every user's")] = False) -> None:
    """Say what is wrong; changes nothing. The exit code is 1 when something is."""
    with _opened(ctx) as (memory, user):
        findings = memory.verify(None if everybody else user)
        told = [f"{one.where}: {one.what}" + (" (rebuild mends it)" if one.mendable else "") for one in findings]
        _say(ctx, findings, "\n".join(told) or "all is well")
        if findings:
            raise typer.Exit(1)


@app.command(cls=Flagged)
def stats(ctx: typer.Context) -> None:
    """How much is remembered."""
    with _opened(ctx) as (memory, user):
        found = asdict(memory.stats(user))
        _say(ctx, found, "\n".join(f"{name}\t{'' if value is None else value}" for name, value in found.items()))


@contextmanager
def _opened(ctx: typer.Context) -> Iterator[tuple[Memory, str]]:
    """Memory alone: no model, no library, so that a damaged one of those cannot keep a person from their memories."""
    from limner.agent.studio import open_memory

    chosen = settings(ctx)
    with explained(), open_memory(chosen, utc_now) as memory:
        yield memory, chosen.user


def _say(ctx: typer.Context, value: Any, text: str) -> None:
    if wants_json(ctx):
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
