"""The official MCP client over streamable HTTP and over stdio."""

from __future__ import annotations

import asyncio
import base64
import io
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx2
import pytest
from mcp.client import Client
from mcp.client.stdio import StdioServerParameters, stdio_client
from mcp.client.streamable_http import streamable_http_client
from mcp_types import ImageContent
from PIL import Image

from tests.surfaces.http.conftest import ANA, BOB, Served

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])
TOOLS = {"generate_image", "animate", "edit_image", "learn_subject", "list_assets", "recall", "forget", "why"}
Talk = Callable[[Client], Awaitable[Any]]


def over_http(served: Served, token: str, talk: Talk) -> Any:
    async def talking() -> Any:
        headers = {"Authorization": f"Bearer {token}"}
        async with (
            httpx2.AsyncClient(headers=headers, timeout=120) as http,
            Client(streamable_http_client(f"{served.address}/mcp", http_client=http)) as client,
        ):
            return await talk(client)

    return asyncio.run(talking())


def said(result: Any) -> str:
    return "\n".join(one.text for one in result.content if one.type == "text")


def test_the_tools_are_there_with_words_for_every_argument(served: Served) -> None:
    async def talk(client: Client) -> Any:
        return (await client.list_tools()).tools

    tools = over_http(served, ANA, talk)
    assert {one.name for one in tools} == TOOLS
    assert all(one.description for one in tools)
    assert {one.name for one in tools if one.annotations.read_only_hint} == {"list_assets", "recall", "why"}
    assert {one.name for one in tools if one.annotations.destructive_hint} == {"forget"}


def test_a_picture_is_drawn_with_progress_explained_changed_animated_and_forgotten(served: Served) -> None:
    async def talk(client: Client) -> None:
        told: list[str | None] = []

        async def tell(progress: float, total: float | None, message: str | None) -> None:
            told.append(message)

        drawn = await client.call_tool(
            "generate_image",
            {"prompt": "a heron", "styles": ["flat"], "seed": 3, "session": "mcp test"},
            progress_callback=tell,
        )
        handle = said(drawn).split(":")[0]
        assert [one.type for one in drawn.content] == ["text", "image"] and told
        assert "seed      3" in said(await client.call_tool("why", {"handle": handle}))
        edited = await client.call_tool("edit_image", {"instruction": "make it red", "image_ref": handle})
        moved = await client.call_tool("animate", {"prompt": "a heron", "motion": "hop", "image_ref": handle})
        assert not edited.is_error
        assert [one.mime_type for one in moved.content if isinstance(one, ImageContent)] == ["image/gif"]
        assert handle in said(await client.call_tool("list_assets", {"kind": "image"}))
        assert "flat" in said(await client.call_tool("list_assets", {"kind": "style"}))
        assert "heron" in said(await client.call_tool("recall", {"query": "a heron"}))
        assert "Receipt" in said(await client.call_tool("forget", {"what": handle}))
        assert (await client.call_tool("why", {"handle": handle})).is_error

    over_http(served, ANA, talk)


def test_a_subject_is_learned_from_photos_and_drawn_by_name(served: Served, photo: bytes) -> None:
    async def talk(client: Client) -> None:
        urls = [f"data:image/png;base64,{base64.b64encode(photo).decode()}"]
        one = await client.call_tool("learn_subject", {"name": "Rex", "class_noun": "dog", "images": urls})
        assert one.is_error and "one photo is not enough" in said(one)
        bad = await client.call_tool("learn_subject", {"name": "Rex", "class_noun": "dog", "images": ["/etc/passwd"]})
        assert bad.is_error and "data URLs" in said(bad), "a file of the server is no photo of the caller"
        assert (await client.call_tool("generate_image", {"prompt": "Rex", "subjects": ["Rex"]})).is_error

    over_http(served, BOB, talk)


def test_each_token_sees_its_own(served: Served) -> None:
    async def talk(client: Client) -> str:
        await client.call_tool("generate_image", {"prompt": "a newt"})
        return said(await client.call_tool("list_assets", {"kind": "image", "text": "newt"}))

    async def spy(client: Client) -> str:
        return said(await client.call_tool("list_assets", {"kind": "image", "text": "newt"}))

    assert "newt" in over_http(served, ANA, talk)
    assert over_http(served, BOB, spy) == "none yet"


def test_a_program_that_starts_limner_itself_talks_over_stdio(served: Served, tmp_path: Path, photo: bytes) -> None:
    files = []
    for number in range(2):
        files.append(str(tmp_path / f"photo-{number}.png"))
        with Image.open(io.BytesIO(photo)) as seen:
            seen.rotate(90 * number).save(files[-1])
    settings = served.desk.settings
    arguments = ["-m", "limner.agent", "mcp", "--family", "fake", "--data", str(settings.data), "--out"]
    start = StdioServerParameters(
        command=sys.executable,
        args=[*arguments, str(settings.out), "--user", "stdio"],
        env={"LIMNER_EMBEDDER": "words"},
    )

    async def talking() -> None:
        async with Client(stdio_client(start)) as client:
            learned = await client.call_tool("learn_subject", {"name": "Rex", "class_noun": "dog", "images": files})
            assert not learned.is_error, said(learned)
            drawn = await client.call_tool("generate_image", {"prompt": "Rex at sea", "subjects": ["Rex"]})
            assert [one.type for one in drawn.content] == ["text", "image"], said(drawn)

    asyncio.run(talking())
