"""A still picture's subject put through the poses of a motion, and the clip drawn from there.

After Text2Video-Zero (arXiv:2303.13439), which warps the first frame's latents along a path: a small motion adapter
keeps frames alike, but hardly knows where a thing should be at each moment. So the place is given, as a clip to
start from (SDEdit, arXiv:2108.01073), and the adapter draws the rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PIL import Image, ImageChops, ImageFilter

from limner.tools.canvas import bare_ground, cut_out, find_subject, masked
from limner.tools.families.poses import Pose, place_posed

STRENGTH = 0.13  # the share of denoising left to do: the subject is kept, its rim and shadows are drawn


def posed(still: Image.Image, poses: Sequence[Pose], apart: Image.Image | None = None) -> list[Image.Image] | None:
    """The subject of `still` cut out and put back as each pose says; None where no subject stands out.

    `apart` shows the same subject on a plain ground: it is cut out of that, where sand and a pale coat are not one.
    """
    shown = still if apart is None else apart
    found = find_subject(shown)
    if found is None:
        return None
    sprite, box = cut_out(shown, found, soft=True)
    mask = masked(found, shown)
    if apart is not None and (here := find_subject(still)) is not None:
        mask = ImageChops.lighter(mask, masked(here, still))
    # What does not touch the subject stays as it was drawn.
    bare = Image.composite(bare_ground(still), still, mask.filter(ImageFilter.MaxFilter(9)))
    frames = []
    for pose in poses:
        canvas = bare.copy()
        place_posed(canvas, sprite, *box, pose)
        frames.append(canvas)
    return frames


def redrawn(pipe: Any) -> Any:
    """The same models as a pipeline that starts from a clip."""
    from diffusers import AnimateDiffVideoToVideoPipeline

    again = AnimateDiffVideoToVideoPipeline(**pipe.components)
    again.set_progress_bar_config(disable=True)
    return again
