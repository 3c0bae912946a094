"""LoRA adapters on a pipeline: loaded once, switched in microseconds, checked key by key, gone without a trace.

Thin over PEFT. `set_adapters` of diffusers switches on only what it is given and walks every parameter to flip
`requires_grad`; here one call names everything that is on, and touches nothing but each layer's list and scale.
"""

from __future__ import annotations

import json
import re
from collections import Counter, OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from limner.tools.base import AdapterUse, ToolError

PARTS = ("unet", "transformer", "text_encoder", "text_encoder_2")


def read_lora(pipe: Any, file: Path) -> dict[str, Tensor]:
    """A LoRA file of any known layout in PEFT's keys, each starting with the pipeline part it changes."""
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    if file.suffix != ".safetensors":
        raise ToolError(
            f"{file.name} is not a .safetensors file; other formats can run code when opened and are refused"
        )
    try:
        state = load_file(file)
    except (SafetensorError, OSError) as error:
        raise ToolError(f"{file} is damaged ({error}); get it again") from error
    if all(".lora_A." in key or ".lora_B." in key for key in state):
        return state
    converted = pipe.lora_state_dict(state)
    flat, alphas = converted if isinstance(converted, tuple) else (converted, None)
    return _to_peft(flat, alphas or {})


def mismatches(pipe: Any, state: Mapping[str, Tensor]) -> list[str]:
    """The keys of a LoRA that no layer of this pipeline takes, with the reason."""
    wrong = []
    modules = {part: dict(getattr(pipe, part).named_modules()) for part in PARTS if getattr(pipe, part, None)}
    for key, tensor in state.items():
        part, _, rest = key.partition(".")
        path, _, which = rest.rpartition(".lora_")
        module = modules.get(part, {}).get(path)
        if module is None:
            wrong.append(f"{key}: no such layer")
            continue
        base = getattr(module, "base_layer", module)
        weight = getattr(base, "weight", None)
        side, other = (0, "A") if which.startswith("B") else (1, "B")
        if weight is None or weight.shape[side] != tensor.shape[side]:
            shape = None if weight is None else tuple(weight.shape)
            wrong.append(f"{key}: shape {tuple(tensor.shape)} does not fit a layer of {shape}")
            continue
        half = state.get(f"{part}.{path}.lora_{other}{which[1:]}")
        if half is None:
            wrong.append(f"{key}: its other half is missing")
        elif half.shape[side] != tensor.shape[1 - side]:
            wrong.append(f"{key}: its two halves are of different ranks")
    return wrong


