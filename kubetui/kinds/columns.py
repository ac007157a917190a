"""The columns that every kind has, what ages and addresses are sorted by, and the word for nothing. Pure."""

from ipaddress import IPv6Address

from kubetui.read import Object
from kubetui.text import Aged

NONE = "<none>"
"""What kubectl prints where there is nothing to print."""


def name(obj: Object) -> str:
    """NAME."""
    return obj.metadata.name


def age(obj: Object) -> Aged:
    """AGE, since the object was created."""
    return Aged(obj.metadata.creation_timestamp)


def age_order(obj: Object) -> float | None:
    """What AGE is sorted by: the youngest first."""
    since = obj.metadata.creation_timestamp
    return None if since is None else -since.timestamp()


_OCTETS = {str(octet): octet for octet in range(256)}
_NO_ADDRESSES = {"": None, NONE: None, "None": -2}


def address_order(text: str) -> int | str | None:
    """What an IP address is sorted by: IPv4 by number, then IPv6, then host names; what is no address comes first."""
    try:
        first, second, third, fourth = text.split(".")
        return _OCTETS[first] << 24 | _OCTETS[second] << 16 | _OCTETS[third] << 8 | _OCTETS[fourth]
    except (ValueError, KeyError):
        pass
    if text in _NO_ADDRESSES:
        return _NO_ADDRESSES[text]
    if text.startswith("<"):
        return -1
    try:
        return (1 << 32) + int(IPv6Address(text))
    except ValueError:
        return text
