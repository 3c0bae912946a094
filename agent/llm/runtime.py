"""llama.cpp in this process: lazy, one completion at a time, with a time limit and a way to stop."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from limner.agent.llm.merged import merged
from limner.agent.llm.shipped import ELSE, FOLDER, Weights, check_processor
from limner.agent.plan import PlanError

CONTEXT = 2048
MOST_TOKENS = 320
# Megabytes of prompts kept besides the last one; a catalogue is about 1.5, so some fifteen people are remembered.
PROMPTS = 24
# A plan repeats names and words of its request: so many tokens are guessed from where one stood last, and read at once.
GUESSED = 3
# A call is begun with one token: `animate(prompt="`.
CALL = re.compile(r"([a-z_]+)\(")
# Added to the logits of these tokens. What nobody asked for costs more than what is still missing, and a small model is
# given to doing too much: what draws is less probable than what only says, looks up or notes something (and so is a
# question, or it would ask instead). That a plan ends is as probable as it was: else the third of three orders is lost.
RELUCTANCE: list[tuple[str, float]] = [
    ('generate_image(prompt="', -1.25),
    ('animate(prompt="', -1.25),
    ('edit_image(image_ref="', -1.25),
    ('ask_user(question="', -1.25),
]


class Runtime:
    """One loaded model. The beginnings of the last prompts stay cached, so each user's catalogue is read once.

    `home` is where this machine keeps the weights with the adapter in them: `~/.limner/planner`.
    """

    def __init__(self, folder: Path | None = None, threads: int = 1, home: Path | None = None) -> None:
        self._folder, self._threads, self._home = folder, threads, home
        self._server: Any = None
        self._lock = threading.Lock()

    def complete(
        self,
        prompt: str,
        grammar: str = "",
        *,
        timeout: float = 20,
        cancel: Callable[[], bool] | None = None,
        on_text: Callable[[str], None] | None = None,
        on_choice: Callable[[str, float], None] | None = None,
    ) -> str:
        """Greedy continuation of the prompt. `on_choice` is told each call that is begun and the logarithm of how
        probable it was that there is another call at all, and just that one."""
        with self._lock:
            server = self._load()
            ends, pieces, late, before = time.monotonic() + timeout, [], [], 0.0

            def receive(chunk: dict[str, Any]) -> bool:
                if "error" in chunk:
                    late.append(_told(str(chunk["error"].get("message", chunk["error"]))))
                    return True
                nonlocal before
                choice = chunk["choices"][0]
                text = choice["text"]
                pieces.append(text)
                for one in (choice.get("logprobs") or {}).get("content", ()) if on_choice else ():
                    if on_choice and (call := CALL.match(one["token"])):
                        on_choice(call[1], before + one["logprob"])
                    before = one["logprob"] if one["token"] == "\n" else 0.0
                if on_text and text:
                    on_text(text)
                if cancel and cancel():
                    late.append("planning was cancelled")
                elif time.monotonic() > ends:
                    late.append(f"planning took longer than {timeout:g} s; try a shorter request")
                return bool(late)

            wanted = {
                "prompt": prompt,
                "temperature": 0,
                "n_predict": MOST_TOKENS,
                "stream": True,
                "cache_prompt": True,
                "logit_bias": RELUCTANCE,
                **({"logprobs": 1} if on_choice else {}),
            }
            failed = server.handle_completions({**wanted, **({"grammar": grammar} if grammar else {})}, receive)
            if isinstance(failed, dict) and "error" in failed:
                late.append(_told(str(failed["error"].get("message"))))
            if late:
                raise PlanError(late[0])
            return "".join(pieces)

    def read(self, beginning: str) -> None:
        """Reads what a prompt begins with, before its rest is known; what then begins so is completed sooner."""
        with self._lock:
            wanted = {"prompt": beginning, "n_predict": 0, "stream": True, "cache_prompt": True}
            self._load().handle_completions(wanted, lambda chunk: False)

    def _load(self) -> Any:
        if self._server is None:
            check_processor()
            home = self._home or Path.home() / ".limner" / "planner"
            with merged(self._folder or FOLDER, home=home) as weights:
                self._server = _server(weights, self._threads)
        return self._server


def _server(weights: Weights, threads: int) -> Any:
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = str(weights.model)
    if weights.adapter:
        params.lora_adapters = [xllamacpp.CommonAdapterLoraInfo(str(weights.adapter))]
    params.n_ctx, params.n_parallel, params.warmup, params.verbosity = CONTEXT, 1, False, -1
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = threads
    params.cache_ram_mib, params.n_threads_http = PROMPTS, 1
    guess = params.speculative.ngram_simple
    params.speculative.types = [xllamacpp.common_speculative_type.COMMON_SPECULATIVE_TYPE_NGRAM_SIMPLE]
    guess.size_n, guess.size_m, guess.min_hits = 1, GUESSED, 1
    try:
        return xllamacpp.Server(params)
    except RuntimeError as error:
        raise PlanError(f"{weights.model} is no model the embedded planner can load. {ELSE}") from error


def _told(error: str) -> str:
    if "context size" in error:
        return "that is more than the embedded planner reads at once; say it shorter, or in a new conversation"
    return f"the embedded planner failed: {error}"
