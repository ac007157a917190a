"""Other names for names: of the same shape and width, the same for the same name, and not to be led back to it."""

import hashlib
import re
import secrets

from rich.cells import cell_len

_RUNS = re.compile(r"[0-9]+|[A-Za-z]+|[A-Za-z0-9]+")
_CONSONANTS, _VOWELS = "bdfgklmnprstvz", "aeiou"
_WIDE = "甲乙丙丁戊己庚辛壬癸"
TRIES = 200
"""How often another pseudonym is looked for where one is taken; very short names may run out of them."""


class Pseudonyms:
    """Made with a key of this run alone. Parts of a name have their own, so that kin are seen to be kin."""

    def __init__(self, key: bytes | None = None) -> None:
        self._key = key or secrets.token_bytes(16)
        self._of: dict[str, str] = {}
        self._taken: set[str] = set()

    def of(self, name: str) -> str:
        """The pseudonym of a name: as many characters, each as wide, blanks and signs where they were."""
        known = self._of.get(name)
        if known is None:
            known = next(
                (made for again in range(TRIES) if (made := self._made(name, again)) not in self._taken),
                self._made(name, 0),
            )
            self._of[name] = known
            self._taken.add(known)
        return known

    def _made(self, name: str, again: int) -> str:
        """A pseudonym; of several tries the parts but the last are the same."""
        runs = list(_RUNS.finditer(name))
        parts: list[str] = []
        end = 0
        for at, run in enumerate(runs):
            parts.append(self._plain(name[end : run.start()]))
            parts.append(self._word(run.group(), again if at == len(runs) - 1 else 0))
            end = run.end()
        return "".join(parts) + self._plain(name[end:])

    def _word(self, part: str, again: int) -> str:
        """A word that can be spoken, or a number, as long as the part."""
        digest = hashlib.blake2b(f"{again} {part}".encode(errors="replace"), key=self._key, digest_size=16).digest()
        noise = [digest[at % len(digest)] + at // len(digest) for at in range(len(part))]
        if part.isdigit():
            return "".join(str(each % 10) for each in noise)
        sounds = (_CONSONANTS, _VOWELS) if noise[0] % 2 else (_VOWELS, _CONSONANTS)
        word = "".join(sounds[at % 2][each % len(sounds[at % 2])] for at, each in enumerate(noise))
        return "".join(sound.upper() if letter.isupper() else sound for sound, letter in zip(word, part, strict=True))

    def _plain(self, text: str) -> str:
        """Signs as they are; letters of other scripts as one of their width."""
        return "".join(self._letter(char) if char.isalpha() else char for char in text)

    def _letter(self, char: str) -> str:
        at = hashlib.blake2b(char.encode(), key=self._key, digest_size=1).digest()[0]
        return _WIDE[at % len(_WIDE)] if cell_len(char) == 2 else _CONSONANTS[at % len(_CONSONANTS)]
