"""One user on one API server: every request goes through here, with credentials, and fails as an `ApiError`."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager

from kubetui.client.credentials import Credentials, credentials
from kubetui.client.errors import Conflict, Forbidden, NotFound, Unauthorized, Unavailable, from_answer
from kubetui.client.kubeconfig import Access
from kubetui.client.tls import ClientCert, ssl_context
from kubetui.client.transport import Answer, Transport
from kubetui.client.wire import JSON

Query = Mapping[str, str] | Sequence[tuple[str, str]]

_LONGEST_ERROR = 1 << 20


class Api:
    """Requests to the API server of an `Access`, as its user."""

    def __init__(self, access: Access, transport: Transport, who: Credentials) -> None:
        self.access = access
        self._transport = transport
        self._credentials = who
        self._cert: ClientCert | None = None
        """The certificate of a plugin that the transport's connections present."""
        self.refusal = ""
        """Why whoever asks is not let in at the moment; empty where the last answer took them for who they are."""

    async def get(self, path: str, *, query: Query = (), accept: str = JSON, timeout: float = 30.0) -> bytes:
        """The whole body of the answer."""
        async with self.stream(path, query=query, accept=accept, timeout=timeout) as answer:
            return await answer.read()

    async def send(
        self, method: str, path: str, body: bytes | None, *, content_type: str = JSON, query: Query = ()
    ) -> bytes:
        """POST, PUT, PATCH or DELETE; never tried twice but after a 401, which did nothing."""
        answer = await self._ask(method, path, query, {"accept": JSON, "content-type": content_type}, body, 30.0, False)
        async with answer:
            return await answer.read()

    @asynccontextmanager
    async def stream(
        self, path: str, *, query: Query = (), accept: str = JSON, timeout: float = 30.0, compress: bool = False
    ) -> AsyncIterator[Answer]:
        """An answer of status 200 whose body is still to come; `timeout` is for its head alone."""
        answer = await self._ask("GET", path, query, {"accept": accept}, None, timeout, compress)
        async with answer:
            yield answer

    async def close(self) -> None:
        """Ends every connection, open streams included."""
        await self._transport.close()

    async def _ask(
        self,
        method: str,
        path: str,
        query: Query,
        headers: dict[str, str],
        body: bytes | None,
        timeout: float,
        compress: bool,
    ) -> Answer:
        try:
            answer = await self._asked(method, path, query, headers, body, timeout, compress)
        except Unauthorized as why:
            self.refusal = self._credentials.advice if why.status else str(why)
            raise
        except (Forbidden, NotFound, Conflict):
            self.refusal = ""
            raise
        self.refusal = ""
        return answer

    async def _asked(
        self,
        method: str,
        path: str,
        query: Query,
        headers: dict[str, str],
        body: bytes | None,
        timeout: float,
        compress: bool,
    ) -> Answer:
        renewed = False
        while True:
            transport = await self._connected()
            answer = await transport.request(
                method,
                path,
                query=query,
                headers=headers | await self._credentials.headers(),
                body=body,
                timeout=timeout,
                compress=compress,
            )
            if answer.status < 300:
                return answer
            async with answer:
                try:
                    said = await answer.read(_LONGEST_ERROR)
                except Unavailable:
                    said = b""
            error = from_answer(answer.status, answer.headers, said, f"{method} {path}")
            if not isinstance(error, Unauthorized):
                raise error
            if renewed or not await self._credentials.refresh():
                raise Unauthorized(f"{error}. {self._credentials.advice}", status=error.status)
            renewed = True

    async def _connected(self) -> Transport:
        """The transport for the next request: a new one in place of the old when a plugin's certificate changed."""
        cert = await self._credentials.client_cert()
        if cert != self._cert:
            self._cert = cert
            old, self._transport = self._transport, _transport(self.access, cert)
            await old.close()
        return self._transport


async def connect(access: Access) -> Api:
    """An `Api` for that access. Opens nothing and runs no plugin yet; BadConfig where certificates can't be read."""
    return Api(access, _transport(access, None), credentials(access))


def _transport(access: Access, cert: ClientCert | None) -> Transport:
    return Transport(
        access.server,
        ssl_context=ssl_context(access.tls, client_cert=cert),
        server_name=access.tls.server_name,
        proxy_url=access.proxy_url,
    )
