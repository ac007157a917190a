"""Words of a script turned into the words that a program gets: variables, commands, sums, splitting and globs."""

import ast
import fnmatch
import operator
import posixpath
import re
from collections.abc import Awaitable, Callable, Iterable, Mapping

from kubetui.demo.kubelet.inside.files import FileSystem, Folder
from kubetui.demo.kubelet.inside.scanner import parts_of
from kubetui.demo.kubelet.inside.syntax import Part, Word

_OPERATION = re.compile(r"(:?[-+=?]|##?|%%?)(.*)", re.DOTALL)
_GLOB = re.compile(r"[*?\[]")
_LITERAL = "\0"
"""Stands before a character of a glob that is to mean itself."""
MOST = 10_000
"""Words that one word may become."""
LONGEST = 1024 * 1024
"""Characters that they may have together."""
_LONGEST_TRIMMED = 4_096
"""Characters of a value that is looked through for a pattern at its start or its end."""


class BadSubstitution(Exception):
    """Something that can't be expanded; the text is the shell's."""


class Expander:
    """Expands words as one shell sees them at this moment."""

    def __init__(
        self,
        variables: dict[str, str],
        special: Mapping[str, str],
        arguments: list[str],
        files: FileSystem,
        folder: str,
        command: Callable[[str], Awaitable[str]],
    ) -> None:
        self._variables = variables
        self._special = special
        self._arguments = arguments
        self._files = files
        self._folder = folder
        self._command = command

    async def words(self, word: Word) -> list[str]:
        """The words that one word becomes: none, one or several."""
        fields = _Fields()
        for part in word:
            if part.kind == "variable" and part.text in ("@", "*") and not (part.text == "*" and part.quoted):
                fields.add_each(map(_literal, self._arguments))
            elif part.quoted:
                fields.add(_literal(await self._value(part)))
            elif part.kind == "text":
                fields.add(await self._value(part))
            else:
                fields.split(await self._value(part))
        found = fields.found()
        if sum(map(len, found)) > LONGEST:
            raise BadSubstitution("word too long")
        return [name for one in found for name in self._matching(one)][:MOST]

    async def text(self, word: Word) -> str:
        """One word as it is, neither split nor matched with files."""
        values = []
        for part in word:
            if part.kind == "variable" and part.text in ("@", "*"):
                values.append(" ".join(self._arguments))
            else:
                values.append(await self._value(part))
        text = "".join(values)
        if len(text) > LONGEST:
            raise BadSubstitution("word too long")
        if word and word[0].kind == "text" and not word[0].quoted:
            text = self._home(text)
        return text

    async def _value(self, part: Part) -> str:
        match part.kind:
            case "text":
                return self._home(part.text) if not part.quoted else part.text
            case "command":
                return (await self._command(part.text)).rstrip("\n")
            case "sum":
                return str(await self._sum(part.text))
            case _:
                return await self._variable(part.text)

    def _home(self, text: str) -> str:
        if text == "~" or text.startswith("~/"):
            return self._variables.get("HOME", "/root") + text[1:]
        return text

    async def _variable(self, text: str) -> str:
        if text.startswith("#") and len(text) > 1:
            return str(len(self._known(text[1:]) or ""))
        found = re.match(r"[A-Za-z_][A-Za-z0-9_]*|[?#@*$!\-0-9]", text)
        if found is None:
            raise BadSubstitution("bad substitution")
        name, value = found[0], self._known(found[0])
        rest = text[found.end() :]
        if not rest:
            return value or ""
        operation = _OPERATION.fullmatch(rest)
        if operation is None:
            raise BadSubstitution("bad substitution")
        mark, argument = operation[1], await self.text(parts_of(operation[2]))
        missing = value is None or (mark.startswith(":") and value == "")
        match mark.lstrip(":"):
            case "-":
                return argument if missing else value or ""
            case "=":
                if missing:
                    self._variables[name] = argument
                return argument if missing else value or ""
            case "+":
                return "" if missing else argument
            case "?":
                if missing:
                    raise BadSubstitution(f"{name}: {argument or 'parameter not set'}")
                return value or ""
        if len(value or "") > _LONGEST_TRIMMED:
            raise BadSubstitution(f"{name}: value too long")
        return _trimmed(value or "", mark, argument)

    def _known(self, name: str) -> str | None:
        if name in self._special:
            return self._special[name]
        if name == "#":
            return str(len(self._arguments))
        if name.isdigit():
            return self._arguments[int(name) - 1] if 0 < int(name) <= len(self._arguments) else None
        if name in ("@", "*"):
            return " ".join(self._arguments)
        return self._variables.get(name)

    async def _sum(self, text: str) -> int:
        expanded = await self.text(parts_of(text))
        named = re.sub(r"[A-Za-z_]\w*", lambda found: self._variables.get(found[0]) or "0", expanded)
        try:
            return _calculated(named.strip() or "0")
        except (ValueError, SyntaxError, ZeroDivisionError, RecursionError, MemoryError) as why:
            raise BadSubstitution("divide by zero" if isinstance(why, ZeroDivisionError) else "syntax error") from why

    def _matching(self, pattern: str) -> list[str]:
        """The files that a word with `*`, `?` or `[…]` matches; the word itself where there are none."""
        plain = pattern.replace(_LITERAL, "")
        if not _GLOB.search(re.sub(f"{_LITERAL}.", "", pattern, flags=re.DOTALL)):
            return [plain]
        found = [""] if not pattern.startswith("/") else ["/"]
        for piece in (one for one in pattern.split("/") if one):
            found = [posixpath.join(base, name) for base in found for name in self._names(base, piece)][:MOST]
        return sorted(found) or [plain]

    def _names(self, base: str, piece: str) -> list[str]:
        path = posixpath.normpath(posixpath.join(self._folder, base or "."))
        bare = piece.replace(_LITERAL, "")
        if not _GLOB.search(re.sub(f"{_LITERAL}.", "", piece, flags=re.DOTALL)):
            return [bare] if self._files.exists(posixpath.join(path, bare)) else []
        try:
            node = self._files.find(path)
        except OSError:
            return []
        if not isinstance(node, Folder):
            return []
        rule = re.sub(f"{_LITERAL}(.)", lambda mark: f"[{mark[1]}]" if mark[1] in "*?[" else mark[1], piece)
        hidden = bare.startswith(".")
        return [name for name in node.entries if fnmatch.fnmatchcase(name, rule) and (hidden or name[0] != ".")]


