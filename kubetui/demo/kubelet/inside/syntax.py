"""A small POSIX shell's language, from text to a tree: words, pipes, lists, redirections, if, for, while. Pure."""

import re
from collections.abc import Sequence

import msgspec


class SyntaxMistake(Exception):
    """A script that can't be read; the text says what was not expected."""


class Unfinished(SyntaxMistake):
    """A script that goes on: a quote or a block is still open."""


class Part(msgspec.Struct, frozen=True):
    """A piece of a word: plain text, or something to expand."""

    kind: str
    """`text`, `variable` (`NAME`, `NAME:-word`), `command` (a script), `sum` (an expression)."""
    text: str
    quoted: bool
    """Whether what it becomes stays one word, whatever is in it."""


Word = tuple[Part, ...]


class Redirection(msgspec.Struct, frozen=True):
    """`2> file`, `< file`, `2>&1`."""

    descriptor: int
    mark: str
    """`<`, `>`, `>>`, `>&` or `<<`."""
    target: Word


class Simple(msgspec.Struct, frozen=True):
    """Variables set, a program with its words, and where its streams go."""

    settings: tuple[tuple[str, Word], ...]
    words: tuple[Word, ...]
    redirections: tuple[Redirection, ...] = ()


class Pipeline(msgspec.Struct, frozen=True):
    """Commands, each reading what the one before it writes."""

    commands: "tuple[Command, ...]"
    negated: bool = False


class Step(msgspec.Struct, frozen=True):
    """One pipeline of a list, and when it is run: always (`;`), after success (`&&`), after failure (`||`)."""

    when: str
    pipeline: Pipeline
    background: bool = False


Body = tuple[Step, ...]


class If(msgspec.Struct, frozen=True):
    branches: tuple[tuple[Body, Body], ...]
    otherwise: Body
    redirections: tuple[Redirection, ...] = ()


class Loop(msgspec.Struct, frozen=True):
    """`while`, or `until`."""

    condition: Body
    body: Body
    until: bool
    redirections: tuple[Redirection, ...] = ()


class For(msgspec.Struct, frozen=True):
    name: str
    words: tuple[Word, ...]
    body: Body
    redirections: tuple[Redirection, ...] = ()


class Group(msgspec.Struct, frozen=True):
    """`{ …; }`, or in a subshell `( … )`."""

    body: Body
    subshell: bool
    redirections: tuple[Redirection, ...] = ()


Command = Simple | If | Loop | For | Group

MOST = 64 * 1024
"""Characters of a script."""
_DEEPEST = 40
"""Blocks in blocks."""
_OPERATORS = ("&&", "||", ";;", ">>", "<<", ">&", "<&", ";", "&", "|", "<", ">", "(", ")", "\n")
_RESERVED = frozenset(("if", "then", "elif", "else", "fi", "while", "until", "for", "do", "done", "{", "}", "!", "in"))
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_SPECIAL = "?#@*$!-0123456789"


class _Operator(msgspec.Struct, frozen=True):
    text: str


_Token = _Operator | Word | Redirection


def parse(script: str) -> Body:
    """The tree of a script. SyntaxMistake where there is none, Unfinished where more lines could make one."""
    if len(script) > MOST:
        raise SyntaxMistake("script too long")
    reader = _Parser(_tokens(script))
    body = reader.body(())
    if reader.token is not None:
        raise SyntaxMistake(f'unexpected "{_shown(reader.token)}"')
    return body


def plain(word: Word) -> str | None:
    """The text of a word in which nothing is quoted or expanded; None for any other."""
    return (
        "".join(part.text for part in word) if all(part.kind == "text" and not part.quoted for part in word) else None
    )


def parts_of(text: str, *, quoted: bool = True) -> Word:
    """The parts of a text as between double quotes: variables and commands are expanded, the rest stays."""
    return tuple(_Scanner(text).quoted_parts("") if quoted else _Scanner(text).word())


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
        name = _NAME.match(text, at + 1)
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


def _tokens(script: str) -> list[_Token]:
    scanner = _Scanner(script)
    tokens: list[_Token] = []
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
        found = _redirection(scanner) or _operator(scanner)
        tokens.append(found if found is not None else tuple(scanner.word()))
    return tokens


_REDIRECTION = re.compile(r"(\d?)(>>|>&|<<-?|<|>\|?)")


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


def _operator(scanner: _Scanner) -> _Operator | None:
    for mark in _OPERATORS:
        if scanner.text.startswith(mark, scanner.at):
            scanner.at += len(mark)
            return _Operator(";" if mark == "\n" else mark)
    return None


