"""A certificate for the loopback address and the authority that signed it, made anew for each run.

Clients send a token over TLS alone, and the standard library can serve TLS but not make a certificate: so here is the
little that it takes, ECDSA over P-256 (FIPS 186-5), DER (X.690) and the profile of RFC 5280. They are two certificates
because clients written in Rust refuse a server whose own certificate is an authority's. The server's key lives as long
as the process, the authority's is forgotten; signing happens here alone, so that this arithmetic does not run in
constant time gives nothing away.
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
_BASIC, _USAGE, _ALT_NAMES, _PURPOSES = "2.5.29.19", "2.5.29.15", "2.5.29.17", "2.5.29.37"
_OWN_KEY, _SIGNERS_KEY, _SERVER_AUTH = "2.5.29.14", "2.5.29.35", "1.3.6.1.5.5.7.3.1"
_MAY_SIGN, _MAY_GREET = b"\x03\x02\x02\x04", b"\x03\x02\x07\x80"
"""Bit strings of key usages: keyCertSign, digitalSignature."""

Point = tuple[int, int] | None


class Identity:
    """A server's certificate, its key, and the certificate of the authority that clients trust: each as PEM."""

    __slots__ = ("authority", "certificate", "key")

    def __init__(self, authority: str, certificate: str, key: str) -> None:
        self.authority = authority
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


def issued(days: int = 365) -> Identity:
    """An identity for 127.0.0.1, ::1 and localhost."""
    now = datetime.now(UTC)
    valid = _sequence(_time(now - timedelta(hours=1)), _time(now + timedelta(days=days)))
    authority, server = _Pair("kubetui built-in authority"), _Pair("kubetui built-in cluster")
    root = authority.signed(
        authority,
        valid,
        _extension(_BASIC, _sequence(b"\x01\x01\xff"), critical=True),
        _extension(_USAGE, _MAY_SIGN, critical=True),
        _extension(_OWN_KEY, _tagged(0x04, authority.mark)),
    )
    addresses = _sequence(
        _tagged(0x82, b"localhost"), _tagged(0x87, bytes((127, 0, 0, 1))), _tagged(0x87, bytes(15) + b"\x01")
    )
    leaf = authority.signed(
        server,
        valid,
        _extension(_BASIC, _sequence(), critical=True),
        _extension(_USAGE, _MAY_GREET, critical=True),
        _extension(_PURPOSES, _sequence(_oid(_SERVER_AUTH))),
        _extension(_ALT_NAMES, addresses),
        _extension(_SIGNERS_KEY, _sequence(_tagged(0x80, authority.mark))),
    )
    return Identity(_pem("CERTIFICATE", root), _pem("CERTIFICATE", leaf), _pem("EC PRIVATE KEY", server.private()))


class _Pair:
    """A key pair, and who holds it."""

    def __init__(self, common_name: str) -> None:
        self._secret = secrets.randbelow(_N - 1) + 1
        self._public = _encoded(_times(self._secret, _G))
        self._name = _sequence(_tagged(0x31, _sequence(_oid(_COMMON_NAME), _tagged(0x0C, common_name.encode()))))
        self.mark = sha256(self._public).digest()[:20]
        """What its key is told by (RFC 7093)."""

    def signed(self, holder: "_Pair", valid: bytes, *extensions: bytes) -> bytes:
        """The certificate of a holder with the name of this pair's as its issuer."""
        algorithm = _sequence(_oid(_ECDSA_SHA256))
        body = _sequence(
            _tagged(0xA0, _integer(2)),
            _integer(secrets.randbits(120)),
            algorithm,
            self._name,
            valid,
            holder._name,
            _sequence(_sequence(_oid(_EC_KEY), _oid(_P256)), _bits(holder._public)),
            _tagged(0xA3, _sequence(*extensions)),
        )
        return _sequence(body, algorithm, _bits(_signature(self._secret, body)))

    def private(self) -> bytes:
        """The private key (RFC 5915)."""
        key, public = _tagged(0x04, self._secret.to_bytes(32)), _bits(self._public)
        return _sequence(_integer(1), key, _tagged(0xA0, _oid(_P256)), _tagged(0xA1, public))


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