class _Fields:
    """The words that grow out of one while its parts are expanded."""

    def __init__(self) -> None:
        self._done: list[str] = []
        self._current: str | None = None

    def add(self, text: str) -> None:
        """More of the word that grows."""
        self._current = (self._current or "") + text

    def add_each(self, texts: Iterable[str]) -> None:
        """The first text goes on with the word that grows, the others are words of their own."""
        for number, text in enumerate(texts):
            if number:
                self._end()
            self.add(text)

    def split(self, text: str) -> None:
        """Text in which blanks end words."""
        if text[:1].isspace():
            self._end()
        self.add_each(text.split())
        if text[-1:].isspace():
            self._end()

    def found(self) -> list[str]:
        self._end()
        return self._done

    def _end(self) -> None:
        if self._current is not None:
            self._done.append(self._current)
            self._current = None


def _literal(text: str) -> str:
    return re.sub(r"([*?\[])", rf"{_LITERAL}\1", text)


def _trimmed(value: str, mark: str, pattern: str) -> str:
    """`${NAME#…}` and `${NAME%…}`: the value without what matches at its start or its end."""
    ends = range(len(value) + 1)
    if mark.startswith("#"):
        places = ends if mark == "#" else reversed(ends)
        return next((value[at:] for at in places if fnmatch.fnmatchcase(value[:at], pattern)), value)
    places = reversed(ends) if mark == "%" else ends
    return next((value[:at] for at in places if fnmatch.fnmatchcase(value[at:], pattern)), value)


_SUMS = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Lt: operator.lt,
    ast.Gt: operator.gt,
    ast.LtE: operator.le,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}


def _calculated(text: str) -> int:
    """A sum of whole numbers, as `$((…))` knows them. ValueError or SyntaxError for what is none."""
    if len(text) > 500:
        raise ValueError("too long")

    def value(node: ast.expr) -> int:
        match node:
            case ast.Constant(value=int(number)):
                return number
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return -value(operand)
            case ast.BinOp(left=left, op=ast.Div() | ast.FloorDiv(), right=right):
                quotient = abs(value(left)) // abs(value(right))
                return quotient if (value(left) < 0) == (value(right) < 0) else -quotient
            case ast.BinOp(left=left, op=ast.Mod(), right=right):
                return abs(value(left)) % abs(value(right)) * (-1 if value(left) < 0 else 1)
            case ast.BinOp(left=left, op=op, right=right) if type(op) in _SUMS:
                return _bounded(_SUMS[type(op)](value(left), value(right)))
            case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in _SUMS:
                return int(_SUMS[type(op)](value(left), value(right)))
        raise ValueError("not a sum")

    return value(ast.parse(text, mode="eval").body)


def _bounded(number: int) -> int:
    """A number as 64 bits hold it."""
    return (number + 2**63) % 2**64 - 2**63
