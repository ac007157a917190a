"""Narrow Structs out of protobuf bytes: message classes that declare only the fields a `Read` Struct names.

The field numbers stand in the Structs (`At[str, 6]`); the fast decoder of the `protobuf` package reads just
those and skips the rest. Imported when a server has answered in protobuf; by the explorer, while it still waits.
"""

import types
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache, cached_property, lru_cache
from itertools import count
from typing import Annotated, Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

import msgspec
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from google.protobuf.message import DecodeError

from kubetui.read import Quantity, Read, Shared

T = TypeVar("T", bound=Read)

_Field = descriptor_pb2.FieldDescriptorProto
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SCALARS = {str: _Field.TYPE_STRING, bool: _Field.TYPE_BOOL, int: _Field.TYPE_INT64, bytes: _Field.TYPE_BYTES}
_AT_ONCE = 4096
"""Values that are remembered to be shared, of each field; a list has those that are alike near each other."""
_WELL_KNOWN = {
    "Time": (("seconds", 1, _Field.TYPE_INT64), ("nanos", 2, _Field.TYPE_INT64)),
    "Quantity": (("string", 1, _Field.TYPE_STRING),),
    "IntOrString": (("type", 1, _Field.TYPE_INT64), ("int", 2, _Field.TYPE_INT64), ("str", 3, _Field.TYPE_STRING)),
}
_serial = count(1)


@cache
def decoder(struct: type[T]) -> Callable[[bytes], T]:
    """A function from one object's protobuf bytes to `struct`; raises `google.protobuf.message.DecodeError`.

    Text that is no UTF-8 (API servers pass on what they are given) has U+FFFD in place of it, as in their JSON.
    """
    read = _decoder(struct, checked=True)
    mended: list[Callable[[bytes], T]] = []

    def decode(data: bytes) -> T:
        try:
            return read(data)
        except DecodeError:
            if not mended:
                mended.append(_decoder(struct, checked=False))
            return mended[0](data)

    return decode


def _decoder(struct: type[T], *, checked: bool) -> Callable[[bytes], T]:
    """The same for text that is known to be UTF-8 (DecodeError where it is not), or for any text, which is slower."""
    plan = _Plan(checked=checked)
    parse = plan.parser(plan.add(struct))
    convert = cast("Callable[[Any], T]", plan.converter(struct))
    return lambda data: convert(parse(data))


