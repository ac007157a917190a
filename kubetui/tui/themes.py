"""The themes: one TOML file each in themes/, named as Textual names colours."""

import tomllib
from collections.abc import Iterator
from pathlib import Path

from textual.theme import Theme

ALIASES = {"ansi": "ansi-dark"}
"""Shorter words for themes of Textual's own; this one keeps the terminal's colours."""


def folder() -> Path:
    """Where the theme files are: in the installed package, or beside it in a checkout."""
    inside = Path(__file__).parents[1] / "themes"
    return inside if inside.is_dir() else Path(__file__).parents[2] / "themes"


def themes() -> Iterator[Theme]:
    """Every theme of the folder."""
    for path in sorted(folder().glob("*.toml")):
        yield Theme(**tomllib.loads(path.read_text("utf-8")))
