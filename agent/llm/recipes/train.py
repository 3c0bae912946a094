"""LoRA fine-tuning on one CPU core: loss on plan tokens only, length buckets, resumable, time-boxed."""

from __future__ import annotations

import itertools
import json
import math
import random
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import torch
from torch.nn import functional

from limner.agent.llm.prompt import prompt_of, target_of
from limner.agent.llm.recipes import vocabulary
from limner.agent.llm.recipes.authored import Row, rows
from limner.agent.llm.recipes.base import load_base
from limner.agent.llm.recipes.mixture import INVENTED, stream
from limner.agent.planner import simplified

Pair = tuple[list[int], list[int]]


@dataclass(frozen=True)
class Settings:
    """The numbers of recipe.toml that training reads."""

    minutes: float = 60
    rate: float = 1e-3
    rank: int = 16
    batch: int = 8
    bucket: int = 400
    seed: int = 1
    warmup: int = 30
    checkpoint_minutes: float = 4
    longest: int = 420
    # Whether the pieces of plans get embeddings of their own; an adapter cannot carry those.
    pieces: bool = True
    # bfloat16 halves the memory, and is the faster one only where the processor multiplies in it.
    dtype: str = "bfloat16"
    # Files of `written/` whose requests come `times` times as often: those that the weights have not seen.
    newest: str = ""
    times: int = 1

    def written(self) -> list[Row]:
        """What training picks from: one in ten is held out."""
        again = [*rows(self.newest)] * (self.times - 1) if self.newest else []
        return [row for row in (*rows(), *again) if not row.held]


def encoded(
    tokenizer: Any,
    settings: Settings,
    evaluation: list[str],
    skip: int = 0,
    held: bool = False,
    only: Sequence[str] = (),
    written: Sequence[Row] | None = None,
) -> Iterator[Pair]:
    for one in itertools.islice(stream(settings.seed, held, evaluation, only, written), skip, None):
        text = simplified(one.context, one.text)
        # Tokens must not depend on what follows: the runtime sees the prompt alone.
        prompt = tokenizer.encode(prompt_of(one.context, text), add_special_tokens=False).ids
        target = tokenizer.encode(target_of(one.plan, one.worded), add_special_tokens=False).ids
        # One that is only passed on is answered before any model; a long one would lose its request at the end.
        if text and len(prompt) <= settings.longest:
            yield prompt, target


def batches(pairs: Iterator[Pair], settings: Settings, rng: random.Random) -> Iterator[list[Pair]]:
    while True:
        bucket = sorted(itertools.islice(pairs, settings.bucket), key=lambda pair: len(pair[0]) + len(pair[1]))
        groups = [bucket[at : at + settings.batch] for at in range(0, len(bucket), settings.batch)]
        rng.shuffle(groups)
        yield from groups


def direct(layer: Any, seen: torch.Tensor) -> torch.Tensor:
    """What a LoRA layer of PEFT computes, in as few passes over memory as there can be."""
    low, high = (factors["default"].weight.to(seen.dtype) for factors in (layer.lora_A, layer.lora_B))
    whole = functional.linear(seen, layer.base_layer.weight).flatten(0, -2)
    changed = torch.addmm(whole, functional.linear(seen, low).flatten(0, -2), high.T, alpha=layer.scaling["default"])
    return changed.view(*seen.shape[:-1], -1)


class Student(torch.nn.Module):
    """The base with LoRA on every linear layer and, if asked, the syntax tokens' own embeddings; the rest is frozen."""

    def __init__(self, work: Path, settings: Settings) -> None:
        from peft import LoraConfig, get_peft_model
        from peft.tuners.lora import LoraLayer

        super().__init__()
        linear = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
        rank, self.dtype = settings.rank, getattr(torch, settings.dtype)
        lora = LoraConfig(r=rank, lora_alpha=2 * rank, target_modules=linear, task_type="CAUSAL_LM")
        self.model = get_peft_model(load_base(work, self.dtype), lora)
        # The fused kernel's way back is slower than plain products on rows as short as these.
        self.model.base_model.model.config._attn_implementation = "eager"
        for layer in self.model.modules():
            if isinstance(layer, LoraLayer):
                layer.forward = partial(direct, layer)
        table = self.model.base_model.model.model.embed_tokens.weight.data
        self.frozen: torch.Tensor
        self.register_buffer("frozen", table[: -len(vocabulary.SYNTAX)].clone(), persistent=False)
        syntax = table[-len(vocabulary.SYNTAX) :].float().clone()
        self.syntax = torch.nn.Parameter(syntax, requires_grad=settings.pieces)
        for parameter in self.model.parameters():
            if parameter.requires_grad:
                parameter.data = parameter.data.float()

    def loss(self, pairs: list[Pair]) -> torch.Tensor:
        longest = max(len(prompt) + len(target) for prompt, target in pairs)
        ids = torch.full((len(pairs), longest), 2)
        mask, labels = torch.zeros_like(ids), torch.full_like(ids, -100)
        for row, (prompt, target) in enumerate(pairs):
            end = len(prompt) + len(target)
            ids[row, :end] = torch.tensor(prompt + target)
            mask[row, :end] = 1
            labels[row, len(prompt) : end] = torch.tensor(target)
        table = torch.cat([self.frozen, self.syntax.to(self.dtype)])
        core = self.model.base_model.model.model
        hidden = core(inputs_embeds=functional.embedding(ids, table), attention_mask=mask, use_cache=False)
        wanted = labels[:, 1:]
        asked = wanted != -100
        logits = hidden.last_hidden_state[:, :-1][asked] @ table.T
        return functional.cross_entropy(logits.float(), wanted[asked])

    def trained(self) -> dict[str, torch.Tensor]:
        return {name: value for name, value in self.named_parameters() if value.requires_grad}


