"""The whole of Limner in one screen: open a studio, introduce somebody, draw him, ask why.

Run `python examples/quickstart.py` for real pictures, or with `--fake` for coloured squares in no time.
"""

from __future__ import annotations

import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from limner.agent import Assistant, Attachment, Reply, Request, ScriptedPlanner, Settings, load_planner, open_studio

HERE = Path(__file__).parent
PLANS = [
    'learn_subject(name="Biscuit", class_noun="dog")',
    'generate_image(prompt="Biscuit on the beach", subjects=["Biscuit"], styles=["flat"])',
]


def main(fake: bool, folder: Path) -> list[Reply]:
    settings = Settings.load(data=folder / "data", out=folder / "outputs", family="fake" if fake else "sticker")
    planner = ScriptedPlanner(PLANS) if fake else load_planner(settings.planner)
    photos = tuple(Attachment(path=HERE / "biscuit" / f"{number}.png") for number in (1, 2, 3, 4))
    replies = []
    with Assistant(open_studio(settings, lambda: datetime.now(UTC)), planner) as assistant:
        for text, attached in (
            ("This is my dog Biscuit, remember him", photos),
            ("Draw Biscuit on the beach in the flat style", ()),
        ):
            request = Request(text=text, attachments=attached, seed=7)
            for event in assistant.stream(request):
                print(f"{event.kind:>8}  {getattr(event, 'text', getattr(event, 'plan', ''))}")
                if isinstance(event, Reply):
                    replies.append(event)
    print(*(file for reply in replies for file in reply.files), sep="\n")
    return replies


if __name__ == "__main__":
    main("--fake" in sys.argv, Path(tempfile.mkdtemp(prefix="limner-")))
