"""What can go wrong below HTTP, as sentences: names, sockets and TLS. Whoever opens or reads a socket asks this table.

It opens nothing itself and decides nothing about trying again.
"""

import errno
import socket
import ssl

from kubetui.client.errors import Unavailable

_REFUSED = "{place} refused the connection: nothing listens there, or a firewall says no"
_RESET = "{place} reset the connection"
_NO_ROUTE = "no route to {place}: is the network or the VPN up?"

_BY_ERRNO: dict[int, str] = {
    errno.ECONNREFUSED: _REFUSED,
    errno.ECONNRESET: _RESET,
    errno.ECONNABORTED: _RESET,
    errno.EPIPE: _RESET,
    errno.EHOSTUNREACH: _NO_ROUTE,
    errno.ENETUNREACH: _NO_ROUTE,
    errno.ENETDOWN: _NO_ROUTE,
    errno.EHOSTDOWN: _NO_ROUTE,
    errno.EADDRNOTAVAIL: _NO_ROUTE,
    errno.ETIMEDOUT: "{place} stopped answering (the connection timed out)",
    errno.EACCES: "this machine does not allow a connection to {place} (a local firewall or sandbox?)",
    errno.EPERM: "this machine does not allow a connection to {place} (a local firewall or sandbox?)",
    errno.EMFILE: "no connection to {place}: this program has too many files open (see ulimit -n)",
    errno.ENFILE: "no connection to {place}: this machine has too many files open",
}

_BY_NAME_ERROR: dict[int, str] = {
    socket.EAI_NONAME: "DNS does not know {host} (wanted for {place})",
    socket.EAI_AGAIN: "DNS gave no answer about {host} (wanted for {place}): is the network up?",
    socket.EAI_FAIL: "DNS failed on {host} (wanted for {place})",
}
if hasattr(socket, "EAI_NODATA"):
    _BY_NAME_ERROR[socket.EAI_NODATA] = "DNS knows no address of {host} (wanted for {place})"

_UNTRUSTED = "the certificate of {place} is not signed by {trusted} ({said})"
_MISMATCH = "the certificate of {place} is for another name, not for {name}"

_BY_VERIFY_CODE: dict[int, str] = {
    2: _UNTRUSTED,  # unable to get issuer certificate
    7: _UNTRUSTED,  # signature failure: a CA of the same name with another key, as after a cluster is rebuilt
    9: "the certificate of {place} is not valid yet: is this machine's clock right?",
    10: "the certificate of {place} has expired (or this machine's clock is wrong)",
    18: _UNTRUSTED,  # self-signed certificate
    19: _UNTRUSTED,  # self-signed certificate in the chain
    20: _UNTRUSTED,  # unable to get local issuer certificate
    21: _UNTRUSTED,  # unable to verify the first certificate
    62: _MISMATCH,
    64: _MISMATCH,
}

MISMATCH = frozenset({62, 64})
"""Verify codes of OpenSSL for a trusted certificate of another name, or another IP address."""

_BY_TLS_REASON: dict[str, str] = {
    "WRONG_VERSION_NUMBER": "{place} does not speak TLS: should the server's address begin with http://?",
    "HTTP_REQUEST": "{place} does not speak TLS: should the server's address begin with http://?",
    "RECORD_LAYER_FAILURE": "{place} does not speak TLS: should the server's address begin with http://?",
    "UNEXPECTED_EOF_WHILE_READING": "{place} closed the connection in the middle of TLS",
    "TLSV13_ALERT_CERTIFICATE_REQUIRED": "{place} wants a client certificate, and the kubeconfig's user has none",
    "TLSV1_ALERT_UNKNOWN_CA": "{place} does not know the CA of the client certificate in the kubeconfig",
    "SSLV3_ALERT_BAD_CERTIFICATE": "{place} refused the client certificate in the kubeconfig",
    "SSLV3_ALERT_CERTIFICATE_UNKNOWN": "{place} refused the client certificate in the kubeconfig",
    "SSLV3_ALERT_CERTIFICATE_EXPIRED": "{place} says that the client certificate in the kubeconfig has expired",
    "TLSV1_UNRECOGNIZED_NAME": "{place} knows no server of the name {name} (tls-server-name)",
    "TLSV1_ALERT_PROTOCOL_VERSION": "{place} speaks no version of TLS that is allowed here",
    "UNSUPPORTED_PROTOCOL": "{place} speaks no version of TLS that is allowed here",
    "SSLV3_ALERT_HANDSHAKE_FAILURE": "{place} refused the TLS handshake: no cipher in common, or no client certificate",
}


def unavailable(
    error: OSError, place: str, *, host: str = "", name: str = "", trusted: str = "a CA that is trusted"
) -> Unavailable:
    """The sentence for an error of a socket, a name or TLS.

    place: who was talked to (host:port, or a proxy); host: the name looked up; name: the TLS name expected; trusted:
    whose signature was expected.
    """
    told = {"place": place, "host": host or place, "name": name or host or place, "trusted": trusted}
    return Unavailable(_sentence(error).format(said=_said(error), **told))


def _sentence(error: OSError) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return _BY_VERIFY_CODE.get(error.verify_code, "the certificate of {place} can't be trusted: {said}")
    if isinstance(error, ssl.SSLError):
        return _BY_TLS_REASON.get(_reason(error), "TLS with {place} failed: {said}")
    if isinstance(error, socket.gaierror):
        return _BY_NAME_ERROR.get(error.errno or 0, "{host} could not be looked up: {said}")
    if isinstance(error, ConnectionError) and error.errno is None:
        return _RESET
    return _BY_ERRNO.get(error.errno or 0, "the connection to {place} failed: {said}")


def _reason(error: ssl.SSLError) -> str:
    """OpenSSL's own name of the error, which errors made in Python lack."""
    return getattr(error, "reason", None) or ""


def _said(error: OSError) -> str:
    """What the system said, without the Python wrapping of it."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return error.verify_message
    if isinstance(error, ssl.SSLError):
        return _reason(error).replace("_", " ").lower() or str(error)
    return error.strerror or str(error) or type(error).__name__