@dataclass
class Residents:
    """The adapters a pipeline keeps loaded, least recently used first; at most `limit` of them."""

    pipe: Any
    limit: int = 8
    held: OrderedDict[str, Path] = field(default_factory=OrderedDict)
    layers: list[Any] = field(default_factory=list)

    def load(self, uses: Sequence[AdapterUse]) -> list[str]:
        """Makes every adapter resident and returns their names, which are safe to use as module names."""
        names = [resident_name(use) for use in uses]
        for use, name in zip(uses, names, strict=True):
            if name not in self.held:
                self._insert(use, name)
            self.held.move_to_end(name)
        while len(self.held) > max(self.limit, len(names)):
            self._drop(next(iter(self.held)))
        return names

    def activate(self, scales: Mapping[str, float]) -> None:
        """Switches exactly these adapters on, everything else off: the only switch there is."""
        for layer in self.layers:
            here = [name for name in scales if name in layer.scaling]
            layer._active_adapter = here
            for name in here:
                layer.set_scale(name, scales[name])

    @contextmanager
    def fused(self, scales: Mapping[str, float]) -> Iterator[None]:
        """The same adapters added into the weights while many steps are drawn: no work per step. The untouched
        tensors are put back afterwards, not subtracted back, so nothing drifts."""
        untouched: list[tuple[Tensor, Tensor]] = []
        try:
            for layer in self.layers:
                here = [name for name in scales if name in layer.lora_A]
                if here:
                    weight = layer.get_base_layer().weight
                    untouched.append((weight, weight.data))
                    weight.data = weight.data + sum(layer.get_delta_weight(name) for name in here)
            self.activate({})
            yield
        finally:
            for weight, data in untouched:
                weight.data = data
            self.activate(scales)

    def release(self) -> None:
        """Takes every adapter out; the pipeline is module for module what it was."""
        if self.held:
            self.pipe.unload_lora_weights()
        self.held.clear()
        self.layers.clear()

    def _insert(self, use: AdapterUse, name: str) -> None:
        state = read_lora(self.pipe, use.path)
        wrong = mismatches(self.pipe, state)
        if wrong:
            kept = len(state) - len(wrong)
            listed = "; ".join(wrong[:5]) + (f"; and {len(wrong) - 5} more" if len(wrong) > 5 else "")
            raise ToolError(f"{use.name!r} does not fit this base model: {kept} of {len(state)} keys match. {listed}")
        if not state:
            raise ToolError(f"{use.name!r} holds no weights; learn it again")
        try:
            for part in PARTS:
                if getattr(self.pipe, part, None) is not None and any(key.startswith(part + ".") for key in state):
                    # low_cpu_mem_usage: no random initialisation, so the global random state stays as it is.
                    self._load_part(part, state, name)
        except BaseException:
            # What is half in would be in nobody's list: all go, and are loaded again when asked for.
            self.pipe.unload_lora_weights()
            self.held.clear()
            raise
        finally:
            self.layers = _tuner_layers(self.pipe)
        self.held[name] = use.path
        for layer in self.layers:
            for factors in (layer.lora_A, layer.lora_B):
                if name in factors:
                    factors[name].requires_grad_(False)

    def _load_part(self, part: str, state: Mapping[str, Tensor], name: str) -> None:
        model = getattr(self.pipe, part)
        if part.startswith("text_encoder"):
            self.pipe.load_lora_into_text_encoder(
                dict(state), None, model, prefix=part, adapter_name=name, low_cpu_mem_usage=True
            )
        else:
            model.load_lora_adapter(dict(state), prefix=part, adapter_name=name, low_cpu_mem_usage=True)

    def _drop(self, name: str) -> None:
        if len(self.held) == 1:
            self.release()
            return
        self.pipe.delete_adapters([name])
        del self.held[name]
        self.layers = _tuner_layers(self.pipe)


def resident_name(use: AdapterUse) -> str:
    """By content, so that two files of one name never mix; PEFT allows no dots in it."""
    return f"{use.kind}_{(use.sha256 or str(abs(hash(use.path))))[:16]}"


def lora_state(model: Any, adapter: str, prefix: str) -> dict[str, Tensor]:
    """A trained adapter as `save_lora_weights` writes it: `<prefix>.<layer>.lora_A.weight`."""
    from peft.utils import get_peft_model_state_dict

    state = get_peft_model_state_dict(model, adapter_name=adapter)
    return {f"{prefix}.{key}": value.detach().float().cpu().contiguous() for key, value in state.items()}


def _tuner_layers(pipe: Any) -> list[Any]:
    from peft.tuners.lora import LoraLayer

    parts = [getattr(pipe, part, None) for part in PARTS]
    return [module for part in parts if part is not None for module in part.modules() if isinstance(module, LoraLayer)]


def _to_peft(state: Mapping[str, Tensor], alphas: Mapping[str, Any]) -> dict[str, Tensor]:
    """Older diffusers and kohya layouts to PEFT's; alpha is multiplied into the up factor, so scale 1 means 1."""
    flat: dict[str, Tensor] = {}
    for key, tensor in state.items():
        if key.endswith(".up.weight") or ".lora_B." in key:
            down = key.replace(".up.weight", ".down.weight").replace(".lora_B.", ".lora_A.")
            alpha = alphas.get(f"{down}.alpha", alphas.get(f"{_layer(down)}.alpha"))
            if alpha is not None:
                tensor = tensor * (float(alpha) / tensor.shape[1])
        flat[_peft_key(key)] = torch.as_tensor(tensor)
    return flat


