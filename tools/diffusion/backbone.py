"""One interface over the stock pipelines: everything else talks to this, never to a particular UNet or transformer."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import torch
from PIL import Image
from torch import Tensor
from torch.nn.functional import pad

from limner.tools.diffusion.concept_tokens import Concepts, check_width, spliced, spoken, tokenize
from limner.tools.diffusion.text_conditioning import TextCond
from limner.tools.families.family import Family

MOST_ANSWERS = 128
T = TypeVar("T")


@dataclass
class Backbone:
    """A pipeline seen as: encode text, encode pictures, add noise, predict."""

    pipe: Any
    family: Family
    folder: Path | None = None  # where the base model is; its IP-Adapter lies beside it
    image_embeds: Tensor | None = None  # of reference pictures, while there are any
    attention_arguments: dict[str, Any] | None = None  # told to every attention, such as where references speak
    _answers: dict[Hashable, Any] = field(default_factory=dict)

    @property
    def denoiser(self) -> Any:
        return self.pipe.unet if getattr(self.pipe, "unet", None) is not None else self.pipe.transformer

    @property
    def moves(self) -> bool:
        """Whether the denoiser draws frames."""
        return type(self.denoiser).__name__ == "UNetMotionModel"

    @property
    def device(self) -> torch.device:
        found: torch.device = self.denoiser.device
        return found

    @property
    def dtype(self) -> torch.dtype:
        found: torch.dtype = self.denoiser.dtype
        return found

    @property
    def encoders(self) -> list[tuple[Any, Any]]:
        """(tokenizer, text encoder) pairs, in the pipeline's order."""
        pairs = [(self.pipe.tokenizer, self.pipe.text_encoder)]
        if getattr(self.pipe, "text_encoder_2", None) is not None:
            pairs.append((self.pipe.tokenizer_2, self.pipe.text_encoder_2))
        return pairs

    @property
    def latent_side(self) -> int:
        return int(self.family.resolution // self.pipe.vae_scale_factor)

    @property
    def latent_channels(self) -> int:
        return int(self.denoiser.config.in_channels)

    def once(self, question: Hashable, ask: Callable[[], T]) -> T:
        """What the bare base said before to the same question, or says now: it never changes. Photos learned again are
        not captioned again, a class learned again is not drawn again."""
        if question not in self._answers:
            while len(self._answers) >= MOST_ANSWERS:
                del self._answers[next(iter(self._answers))]
            self._answers[question] = ask()
        answer: T = self._answers[question]
        return answer

    # Text

    def encode_text(self, prompts: Sequence[str], concepts: Concepts | None = None) -> TextCond:
        """The same numbers the stock pipeline computes, but placeholders may stand in the prompts."""
        concepts = concepts or Concepts()
        if len(self.encoders) == 1:
            tokenizer, encoder = self.encoders[0]
            tokenized = tokenize(tokenizer, prompts, {name: len(rows[0]) for name, rows in concepts.rows.items()})
            rows = {name: encoders[0] for name, encoders in concepts.rows.items()}
            for name, vectors in rows.items():
                check_width(vectors, encoder, name)
            with spliced(encoder, tokenized, rows):
                embeds = encoder(tokenized.ids.to(self.device))[0]
            return TextCond(embeds.to(self.dtype), None, tokenized.ids, tokenized.spans)
        return self._encode_twice(prompts, concepts)

    def _encode_twice(self, prompts: Sequence[str], concepts: Concepts) -> TextCond:
        """SDXL and SD3: the last but one layer of two CLIP encoders side by side, and their pooled output."""
        parts, first, pooled = [], None, []
        for number, (tokenizer, encoder) in enumerate(self.encoders):
            tokenized = tokenize(tokenizer, prompts, {name: len(rows[0]) for name, rows in concepts.rows.items()})
            first = first or tokenized
            rows = {name: encoders[number] for name, encoders in concepts.rows.items()}
            for name, vectors in rows.items():
                check_width(vectors, encoder, name)
            with spliced(encoder, tokenized, rows):
                out = encoder(tokenized.ids.to(self.device), output_hidden_states=True)
            parts.append(out.hidden_states[-2])
            pooled.append(out[0])
        assert first is not None
        embeds = torch.cat(parts, -1).to(self.dtype)
        if not hasattr(self.pipe, "text_encoder_3"):
            return TextCond(embeds, pooled[-1], first.ids, first.spans)
        # The third encoder of SD3 knows no made-up words; it reads the prompt without them.
        plain = [spoken(prompt, tuple(concepts.rows)) for prompt in prompts]
        long = self.pipe._get_t5_prompt_embeds(plain, device=self.device, dtype=self.dtype)
        embeds = torch.cat([pad(embeds, (0, long.shape[-1] - embeds.shape[-1])), long.to(self.dtype)], -2)
        return TextCond(embeds, torch.cat(pooled, -1), first.ids, first.spans)

    def call_arguments(self, cond: TextCond, negative: TextCond) -> dict[str, Any]:
        """How a stock pipeline takes an encoded prompt."""
        arguments: dict[str, Any] = {"prompt_embeds": cond.embeds, "negative_prompt_embeds": negative.embeds}
        if cond.pooled is not None:
            arguments |= {"pooled_prompt_embeds": cond.pooled, "negative_pooled_prompt_embeds": negative.pooled}
        return arguments

    def draw(self, cond: TextCond, negative: TextCond, steps: int, generator: Any, **more: Any) -> Any:
        """What the stock pipeline draws for a batch in the family's own size and guidance; `generator`: one, or one
        for each row."""
        side = self.family.resolution
        out = self.pipe(
            **self.call_arguments(cond, negative),
            num_inference_steps=steps,
            **self.family.guided(),
            height=side,
            width=side,
            generator=generator,
            **more,
        )
        return out.images

    # Pictures

    def encode_images(self, images: Sequence[Image.Image]) -> Tensor:
        """Latents as the denoiser sees them, one per picture, sampled from nothing: the mode of the posterior."""
        processor = getattr(self.pipe, "image_processor", None) or self.pipe.video_processor
        pixels = processor.preprocess(list(images), height=self.family.resolution, width=self.family.resolution).to(
            self.device, self.pipe.vae.dtype
        )
        with torch.no_grad():
            out = self.pipe.vae.encode(pixels)
        latents = out.latents if hasattr(out, "latents") else out.latent_dist.mode()
        shift = getattr(self.pipe.vae.config, "shift_factor", None) or 0.0
        scaled: Tensor = ((latents - shift) * self.pipe.vae.config.scaling_factor).to(self.dtype)
        return scaled

    @torch.no_grad()
    def decode_images(self, latents: Tensor) -> list[Image.Image]:
        """Pictures of clean latents, as the stock pipelines decode them."""
        shift = getattr(self.pipe.vae.config, "shift_factor", None) or 0.0
        raw = latents / self.pipe.vae.config.scaling_factor + shift
        pixels = self.pipe.vae.decode(raw.to(self.pipe.vae.dtype), return_dict=False)[0]
        processor = getattr(self.pipe, "image_processor", None) or self.pipe.video_processor
        images: list[Image.Image] = processor.postprocess(pixels, output_type="pil")
        return images

    # Diffusion

    @property
    def timesteps(self) -> int:
        return int(self.pipe.scheduler.config.num_train_timesteps)

    @property
    def prediction(self) -> str:
        """ "epsilon", "v_prediction", "sample" or "flow"."""
        if "FlowMatch" in type(self.pipe.scheduler).__name__:
            return "flow"
        return str(self.pipe.scheduler.config.prediction_type)

    def signal(self, t: Tensor, like: Tensor) -> tuple[Tensor, Tensor]:
        """How much of the picture and how much noise is in z_t: (alpha, sigma), shaped to multiply `like`."""
        shape = (-1,) + (1,) * (like.ndim - 1)
        if self.prediction == "flow":
            sigma = (t.to(like) / self.timesteps).reshape(shape)
            return 1 - sigma, sigma
        alphas = self.pipe.scheduler.alphas_cumprod.to(like)[t.long()].reshape(shape)
        return alphas.sqrt(), (1 - alphas).sqrt()

    def add_noise(self, z0: Tensor, noise: Tensor, t: Tensor) -> Tensor:
        alpha, sigma = self.signal(t, z0)
        return alpha * z0 + sigma * noise

    def target(self, z0: Tensor, noise: Tensor, t: Tensor) -> Tensor:
        """What the denoiser should say about z_t."""
        if self.prediction == "flow":
            return noise - z0
        if self.prediction == "epsilon":
            return noise
        alpha, sigma = self.signal(t, z0)
        return alpha * noise - sigma * z0 if self.prediction == "v_prediction" else z0

    def x0_hat(self, said: Tensor, z_t: Tensor, t: Tensor) -> Tensor:
        """The clean latent a prediction implies."""
        alpha, sigma = self.signal(t, z_t)
        if self.prediction == "flow":
            return z_t - sigma * said
        if self.prediction == "epsilon":
            return (z_t - sigma * said) / alpha.clamp_min(1e-4)
        return alpha * z_t - sigma * said if self.prediction == "v_prediction" else said

    def predict(self, z_t: Tensor, t: Tensor, cond: TextCond) -> Tensor:
        """One pass of the denoiser. A motion model takes (batch, channels, frames, height, width)."""
        if self.moves and z_t.ndim == 4:
            return self.predict(z_t.unsqueeze(2), t, cond).squeeze(2)  # a still is a clip of one frame
        embeds = cond.repeat(z_t.shape[2]).embeds if self.moves else cond.embeds
        arguments: dict[str, Any] = {"encoder_hidden_states": embeds}
        if cond.pooled is not None:
            if hasattr(self.pipe, "unet"):
                side = self.family.resolution
                times = torch.tensor([[side, side, 0, 0, side, side]]).repeat(len(z_t), 1).to(z_t)
                arguments["added_cond_kwargs"] = {"text_embeds": cond.pooled, "time_ids": times}
            else:
                arguments["pooled_projections"] = cond.pooled
        if self.image_embeds is not None:
            arguments.setdefault("added_cond_kwargs", {})["image_embeds"] = [self.image_embeds.expand(len(z_t), -1, -1)]
        if self.attention_arguments is not None:
            arguments["cross_attention_kwargs"] = self.attention_arguments
        said: Tensor = self.denoiser(z_t, timestep=t, return_dict=False, **arguments)[0]
        return said
