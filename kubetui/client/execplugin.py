"""Running a credential plugin: a program that prints an ExecCredential (client.authentication.k8s.io v1, v1beta1).

Owns the child process and what is said to and heard from it. Keeps nothing: `renewal` does. The child has no terminal
and is never run through a shell; what it prints on stdout is secret, what it prints on stderr goes into the error.
"""

import asyncio
import base64
import contextlib
import os
import signal
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated, Any

import msgspec

from kubetui.client.access import Access, ExecOptions
from kubetui.client.errors import BadConfig, Unauthorized
from kubetui.client.renewal import Credential
from kubetui.client.tls import ClientCert, read_file
from kubetui.text import sanitise

TIMEOUT = 120.0
"""Seconds that a plugin may take; some open a browser and wait for a person to log in."""

_LARGEST = 1 << 20
"""Bytes of stdout that are read; a credential is a few thousand."""

_TOLD = 2000
"""Bytes of stderr, the last ones, that are kept for the error."""

_LAST_WORDS = 1.0
"""Seconds in which the rest of its output must come once the plugin has ended."""

_VERSIONS = ("client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1beta1")


class _Status(msgspec.Struct, rename="camel"):
    token: str | None = None
    client_certificate_data: str | None = None
    client_key_data: str | None = None
    expiration_timestamp: Annotated[datetime, msgspec.Meta(tz=True)] | None = None


class _ExecCredential(msgspec.Struct, rename="camel"):
    kind: str = ""
    api_version: str = ""
    status: _Status | None = None


class _Child(asyncio.SubprocessProtocol):
    """What a plugin has printed so far. It is always read on, so that the plugin never waits for a reader."""

    def __init__(self) -> None:
        self.output = bytearray()
        self.errors = bytearray()
        """The last of its stderr."""
        self.done = asyncio.Event()
        """It has ended, or printed more than a credential can be."""
        self.ended = asyncio.Event()
        self.silent = asyncio.Event()
        """Both of its pipes are closed; a child of its own may keep them open when it has ended."""
        self._open = {1, 2}

    @property
    def overflowed(self) -> bool:
        return len(self.output) > _LARGEST

    def pipe_data_received(self, fd: int, data: bytes) -> None:
        if fd == 2:
            self.errors += data
            del self.errors[:-_TOLD]
        elif not self.overflowed:
            self.output += data
            if self.overflowed:
                self.done.set()

    def pipe_connection_lost(self, fd: int, exc: Exception | None) -> None:
        self._open.discard(fd)
        if not self._open:
            self.silent.set()

    def process_exited(self) -> None:
        self.ended.set()
        self.done.set()


def plugin(access: Access, options: ExecOptions) -> Callable[[], Awaitable[Credential]]:
    """What runs the plugin of an access once each time it is called; BadConfig if it can't be run here at all."""
    if options.api_version not in _VERSIONS:
        raise BadConfig(
            f"The credential plugin {options.command} has apiVersion {options.api_version!r}, which is not supported. "
            f"Update the plugin and set one of {', '.join(_VERSIONS)} in the kubeconfig."
        )
    if options.interactive == "Always":
        raise BadConfig(
            f"The credential plugin {options.command} wants to ask questions on a terminal (interactiveMode: Always), "
            "which is taken. Set interactiveMode: IfAvailable, or log in by other means first."
        )

    async def run() -> Credential:
        return _read(await _output(options, _exec_info(access, options)), options)

    return run


def _exec_info(access: Access, options: ExecOptions) -> str:
    """KUBERNETES_EXEC_INFO: what the plugin is told, with the cluster if it asks for it."""
    spec: dict[str, Any] = {"interactive": False}
    if options.provide_cluster_info:
        tls = access.tls
        authority = tls.ca_data or (read_file(tls.ca_file, "certificate-authority") if tls.ca_file else b"")
        cluster = {
            "server": access.server,
            "tls-server-name": tls.server_name,
            "insecure-skip-tls-verify": tls.insecure,
            "certificate-authority-data": base64.b64encode(authority).decode(),
            "proxy-url": access.proxy_url,
            "config": options.cluster_config,
        }
        spec["cluster"] = {key: value for key, value in cluster.items() if value or key == "server"}
    info = {"kind": "ExecCredential", "apiVersion": options.api_version, "spec": spec}
    return msgspec.json.encode(info).decode()


