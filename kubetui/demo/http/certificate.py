"""A self-signed certificate for the loopback address, made anew for each run.

Clients send a token over TLS alone, and the standard library can serve TLS but not make a certificate: so here is the
little that it takes, ECDSA over P-256 (FIPS 186-5) and DER (X.690). The key lives as long as the process; signing
happens once, here, so that this arithmetic does not run in constant time gives nothing away.
"""

import base64
import secrets
import ssl
import tempfile
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

_P = 0xFFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFF
_N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_G = (
    0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
    0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5,
)
_EC_KEY, _P256 = "1.2.840.10045.2.1", "1.2.840.10045.3.1.7"
_ECDSA_SHA256, _COMMON_NAME = "1.2.840.10045.4.3.2", "2.5.4.3"
_BASIC, _USAGE, _ALT_NAMES = "2.5.29.19", "2.5.29.15", "2.5.29.17"

Point = tuple[int, int] | None


class Identity:
    """A certificate and its key, as PEM."""

    __slots__ = ("certificate", "key")

    def __init__(self, certificate: str, key: str) -> None:
        self.certificate = certificate
        self.key = key

    def server_context(self) -> ssl.SSLContext:
        """What an asyncio server needs. The key touches the disk only while it is read, in a file of ours alone."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        with tempfile.NamedTemporaryFile("w", suffix=".pem") as file:
            file.write(self.certificate + self.key)
            file.flush()
            context.load_cert_chain(Path(file.name))
        return context


def self_signed(days: int = 365) -> Identity:
    """An identity for 127.0.0.1, ::1 and localhost."""
    secret = secrets.randbelow(_N - 1) + 1
    public = _encoded(_times(secret, _G))
    name = _sequence(_tagged(0x31, _sequence(_oid(_COMMON_NAME), _tagged(0x0C, b"kubetui built-in cluster"))))
    now = datetime.now(UTC)
    valid = _sequence(_time(now - timedelta(hours=1)), _time(now + timedelta(days=days)))
    key_kind = _sequence(_oid(_EC_KEY), _oid(_P256))
    algorithm = _sequence(_oid(_ECDSA_SHA256))
    addresses = _sequence(
        _tagged(0x82, b"localhost"), _tagged(0x87, bytes((127, 0, 0, 1))), _tagged(0x87, bytes(15) + b"\x01")
    )
    extensions = _sequence(
        _extension(_BASIC, _sequence(b"\x01\x01\xff"), critical=True),
        _extension(_USAGE, b"\x03\x02\x02\x84", critical=True),
        _extension(_ALT_NAMES, addresses),
    )
    body = _sequence(
        _tagged(0xA0, _integer(2)),
        _integer(secrets.randbits(120)),
        algorithm,
        name,
        valid,
        name,
        _sequence(key_kind, _bits(public)),
        _tagged(0xA3, extensions),
    )
    certificate = _sequence(body, algorithm, _bits(_signature(secret, body)))
    private = _sequence(
        _integer(1), _tagged(0x04, secret.to_bytes(32)), _tagged(0xA0, _oid(_P256)), _tagged(0xA1, _bits(public))
    )
    return Identity(_pem("CERTIFICATE", certificate), _pem("EC PRIVATE KEY", private))


def _plus(a: Point, b: Point) -> Point:
    if a is None or b is None:
        return b if a is None else a
    if a[0] == b[0]:
        if (a[1] + b[1]) % _P == 0:
            return None
        slope = (3 * a[0] * a[0] - 3) * pow(2 * a[1], -1, _P) % _P
    else:
        slope = (b[1] - a[1]) * pow(b[0] - a[0], -1, _P) % _P
    x = (slope * slope - a[0] - b[0]) % _P
    return x, (slope * (a[0] - x) - a[1]) % _P


def _times(factor: int, point: Point) -> tuple[int, int]:
    total: Point = None
    while factor:
        if factor & 1:
            total = _plus(total, point)
        point = _plus(point, point)
        factor >>= 1
    if total is None:
        raise ValueError("a multiple of the order has no point")
    return total


def _signature(secret: int, message: bytes) -> bytes:
    digest = int.from_bytes(sha256(message).digest())
    while True:
        once = secrets.randbelow(_N - 1) + 1
        r = _times(once, _G)[0] % _N
        s = pow(once, -1, _N) * (digest + r * secret) % _N
        if r and s:
            return _sequence(_integer(r), _integer(s))


def _encoded(point: tuple[int, int]) -> bytes:
    return b"\x04" + point[0].to_bytes(32) + point[1].to_bytes(32)


def _tagged(tag: int, content: bytes) -> bytes:
    size = len(content)
    if size < 0x80:
        return bytes((tag, size)) + content
    length = size.to_bytes((size.bit_length() + 7) // 8)
    return bytes((tag, 0x80 | len(length))) + length + content


def _sequence(*parts: bytes) -> bytes:
    return _tagged(0x30, b"".join(parts))


def _integer(value: int) -> bytes:
    return _tagged(0x02, value.to_bytes(value.bit_length() // 8 + 1))


def _bits(content: bytes) -> bytes:
    return _tagged(0x03, b"\x00" + content)


def _oid(dotted: str) -> bytes:
    first, second, *rest = (int(part) for part in dotted.split("."))
    content = bytearray((first * 40 + second,))
    for part in rest:
        digits = [part & 0x7F]
        while part := part >> 7:
            digits.append(0x80 | part & 0x7F)
        content += bytes(reversed(digits))
    return _tagged(0x06, bytes(content))


def _time(at: datetime) -> bytes:
    return _tagged(0x17, at.strftime("%y%m%d%H%M%SZ").encode())


def _extension(oid: str, content: bytes, *, critical: bool = False) -> bytes:
    return _sequence(_oid(oid), b"\x01\x01\xff" if critical else b"", _tagged(0x04, content))


def _pem(label: str, content: bytes) -> str:
    text = base64.b64encode(content).decode()
    lines = "\n".join(text[at : at + 64] for at in range(0, len(text), 64))
    return f"-----BEGIN {label}-----\n{lines}\n-----END {label}-----\n"
