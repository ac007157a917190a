"""Certificates and keys, made on the spot: authorities by name, what they sign, and what signs itself. All in PEM."""

import datetime
import ipaddress
from dataclasses import dataclass
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

_DAY = datetime.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Pair:
    """A certificate and its key."""

    cert: bytes
    key: bytes


def authority(name: str = "cluster") -> bytes:
    """The certificate of an authority; the same one each time it is asked for."""
    return _authority(name)[1].public_bytes(serialization.Encoding.PEM)


def issued(name: str, by: str = "cluster") -> Pair:
    """A certificate for a name or an address, signed by an authority."""
    key, certificate = _authority(by)
    return _pair(name, certificate.subject, key)


def self_signed(name: str) -> Pair:
    """A certificate that only itself vouches for."""
    return _pair(name)


def locked(pair: Pair) -> Pair:
    """The same, its key behind a passphrase."""
    key = serialization.load_pem_private_key(pair.key, None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return Pair(pair.cert, _pem(key, serialization.BestAvailableEncryption(b"secret")))


def common_name(der: bytes) -> str:
    """Whose certificate it is."""
    subject = x509.load_der_x509_certificate(der).subject
    return str(subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value)


@cache
def _authority(name: str) -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = _named(name)
    built = _builder(subject, subject, key).add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
    return key, built.sign(key, hashes.SHA256())


def _pair(name: str, issuer: x509.Name | None = None, signer: ec.EllipticCurvePrivateKey | None = None) -> Pair:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = _named(name)
    built = _builder(subject, issuer or subject, key).add_extension(
        x509.SubjectAlternativeName([_general(name)]), False
    )
    certificate = built.sign(signer or key, hashes.SHA256())
    return Pair(certificate.public_bytes(serialization.Encoding.PEM), _pem(key, serialization.NoEncryption()))


def _builder(subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
    now = datetime.datetime.now(datetime.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _DAY)
        .not_valid_after(now + _DAY)
    )


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _general(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _pem(key: ec.EllipticCurvePrivateKey, encryption: serialization.KeySerializationEncryption) -> bytes:
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption)
