"""The page of an endpoint slice: its ports and endpoints. Pure."""

import msgspec

from kubetui.kinds.endpointslice import Endpoint, EndpointSlice
from kubetui.kinds.page import Around, Body, Page, Reference, Span, fact, listed, row, section, sections, text
from kubetui.kinds.pages import metadata
from kubetui.kinds.pages.service import endpoints_section
from kubetui.read import ObjectMeta

_SERVICE = "kubernetes.io/service-name"


def page(body: Body, around: Around) -> Page:
    """The page."""
    namespace, service = text(body, "metadata", "namespace"), text(body, "metadata", "labels", _SERVICE)
    ports = (
        row(text(each, "name") or "unnamed", f"{text(each, 'port') or 'any'}/{text(each, 'protocol') or 'TCP'}")
        for each in listed(body, "ports")
    )
    lines = [
        fact("Service", Span(service, link=Reference("Service", service, namespace, "v1"))) if service else None,
        fact("Addresses", text(body, "addressType")),
        *metadata.about(body),
    ]
    endpoints = msgspec.convert(listed(body, "endpoints"), tuple[Endpoint, ...], strict=False)
    read = EndpointSlice(ObjectMeta(namespace=namespace), endpoints)
    return sections(
        section("Endpoint slice", lines), section("Ports", ports), endpoints_section([read]), *metadata.labels(body)
    )
