"""The MCP tools: generate_image, animate, edit_image, learn_subject, list_assets, recall, forget, why."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from mcp.server import MCPServer
from mcp.server.mcpserver import Context
from mcp.server.mcpserver.exceptions import ToolError
from mcp_types import ContentBlock, ImageContent, TextContent, ToolAnnotations
from pydantic import Field

from limner.agent.jobs.desk import Desk
from limner.agent.jobs.job import Job
from limner.agent.messages import Attachment, Progress, Reply, Request, RequestError, StatusChanged
from limner.agent.plan import Animate, EditImage, GenerateImage, LearnSubject, Step
from limner.agent.surfaces.http.asking import MOST_AT_ONCE, MOST_PICTURES, picture_from, written

SURFACE = "mcp"
SAID = (
    "Limner draws and animates the people, animals and things its user has introduced, in styles the user likes. "
    "list_assets tells their names; handles like img-12 stay good for ever."
)
Names = Annotated[list[str], Field(description="names from list_assets", max_length=8)]
Handle = Annotated[str, Field(description="a handle, like img-12", max_length=80)]
Seed = Annotated[int | None, Field(description="same seed, same picture", ge=0, le=2**32 - 1)]
Session = Annotated[str, Field(description="the conversation it belongs to", min_length=1, max_length=200)]
Assets = Literal["subject", "style", "motion", "image", "clip", "upload"]
Value = TypeVar("Value")
LOOKS = ToolAnnotations(read_only_hint=True)
MAKES = ToolAnnotations(read_only_hint=False, destructive_hint=False)
ERASES = ToolAnnotations(read_only_hint=False, destructive_hint=True)
Photos = Annotated[
    list[str],
    Field(
        description="the photos as data URLs (data:image/png;base64,...); over stdio also paths of files",
        min_length=1,
        max_length=MOST_PICTURES,
    ),
]


def build(desk: Desk, user_of: Callable[[Context], str], local: bool = False) -> MCPServer[Any]:
    """A server for one desk. A `local` one, over stdio, also takes paths of files, which are its user's own."""
    server: MCPServer[Any] = MCPServer(
        "limner", title="Limner", instructions=SAID, version=version("limner"), log_level="WARNING"
    )
    hands = _Hands(desk, local)

    @server.tool(annotations=MAKES, structured_output=False)
    async def generate_image(
        ctx: Context,
        prompt: Annotated[str, Field(description="the scene in a few plain words; subjects by their names")],
        subjects: Names = [],  # noqa: B006  read by the SDK, changed by nobody
        styles: Names = [],  # noqa: B006
        count: Annotated[int, Field(ge=1, le=MOST_AT_ONCE)] = 1,
        seed: Seed = None,
        session: Session = SURFACE,
    ) -> list[ContentBlock]:
        """Draw one or more new pictures."""
        step = GenerateImage(prompt=prompt, subjects=tuple(subjects), styles=tuple(styles), count=count, seed=seed)
        return await hands.work(ctx, user_of(ctx), session, prompt, step, seed)

    @server.tool(annotations=MAKES, structured_output=False)
    async def animate(
        ctx: Context,
        prompt: Annotated[str, Field(description="the scene in a few plain words; subjects by their names")],
        motion: Annotated[str, Field(description="a motion from list_assets")],
        subjects: Names = [],  # noqa: B006
        styles: Names = [],  # noqa: B006
        image_ref: Annotated[str | None, Field(description="the picture to set in motion: a handle, or last")] = None,
        frames: Annotated[int | None, Field(ge=2, le=64)] = None,
        seed: Seed = None,
        session: Session = SURFACE,
    ) -> list[ContentBlock]:
        """Make a short moving clip."""
        step = Animate(
            prompt=prompt,
            subjects=tuple(subjects),
            styles=tuple(styles),
            motion=motion,
            image_ref=image_ref,
            frames=frames,
        )
        return await hands.work(ctx, user_of(ctx), session, prompt, step, seed)

    @server.tool(annotations=MAKES, structured_output=False)
    async def edit_image(
        ctx: Context,
        instruction: Annotated[str, Field(description="what to change, in a few plain words")],
        image_ref: Annotated[str, Field(description="a handle, or last for the newest picture")] = "last",
        image: Annotated[str | None, Field(description="instead, a picture as a data URL")] = None,
        seed: Seed = None,
        session: Session = SURFACE,
    ) -> list[ContentBlock]:
        """Change an existing picture and keep the rest of it."""
        user = user_of(ctx)
        files = await hands.files(user, [image] if image else [])
        step = EditImage(image_ref="attached" if files else image_ref, instruction=instruction)
        return await hands.work(ctx, user, session, instruction, step, seed, files)

    @server.tool(annotations=MAKES, structured_output=False)
    async def learn_subject(
        ctx: Context,
        name: Annotated[str, Field(description="the name the user gives it", min_length=1, max_length=100)],
        class_noun: Annotated[str, Field(description="what it is, one or two words: dog, mug, woman")],
        images: Photos,
        session: Session = SURFACE,
    ) -> list[ContentBlock]:
        """Learn one person, animal or thing from 3 to 6 photos, so that it can be drawn by name. Takes a minute."""
        user = user_of(ctx)
        files = await hands.files(user, images)
        said = f"This is {name}, a {class_noun}."
        return await hands.work(ctx, user, session, said, LearnSubject(name=name, class_noun=class_noun), None, files)

    @server.tool(annotations=LOOKS, structured_output=False)
    async def list_assets(
        ctx: Context,
        kind: Annotated[Assets, Field(description="what to list")] = "subject",
        text: Annotated[str, Field(description="words a picture's caption holds")] = "",
        limit: Annotated[int, Field(ge=1, le=200)] = 20,
    ) -> str:
        """The user's subjects, styles, motions, pictures, clips or uploads, each with the name or handle to use."""
        return await hands.asked(hands.listed, user_of(ctx), kind, text, limit)

    @server.tool(annotations=LOOKS, structured_output=False)
    async def recall(ctx: Context, query: Annotated[str, Field(description="what it is about", min_length=1)]) -> str:
        """What the user said, likes or made before, with dates and ids."""
        return await hands.asked(hands.recalled, user_of(ctx), query)

    @server.tool(annotations=ERASES, structured_output=False)
    async def forget(
        ctx: Context,
        what: Annotated[str, Field(description="a name, a handle, a fact id, “last week”, “everything”", min_length=1)],
        pictures: Annotated[bool, Field(description="also the pictures made with it")] = False,
    ) -> str:
        """Erase for good, with its files; only when the user asks for it. Gives a receipt."""
        return await hands.asked(desk.forget, user_of(ctx), what, pictures=pictures)

    @server.tool(annotations=LOOKS, structured_output=False)
    async def why(ctx: Context, handle: Handle) -> str:
        """How a picture came to be: request, plan, memories, adapters with their measured effect, seed."""
        return (await hands.asked(desk.why, user_of(ctx), handle)).text

    return server


