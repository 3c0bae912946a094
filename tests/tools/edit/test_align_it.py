"""AlignIT: outside the concept's words, keys and values are the base model's, bit for bit."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from limner.tools import Engine, GenerateSpec, Library, ToolError, make_tool
from limner.tools.diffusion import attention
from limner.tools.diffusion.scene import laid_out
from tests.tools.snapshots import Snapshot


@pytest.mark.usefixtures("short_lessons")
def test_only_the_concepts_rows_differ_from_the_base_model(
    engine: Engine, library: Library, photos: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    engine.learn("subject", "Rex", photos, owner="ann", library=library, class_noun="dog")
    rex, aligned = engine.choose("subject", "Rex", library, "ann"), make_tool("align_it")
    seen: list[tuple[Any, Tensor, Tensor, Tensor]] = []
    stock = attention.EditedAttention.__call__

    def watch(self: attention.EditedAttention, attn: Any, *given: Any, **named: Any) -> Tensor:
        edit = self.edit

        def spy(site: Any, context: Tensor, key: Tensor, value: Tensor) -> tuple[Tensor, Tensor]:
            key, value = edit(site, context, key.clone(), value.clone())
            seen.append((site, context, key.clone(), value.clone()))
            return key, value

        return stock(attention.EditedAttention(spy), attn, *given, **named)

    monkeypatch.setattr(attention.EditedAttention, "__call__", watch)
    engine.generate(GenerateSpec(prompt="a cat beside Rex in the snow", tools=(rex, aligned), steps=1))
    backbone, _ = engine.still()
    assert seen
    from limner.tools.diffusion.concept_tokens import Concepts, initial_rows

    tokenizer, encoder = backbone.encoders[0]
    plain = Concepts({"<rex>": [initial_rows(tokenizer, encoder, "dog", 2)]})
    base = backbone.encode_text(["a cartoon of a cat beside a <rex> dog in the snow"], plain)
    first, last = base.spans[0]["<rex>"]
    site, _context, key, value = seen[-1]
    for layer, made in ((site.to_k, key), (site.to_v, value)):
        expected = attention.base_projection(layer, base.embeds)[0]
        assert torch.equal(made[-1][:first], expected[:first])
        assert torch.equal(made[-1][last:], expected[last:])
        assert not torch.allclose(made[-1][first:last], expected[first:last], atol=1e-4)


@pytest.mark.slow
@pytest.mark.usefixtures("short_lessons")
def test_each_made_up_word_has_its_ordinary_one(engine: Engine, library: Library, photos: list[Path]) -> None:
    engine.learn("subject", "Rex", photos, owner="ann", library=library, class_noun="dog", method="textual_inversion")
    engine.learn("style", "Inky", photos, owner="ann", library=library, method="styleforge_multi")
    tools = [engine.choose("subject", "Rex", library, "ann"), engine.choose("style", "Inky", library, "ann")]
    backbone, residents = engine.still()
    with laid_out(backbone, residents, tools, "Rex") as scene:
        assert scene.nouns == {"<rex>": "dog", "<inky>": "style", "<inky-ground>": "style"}


def test_without_a_subject_it_says_so(engine: Engine) -> None:
    with pytest.raises(ToolError, match="needs a learned subject in the prompt"):
        engine.generate(GenerateSpec(prompt="a dog", tools=(make_tool("align_it"),), steps=1))


@pytest.mark.slow
@pytest.mark.usefixtures("short_lessons")
def test_it_and_a_reference_both_act_whichever_is_named_first(
    engine: Engine, library: Library, photos: list[Path]
) -> None:
    before = Snapshot(engine.pipe)
    engine.learn("subject", "Rex", photos, owner="ann", library=library, class_noun="dog")
    engine.refer("Mia", photos[:1], owner="ann", library=library, class_noun="cat")
    rex, mia = (engine.choose("subject", name, library, "ann") for name in ("Rex", "Mia"))
    drawn = []
    for tools in ((rex, mia, make_tool("align_it")), (make_tool("align_it"), mia, rex)):
        drawn.append(engine.generate(GenerateSpec(prompt="Rex beside Mia", tools=tools, steps=1))[0])
        assert len(drawn[-1].applied) == 3 and all(row.effect > 0 for row in drawn[-1].applied)
    assert drawn[0].image.tobytes() == drawn[1].image.tobytes()
    engine.release()
    before.check()
