"""How the way to an API server is encrypted, and who is trusted on it.

Owns the TLS part of a kubeconfig's cluster and user, and turns it into an SSLContext. Opens no socket. `ssl` and
what else is slow to import is imported where it is used.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from kubetui.client.errors import BadConfig

if TYPE_CHECKING:
    import ssl


@dataclass(frozen=True, slots=True)
class ClientCert:
    """A certificate and its private key, both PEM."""

    cert: bytes = field(repr=False)
    key: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class TlsOptions:
    """What a kubeconfig says of TLS. Data is PEM and goes before a file of the same purpose, as kubectl has it."""

    ca_file: Path | None = None
    ca_data: bytes = field(default=b"", repr=False)
    """Neither a file nor data: the system's own authorities are trusted."""
    insecure: bool = False
    """True: the server's certificate is not verified at all (insecure-skip-tls-verify)."""
    server_name: str = ""
    """tls-server-name: the name sent to the server and looked for in its certificate; empty for the URL's host."""
    cert_file: Path | None = None
    cert_data: bytes = field(default=b"", repr=False)
    key_file: Path | None = None
    key_data: bytes = field(default=b"", repr=False)
    plain: bool = False
    """True for an http:// server: no TLS."""


def ssl_context(options: TlsOptions, *, client_cert: ClientCert | None = None) -> ssl.SSLContext | None:
    """The context for connections to one API server, or None for one without TLS.

    `client_cert` (what an exec plugin handed out) goes before the certificate of the kubeconfig. Reads files; BadConfig
    names the one that can't be used.
    """
    if options.plain:
        return None
    import ssl

    # Not ssl.create_default_context: it reads the system's authorities (slow) and, from Python 3.13 on, asks for
    # extensions (VERIFY_X509_STRICT) that the authorities of many clusters lack, though kubectl trusts them.
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.hostname_checks_common_name = False
    # Go trusts whatever certificate is given as an authority, be it an intermediate or the server's own.
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    if options.insecure:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    elif options.ca_data or options.ca_file:
        _trust(context, options)
    else:
        context.load_default_certs()
    _identify(context, options, client_cert)
    return context


def _trust(context: ssl.SSLContext, options: TlsOptions) -> None:
    """Trust the cluster's own certificate authority, and no other."""
    import ssl

    source = "certificate-authority-data" if options.ca_data else f"certificate-authority {options.ca_file}"
    pem = options.ca_data
    if not pem and options.ca_file:
        pem = read_file(options.ca_file, "certificate-authority")
    try:
        context.load_verify_locations(cadata=pem.decode("ascii", "ignore"))
    except (ssl.SSLError, ValueError) as why:
        raise BadConfig(
            f"The cluster's {source} holds no certificate that can be read ({_reason(why)}). It must be PEM, "
            "beginning with -----BEGIN CERTIFICATE-----; get the cluster's kubeconfig anew."
        ) from None


def _identify(context: ssl.SSLContext, options: TlsOptions, given: ClientCert | None) -> None:
    """Present a client certificate to servers that ask for one."""
    cert: bytes | Path | None = given.cert if given else options.cert_data or options.cert_file
    key: bytes | Path | None = given.key if given else options.key_data or options.key_file
    if not cert or not key:
        return
    if isinstance(cert, Path):
        read_file(cert, "client-certificate")
    if isinstance(key, Path):
        read_file(key, "client-key")
    if isinstance(cert, Path) and isinstance(key, Path):
        _load_chain(context, cert, key)
        return
    from tempfile import TemporaryDirectory

    # OpenSSL reads a client's key from a file only.
    with TemporaryDirectory(prefix="kubetui-") as private:
        _load_chain(context, _as_file(cert, Path(private, "cert")), _as_file(key, Path(private, "key")))


def _as_file(pem: bytes | Path, path: Path) -> Path:
    if isinstance(pem, Path):
        return pem
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(pem)
    return path


def _load_chain(context: ssl.SSLContext, cert: Path, key: Path) -> None:
    import ssl

    def no_passphrase() -> str:
        raise BadConfig(
            "The client-key of the kubeconfig's user is encrypted with a passphrase, which Kubernetes clients do not "
            "support. Decrypt it (openssl pkey -in KEY -out NEW) and name the new file in the kubeconfig."
        )

    try:
        context.load_cert_chain(cert, key, password=no_passphrase)
    except ssl.SSLError as why:
        raise BadConfig(
            f"The client certificate and key of the kubeconfig's user can't be used ({_reason(why)}). Both must be "
            "PEM and belong together; log in to the cluster again, or get its kubeconfig anew."
        ) from None


def read_file(path: Path, purpose: str) -> bytes:
    """What a file that a kubeconfig names holds, or BadConfig with the reason."""
    try:
        return path.read_bytes()
    except OSError as why:
        raise BadConfig(
            f"The {purpose} {path} of the kubeconfig can't be read: {why.strerror}. Correct its path, or get the "
            "cluster's kubeconfig anew."
        ) from None


def _reason(why: Exception) -> str:
    """OpenSSL's own words, without the file and line of its C source."""
    return str(getattr(why, "reason", None) or why).replace("_", " ").lower()
