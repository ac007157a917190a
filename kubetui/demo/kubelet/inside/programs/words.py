"""How the words of a small program are read: single letters behind a dash, some of them with a value."""

import re
from collections.abc import Sequence

import msgspec


class Wrong(Exception):
    """Words that a program does not know; the text says which."""


class Given(msgspec.Struct, frozen=True):
    """What a program was given."""

    flags: frozenset[str]
    values: dict[str, str]
    rest: tuple[str, ...]

    def number(self, flag: str, default: int) -> int:
        """The whole number behind a flag. Wrong where it is none."""
        text = self.values.get(flag, "")
        if not text:
            return default
        if not text.lstrip("-+").isdigit():
            raise Wrong(f"invalid number '{text}'")
        return int(text)


def seconds_of(text: str, default: float) -> float:
    """Seconds that a word says. Wrong where it says none."""
    if not text:
        return default
    if not re.fullmatch(r"\d{1,9}(\.\d*)?", text):
        raise Wrong(f"invalid number '{text}'")
    return float(text)


def given(words: Sequence[str], flags: str, valued: str = "", long: Sequence[str] = ()) -> Given:
    """Reads words. `flags` and `valued` are letters, `long` words that follow two dashes, with `=` where valued.

    Wrong for a letter or a word that is none of these.
    """
    seen: set[str] = set()
    values: dict[str, str] = {}
    rest: list[str] = []
    left = list(words)
    while left:
        word = left.pop(0)
        if word == "--":
            rest += left
            break
        if word.startswith("--"):
            name, equals, value = word[2:].partition("=")
            if name in long:
                seen.add(name)
            elif f"{name}=" in long:
                if not equals and not left:
                    raise Wrong(f"option '--{name}' requires an argument")
                values[name] = value if equals else left.pop(0)
            else:
                raise Wrong(f"unrecognized option: {name}")
        elif word.startswith("-") and len(word) > 1:
            for place, letter in enumerate(word[1:], 1):
                if letter in valued:
                    after = word[place + 1 :]
                    if not after and not left:
                        raise Wrong(f"option requires an argument -- '{letter}'")
                    values[letter] = after or left.pop(0)
                    break
                if letter not in flags:
                    raise Wrong(f"invalid option -- '{letter}'")
                seen.add(letter)
        else:
            rest.append(word)
    return Given(frozenset(seen), values, tuple(rest))
