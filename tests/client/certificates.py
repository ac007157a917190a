"""Certificates and keys, made on the spot: authorities, what they sign, and what signs itself. All in PEM."""

import datetime
import ipaddress
import ssl
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

NOW = datetime.datetime.now(datetime.UTC)
DAY = datetime.timedelta(days=1)
_PURPOSES = ("signature", "commitment", "key", "data", "agreement", "certificate", "crl", "encipher", "decipher")


@dataclass(frozen=True, slots=True)
class Pair:
    """A certificate and its key."""

    cert: bytes
    key: bytes


class Signer:
    """An authority's name and key, which no other of that name shares."""

    def __init__(self, name: str) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _named(name)
        usage = x509.KeyUsage(*(purpose in ("certificate", "crl") for purpose in _PURPOSES))
        signed = (
            self._certificate(self._name, self._key, NOW - DAY, NOW + DAY)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .add_extension(usage, critical=True)
            .sign(self._key, hashes.SHA256())
        )
        self.cert = signed.public_bytes(serialization.Encoding.PEM)

    def issue(self, *names: str, begins: datetime.datetime = NOW - DAY, ends: datetime.datetime = NOW + DAY) -> Pair:
        """A certificate for these names and addresses, on the first one."""
        key = ec.generate_private_key(ec.SECP256R1())
        signed = (
            self._certificate(_named(names[0]), key, begins, ends)
            .add_extension(x509.SubjectAlternativeName([_general(name) for name in names]), critical=False)
            .sign(self._key, hashes.SHA256())
        )
        return Pair(signed.public_bytes(serialization.Encoding.PEM), _pem(key, serialization.NoEncryption()))

    def _certificate(
        self, subject: x509.Name, key: ec.EllipticCurvePrivateKey, begins: datetime.datetime, ends: datetime.datetime
    ) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(begins)
            .not_valid_after(ends)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), critical=False)
        )


class Authority:
    """A signer for tests of TLS over sockets: what it signs, as contexts of both ends."""

    def __init__(self, directory: Path, name: str = "tests") -> None:
        self._directory = directory
        self._signer = Signer(name)
        self.certificate = directory / f"{name}-ca.pem"
        self.certificate.write_bytes(self._signer.cert)

    def server(
        self,
        *names: str,
        begins: datetime.datetime = NOW - DAY,
        ends: datetime.datetime = NOW + DAY,
        asks_for_client: bool = False,
    ) -> ssl.SSLContext:
        """A server's context with a certificate for these names and addresses (127.0.0.1 where none is given)."""
        pair = self._signer.issue(*(names or ("127.0.0.1",)), begins=begins, ends=ends)
        path = self._directory / "server.pem"
        path.write_bytes(pair.key + pair.cert)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(path)
        if asks_for_client:
            context.verify_mode = ssl.CERT_REQUIRED
            context.load_verify_locations(self.certificate)
        return context

    def client(self) -> ssl.SSLContext:
        """A client's context that trusts this authority alone."""
        return ssl.create_default_context(cafile=str(self.certificate))


def authority(name: str = "cluster") -> bytes:
    """The certificate of an authority; the same one each time it is asked for."""
    return _signer(name).cert


def issued(name: str, by: str = "cluster") -> Pair:
    """A certificate for a name or an address, signed by an authority."""
    return _signer(by).issue(name)


def self_signed(name: str) -> Pair:
    """A certificate that only itself vouches for."""
    key = ec.generate_private_key(ec.SECP256R1())
    built = (
        x509.CertificateBuilder()
        .subject_name(_named(name))
        .issuer_name(_named(name))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - DAY)
        .not_valid_after(NOW + DAY)
        .add_extension(x509.SubjectAlternativeName([_general(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    return Pair(built.public_bytes(serialization.Encoding.PEM), _pem(key, serialization.NoEncryption()))


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
def _signer(name: str) -> Signer:
    return Signer(name)


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _general(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _pem(key: ec.EllipticCurvePrivateKey, encryption: serialization.KeySerializationEncryption) -> bytes:
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption)