class _Parser:
    """Makes a tree of tokens."""

    def __init__(self, tokens: Sequence[_Token]) -> None:
        self._tokens = tokens
        self._at = 0
        self._depth = 0

    @property
    def token(self) -> _Token | None:
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def body(self, ends: Sequence[str]) -> Body:
        """A list of pipelines, up to one of the reserved words or to `)`."""
        self._depth += 1
        if self._depth > _DEEPEST:
            raise SyntaxMistake("too many blocks in blocks")
        steps: list[Step] = []
        when = ";"
        while True:
            while self._is(";") and when == ";":
                self._at += 1
            if self.token is None or self._reserved() in ends or self._is(")"):
                break
            pipeline = self._pipeline()
            background = self._is("&")
            steps.append(Step(when, pipeline, background))
            when = ";"
            if self._is("&&") or self._is("||"):
                when = self._take()
                while self._is(";"):
                    self._at += 1
                if self.token is None:
                    raise Unfinished("unexpected end of file")
            elif background or self._is(";"):
                self._at += 1
            elif self.token is not None and not self._is(")"):
                break
        self._depth -= 1
        if when != ";":
            raise Unfinished("unexpected end of file")
        if ends and not steps and "" not in ends:
            raise Unfinished("unexpected end of file") if self.token is None else self._unexpected()
        return tuple(steps)

    def _pipeline(self) -> Pipeline:
        negated = self._reserved() == "!"
        if negated:
            self._at += 1
        commands = [self._command()]
        while self._is("|"):
            self._at += 1
            while self._is(";"):
                self._at += 1
            commands.append(self._command())
        return Pipeline(tuple(commands), negated)

    def _command(self) -> Command:
        match self._reserved():
            case "if":
                return self._if()
            case "while" | "until" as word:
                self._at += 1
                condition = self.body(("do",))
                return Loop(condition, self._do(), word == "until", self._redirections())
            case "for":
                return self._for()
            case "{":
                self._at += 1
                body = self.body(("}",))
                self._expect("}")
                return Group(body, False, self._redirections())
            case "then" | "elif" | "else" | "fi" | "do" | "done" | "}":
                raise self._unexpected()
        if self._is("("):
            self._at += 1
            body = self.body(())
            if not self._is(")"):
                raise Unfinished("unexpected end of file") if self.token is None else self._unexpected()
            self._at += 1
            return Group(body, True, self._redirections())
        return self._simple()

    def _if(self) -> If:
        branches: list[tuple[Body, Body]] = []
        otherwise: Body = ()
        while self._reserved() in ("if", "elif"):
            self._at += 1
            condition = self.body(("then",))
            self._expect("then")
            branches.append((condition, self.body(("elif", "else", "fi"))))
        if self._reserved() == "else":
            self._at += 1
            otherwise = self.body(("fi",))
        self._expect("fi")
        return If(tuple(branches), otherwise, self._redirections())

    def _for(self) -> For:
        self._at += 1
        token = self.token
        name = plain(token) if isinstance(token, tuple) else None
        if name is None or not _NAME.fullmatch(name):
            raise self._unexpected()
        self._at += 1
        words: list[Word] = []
        if self._reserved() == "in":
            self._at += 1
            while isinstance(token := self.token, tuple):
                words.append(token)
                self._at += 1
        while self._is(";"):
            self._at += 1
        return For(name, tuple(words), self._do(), self._redirections())

    def _do(self) -> Body:
        self._expect("do")
        body = self.body(("done",))
        self._expect("done")
        return body

    def _simple(self) -> Simple:
        settings: list[tuple[str, Word]] = []
        words: list[Word] = []
        redirections: list[Redirection] = []
        while (token := self.token) is not None:
            if isinstance(token, Redirection):
                redirections.append(token)
            elif isinstance(token, tuple):
                setting = _setting(token) if not words else None
                if setting is not None:
                    settings.append(setting)
                else:
                    words.append(token)
            else:
                break
            self._at += 1
        if not (settings or words or redirections):
            raise self._unexpected()
        return Simple(tuple(settings), tuple(words), tuple(redirections))

    def _redirections(self) -> tuple[Redirection, ...]:
        found: list[Redirection] = []
        while isinstance(token := self.token, Redirection):
            found.append(token)
            self._at += 1
        return tuple(found)

    def _is(self, mark: str) -> bool:
        return isinstance(self.token, _Operator) and self.token.text == mark

    def _take(self) -> str:
        token = self.token
        assert isinstance(token, _Operator)
        self._at += 1
        return token.text

    def _reserved(self) -> str:
        token = self.token
        word = plain(token) if isinstance(token, tuple) else None
        return word if word in _RESERVED else ""

    def _expect(self, word: str) -> None:
        while word in ("do", "then") and self._is(";"):
            self._at += 1
        if self._reserved() != word:
            raise Unfinished("unexpected end of file") if self.token is None else self._unexpected()
        self._at += 1

    def _unexpected(self) -> SyntaxMistake:
        if self.token is None:
            return Unfinished("unexpected end of file")
        return SyntaxMistake(f'unexpected "{_shown(self.token)}"')


def _setting(word: Word) -> tuple[str, Word] | None:
    """`NAME=value` as a setting; None for any other word."""
    if not word or word[0].kind != "text" or word[0].quoted:
        return None
    name, equals, rest = word[0].text.partition("=")
    if not equals or not _NAME.fullmatch(name):
        return None
    first = (Part("text", rest, False),) if rest else ()
    return name, (*first, *word[1:])


def _shown(token: _Token) -> str:
    if isinstance(token, _Operator):
        return "newline" if token.text == ";" else token.text
    if isinstance(token, Redirection):
        return token.mark
    return "".join(part.text for part in token)
