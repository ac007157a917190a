"""JSON values as YAML, byte for byte as `kubectl get -o yaml` writes them.

kubectl gives its JSON to sigs.k8s.io/yaml, which writes it with go.yaml.in/yaml/v2: YAML 1.1, lines folded at a
blank once they are longer than 80 characters, sequences not indented under their key, keys in natural order. The
rules below are that emitter's; tests/plain/yaml_golden.json holds its own answers. This module only writes.

One thing differs on purpose: control characters at which kubectl fails (DEL, C1) are written as escapes.
"""

import re
from calendar import monthrange
from decimal import Decimal
from functools import cmp_to_key, lru_cache
from typing import Literal, TypeAlias

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | float | bool | None"

_WIDTH = 80
"""Characters after which a line is folded at the next blank."""
_LONGEST_SIMPLE_KEY = 128
"""Bytes; a longer key is written in the `? key` form."""

_BREAKS = "\n\u2028\u2029"
_SPECIAL = re.compile("[^\n\x20-\x7e\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd]")
_NEVER_PLAIN = re.compile(r"""[#,\[\]{}&*!|>'"%@` ]|[?-](?: |\Z)|---|\.\.\.|.*(?::(?: |\Z)| #| \Z)""")
_BLANK_BEFORE_BREAK = re.compile(f" [{_BREAKS}]")
_BLANK_AFTER_BREAK = re.compile(f"[{_BREAKS}] ")
_LINE_START = re.compile(f"(^|[{_BREAKS}])(?=[^{_BREAKS}])")
_ESCAPED = re.compile(f'["\\\\{_BREAKS}]|{_SPECIAL.pattern}')
_ESCAPES = {
    "\0": "0", "\a": "a", "\b": "b", "\t": "t", "\n": "n", "\v": "v", "\f": "f", "\r": "r",
    "\x1b": "e", '"': '"', "\\": "\\", "\x85": "N", "\xa0": "_", "\u2028": "L", "\u2029": "P",
}  # fmt: skip

_WORDS = {
    "", "y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON", "n", "N", "no", "No", "NO", "false",
    "False", "FALSE", "off", "Off", "OFF", "~", "null", "Null", "NULL", ".nan", ".NaN", ".NAN", ".inf", ".Inf",
    ".INF", "+.inf", "+.Inf", "+.INF", "-.inf", "-.Inf", "-.INF",
}  # fmt: skip
_DECIMAL = re.compile(r"[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?", re.ASCII)
_AFTER_POINT = re.compile(r"\.\d(?:_?\d)*(?:[eE][-+]?\d(?:_?\d)*)?", re.ASCII)
_PREFIXED = re.compile(r"[-+]?0(?:[bB][01]+|[oO][0-7]+|[xX][0-9a-fA-F]+)")
_SIGNED_BINARY = re.compile(r"0b([-+][01]+)")
_BASE_60 = re.compile(r"[-+]?\d[\d_]*(?::[0-5]?\d)+(?:\.[\d_]*)?", re.ASCII)
_CLOCK = r"(\d\d?):(\d\d?):(\d\d?)(?:[.,]\d+)?"
_TIMESTAMP = re.compile(rf"(\d{{4}})-(\d\d?)-(\d\d?)(?:[Tt]{_CLOCK}(?:Z|[-+](\d\d):(\d\d))| +{_CLOCK})?", re.ASCII)

Style: TypeAlias = Literal["", "'", '"', "|"]
"""Plain, in single or double quotes, or a literal block."""


def dump(value: Json) -> str:
    """The whole document, ending in a line break. Floats are written as Go does, whole ones as integers."""
    document = _Document()
    document.add(value, 0)
    return "".join(document.text)