async def _output(options: ExecOptions, info: str) -> bytes:
    """What the plugin prints. Unauthorized with its stderr if it fails or takes too long."""
    environ = {**os.environ, **dict(options.env), "KUBERNETES_EXEC_INFO": info}
    try:
        transport, child = await asyncio.get_running_loop().subprocess_exec(
            _Child,
            options.command,
            *options.args,
            stdin=asyncio.subprocess.DEVNULL,
            env=environ,
            # Without a controlling terminal it can't ask there either, and its own children end with it.
            start_new_session=True,
        )
    except (OSError, ValueError) as why:
        raise BadConfig(_not_runnable(options, why)) from None
    try:
        await asyncio.wait_for(child.done.wait(), TIMEOUT)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(child.silent.wait(), 0 if child.overflowed else _LAST_WORDS)
        code = transport.get_returncode()
    except TimeoutError:
        raise Unauthorized(
            f"The credential plugin {options.command} did not end within {TIMEOUT:g} s{_said(child.errors)}. Run it "
            "by hand to see what it waits for."
        ) from None
    finally:
        await _end(transport, child)
    if child.overflowed:
        raise BadConfig(
            f"The credential plugin {options.command} printed more than {_LARGEST >> 20} MiB, which is no credential. "
            "Correct its command and args in the kubeconfig."
        )
    if code:
        how = f"failed with exit code {code}" if code > 0 else f"was ended by signal {-code}"
        raise Unauthorized(
            f"The credential plugin {options.command} {how}{_said(child.errors)}. Log in again, or run it by hand."
        )
    return bytes(child.output)


async def _end(transport: asyncio.SubprocessTransport, child: _Child) -> None:
    """Ends the plugin and its children, if it has not ended by itself, and lets go of its pipes."""
    if transport.get_returncode() is None:
        # It may have ended this moment, which some systems call a lack of permission.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(transport.get_pid(), signal.SIGKILL)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(child.ended.wait(), _LAST_WORDS)
    transport.close()


def _read(output: bytes, options: ExecOptions) -> Credential:
    """The credential in a plugin's output, by the rules of client-go's exec.go."""

    def bad(wrong: str) -> BadConfig:
        return BadConfig(f"The credential plugin {options.command} {wrong}. Update it, or correct the kubeconfig.")

    try:
        said = msgspec.json.decode(output, type=_ExecCredential)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise bad("printed something that is no ExecCredential") from None
    if said.kind != "ExecCredential" or said.api_version != options.api_version:
        raise bad(f"answers with another kind or apiVersion than {options.api_version}")
    status = said.status
    if status is None or not (status.token or status.client_certificate_data or status.client_key_data):
        raise bad("handed out neither a token nor a certificate")
    if bool(status.client_certificate_data) != bool(status.client_key_data):
        raise bad("handed out a certificate or a key, but not both")
    if status.token and not (status.token.isascii() and status.token.isprintable()):
        raise bad("handed out a token that no header can carry")
    cert = None
    if status.client_certificate_data and status.client_key_data:
        cert = ClientCert(status.client_certificate_data.encode(), status.client_key_data.encode())
    return Credential(
        authorization=f"Bearer {status.token}" if status.token else "",
        cert=cert,
        expires=status.expiration_timestamp.timestamp() if status.expiration_timestamp else None,
    )


def _not_runnable(options: ExecOptions, why: Exception) -> str:
    missing = isinstance(why, FileNotFoundError)
    reason = "it was not found" if missing else getattr(why, "strerror", None) or "an argument is not text"
    what_next = _one_line(options.install_hint) or "Install it, or correct its command in the kubeconfig."
    return f"The credential plugin {options.command} can't be run: {reason}. {what_next}"


def _said(errors: bytes | bytearray) -> str:
    """The last lines of stderr."""
    text = _one_line(errors.decode(errors="replace"))
    return f": {text.rstrip('.')}" if text else ""


def _one_line(text: str) -> str:
    """Several lines on one, safe to show."""
    return " ".join(sanitise(" ".join(text.split())).split())
