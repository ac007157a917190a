"""Who is trusted on the way to an API server, and who we say we are: handshakes in memory, without sockets."""

import ssl
from pathlib import Path

import pytest

from kubetui.client.errors import BadConfig
from kubetui.client.tls import ClientCert, TlsOptions, ssl_context
from tests.client.certificates import Pair, authority, common_name, issued, locked, self_signed


def shake_hands(
    options: TlsOptions,
    server: Pair,
    tmp_path: Path,
    name: str = "127.0.0.1",
    *,
    client_cert: ClientCert | None = None,
) -> str:
    """A whole handshake between our context and a server's: the name in the client's certificate, or empty."""
    listening = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    (tmp_path / "server.pem").write_bytes(server.cert + server.key)
    listening.load_cert_chain(tmp_path / "server.pem")
    listening.load_verify_locations(cadata=authority().decode())
    listening.verify_mode = ssl.CERT_OPTIONAL
    connecting = ssl_context(options, client_cert=client_cert)
    assert connecting is not None
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = connecting.wrap_bio(to_client, to_server, server_hostname=options.server_name or name)
    answering = listening.wrap_bio(to_server, to_client, server_side=True)
    for side in (client, answering, client, answering):
        try:
            side.do_handshake()
        except ssl.SSLWantReadError:
            continue
    presented = answering.getpeercert(binary_form=True)
    return common_name(presented) if presented else ""


def test_a_server_signed_by_the_clusters_authority_is_trusted(tmp_path: Path) -> None:
    shake_hands(TlsOptions(ca_data=authority()), issued("127.0.0.1"), tmp_path)


def test_an_authority_in_a_file_is_trusted_as_one_in_the_kubeconfig(tmp_path: Path) -> None:
    (tmp_path / "ca.crt").write_bytes(b"Issuer: J\xfcrgen\n" + authority())
    shake_hands(TlsOptions(ca_file=tmp_path / "ca.crt"), issued("127.0.0.1"), tmp_path)


def test_data_goes_before_a_file(tmp_path: Path) -> None:
    (tmp_path / "ca.crt").write_bytes(authority("another"))
    shake_hands(TlsOptions(ca_file=tmp_path / "ca.crt", ca_data=authority()), issued("127.0.0.1"), tmp_path)


def test_a_servers_own_certificate_given_as_the_authority_is_trusted(tmp_path: Path) -> None:
    server = self_signed("127.0.0.1")
    shake_hands(TlsOptions(ca_data=server.cert), server, tmp_path)


def test_a_server_signed_by_another_authority_is_not_trusted(tmp_path: Path) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        shake_hands(TlsOptions(ca_data=authority("another")), issued("127.0.0.1"), tmp_path)


def test_without_an_authority_the_systems_are_trusted_and_no_other(tmp_path: Path) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        shake_hands(TlsOptions(), issued("127.0.0.1"), tmp_path)


def test_a_certificate_for_another_name_is_not_trusted(tmp_path: Path) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        shake_hands(TlsOptions(ca_data=authority()), issued("10.0.0.1"), tmp_path)


def test_the_tls_server_name_is_the_one_looked_for(tmp_path: Path) -> None:
    shake_hands(TlsOptions(ca_data=authority(), server_name="kubernetes"), issued("kubernetes"), tmp_path)


def test_insecure_trusts_anybody(tmp_path: Path) -> None:
    shake_hands(TlsOptions(insecure=True), issued("10.0.0.1", by="another"), tmp_path)


def test_a_plain_server_has_no_tls() -> None:
    assert ssl_context(TlsOptions(plain=True)) is None


def test_nothing_older_than_tls_1_2_is_spoken() -> None:
    context = ssl_context(TlsOptions(ca_data=authority()))
    assert context is not None
    assert context.minimum_version == ssl.TLSVersion.TLSv1_2


def test_no_extension_that_older_authorities_lack_is_asked_for() -> None:
    context = ssl_context(TlsOptions(ca_data=authority()))
    assert context is not None
    assert not context.verify_flags & ssl.VERIFY_X509_STRICT


def test_a_client_certificate_in_the_kubeconfig_is_presented(tmp_path: Path) -> None:
    alice = issued("alice")
    options = TlsOptions(ca_data=authority(), cert_data=alice.cert, key_data=alice.key)
    assert shake_hands(options, issued("127.0.0.1"), tmp_path) == "alice"


