"""A still picture's subject put through the poses of a motion, and the clip drawn from there.

After Text2Video-Zero (arXiv:2303.13439), which warps the first frame's latents along a path: a small motion adapter
keeps frames alike, but hardly knows where a thing should be at each moment. So the place is given, as a clip to
start from (SDEdit, arXiv:2108.01073), and the adapter draws the rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from PIL import Image, ImageChops, ImageFilter

from limner.tools.canvas import Found, find_subject, ground
from limner.tools.families.poses import Pose, place_posed

STRENGTH = 0.25  # the share of denoising left to do: where things are is decided before


def posed(still: Image.Image, poses: Sequence[Pose], apart: Image.Image | None = None) -> list[Image.Image] | None:
    """The subject of `still` cut out and put back as each pose says; None where no subject stands out.

    `apart` shows the same subject on a plain ground: it is cut out of that, where sand and a pale coat are not one.
    """
    shown = still if apart is None else apart
    found = find_subject(shown)
    if found is None:
        return None
    left, top, right, bottom = (value * shown.width // found.mask.shape[1] for value in found.box)
    mask = _mask(found, shown)
    cut = Image.merge("RGBA", (*shown.split(), mask.filter(ImageFilter.GaussianBlur(shown.width / 256))))
    side = max(right - left, bottom - top)
    across = (left + right - side) // 2
    sprite = cut.crop((across, bottom - side, across + side, bottom))
    behind = Image.fromarray(ground(np.asarray(still, dtype=np.float32)).clip(0, 255).astype(np.uint8))
    if apart is not None and (here := find_subject(still)) is not None:
        mask = ImageChops.lighter(mask, _mask(here, still))
    # What does not touch the subject stays as it was drawn.
    bare = Image.composite(behind, still, mask.filter(ImageFilter.MaxFilter(9)))
    frames = []
    for pose in poses:
        canvas = bare.copy()
        place_posed(canvas, sprite, across, bottom - side, side, pose)
        frames.append(canvas)
    return frames


def _mask(found: Found, picture: Image.Image) -> Image.Image:
    return Image.fromarray(found.mask.astype(np.uint8) * 255).resize(picture.size)


def redrawn(pipe: Any) -> Any:
    """The same models as a pipeline that starts from a clip."""
    from diffusers import AnimateDiffVideoToVideoPipeline

    again = AnimateDiffVideoToVideoPipeline(**pipe.components)
    again.set_progress_bar_config(disable=True)
    return again