class _Plan:
    """The message descriptors for a Struct and all it contains, and the functions that turn messages into Structs.

    Edition 2023 is the one that checks text while it parses; unchecked text is taken as bytes and mended by hand.
    Times and what is `Shared` are taken as bytes too, and looked up by these: a message costs ten times as much.
    """

    def __init__(self, *, checked: bool) -> None:
        self.file = descriptor_pb2.FileDescriptorProto(
            name=f"kubetui{next(_serial)}.proto",
            package="kubetui",
            syntax="editions",
            edition=descriptor_pb2.EDITION_2023,
        )
        self._checked = checked
        self._names: dict[type[Read], str] = {}
        self._pairs: dict[Any, str] = {}
        self._converters: dict[type[Read], Callable[[Any], Read]] = {}
        for name, fields in _WELL_KNOWN.items():
            message = self.file.message_type.add(name=name)
            for field, number, kind in fields:
                message.field.add(name=field, number=number, type=kind, label=_Field.LABEL_OPTIONAL)

    def add(self, struct: type[Read]) -> str:
        """Declares the message of a Struct, once; returns its name."""
        if struct in self._names:
            return self._names[struct]
        name = self._names[struct] = f"{struct.__name__}{len(self._names)}"
        message = self.file.message_type.add(name=name)
        for field, shape, number, shared in _fields(struct):
            repeated = get_origin(shape) in (tuple, dict)
            entry = message.field.add(
                name=field, number=number, label=_Field.LABEL_REPEATED if repeated else _Field.LABEL_OPTIONAL
            )
            if shared:
                entry.type = _Field.TYPE_BYTES
                self._item(shape)
            elif get_origin(shape) is dict:
                entry.type, entry.type_name = _Field.TYPE_MESSAGE, f".kubetui.{self._item(shape)}"
            else:
                self._type(entry, get_args(shape)[0] if repeated else shape)
        return name

    def _item(self, shape: Any) -> str:
        """The message of one item of a tuple, or of one pair of a mapping."""
        if get_origin(shape) is tuple:
            return self.add(get_args(shape)[0])
        if shape not in self._pairs:
            self._pairs[shape] = f"Pair{len(self._pairs)}"
            pair = self.file.message_type.add(name=self._pairs[shape])
            for number, (field, kind) in enumerate(zip(("key", "value"), get_args(shape), strict=True), 1):
                self._type(pair.field.add(name=field, number=number, label=_Field.LABEL_OPTIONAL), kind)
        return self._pairs[shape]

    def parser(self, name: str) -> Callable[[bytes], Any]:
        """A function from bytes to a parsed message; once all Structs have been added."""
        message = message_factory.GetMessageClass(self._pool.FindMessageTypeByName(f"{self.file.package}.{name}"))
        return cast("Callable[[bytes], Any]", message.FromString)

    @cached_property
    def _pool(self) -> descriptor_pool.DescriptorPool:
        pool = descriptor_pool.DescriptorPool()
        pool.Add(self.file)
        return pool

    def _type(self, entry: descriptor_pb2.FieldDescriptorProto, shape: Any) -> None:
        if shape is datetime:
            entry.type = _Field.TYPE_BYTES
        elif shape in _SCALARS:
            entry.type = _Field.TYPE_BYTES if shape is str and not self._checked else _SCALARS[shape]
        else:
            entry.type, entry.type_name = _Field.TYPE_MESSAGE, f".kubetui.{_message_name(shape) or self.add(shape)}"

    def converter(self, struct: type[Read]) -> Callable[[Any], Read]:
        """A function from a parsed message to its Struct, written out field by field so that it runs fast."""
        if struct in self._converters:
            return self._converters[struct]
        names = self._names_at_hand | {"struct": struct}
        values = []
        defaults = {field.name: field.default for field in msgspec.structs.fields(struct)}
        for field, shape, _, shared in _fields(struct):
            access = f"m.{field}"
            if shared:
                names[f"shared_{field}"] = self._shared(shape)
                value = f"shared_{field}(tuple({access}[:]))"
            elif get_origin(shape) in (tuple, dict):
                value = self._items(f"{access}[:]", shape, names)
            else:
                value = self._expression(access, shape, names)
                if shape is not datetime and defaults[field] not in ("", 0, False, b""):
                    names[f"d_{field}"] = defaults[field]
                    value = f"{value} if m.HasField({field!r}) else d_{field}"
            values.append(value)
        exec(f"def convert(m):\n    return struct({', '.join(values)})", names)
        self._converters[struct] = names["convert"]
        return self._converters[struct]

    @cached_property
    def _names_at_hand(self) -> dict[str, Any]:
        """What every converter may call."""
        parse = self.parser("Time")
        time = lru_cache(_AT_ONCE)(lambda data: _moment(parse(data)))
        return {"time": time, "int_or_string": _int_or_string, "mend": _mended}

    def _shared(self, shape: Any) -> Callable[[tuple[bytes, ...]], Any]:
        """A function from the bytes of all items to what they are, which is made once for the same bytes."""
        names = self._names_at_hand | {"parse": self.parser(self._item(shape))}
        exec(f"def made(parts):\n    return {self._items('map(parse, parts)', shape, names)}", names)
        return lru_cache(_AT_ONCE)(names["made"])

    def _items(self, access: str, shape: Any, names: dict[str, Any]) -> str:
        """The expression for a tuple or a mapping, of its items' messages."""
        if get_origin(shape) is dict:
            key, value = (
                self._expression(f"i.{part}", kind, names)
                for part, kind in zip(("key", "value"), get_args(shape), strict=True)
            )
            return f"{{{key}: {value} for i in {access}}}"
        item = self._expression("i", get_args(shape)[0], names)
        return f"tuple({access})" if item == "i" else f"tuple([{item} for i in {access}])"

    def _expression(self, access: str, shape: Any, names: dict[str, Any]) -> str:
        match _message_name(shape):
            case "Time":
                return f"time({access})"
            case "Quantity":
                return f"{access}.string"
            case "IntOrString":
                return f"int_or_string({access})"
        if shape in _SCALARS:
            return access if self._checked or shape is not str else f"mend({access})"
        names[f"to_{self._names[shape]}"] = self.converter(shape)
        return f"to_{self._names[shape]}({access})"


def _fields(struct: type[Read]) -> list[tuple[str, Any, int, bool]]:
    """Name, type without `| None`, field number and whether it is `Shared`, of each field."""
    found = []
    for name, hint in get_type_hints(struct, include_extras=True).items():
        if get_origin(hint) is not Annotated:
            raise TypeError(f"{struct.__name__}.{name} has no protobuf field number: write At[type, number]")
        shape, number, *marks = get_args(hint)
        if get_origin(shape) in (Union, types.UnionType) and type(None) in get_args(shape):
            rest = [part for part in get_args(shape) if part is not type(None)]
            shape = rest[0] if len(rest) == 1 else Union[tuple(rest)]  # noqa: UP007
        found.append((name, shape, number, Shared in marks))
    return found


def _message_name(shape: Any) -> str:
    """The message of a type that is a scalar in JSON and a message here; empty for the others."""
    if shape is datetime:
        return "Time"
    if shape is Quantity:
        return "Quantity"
    if get_origin(shape) in (Union, types.UnionType) and set(get_args(shape)) == {int, str}:
        return "IntOrString"
    return ""


def _moment(message: Any) -> datetime | None:
    """A Time or MicroTime; the zero time is sent as an empty message."""
    if not message.seconds and not message.nanos:
        return None
    return _EPOCH + timedelta(0, message.seconds, message.nanos // 1000)


def _mended(text: bytes) -> str:
    return text.decode(errors="replace")


def _int_or_string(message: Any) -> int | str:
    return cast("int | str", message.str if message.type == 1 else message.int)