def train(work: Path, out: Path, settings: Settings, evaluation: list[str]) -> None:
    """Train until the time box is used up; run again to go on from the last checkpoint."""
    torch.manual_seed(settings.seed)
    tokenizer = vocabulary.load(work / "tokenizer.json")
    student = Student(work, settings)
    optimizer = adamw(student, settings)
    out.mkdir(parents=True, exist_ok=True)
    step, used, saved, begun = 0, 0.0, out / "state.pt", work / "adapter.pt"
    if begun.exists():
        student.load_state_dict(torch.load(begun), strict=False)
    if saved.exists():
        state = torch.load(saved)
        student.load_state_dict(state["weights"], strict=False)
        optimizer.load_state_dict(state["optimizer"])
        step, used = state["step"], state["minutes"]
    held = held_out(tokenizer, settings, evaluation)
    rng = random.Random(settings.seed + step)
    pairs = encoded(tokenizer, settings, evaluation, skip=step * settings.batch, written=settings.written())
    source = batches(pairs, settings, rng)
    started, last_save, losses, tokens = time.time(), time.time(), [], 0
    with (out / "log.jsonl").open("a", encoding="utf-8") as log:
        while used + (time.time() - started) / 60 < settings.minutes:
            minutes = used + (time.time() - started) / 60
            batch = next(source)
            losses.append(learn(student, optimizer, batch, rate_at(settings, step, minutes, settings.minutes)))
            step += 1
            tokens += sum(len(prompt) + len(target) for prompt, target in batch)
            if step % 20 == 0:
                rate = tokens / (time.time() - started)
                row = {
                    "step": step,
                    "minutes": round(minutes, 1),
                    "loss": round(sum(losses[-20:]) / 20, 4),
                    "tokens_s": round(rate),
                }
                print(json.dumps(row), file=log, flush=True)
            if (time.time() - last_save) / 60 > settings.checkpoint_minutes:
                save(out, student, optimizer, step, used + (time.time() - started) / 60)
                seen = {"step": step, "examples": step * settings.batch, "held_out_loss": held_losses(student, held)}
                print(json.dumps(seen), file=log, flush=True)
                last_save = time.time()
        save(out, student, optimizer, step, used + (time.time() - started) / 60)
        print(json.dumps({"step": step, "held_out_loss": held_losses(student, held), "done": True}), file=log)


def adamw(student: Student, settings: Settings) -> torch.optim.Optimizer:
    return torch.optim.AdamW(student.trained().values(), lr=settings.rate, weight_decay=0.01, betas=(0.9, 0.98))


def rate_at(settings: Settings, step: int, at: float, end: float) -> float:
    """Up over the first steps, then down a cosine to a little above nothing at the end."""
    decay = 0.5 * (1 + math.cos(math.pi * at / end)) * 0.97 + 0.03
    return settings.rate * min(1, (step + 1) / settings.warmup) * decay


def learn(student: Student, optimizer: torch.optim.Optimizer, batch: list[Pair], rate: float) -> float:
    """One step at this rate; the loss it started from."""
    for group in optimizer.param_groups:
        group["lr"] = rate
    loss = student.loss(batch)
    loss.backward()  # type: ignore[no-untyped-call]
    torch.nn.utils.clip_grad_norm_(student.trained().values(), 1.0)
    optimizer.step()
    optimizer.zero_grad(set_to_none=True)
    return loss.item()


def held_out(
    tokenizer: Any, settings: Settings, evaluation: list[str], authored: int = 64, invented: int = 64
) -> dict[str, list[Pair]]:
    """So many requests of each sort that training never meets."""
    asked = {"authored": (["authored"], authored), "invented": (INVENTED, invented)}
    return {
        kind: list(itertools.islice(encoded(tokenizer, settings, evaluation, held=True, only=only), most))
        for kind, (only, most) in asked.items()
    }


@torch.no_grad()
def held_losses(student: Student, held: Mapping[str, list[Pair]]) -> dict[str, float]:
    """The mean loss over the held-out requests that were written by hand, and over those in held-out phrasings."""
    return {
        kind: round(
            sum(student.loss(pairs[at : at + 8]).item() for at in range(0, len(pairs), 8)) / (len(pairs) / 8), 4
        )
        for kind, pairs in held.items()
    }


def save(out: Path, student: Student, optimizer: torch.optim.Optimizer, step: int, minutes: float) -> None:
    weights = {name: value.detach().clone() for name, value in student.trained().items()}
    state = {"weights": weights, "optimizer": optimizer.state_dict(), "step": step, "minutes": minutes}
    torch.save(state, out / "state.tmp")
    (out / "state.tmp").replace(out / "state.pt")
    torch.save({name: value.half() for name, value in weights.items()}, out / f"step{step}.pt")
