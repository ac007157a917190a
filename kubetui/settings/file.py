"""Reads the settings file. What is wrong in it is told, a sentence for each mistake, and never ends anything.

A key that is wrong leaves the others in force. Where it can't be known whether a person wanted to be kept from changing
things, they are.
"""

import difflib
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import msgspec

from kubetui.settings.settings import ALLOWED, ContextSettings, Settings, types_of

S = TypeVar("S", bound=msgspec.Struct)

LARGEST = 1 << 20
"""Bytes of a file that is still taken for settings."""
GUARDED = Settings(readonly=True)
"""What holds while a file can't be read at all."""


GUARDING = ("readonly", "production")
"""Keys that keep a person from doing harm."""


class Read(NamedTuple):
    """The settings, and what was wrong in their file: whole sentences."""

    settings: Settings
    problems: tuple[str, ...] = ()


def read_settings(path: Path) -> Read:
    """The settings in a file; as they are by themselves where there is none."""
    try:
        with path.open("rb") as file:
            raw = file.read(LARGEST + 1)
        if len(raw) > LARGEST:
            return _unread(path, f"it is larger than {LARGEST >> 20} MiB")
        text = raw.decode("utf-8-sig")
        tables = tomllib.loads(text.replace("\r\n", "\n"))
    except (FileNotFoundError, NotADirectoryError):
        return Read(Settings())
    except OSError as why:
        return _unread(path, why.strerror or type(why).__name__)
    except UnicodeDecodeError as why:
        return _unread(path, f"byte {why.start + 1} is no UTF-8")
    except (tomllib.TOMLDecodeError, RecursionError) as why:
        return _unread(path, f"it is no TOML: {_words(str(why)) or 'it is nested too deeply'}")
    return _Reader(path, text).settings(tables)


def _unread(path: Path, why: str) -> Read:
    told = f"The settings file {path} can't be read: {why}. Nothing is changed in any cluster until it is mended."
    return Read(GUARDED, (told,))


class _Reader:
    """Reads the tables of one file, and remembers what was wrong."""

    def __init__(self, path: Path, text: str) -> None:
        self._path = path
        self._lines = text.splitlines()
        self._problems: list[str] = []

    def settings(self, tables: dict[str, Any]) -> Read:
        given = tables.get("contexts", {})
        # Read a table at a time, so that a mistake in one leaves the others in force.
        read, guarded = self._table({key: each for key, each in tables.items() if key != "contexts"}, Settings)
        if not isinstance(given, dict):
            self._wrong("contexts")
            given, guarded = {}, True
        contexts: dict[str, ContextSettings] = {}
        for name, table in given.items():
            if isinstance(table, dict) and name:
                values, doubtful = self._table(table, ContextSettings, name)
                contexts[name] = ContextSettings(**values | ({"readonly": True} if doubtful else {}))
            else:
                self._wrong("contexts", name)
                guarded = True
        if guarded:
            read["readonly"] = True
            self._problems.append("Nothing is changed in any cluster until that is mended.")
        return Read(Settings(**read, contexts=contexts), tuple(self._problems))

    def _table(self, table: dict[str, Any], struct: type[S], context: str = "") -> tuple[dict[str, Any], bool]:
        """The keys of a table that can be used, by their fields; and whether one that guards is among the rest."""
        types, read, guarded = types_of(struct), dict[str, Any](), False
        for key, value in table.items():
            if key not in types:
                guarded |= self._unknown(key, [name for name in types if name != "contexts"], context) in GUARDING
                continue
            try:
                read[key.replace("-", "_")] = msgspec.convert(value, types[key])
            except msgspec.ValidationError:
                self._wrong(key, context)
                guarded |= key in GUARDING
        return read, guarded

    def _wrong(self, key: str, context: str = "") -> None:
        self._problems.append(f"{self._place(key, context)}: {key} takes {ALLOWED[key]}.")

    def _unknown(self, key: str, known: list[str], context: str) -> str:
        """Tells of a key that there is not, and what may be meant by it; empty where that is far from any."""
        near = next(iter(difflib.get_close_matches(key, known, 1)), "")
        means = f"Did you mean {near}?" if near else f"There are {', '.join(known)}."
        self._problems.append(f"{self._place(key, context)}: there is no setting {key!r}. {means}")
        return near

    def _place(self, key: str, context: str) -> str:
        """The file, the line where it can be found, and the table."""
        at = next(self._places(key, context), None)
        where = f", line {at}" if at else ""
        return f"{self._path}{where}" + (f", context {context!r}" if context else "")

    def _places(self, key: str, context: str) -> Iterator[int]:
        """The lines that may be meant: heads of tables with that name, and lines that set the key in the right one."""
        table = context if key == "contexts" else ""
        sets = re.compile(rf"""\s*["']?{re.escape(table or key)}["']?\s*[.=]""")
        within = not context
        for number, line in enumerate(self._lines, 1):
            if line.lstrip().startswith("["):
                within = context in line if context else False
                if (table or f"[{key}") in line and (table or not context):
                    yield number
            elif (within or table) and sets.match(line):
                yield number


def _words(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:].rstrip(".")
