"""Streamlit's files on their way to a browser: the same bytes, fewer of them."""

import asyncio
import gzip

import brotli
import pytest
from starlette.types import Message, Receive, Scope, Send

from dashboard.compression import CompressedFiles

SCRIPT = b"let digits = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];\n" * 100
PACKERS = {"br": brotli.decompress, "gzip": gzip.decompress, None: bytes}


class Site:
    """An app that sends SCRIPT in two parts and counts how often it is asked."""

    def __init__(self, kind: bytes = b"text/javascript", status: int = 200) -> None:
        self.kind, self.status, self.asked = kind, status, 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        assert not scope.get("extensions")
        self.asked += 1
        headers = [
            *((b"content-type", self.kind), (b"etag", b'"whole"'), (b"cache-control", b"x")),
            (b"content-length", str(len(SCRIPT)).encode()),
        ]
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": SCRIPT[:99], "more_body": True})
        await send({"type": "http.response.body", "body": SCRIPT[99:]})


def ask(
    app: CompressedFiles,
    accept: str = "gzip, deflate, br",
    path: str = "/static/js/index.a1b2.js",
    **headers: str,
) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of an answer."""
    said: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request"}

    async def send(message: Message) -> None:
        said.append(message)

    asked = {"accept-encoding": accept, **headers}
    scope = {
        "type": "http",
        "method": "GET",
        "path": path,
        "headers": [(k.replace("_", "-").encode(), v.encode()) for k, v in asked.items()],
    }
    asyncio.run(app(scope, receive, send))
    start, *parts = said
    names = {name.decode(): value.decode() for name, value in start["headers"]}
    return start["status"], names, b"".join(part.get("body", b"") for part in parts)


class LeftEarly(Site):
    """The first visitor has gone before the body was sent."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_start(message: Message) -> None:
            if message["type"] == "http.response.start" or self.asked > 1:
                await send(message)

        await super().__call__(scope, receive, send_start)


def test_what_a_visitor_did_not_wait_for_is_not_kept_for_the_next() -> None:
    app = CompressedFiles(LeftEarly())
    assert ask(app)[2] == b""
    assert brotli.decompress(ask(app)[2]) == SCRIPT


@pytest.mark.parametrize(
    ("accept", "encoding"),
    [
        ("gzip, deflate, br", "br"),
        ("gzip;q=1.0, br;q=0.5", "br"),
        ("br;q=0, gzip", "gzip"),
        ("GZIP", "gzip"),
        ("identity", None),
        ("", None),
    ],
)
def test_a_file_comes_as_the_browser_takes_it(accept: str, encoding: str | None) -> None:
    status, headers, body = ask(CompressedFiles(Site()), accept)
    assert status == 200
    assert headers.get("content-encoding") == encoding
    assert PACKERS[encoding](body) == SCRIPT
    assert headers["cache-control"] == "x"
    if encoding:
        assert len(body) < len(SCRIPT) / 3
        assert int(headers["content-length"]) == len(body)
        assert headers["vary"] == "Accept-Encoding"
        assert "etag" not in headers


def test_a_file_is_compressed_once_for_each_encoding() -> None:
    site = Site()
    app = CompressedFiles(site)
    answers = [ask(app, accept) for accept in ("br", "gzip", "br", "gzip", "br")]
    assert site.asked == 2
    assert answers[0] == answers[2] == answers[4]
    assert answers[1] == answers[3]


@pytest.mark.parametrize(
    "folder", ["/static//js", "/static/./js", "/static/js/../js", "//static/js"]
)
def test_other_spellings_of_a_file_are_answered_and_never_kept(folder: str) -> None:
    site = Site()
    app = CompressedFiles(site)
    for times in (1, 2):
        _, headers, body = ask(app, path=f"{folder}/index.a1b2.js")
        assert (body, site.asked) == (SCRIPT, times)
        assert "content-encoding" not in headers


@pytest.mark.parametrize(
    "site",
    [Site(b"text/html"), Site(status=404)],
    ids=["the app's page in place of a file", "no such file"],
)
def test_what_is_no_file_is_neither_changed_nor_kept(site: Site) -> None:
    app = CompressedFiles(site)
    for times in (1, 2):
        status, headers, body = ask(app)
        assert (status, body) == (site.status, SCRIPT)
        assert headers["etag"] == '"whole"'
        assert site.asked == times


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/static/media/SourceSans.woff2", {}),
        ("/_stcore/health", {}),
        ("/train", {}),
        ("/static/js/index.a1b2.js", {"range": "bytes=0-9"}),
        ("/static/js/index.a1b2.js", {"if_none_match": '"whole"'}),
    ],
)
def test_other_requests_pass_as_they_are(path: str, headers: dict[str, str]) -> None:
    _, said, body = ask(CompressedFiles(Site()), path=path, **headers)
    assert body == SCRIPT
    assert "content-encoding" not in said