class _Document:
    """Text in the making: each method goes on where the last line ends, and leaves a line break behind."""

    def __init__(self) -> None:
        self.text: list[str] = []
        self._orders: dict[tuple[str, ...], list[str]] = {}
        """Objects of one kind share their sets of keys, so each set is sorted once."""

    def add(self, value: Json, indent: int) -> None:
        """A value whose first line starts here, `indent` characters from the left."""
        if isinstance(value, dict) and value:
            self._mapping(value, indent)
        elif isinstance(value, list) and value:
            self._sequence(value, indent)
        else:
            self.text.append(_scalar(value, indent, indent or 2))

    def _mapping(self, mapping: "dict[str, Json]", indent: int) -> None:
        write = self.text.append
        pad = " " * indent
        lead = ""
        for key in self._ordered(mapping):
            write(lead)
            lead = pad
            value = mapping[key]
            name = _simple_key(key)
            if name is None:
                write("? " + _scalar(key, indent + 2, indent + 2) + pad + ": ")
                self.add(value, indent + 2)
            elif isinstance(value, dict) and value:
                write(name + ":\n" + pad + "  ")
                self._mapping(value, indent + 2)
            elif isinstance(value, list) and value:
                write(name + ":\n" + pad)
                self._sequence(value, indent)
            else:
                write(name + ": " + _scalar(value, indent + len(name) + 2, indent + 2))

    def _sequence(self, items: "list[Json]", indent: int) -> None:
        lead = "- "
        for item in items:
            self.text.append(lead)
            self.add(item, indent + 2)
            lead = " " * indent + "- "

    def _ordered(self, mapping: "dict[str, Json]") -> list[str]:
        keys = tuple(mapping)
        order = self._orders.get(keys)
        if order is None:
            order = self._orders[keys] = sorted(keys, key=_natural)
        return order


def _scalar(value: Json, column: int, indent: int) -> str:
    """A scalar or empty collection from `column` on, with its line break; its further lines start at `indent`."""
    if isinstance(value, str):
        text = _short(value) if len(value) <= _WIDTH else None
        if text is not None and (column + len(text) <= _WIDTH or " " not in text):
            return text + "\n"
        return _string(value, column, indent)
    if value is None:
        return "null\n"
    if isinstance(value, bool):
        return "true\n" if value else "false\n"
    if isinstance(value, int) and -(1 << 63) <= value < (1 << 63):
        return f"{value}\n"
    if isinstance(value, (int, float)):
        return _number(float(value)) + "\n"
    return "{}\n" if isinstance(value, dict) else "[]\n"


@lru_cache(16384)
def _short(value: str) -> str | None:
    """A string on one line, not folded; None for what has line breaks."""
    return None if any(char in value for char in _BREAKS) else _quoted(value, _style(value))


@lru_cache(4096)
def _simple_key(key: str) -> str | None:
    """A key as it stands before its colon; None where it is too long or has line breaks, and needs the `? key` form."""
    simple = len(key.encode()) <= _LONGEST_SIMPLE_KEY and "\r" not in key and "\x85" not in key
    return _short(key) if simple else None


def _string(value: str, column: int, indent: int) -> str:
    style = _style(value)
    if style == "|":
        return _literal(value, indent)
    first, *rest = re.split("([\u2028\u2029]+)", _quoted(value, style))
    text = [_folded(first, column, indent, style)]
    for line_break, line in zip(rest[::2], rest[1::2], strict=True):
        text.append(line_break)
        text.append(line if line == "'" else " " * indent + _folded(line, indent, indent, style))
    return "".join(text) + "\n"


def _literal(value: str, indent: int) -> str:
    """A block behind `|`: a hint where it starts with a blank, `-` or `+` for no or several line breaks at its end."""
    hint = "2" if value[0] == " " or value[0] in _BREAKS else ""
    chomp = "" if value[-1] in _BREAKS else "-"
    if not chomp and (len(value) == 1 or value[-2] in _BREAKS):
        chomp = "+"
    end = "\n" if chomp == "-" else ""
    return f"|{hint}{chomp}\n" + _LINE_START.sub(r"\1" + " " * indent, value) + end


def _folded(text: str, column: int, indent: int, style: Style) -> str:
    """Text broken at the first single blank behind 80 characters; in double quotes at runs of blanks too."""
    quote = len(style)
    last = len(text) - quote - 2
    lines: list[str] = []
    lead = ""
    start = at = 0
    while (at := text.find(" ", max(at, quote + 1, start + _WIDTH + 1 - column))) != -1 and at <= last:
        run = text[at + 1] == " "
        if text[at - 1] != " " and (style == '"' or not run):
            lines.append(lead + text[start:at])
            lead = "\\" if run else ""
            start = at + 1
            column = indent + len(lead)
        at += 1
    lines.append(lead + text[start:])
    return ("\n" + " " * indent).join(lines)


