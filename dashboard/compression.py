"""Streamlit's own scripts and style sheets, sent compressed: a third of the bytes of a first visit.

Streamlit leaves them as they are, because compressing them for every visitor would cost more than
it saves. Their names change with their content, so here each is compressed once in a server's life.
"""

import asyncio
import gzip
import posixpath
from collections.abc import Callable

import brotli
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_FOLDER = "/static/"
_SUFFIXES = (".js", ".css")
_LARGE = 1_000_000  # bytes
_ENCODINGS: dict[str, Callable[[bytes], bytes]] = {
    # The first visitor waits for it: a quarter of a second and less.
    "br": lambda body: brotli.compress(body, quality=5 if len(body) > _LARGE else 9),
    "gzip": lambda body: gzip.compress(body, 6),
}
"""The best first. Browsers take Brotli over https and from one's own machine only."""


class CompressedFiles:
    """ASGI middleware that keeps each of Streamlit's files as it was once compressed."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._kept: dict[tuple[str, str], Response] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer from memory; what is asked for the first time is asked of the app below."""
        encoding = _encoding(scope)
        if encoding is None:
            await self._app(scope, receive, send)
            return
        kept = self._kept.get((scope["path"], encoding))
        if kept is None:
            whole = await _answer(self._app, scope, receive)
            if not _is_file(whole):  # another page's address, or an error
                await whole(scope, receive, send)
                return
            body = await asyncio.to_thread(_ENCODINGS[encoding], bytes(whole.body))
            kept = _compressed(whole, body, encoding)
            self._kept[scope["path"], encoding] = kept
        await kept(scope, receive, send)


def _encoding(scope: Scope) -> str | None:
    """What a request's answer may be compressed with; None where it is to be left alone."""
    if scope["type"] != "http" or scope["method"] != "GET":
        return None
    path = scope["path"]
    if _FOLDER not in path or not path.endswith(_SUFFIXES):
        return None
    # A file has any number of such names, and under each it would be kept.
    if path.startswith("//") or path != posixpath.normpath(path):
        return None
    headers = Headers(scope=scope)
    if "range" in headers or "if-none-match" in headers or "if-modified-since" in headers:
        return None
    accepted = {
        name.strip()
        for name, _, quality in (
            part.partition(";") for part in headers.get("accept-encoding", "").lower().split(",")
        )
        if quality.replace(" ", "") not in ("q=0", "q=0.0")
    }
    return next((name for name in _ENCODINGS if name in accepted), None)


async def _answer(app: ASGIApp, scope: Scope, receive: Receive) -> Response:
    """The whole answer of the app below."""
    response = Response()
    parts: list[bytes] = []

    async def keep(message: Message) -> None:
        if message["type"] == "http.response.start":
            response.status_code = message["status"]
            response.raw_headers = list(message["headers"])
        elif message["type"] == "http.response.body":
            parts.append(message.get("body", b""))

    # Without extensions the app sends the bytes themselves rather than the name of a file.
    await app({**scope, "extensions": {}}, receive, keep)
    response.body = b"".join(parts)
    return response


def _is_file(answer: Response) -> bool:
    kind = answer.headers.get("content-type", "")
    return (
        answer.status_code == 200
        # Whole: a visitor who leaves early may end the answer, which is kept for all others.
        and answer.headers.get("content-length") == str(len(answer.body))
        and "content-encoding" not in answer.headers
        and ("javascript" in kind or "css" in kind)
    )


def _compressed(whole: Response, body: bytes, encoding: str) -> Response:
    """The same answer with another body; the original's tag would be wrong for it."""
    compressed = Response()
    compressed.body = body
    left = {b"content-length", b"etag", b"accept-ranges"}
    compressed.raw_headers = [
        (name, value) for name, value in whole.raw_headers if name.lower() not in left
    ] + [
        (b"content-encoding", encoding.encode()),
        (b"vary", b"Accept-Encoding"),
        (b"content-length", str(len(body)).encode()),
    ]
    return compressed