def test_a_client_certificate_in_files_is_presented(tmp_path: Path) -> None:
    alice = issued("alice")
    (tmp_path / "a.crt").write_bytes(alice.cert)
    (tmp_path / "a.key").write_bytes(alice.key)
    options = TlsOptions(ca_data=authority(), cert_file=tmp_path / "a.crt", key_file=tmp_path / "a.key")
    assert shake_hands(options, issued("127.0.0.1"), tmp_path) == "alice"


def test_a_certificate_in_a_file_goes_with_a_key_in_the_kubeconfig(tmp_path: Path) -> None:
    alice = issued("alice")
    (tmp_path / "a.crt").write_bytes(alice.cert)
    options = TlsOptions(ca_data=authority(), cert_file=tmp_path / "a.crt", key_data=alice.key)
    assert shake_hands(options, issued("127.0.0.1"), tmp_path) == "alice"


def test_a_certificate_handed_out_by_a_plugin_goes_before_the_kubeconfigs(tmp_path: Path) -> None:
    alice, bob = issued("alice"), issued("bob")
    options = TlsOptions(ca_data=authority(), cert_data=alice.cert, key_data=alice.key)
    given = ClientCert(bob.cert, bob.key)
    assert shake_hands(options, issued("127.0.0.1"), tmp_path, client_cert=given) == "bob"


def test_a_key_leaves_nothing_behind_on_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    alice = issued("alice")
    ssl_context(TlsOptions(ca_data=authority(), cert_data=alice.cert, key_data=alice.key))
    assert list(tmp_path.iterdir()) == []


def test_a_key_on_its_way_through_the_disk_is_for_its_owner_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    modes: list[int] = []

    def watched(context: ssl.SSLContext, cert: Path, key: Path, password: object) -> None:
        modes.extend(path.stat().st_mode & 0o777 for path in (cert, key, key.parent))

    monkeypatch.setattr(ssl.SSLContext, "load_cert_chain", watched)
    alice = issued("alice")
    ssl_context(TlsOptions(ca_data=authority(), cert_data=alice.cert, key_data=alice.key))
    assert modes == [0o600, 0o600, 0o700]


def test_a_missing_authority_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadConfig, match=r"certificate-authority .*gone\.crt .*No such file"):
        ssl_context(TlsOptions(ca_file=tmp_path / "gone.crt"))


@pytest.mark.parametrize(
    "pem", [b"hello", b"\xff\x00", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"]
)
def test_an_authority_that_is_no_certificate_is_said_so(pem: bytes) -> None:
    with pytest.raises(BadConfig, match="certificate-authority-data holds no certificate"):
        ssl_context(TlsOptions(ca_data=pem))


@pytest.mark.parametrize("missing", ["cert", "key"])
def test_a_missing_client_certificate_or_key_is_named(tmp_path: Path, missing: str) -> None:
    alice = issued("alice")
    (tmp_path / "cert").write_bytes(alice.cert)
    (tmp_path / "key").write_bytes(alice.key)
    (tmp_path / missing).unlink()
    with pytest.raises(BadConfig, match=rf"client-{missing}\w* \S*/{missing} .*No such file"):
        ssl_context(TlsOptions(ca_data=authority(), cert_file=tmp_path / "cert", key_file=tmp_path / "key"))


def test_a_key_of_another_certificate_is_said_so() -> None:
    options = TlsOptions(ca_data=authority(), cert_data=issued("alice").cert, key_data=issued("bob").key)
    with pytest.raises(BadConfig, match=r"can't be used .*mismatch"):
        ssl_context(options)


def test_a_key_behind_a_passphrase_is_said_so_and_no_passphrase_is_asked_for() -> None:
    alice = locked(issued("alice"))
    with pytest.raises(BadConfig, match="encrypted with a passphrase"):
        ssl_context(TlsOptions(ca_data=authority(), cert_data=alice.cert, key_data=alice.key))


def test_no_key_is_in_a_repr_or_an_error() -> None:
    options = TlsOptions(ca_data=b"hush", cert_data=b"hush", key_data=b"hush")
    with pytest.raises(BadConfig) as error:
        ssl_context(options, client_cert=ClientCert(b"hush", b"hush"))
    assert "hush" not in f"{options!r} {ClientCert(b'hush', b'hush')!r} {error.value!r} {error.value}"
