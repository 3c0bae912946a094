"""What Limner remembers: a journal of turns, facts with evidence, dated recall, and real forgetting."""

from limner.memory import rules, times
from limner.memory.embedder import Embedder, HashEmbedder, ImageEmbedder, MiniLM, Thumbnail
from limner.memory.extraction import Extractor, is_borne_out, worth_reading
from limner.memory.problem import MemoryProblem
from limner.memory.rules import facets_named
from limner.memory.store import Memory
from limner.memory.values import (
    FACETS,
    PERSONAL,
    Attached,
    Fact,
    Finding,
    Handle,
    HandleKind,
    Hit,
    Interval,
    Observation,
    ProfileLine,
    Question,
    Recall,
    RecallLine,
    Receipt,
    Session,
    Source,
    Stats,
    Turn,
    utc_now,
)

__all__ = [
    "FACETS",
    "PERSONAL",
    "Attached",
    "Embedder",
    "Extractor",
    "Fact",
    "Finding",
    "Handle",
    "HandleKind",
    "HashEmbedder",
    "Hit",
    "ImageEmbedder",
    "Interval",
    "Memory",
    "MemoryProblem",
    "MiniLM",
    "Observation",
    "ProfileLine",
    "Question",
    "Recall",
    "RecallLine",
    "Receipt",
    "Session",
    "Source",
    "Stats",
    "Thumbnail",
    "Turn",
    "facets_named",
    "is_borne_out",
    "rules",
    "times",
    "utc_now",
    "worth_reading",
]