class _Hands:
    """What the tools have in common."""

    def __init__(self, desk: Desk, local: bool) -> None:
        self.desk, self.local = desk, local

    async def asked(self, question: Callable[..., Value], *arguments: Any, **named: Any) -> Value:
        try:
            return await asyncio.to_thread(question, *arguments, **named)
        except RequestError as error:
            raise ToolError(str(error)) from error

    async def files(self, user: str, given: list[str]) -> tuple[Attachment, ...]:
        return tuple([await self.asked(self._file, user, one, number) for number, one in enumerate(given, start=1)])

    def _file(self, user: str, given: str, number: int) -> Attachment:
        if self.local and not given.startswith("data:"):
            path = Path(given).expanduser()
            if not path.is_file():
                raise RequestError(f"there is no file {given}")
            return self.desk.upload(user, path.name, path.read_bytes())
        return picture_from(self.desk, user, given, number)

    async def work(
        self,
        ctx: Context,
        user: str,
        session: str,
        said: str,
        step: Step,
        seed: int | None,
        files: tuple[Attachment, ...] = (),
    ) -> list[ContentBlock]:
        """Queue it, tell how it goes, and give the words and pictures it came to; a caller that leaves cancels it."""
        request = Request(user=user, session=session, text=said, attachments=files, plan=written(step), seed=seed)
        job = await self.asked(self.desk.submit, request, surface=SURFACE)
        try:
            reply = await self._reply(ctx, job)
        except asyncio.CancelledError:
            self.desk.log.cancel(job.id, user)
            raise
        if reply.status in ("failed", "cancelled"):
            raise ToolError(reply.text)
        return [TextContent(type="text", text=reply.text), *await self.asked(self._pictures, user, reply)]

    async def _reply(self, ctx: Context, job: Job) -> Reply:
        told = 0.0
        async for _, event in self.desk.watch(job.user, job.id):
            if isinstance(event, Reply):
                return event
            if isinstance(event, Progress | StatusChanged):
                # Clients want a number that only grows; a job has several phases, so each message counts one.
                told += 1
                label = event.text if isinstance(event, StatusChanged) else f"{event.label} {event.done}/{event.total}"
                await ctx.report_progress(told, None, label)
        raise ToolError("what this said is forgotten")

    def _pictures(self, user: str, reply: Reply) -> list[ContentBlock]:
        found: list[ContentBlock] = []
        for one in reply.made:
            served = self.desk.file(user, one.handle)
            data = base64.b64encode(served.path.read_bytes()).decode()
            found.append(ImageContent(type="image", data=data, mime_type=served.media_type))
        return found

    def listed(self, user: str, kind: Assets, text: str, limit: int) -> str:
        if kind == "subject" or kind == "style" or kind == "motion":
            rows = [
                f"{one.name}\t{one.class_noun or ('native' if one.native else kind)}\t{one.handle}"
                for one in self.desk.named(user, kind)
            ]
        else:
            rows = [
                f"{one.handle}\t{one.made:%Y-%m-%d %H:%M}\t{one.caption}"
                for one in self.desk.images(user, kind=kind, text=text, limit=limit)
            ]
        return "\n".join(rows[:limit]) or "none yet"

    def recalled(self, user: str, query: str) -> str:
        lines = self.desk.recall(user, query)
        return (
            "\n".join(f"{one.id}\t{one.since:%Y-%m-%d}\t{one.text}" for one in lines) or "nothing is remembered of it"
        )
