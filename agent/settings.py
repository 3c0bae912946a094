"""Every setting in one class: configuration file, then LIMNER_ environment, then flags, the last one winning."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
    YamlConfigSettingsSource,
)

CONFIG_FILES = ("limner.toml", "limner.yaml", "limner.yml")


class SettingsError(Exception):
    """A setting that cannot be used; the message says which and how to change it."""


class Settings(BaseSettings):
    """What a person may choose; `LIMNER_PLANNER=ollama:qwen3` is the same as `--planner ollama:qwen3`."""

    model_config = SettingsConfigDict(env_prefix="LIMNER_", extra="forbid", frozen=True)

    user: str = Field("me", min_length=1, max_length=100, description="whose subjects, styles and memories")
    session: str = Field("default", min_length=1, max_length=200, description="the conversation to go on with")
    seed: int | None = Field(None, ge=0, le=2**32 - 1, description="same seed, same picture")
    planner: str = Field(
        "embedded:planner", description="who plans: embedded:planner, ollama:qwen3, openai:gpt-…, a URL"
    )
    family: str = Field("sticker", description="the base model family that draws; fake draws colours in no time")
    weights: Path | None = Field(None, description="folder of the base model, where the family ships none or another")
    device: str = Field("auto", description="auto, cpu, cuda, mps")
    threads: int | None = Field(None, ge=1, description="CPU threads; as many as suit the family when empty")
    out: Path = Field(Path("outputs"), description="where pictures and clips go")
    data: Path = Field(Path.home() / ".limner", description="where memory, subjects, styles and motions live")
    embedder: Literal["minilm", "words"] = Field("minilm", description="memory search by meaning, or by words alone")
    chroma: str | None = Field(
        None,
        pattern=r"^https?://",
        description="a Chroma server for the vectors, like http://HOST:PORT",
    )
    offline: bool = Field(False, description="never touch the network")
    metadata: bool = Field(True, description="write plan, seed and adapters into the pictures")
    clip_format: Literal["gif", "webp", "mp4"] = Field("gif", description="gif, webp or mp4")

    @classmethod
    def load(cls, config: Path | None = None, **flags: Any) -> Settings:
        """Read the file (given, or limner.toml/.yaml here), the environment and the flags that are not None."""
        path = config or next((Path(name) for name in CONFIG_FILES if Path(name).is_file()), None)
        given = {name: value for name, value in flags.items() if value is not None}

        class Layered(Settings):
            """Settings whose lowest layer is that file."""

            @classmethod
            def settings_customise_sources(
                cls,
                settings_cls: type[BaseSettings],
                init_settings: PydanticBaseSettingsSource,
                env_settings: PydanticBaseSettingsSource,
                dotenv_settings: PydanticBaseSettingsSource,
                file_secret_settings: PydanticBaseSettingsSource,
            ) -> tuple[PydanticBaseSettingsSource, ...]:
                layers = (init_settings, env_settings)
                return (*layers, _file_source(settings_cls, path)) if path else layers

        try:
            return Layered(**given)
        except ValidationError as error:
            raise SettingsError(_explain(error, path)) from error


def _file_source(settings_cls: type[BaseSettings], path: Path) -> PydanticBaseSettingsSource:
    if not path.is_file():
        raise SettingsError(f"no configuration file {path}; leave --config out or write one")
    source = TomlConfigSettingsSource if path.suffix == ".toml" else YamlConfigSettingsSource
    try:
        return source(settings_cls, path)
    except Exception as error:  # tomllib and yaml raise unrelated types; both name the line
        raise SettingsError(f"cannot read {path}: {error}") from error


def _explain(error: ValidationError, path: Path | None) -> str:
    known = ", ".join(Settings.model_fields)
    lines = []
    for one in error.errors():
        name = ".".join(str(part) for part in one["loc"])
        if one["type"] == "extra_forbidden":
            lines.append(f"no setting called {name!r}; there are: {known}")
        else:
            lines.append(f"{name}: {one['msg']} (it is {one['input']!r})")
    return "; ".join(lines) + (f" (file {path}, LIMNER_… environment or flags)" if path else " (LIMNER_… or flags)")
