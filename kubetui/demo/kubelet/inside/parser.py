"""A script turned into its tree. Pure."""

from collections.abc import Sequence

from kubetui.demo.kubelet.inside.scanner import NAME, Operator, Token, tokens
from kubetui.demo.kubelet.inside.syntax import (
    Body,
    Command,
    For,
    Group,
    If,
    Loop,
    Part,
    Pipeline,
    Redirection,
    Simple,
    Step,
    SyntaxMistake,
    Unfinished,
    Word,
)

MOST = 64 * 1024
"""Characters of a script."""
_DEEPEST = 40
"""Blocks in blocks."""
_RESERVED = frozenset(("if", "then", "elif", "else", "fi", "while", "until", "for", "do", "done", "{", "}", "!", "in"))


def parse(script: str) -> Body:
    """The tree of a script. SyntaxMistake where there is none, Unfinished where more lines could make one."""
    if len(script) > MOST:
        raise SyntaxMistake("script too long")
    reader = _Parser(tokens(script))
    body = reader.body(())
    if reader.token is not None:
        raise SyntaxMistake(f'unexpected "{_shown(reader.token)}"')
    return body


def _plain(word: Word) -> str | None:
    """The text of a word in which nothing is quoted or expanded; None for any other."""
    return (
        "".join(part.text for part in word) if all(part.kind == "text" and not part.quoted for part in word) else None
    )


class _Parser:
    """Makes a tree of tokens."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self._tokens = tokens
        self._at = 0
        self._depth = 0

    @property
    def token(self) -> Token | None:
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
        name = _plain(token) if isinstance(token, tuple) else None
        if name is None or not NAME.fullmatch(name):
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
        return isinstance(self.token, Operator) and self.token.text == mark

    def _take(self) -> str:
        token = self.token
        assert isinstance(token, Operator)
        self._at += 1
        return token.text

    def _reserved(self) -> str:
        token = self.token
        word = _plain(token) if isinstance(token, tuple) else None
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
    if not equals or not NAME.fullmatch(name):
        return None
    first = (Part("text", rest, False),) if rest else ()
    return name, (*first, *word[1:])


def _shown(token: Token) -> str:
    if isinstance(token, Operator):
        return "newline" if token.text == ";" else token.text
    if isinstance(token, Redirection):
        return token.mark
    return "".join(part.text for part in token)