def _style(value: str) -> Style:
    special = _SPECIAL.search(value) or _BLANK_BEFORE_BREAK.search(value)
    if "\n" in value:
        return '"' if special or value[-1] == " " else "|"
    if special or _BLANK_AFTER_BREAK.search(value) or _reads_as_another_type(value):
        return '"'
    return "'" if _NEVER_PLAIN.match(value) or "\u2028" in value or "\u2029" in value else ""


def _quoted(value: str, style: Style) -> str:
    if style == '"':
        escaped = re.compile(".", re.DOTALL) if value.startswith("\ufeff") else _ESCAPED
        return '"' + escaped.sub(_escape, value) + '"'
    return "'" + value.replace("'", "''") + "'" if style else value


def _escape(match: re.Match[str]) -> str:
    char = match.group()
    short = _ESCAPES.get(char)
    if short is not None:
        return "\\" + short
    code = ord(char)
    return f"\\x{code:02X}" if code <= 0xFF else f"\\u{code:04X}" if code <= 0xFFFF else f"\\U{code:08X}"


def _reads_as_another_type(value: str) -> bool:
    """True where YAML 1.1 would read the plain text as a boolean, null, number or timestamp."""
    if value in _WORDS:
        return True
    if value[0] == ".":
        return _AFTER_POINT.fullmatch(value) is not None and float(value) < float("inf")
    if value[0] not in "+-0123456789":
        return False
    digits = value.replace("_", "")
    if _DECIMAL.fullmatch(digits):
        return abs(float(digits)) < float("inf")
    if _PREFIXED.fullmatch(digits):
        return _is_integer(int(digits, 0), signed=digits[0] in "+-")
    if loose := _SIGNED_BINARY.fullmatch(digits):
        return _is_integer(int(loose[1], 2), signed=True)
    return _is_timestamp(value) or _BASE_60.fullmatch(value) is not None


def _is_integer(number: int, *, signed: bool) -> bool:
    """Whether it fits into 64 bits; without a sign, unsigned ones."""
    return -(1 << 63) <= number < (1 << (63 if signed else 64))


def _is_timestamp(value: str) -> bool:
    match = _TIMESTAMP.fullmatch(value)
    if match is None:
        return False
    year, month, day, *clock = (int(part or 0) for part in match.groups())
    if not 1 <= month <= 12 or not 1 <= day <= monthrange(year, month)[1]:
        return False
    return all(part < limit for part, limit in zip(clock, (24, 60, 60, 25, 61, 24, 60, 60), strict=True))


def _number(number: float) -> str:
    """A float as it is after Go's JSON: an integer where it is whole and has 64 bits, else its shortest digits."""
    exact = Decimal(repr(number))
    if -(1 << 63) <= exact < (1 << 64) and exact == exact.to_integral_value():
        return str(int(exact))
    return shortest(number)


def shortest(number: float) -> str:
    """The fewest digits that mean this float, as Go's `%v` prints them."""
    digits = Decimal(repr(number)).normalize()
    if not number or 1e-4 <= abs(number) < 1e6:
        return f"{digits:f}"
    return f"{number:.{len(digits.as_tuple().digits) - 1}e}"


def _natural_order(one: str, other: str) -> int:
    """Keys as a person sorts them: punctuation before letters, and runs of digits by their value."""
    for at, (left, right) in enumerate(zip(one, other, strict=False)):
        if left == right:
            continue
        if left.isalpha() or right.isalpha():
            if left.isalpha() and right.isalpha():
                return -1 if left < right else 1
            return -1 if right.isalpha() else 1
        before = one[:at].rstrip("0") if "0" in (left, right) else ""
        ranks = [_run_of_digits(key, at, after_digit=before[-1:].isdecimal()) for key in (one, other)]
        return -1 if (*ranks[0], left) < (*ranks[1], right) else 1
    return len(one) - len(other)


def _run_of_digits(key: str, start: int, *, after_digit: bool) -> tuple[int, int]:
    """The value and the length of the digits from there on; after a digit, zeros in front count."""
    end = start
    value = int(after_digit)
    while end < len(key) and key[end].isdecimal():
        value = value * 10 + ord(key[end]) - ord("0")
        end += 1
    return (value + (1 << 63)) % (1 << 64) - (1 << 63), end


_natural = cmp_to_key(_natural_order)
