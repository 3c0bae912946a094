"""What judges pictures of other bases: real CLIP and DINOv2 models, very small and with random weights."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from PIL import Image

from limner.tools import ToolError
from limner.tools.evaluate.encoders import PictureJudge
from limner.tools.families.sticker import letter_tokenizer

SMALL = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 2}


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    from transformers import (
        BitImageProcessor,
        CLIPConfig,
        CLIPImageProcessor,
        CLIPModel,
        CLIPTextConfig,
        CLIPVisionConfig,
        Dinov2Config,
        Dinov2Model,
    )

    clip, dino = tmp_path_factory.mktemp("clip"), tmp_path_factory.mktemp("dino")
    tokenizer = letter_tokenizer(24)
    ends = {"eos_token_id": tokenizer.eos_token_id, "bos_token_id": tokenizer.bos_token_id}
    text = CLIPTextConfig(vocab_size=len(tokenizer), max_position_embeddings=24, **SMALL, **ends)
    vision = CLIPVisionConfig(image_size=64, patch_size=16, **SMALL)
    size = {"height": 64, "width": 64}
    with torch.random.fork_rng():
        torch.manual_seed(0)
        CLIPModel(
            CLIPConfig(text_config=text.to_dict(), vision_config=vision.to_dict(), projection_dim=16)
        ).save_pretrained(clip)
        Dinov2Model(
            Dinov2Config(image_size=64, patch_size=16, hidden_size=24, num_hidden_layers=2, num_attention_heads=2)
        ).save_pretrained(dino)
    tokenizer.save_pretrained(clip)
    CLIPImageProcessor(size={"shortest_edge": 64}, crop_size=size).save_pretrained(clip)
    BitImageProcessor(size={"shortest_edge": 64}, crop_size=size).save_pretrained(dino)
    return clip, dino


def pictures() -> list[Image.Image]:
    return [Image.new("RGB", (96, 80), colour) for colour in ("red", "blue", "red")]


def test_alike_pictures_are_alike_by_clip_and_by_dino(models: tuple[Path, Path]) -> None:
    clip, dino = models
    for judge, width in ((PictureJudge(clip), 16), (PictureJudge(clip, dino), 24)):
        seen = judge.embed(pictures())
        assert seen.shape == (3, width)
        assert torch.allclose(seen.norm(dim=1), torch.ones(3), atol=1e-5)
        alike = seen @ seen.T
        assert alike[0, 2] > 0.9999 > alike[0, 1]


def test_an_answer_is_the_phrase_that_clip_itself_finds_likeliest(models: tuple[Path, Path]) -> None:
    from transformers import CLIPModel, CLIPProcessor

    judge = PictureJudge(models[0])
    found = judge.look(pictures())
    assert set(found) == {"whole", "place", "style"} and found["whole"][0] == found["whole"][2]
    model, processor = CLIPModel.from_pretrained(models[0]), CLIPProcessor.from_pretrained(models[0])
    said = [f"a picture of a {noun}" for noun in judge.answers["whole"]]
    given = processor(text=said, images=pictures(), return_tensors="pt", padding="max_length", truncation=True)
    with torch.no_grad():
        best = model(**given).logits_per_image.argmax(1).tolist()
    assert found["whole"] == [judge.answers["whole"][n] for n in best]


def test_a_folder_of_something_else_is_named(models: tuple[Path, Path], tmp_path: Path) -> None:
    with pytest.raises(ToolError, match="holds no clip model but dinov2"):
        PictureJudge(models[1])
    with pytest.raises(ToolError, match=r"config\.json is missing"):
        PictureJudge(tmp_path)
