"""OpenAI's own client against the doors that are shaped like OpenAI's."""

from __future__ import annotations

import base64
import io
from typing import Any

import openai
import pytest
from PIL import Image

from tests.surfaces.http.conftest import ANA, Served

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])
DRAW = {"styles": ["flat"]}


@pytest.fixture(scope="module")
def client(served: Served) -> openai.OpenAI:
    return openai.OpenAI(base_url=f"{served.address}/v1", api_key=ANA, max_retries=0, timeout=120)


def opened(data: str) -> Image.Image:
    return Image.open(io.BytesIO(base64.b64decode(data)))


def extra(thing: Any, name: str) -> Any:
    return (thing.model_extra or {})[name]


def test_models_are_listed(client: openai.OpenAI) -> None:
    assert [one.id for one in client.models.list()] == ["limner", "limner-fake"]
    with pytest.raises(openai.NotFoundError, match="there is no model"):
        client.models.retrieve("dall-e-3")


def test_pictures_come_inside_the_answer_with_their_seeds(client: openai.OpenAI) -> None:
    made = client.images.generate(
        model="limner", prompt="a fox in the snow", n=2, extra_body={**DRAW, "seed": 5, "session": "seeds"}
    )
    assert made.data is not None
    assert [extra(one, "seed") for one in made.data] == [5, 6]
    first = opened(made.data[0].b64_json or "")
    assert (first.format, first.size) == ("PNG", (64, 64))
    again = client.images.generate(prompt="a fox in the snow", extra_body={**DRAW, "seed": 5, "session": "seeds"})
    assert again.data is not None
    assert opened(again.data[0].b64_json or "").tobytes() == first.tobytes()


def test_a_size_is_made_of_what_the_family_draws(client: openai.OpenAI) -> None:
    made = client.images.generate(prompt="a fox", size="256x256")
    assert made.data is not None and opened(made.data[0].b64_json or "").size == (256, 256)
    with pytest.raises(openai.BadRequestError, match="too large"):
        client.images.generate(prompt="a fox", size="4096x4096")


def test_an_address_is_given_when_asked_for(client: openai.OpenAI, served: Served) -> None:
    made = client.images.generate(prompt="a fox", response_format="url")
    assert made.data is not None and made.data[0].url is not None
    assert served.ana.get(made.data[0].url).headers["content-type"] == "image/png"
    assert served.bob.get(made.data[0].url).status_code == 404


def test_a_motion_makes_a_clip(client: openai.OpenAI) -> None:
    made = client.images.generate(prompt="a fox", extra_body={"motion": "bounce"})
    assert made.data is not None
    assert extra(made.data[0], "media_type") == "image/gif"
    assert opened(made.data[0].b64_json or "").n_frames > 1  # type: ignore[attr-defined]


def test_a_sent_picture_is_changed(client: openai.OpenAI, photo: bytes) -> None:
    made = client.images.edit(image=("photo.png", photo), prompt="make the sky red")
    assert made.data is not None and opened(made.data[0].b64_json or "").size == (64, 64)


def test_an_earlier_picture_is_changed_by_its_handle(client: openai.OpenAI, served: Served) -> None:
    first = client.images.generate(prompt="a fox")
    assert first.data is not None
    handle = extra(first.data[0], "handle")
    answer = served.ana.post("/v1/images/edits", data={"prompt": "make it red", "image_ref": handle}).json()
    why = served.ana.get(f"/v1/pictures/{answer['data'][0]['handle']}/why").json()
    assert why["parents"] == [handle]


def test_what_cannot_be_done_is_refused_in_words(client: openai.OpenAI, photo: bytes) -> None:
    with pytest.raises(openai.BadRequestError, match="masks"):
        client.images.edit(image=("a.png", photo), mask=("m.png", photo), prompt="x")
    with pytest.raises(openai.BadRequestError, match="no such style"):
        client.images.generate(prompt="a fox", extra_body={"styles": ["no such style"]})
    with pytest.raises(openai.NotFoundError, match="there is no model"):
        client.images.generate(prompt="a fox", model="gpt-image-9")
    with pytest.raises(openai.UnprocessableEntityError, match="prompt"):
        client.images.generate(prompt="")
    with pytest.raises(openai.AuthenticationError):
        client.with_options(api_key="wrong").images.generate(prompt="a fox")


