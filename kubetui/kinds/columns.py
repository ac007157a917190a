"""The columns that every kind has, the values that texts are sorted by, and the word for nothing. Pure."""

from ipaddress import ip_address

from kubetui.read import Object
from kubetui.text import Aged, natural

NONE = "<none>"
"""What kubectl prints where there is nothing to print."""


def name(obj: Object) -> str:
    """NAME."""
    return obj.metadata.name


def name_order(obj: Object) -> tuple[str | float, ...]:
    """What NAME is sorted by: `web-10` after `web-9`."""
    return natural(obj.metadata.name)


def age(obj: Object) -> Aged:
    """AGE, since the object was created."""
    return Aged(obj.metadata.creation_timestamp)


def address_order(text: str) -> tuple[int, int, str]:
    """What an IP address is sorted by: IPv4 by number, then IPv6, then host names; what is no address comes first."""
    try:
        address = ip_address(text)
    except ValueError:
        return (0 if text.startswith("<") or text in ("", "None") else 9, 0, text)
    return (address.version, int(address), "")
