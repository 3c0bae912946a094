"""A still picture's subject put through the poses of a motion, and the clip drawn from there.

After Text2Video-Zero (arXiv:2303.13439), which warps the first frame's latents along a path: a small motion adapter
keeps frames alike, but hardly knows where a thing should be at each moment. So the place is given, as a clip to
start from (SDEdit, arXiv:2108.01073), and the adapter draws the rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from PIL import Image, ImageFilter

from limner.tools.canvas import find_subject, ground
from limner.tools.families.poses import Pose, place_posed

STRENGTH = 0.35  # the share of denoising left to do: where things are is decided before


def posed(still: Image.Image, poses: Sequence[Pose]) -> list[Image.Image] | None:
    """The subject of `still` cut out and put back as each pose says; None where no subject stands out."""
    found = find_subject(still)
    if found is None:
        return None
    left, top, right, bottom = (value * still.width // found.mask.shape[1] for value in found.box)
    mask = Image.fromarray(found.mask.astype(np.uint8) * 255).resize(still.size)
    cut = Image.merge("RGBA", (*still.split(), mask.filter(ImageFilter.GaussianBlur(still.width / 256))))
    side = max(right - left, bottom - top)
    across = (left + right - side) // 2
    sprite = cut.crop((across, bottom - side, across + side, bottom))
    behind = Image.fromarray(ground(np.asarray(still, dtype=np.float32)).clip(0, 255).astype(np.uint8))
    # What does not touch the subject stays as it was drawn.
    bare = Image.composite(behind, still, mask.filter(ImageFilter.MaxFilter(9)))
    frames = []
    for pose in poses:
        canvas = bare.copy()
        place_posed(canvas, sprite, across, bottom - side, side, pose)
        frames.append(canvas)
    return frames


def redrawn(pipe: Any) -> Any:
    """The same models as a pipeline that starts from a clip."""
    from diffusers import AnimateDiffVideoToVideoPipeline

    again = AnimateDiffVideoToVideoPipeline(**pipe.components)
    again.set_progress_bar_config(disable=True)
    return again
