"""Keeps libraries quiet while they load: progress bars and type notes about a pipeline that is as it should be."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def quiet() -> Iterator[None]:
    """Within, diffusers and transformers report errors only; afterwards they are as loud as before."""
    import diffusers.utils.logging as diffusers_log
    import transformers.utils.logging as transformers_log

    before = diffusers_log.get_verbosity(), transformers_log.get_verbosity()
    bars = diffusers_log.is_progress_bar_enabled(), transformers_log.is_progress_bar_enabled()
    diffusers_log.set_verbosity_error()
    transformers_log.set_verbosity_error()
    diffusers_log.disable_progress_bar()
    transformers_log.disable_progress_bar()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)
            yield
    finally:
        diffusers_log.set_verbosity(before[0])
        transformers_log.set_verbosity(before[1])
        if bars[0]:
            diffusers_log.enable_progress_bar()
        if bars[1]:
            transformers_log.enable_progress_bar()
