"""The certificate of the built-in cluster, to clients that are strict about it."""

import ssl

from cryptography import x509

from kubetui.demo.http.certificate import issued


def test_a_client_that_is_strict_trusts_the_server_at_the_loopback_address() -> None:
    identity = issued()
    strict = ssl.create_default_context(cadata=identity.authority)
    strict.verify_flags |= ssl.VERIFY_X509_STRICT
    to_client, to_server = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = strict.wrap_bio(to_client, to_server, server_hostname="127.0.0.1")
    server = identity.server_context().wrap_bio(to_server, to_client, server_side=True)
    waiting = [client, server]
    while waiting:
        side = waiting.pop(0)
        try:
            side.do_handshake()
        except ssl.SSLWantReadError:
            waiting.append(side)
    assert client.version() == "TLSv1.3"


def test_the_servers_certificate_is_no_authoritys_which_rustls_and_others_refuse() -> None:
    identity = issued()
    server = x509.load_pem_x509_certificate(identity.certificate.encode())
    assert not server.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
