"""A script cut into tokens: operators, redirections, and words with what is to be expanded in them. Pure."""

import re

import msgspec

from kubetui.demo.kubelet.inside.syntax import Part, Redirection, SyntaxMistake, Unfinished, Word

_OPERATORS = ("&&", "||", ";;", ";", "&", "|", "(", ")", "\n")
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_REDIRECTION = re.compile(r"(\d?)(>>|>&|<<-?|<|>\|?)")
_SPECIAL = "?#@*$!-0123456789"


class Operator(msgspec.Struct, frozen=True):
    """`;`, `|`, `&&` and the like; the end of a line is a `;`."""

    text: str


Token = Operator | Word | Redirection


class _Scanner:
    """Cuts words out of a script."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def word(self) -> list[Part]:
        """The word that begins here; empty where an operator or a blank does."""
        parts: list[Part] = []
        plain: list[str] = []

        def flush() -> None:
            if plain:
                parts.append(Part("text", "".join(plain), False))
                plain.clear()

        while self.at < len(self.text):
            char = self.text[self.at]
            if char in " \t\n;&|<>()":
                break
            if char == "\\":
                flush()
                follower = self.text[self.at + 1 : self.at + 2]
                self.at += 2
                if not follower:
                    raise Unfinished("unexpected end of file")
                if follower != "\n":
                    parts.append(Part("text", follower, True))
            elif char == "'":
                flush()
                end = self.text.find("'", self.at + 1)
                if end < 0:
                    raise Unfinished("unterminated quoted string")
                parts.append(Part("text", self.text[self.at + 1 : end], True))
                self.at = end + 1
            elif char == '"':
                flush()
                self.at += 1
                parts += self.quoted_parts('"') or [Part("text", "", True)]
            elif char in "$`":
                flush()
                parts.append(self.expansion(quoted=False))
            else:
                plain.append(char)
                self.at += 1
        flush()
        return parts

    def quoted_parts(self, end: str) -> list[Part]:
        """What follows up to the closing quote, or, where there is none to come, up to the end."""
        parts: list[Part] = []
        plain: list[str] = []

        def flush() -> None:
            if plain:
                parts.append(Part("text", "".join(plain), True))
                plain.clear()

        while self.at < len(self.text):
            char = self.text[self.at]
            if end and char == end:
                self.at += 1
                flush()
                return parts
            if char == "\\" and self.text[self.at + 1 : self.at + 2] in ("$", "`", '"', "\\", "\n"):
                if self.text[self.at + 1] != "\n":
                    plain.append(self.text[self.at + 1])
                self.at += 2
            elif char in "$`":
                flush()
                parts.append(self.expansion(quoted=True))
            else:
                plain.append(char)
                self.at += 1
        if end:
            raise Unfinished("unterminated quoted string")
        flush()
        return parts

    def expansion(self, *, quoted: bool) -> Part:
        """What begins with `$` or a backquote here."""
        text, at = self.text, self.at
        if text[at] == "`":
            end = text.find("`", at + 1)
            if end < 0:
                raise Unfinished("unterminated backquote")
            self.at = end + 1
            return Part("command", text[at + 1 : end], quoted)
        if text.startswith("$((", at):
            end = text.find("))", at)
            if end < 0:
                raise Unfinished("missing '))'")
            self.at = end + 2
            return Part("sum", text[at + 3 : end], quoted)
        if text.startswith("$(", at):
            self.at = at + 2
            inner = self._balanced("(", ")")
            return Part("command", inner, quoted)
        if text.startswith("${", at):
            self.at = at + 2
            return Part("variable", self._balanced("{", "}"), quoted)
        name = NAME.match(text, at + 1)
        if name:
            self.at = name.end()
            return Part("variable", name[0], quoted)
        if text[at + 1 : at + 2] and text[at + 1] in _SPECIAL:
            self.at = at + 2
            return Part("variable", text[at + 1], quoted)
        self.at = at + 1
        return Part("text", "$", quoted)

    def _balanced(self, opening: str, closing: str) -> str:
        """The text up to the closing mark that belongs to the one before here; quotes are respected."""
        start, depth, quote = self.at, 1, ""
        while self.at < len(self.text):
            char = self.text[self.at]
            if char == "\\" and quote != "'":
                self.at += 1
            elif quote:
                quote = "" if char == quote else quote
            elif char in "'\"":
                quote = char
            elif char == opening:
                depth += 1
            elif char == closing:
                depth -= 1
                if not depth:
                    self.at += 1
                    return self.text[start : self.at - 1]
            self.at += 1
        raise Unfinished(f"missing '{closing}'")


def tokens(script: str) -> list[Token]:
    """The tokens of a script. SyntaxMistake where it can't be cut, Unfinished where a quote is open at its end."""
    scanner = _Scanner(script)
    found: list[Token] = []
    while scanner.at < len(scanner.text):
        char = scanner.text[scanner.at]
        if char in " \t":
            scanner.at += 1
            continue
        if scanner.text.startswith("\\\n", scanner.at):
            scanner.at += 2
            continue
        if char == "#":
            end = scanner.text.find("\n", scanner.at)
            scanner.at = len(scanner.text) if end < 0 else end
            continue
        mark = _redirection(scanner) or _operator(scanner)
        found.append(mark if mark is not None else tuple(scanner.word()))
    return found


def _redirection(scanner: _Scanner) -> Redirection | None:
    found = _REDIRECTION.match(scanner.text, scanner.at)
    if found is None:
        return None
    scanner.at = found.end()
    while scanner.text[scanner.at : scanner.at + 1] in (" ", "\t"):
        scanner.at += 1
    mark = found[2].rstrip("|-")
    target = tuple(scanner.word())
    if not target:
        raise SyntaxMistake("syntax error: unexpected redirection")
    if mark == "<<":
        target = _heredoc(scanner, target)
    return Redirection(int(found[1] or (0 if mark.startswith("<") else 1)), mark, target)


def _heredoc(scanner: _Scanner, end: Word) -> Word:
    """The lines after this one, up to the one that ends them; they are taken out of the script."""
    mark = "".join(part.text for part in end)
    line_end = scanner.text.find("\n", scanner.at)
    if line_end < 0:
        raise Unfinished("unexpected end of file")
    lines: list[str] = []
    at = line_end + 1
    while at < len(scanner.text):
        line, newline, _ = scanner.text[at:].partition("\n")
        at += len(line) + len(newline)
        if line.strip("\t") == mark:
            scanner.text = scanner.text[: line_end + 1] + scanner.text[at:]
            text = "".join(f"{one}\n" for one in lines)
            return (Part("text", text, True),) if any(part.quoted for part in end) else parts_of(text)
        lines.append(line)
    raise Unfinished("unexpected end of file")


def _operator(scanner: _Scanner) -> Operator | None:
    for mark in _OPERATORS:
        if scanner.text.startswith(mark, scanner.at):
            scanner.at += len(mark)
            return Operator(";" if mark == "\n" else mark)
    return None


def parts_of(text: str, *, quoted: bool = True) -> Word:
    """The parts of a text as between double quotes: variables and commands are expanded, the rest stays."""
    return tuple(_Scanner(text).quoted_parts("") if quoted else _Scanner(text).word())