def _layer(key: str) -> str:
    return key.partition(".lora_")[0]


def _peft_key(key: str) -> str:
    """...attn1.processor.to_q_lora.down.weight -> ...attn1.to_q.lora_A.weight, and its relatives."""
    key = key.replace(".processor.", ".").replace(".lora_linear_layer.", ".lora.")
    for old, new in ((".down.weight", ".lora_A.weight"), (".up.weight", ".lora_B.weight")):
        key = key.replace("_lora" + old, new).replace(".lora" + old, new)
    part, _, rest = key.partition(".")
    if part.startswith("text_encoder"):
        # Text encoders call the same layers by other names.
        for old, new in (
            (".to_q.", ".q_proj."),
            (".to_k.", ".k_proj."),
            (".to_v.", ".v_proj."),
            (".to_out.", ".out_proj."),
        ):
            rest = rest.replace(old, new)
        return f"{part}.{rest}"
    return key.replace(".to_out.lora_", ".to_out.0.lora_")


@dataclass(frozen=True)
class FileFacts:
    """What a foreign file says about itself without being opened as a model."""

    tokens: bool  # a textual inversion
    trigger: str
    notes: dict[str, str]
    made_for: str = ""  # the base it looks made for, where keys or shapes tell


def file_facts(file: Path) -> FileFacts:
    """Reads keys, shapes and the header of a safetensors file."""
    from safetensors import SafetensorError, safe_open

    if not file.exists():
        raise ToolError(f"{file} does not exist; check the path")
    if file.suffix != ".safetensors":
        raise ToolError(
            f"{file.name} is not a .safetensors file; other formats can run code when opened and are refused"
        )
    try:
        with safe_open(file, "pt") as opened:
            header = opened.metadata() or {}
            shapes = {key: opened.get_slice(key).get_shape() for key in opened.keys()}  # noqa: SIM118 (no mapping)
    except (SafetensorError, OSError) as error:
        raise ToolError(f"{file} is damaged ({error}); get it again") from error
    flat = all("." not in key.removesuffix(".weight") or key.endswith((".clip_l", ".clip_g")) for key in shapes)
    tokens = bool(shapes) and flat and all(len(shape) <= 2 for shape in shapes.values())
    notes = {key: str(header[key])[:200] for key in sorted(header)[:20]}
    return FileFacts(tokens, _trigger(header), notes, made_for(shapes))


# How wide the text is that a base's cross-attention reads.
READS = {192: "sticker", 768: "sd15", 1024: "Stable Diffusion 2", 2048: "sdxl"}


def made_for(shapes: Mapping[str, Sequence[int]]) -> str:
    """Which base a file looks made for, by the names of its layers and the width of what they read."""
    if any("single_transformer_blocks" in key or "single_blocks" in key for key in shapes):
        return "Flux"
    if any("joint_blocks" in key or "add_k_proj" in key for key in shapes):
        return "sd3"
    if any(key.endswith("clip_g") for key in shapes):
        return "sdxl"
    read = re.compile(r"attn2[._](processor\.)?to_k.*(lora_A|lora_down|lora[._]down|lora\.down)\.")
    widths = [shape[1] for key, shape in shapes.items() if read.search(key) and len(shape) > 1]
    return READS.get(widths[0], "") if widths else ""


def _trigger(header: Mapping[str, str]) -> str:
    """Limner's own key, the model-spec key, or the most frequent tag of a kohya training."""
    for key in ("trigger", "modelspec.trigger_phrase", "ss_trigger_words"):
        if header.get(key):
            return str(header[key])
    try:
        folders = json.loads(header.get("ss_tag_frequency", "{}"))
        counts = Counter({tag: n for tags in folders.values() for tag, n in tags.items()})
    except (ValueError, AttributeError, TypeError):
        return ""
    return counts.most_common(1)[0][0].strip() if counts else ""
