"""MP4 and other videos: written for clips, read from what is attached. FFmpeg comes inside the `av` wheel."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from PIL import Image

from limner.agent.messages import RequestError

SUFFIXES = (".mp4", ".mov", ".webm", ".avi", ".mkv", ".m4v")
# Constant quality of x264, 0 lossless to 51; at 16 flat colours show no blocks.
QUALITY = "16"


def encode(frames: list[Image.Image], fps: int) -> bytes:
    """H.264 in MP4, the same bytes for the same frames and libraries; sides must be even, as those of families are."""
    import av

    buffer = io.BytesIO()
    with av.open(buffer, "w", format="mp4") as container:
        stream: Any = container.add_stream("libx264", rate=max(fps, 1), options={"crf": QUALITY})
        stream.width, stream.height, stream.pix_fmt = *frames[0].size, "yuv420p"
        stream.codec_context.thread_count = 1  # with more, the bytes depend on the number of cores
        for frame in frames:
            container.mux(stream.encode(av.VideoFrame.from_image(frame.convert("RGB"))))
        container.mux(stream.encode())
    return buffer.getvalue()


def decode(path: Path, name: str, longest_side: int) -> Iterator[tuple[Image.Image, int]]:
    """Upright frames, made smaller than `longest_side` where they are larger, with how long each shows in ms."""
    import av

    try:
        with av.open(str(path)) as container:
            if not container.streams.video:
                raise RequestError(f"{name} has sound but no picture; attach a video, a GIF or photos")
            stream = container.streams.video[0]
            shown = round(1000 / float(stream.average_rate or 12))
            for frame in container.decode(stream):
                shrink = min(1.0, longest_side / max(frame.width, frame.height))
                small = frame.reformat(round(frame.width * shrink), round(frame.height * shrink))
                upright = small.to_image().rotate(frame.rotation, expand=True) if frame.rotation else small.to_image()
                yield upright, shown
    except av.FFmpegError as error:
        raise RequestError(f"{name} cannot be read as a video ({error.strerror}); convert it to MP4 or GIF") from error
