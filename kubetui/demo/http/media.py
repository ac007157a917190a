"""What form an answer is to have: plain objects, tables or metadata alone, in JSON or YAML. Reads `Accept`, encodes."""

from typing import Any

import msgspec
import yaml

from kubetui.demo.http.message import JSON, YAML, Answer, Request
from kubetui.demo.refusals import refuse

Json = dict[str, Any]

PLAIN, TABLE, METADATA, METADATA_LIST = "", "Table", "PartialObjectMetadata", "PartialObjectMetadataList"


class Form(msgspec.Struct, frozen=True):
    """The form of an answer: what the objects are turned into, and the media type they are written in."""

    shape: str = PLAIN
    media: str = JSON

    @property
    def content_type(self) -> str:
        shaped = f";as={self.shape};v=v1;g=meta.k8s.io" if self.shape else ""
        return self.media + shaped if not shaped else self.media


def form_of(accept: str, *, shapes: bool = True) -> Form:
    """The first form of an `Accept` header that can be served. 406 where there is none.

    `shapes` tells whether tables and the like can be had here.
    """
    for clause in (accept or "*/*").split(","):
        media, *rest = (part.strip() for part in clause.split(";"))
        parameters = dict(part.partition("=")[::2] for part in rest)
        written = _MEDIA.get(media.lower())
        if written is None:
            continue
        shape = parameters.get("as", "")
        if not shape:
            return Form(PLAIN, written)
        ours = parameters.get("g") == "meta.k8s.io" and parameters.get("v") == "v1"
        if shapes and ours and shape in (TABLE, METADATA, METADATA_LIST):
            return Form(shape, written)
    offered = ", ".join((JSON, YAML))
    raise refuse(406, "NotAcceptable", f"only the following media types are accepted: {offered}")


_MEDIA = {"application/json": JSON, "application/yaml": YAML, "*/*": JSON, "application/*": JSON}


def encoded(value: object, form: Form, status: int = 200) -> Answer:
    """An answer in the media type of the form; the value has its shape already."""
    if form.media == YAML:
        text = yaml.dump(value, Dumper=yaml.CSafeDumper, sort_keys=True, default_flow_style=False)
        return Answer(text.encode(), status, YAML)
    return Answer(msgspec.json.encode(value) + b"\n", status, form.content_type)


def dressed(answer: Answer, request: Request) -> Answer:
    """An answer as the client wants to look at it: indented for people, a refusal in YAML where that is asked for."""
    if answer.content_type != JSON:
        return answer
    if answer.status >= 400 and _first_known(request.headers.get("accept", "")) == YAML:
        told = encoded(msgspec.json.decode(answer.body), Form(PLAIN, YAML))
        return msgspec.structs.replace(answer, body=told.body, content_type=YAML)
    agent = request.headers.get("user-agent", "")
    if request.query.get("pretty", "").lower() not in ("true", "1") and not agent.startswith(_PEOPLE):
        return answer
    return msgspec.structs.replace(answer, body=msgspec.json.format(answer.body, indent=2))


_PEOPLE = ("curl", "Wget", "Mozilla/5.0")
"""Agents with somebody who reads what they get, as the real server sees it."""


def _first_known(accept: str) -> str:
    """The first media type of an `Accept` header that can be served; empty where there is none."""
    found = (_MEDIA.get(clause.partition(";")[0].strip().lower(), "") for clause in accept.split(","))
    return next(filter(None, found), "")