def test_a_conversation_is_answered_with_words_and_pictures(client: openai.OpenAI) -> None:
    answer = client.chat.completions.create(
        model="limner", messages=[{"role": "user", "content": "a fox"}], extra_body=DRAW
    )
    message = answer.choices[0].message
    assert "img-" in (message.content or "") and answer.choices[0].finish_reason == "stop"
    (picture,) = extra(message, "images")
    assert opened(picture["image_url"]["url"].partition(",")[2]).size == (64, 64)
    assert extra(answer, "limner")["plan"].startswith("generate_image(")


def test_a_stream_starts_at_once_and_ends_with_the_picture(client: openai.OpenAI) -> None:
    chunks = list(
        client.chat.completions.create(
            model="limner", stream=True, messages=[{"role": "user", "content": "a dog"}], extra_body=DRAW
        )
    )
    assert chunks[0].choices[0].delta.role == "assistant" and extra(chunks[0], "limner")["job"]
    kinds = [extra(chunk, "limner").get("kind") for chunk in chunks if "limner" in (chunk.model_extra or {})]
    assert "plan" in kinds and kinds[-1] == "reply" and chunks[-1].choices[0].finish_reason == "stop"
    assert any("images" in (chunk.choices[0].delta.model_extra or {}) for chunk in chunks)
    assert "img-" in "".join(chunk.choices[0].delta.content or "" for chunk in chunks)


def test_pictures_of_a_message_are_taken_in(client: openai.OpenAI, served: Served, photo: bytes) -> None:
    url = f"data:image/png;base64,{base64.b64encode(photo).decode()}"
    parts: list[Any] = [{"type": "text", "text": "a fox"}, {"type": "image_url", "image_url": {"url": url}}]
    client.chat.completions.create(
        model="limner", messages=[{"role": "user", "content": parts}], extra_body={"motion": "spin"}
    )
    newest = served.ana.get("/v1/pictures", params={"kind": "clip"}).json()["data"][0]
    assert newest["parents"][0].startswith("upload-")


def test_the_planner_is_asked_when_nothing_is_stated(client: openai.OpenAI) -> None:
    answer = client.chat.completions.create(
        model="limner", messages=[{"role": "user", "content": "draw a dog on the beach"}]
    )
    assert extra(answer, "limner")["plan"].startswith('generate_image(prompt="a dog on the beach"')


@pytest.mark.parametrize("url", ["http://169.254.169.254/latest", "file:///etc/passwd", "data:image/png;base64,!!!"])
def test_addresses_are_never_fetched(client: openai.OpenAI, url: str) -> None:
    parts: list[Any] = [{"type": "text", "text": "a fox"}, {"type": "image_url", "image_url": {"url": url}}]
    with pytest.raises(openai.BadRequestError, match=r"data URLs|base64"):
        client.chat.completions.create(model="limner", messages=[{"role": "user", "content": parts}])


@pytest.mark.parametrize("field", ["content", "model"])
def test_half_a_character_is_refused_and_breaks_nothing(served: Served, field: str) -> None:
    broken = {"content": "draw a fox", "model": "limner"} | {field: "half \\ud83d of it"}
    body = f'{{"model": "{broken["model"]}", "messages": [{{"role": "user", "content": "{broken["content"]}"}}]}}'
    answer = served.ana.post("/v1/chat/completions", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 422


def test_one_key_is_one_picture(client: openai.OpenAI) -> None:
    headers = {"Idempotency-Key": "once"}
    made = [client.images.generate(prompt="a fox at night", extra_headers=headers, extra_body=DRAW) for _ in range(2)]
    assert made[0].data is not None and made[1].data is not None
    assert extra(made[0].data[0], "handle") == extra(made[1].data[0], "handle")
    with pytest.raises(openai.UnprocessableEntityError, match="key"):
        client.images.generate(prompt="something else", extra_headers=headers, extra_body=DRAW)
