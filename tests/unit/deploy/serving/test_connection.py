"""What a client sees of the server: answers in their order, bounds, and refusals that say why."""

import hashlib
import threading
from collections.abc import Iterable
from wsgiref.types import StartResponse, WSGIEnvironment

import pytest

from deploy.serving import reader
from deploy.serving.reader import Reader, base
from deploy.serving.terms import Terms, may_wait
from tests.fixtures.serving import LIMIT, View, say, tell
from tests.unit.deploy.serving.conftest import Serve

HOST = "Host: here\r\n"
LONG = reader.SHORT + 1


def ask(rest: str) -> bytes:
    return f"GET /brief HTTP/1.1\r\n{HOST}{rest}\r\n".encode("latin-1")


def on_a_thread(environ: WSGIEnvironment) -> bool:
    return threading.current_thread().name.startswith("waiting")


def body_of(environ: WSGIEnvironment) -> bytes:
    body: bytes = environ["wsgi.input"].read()
    return body


def digest(environ: WSGIEnvironment) -> str:
    return hashlib.sha256(body_of(environ)).hexdigest()


def test_what_is_brief_is_answered_where_requests_are_read_and_the_rest_on_threads(serve: Serve) -> None:
    line = serve({"/brief": tell(on_a_thread), "/long": tell(on_a_thread)}).line()
    assert line.get("/brief")[2] == b"False"
    assert line.get("/long")[2] == b"True"


def test_what_turns_out_to_wait_begins_again_on_a_thread_with_all_of_its_body(serve: Serve) -> None:
    def waits(environ: WSGIEnvironment) -> tuple[bool, bytes]:
        body = body_of(environ)
        may_wait()
        return on_a_thread(environ), body

    line = serve({"/brief": tell(waits)}).line()
    assert line.get("/brief", method="POST", body=b"a form")[2] == b"(True, b'a form')"


def test_who_waits_keeps_nobody_else_waiting(serve: Serve) -> None:
    go = threading.Event()
    served = serve({"/long": tell(lambda _: go.wait(10)), "/brief": say("at once")}, threads=1)
    first, second = served.line(), served.line()
    first.send(b"GET /long HTTP/1.1\r\nHost: here\r\n\r\n")
    assert second.get("/brief")[2] == b"at once"
    go.set()
    assert first.answer()[2] == b"True"


def test_requests_sent_together_are_answered_in_their_order(serve: Serve) -> None:
    line = serve({"/long": say("first"), "/brief": say("second")}).line()
    line.send((b"GET /long HTTP/1.1\r\nHost: here\r\n\r\n" + b"GET /brief HTTP/1.1\r\nHost: here\r\n\r\n") * 4)
    assert [line.answer()[2] for _ in range(8)] == [b"first", b"second"] * 4


def test_more_requests_than_anybody_sends_together_end_the_connection(serve: Serve) -> None:
    go = threading.Event()
    line = serve({"/long": tell(lambda _: go.wait(10)), "/brief": say("")}).line()
    line.send(b"GET /long HTTP/1.1\r\nHost: here\r\n\r\n" * 40)
    go.set()
    while (answer := line.answer())[0] == 200:
        pass
    assert answer[0] == 429
    assert line.rest() == b""


@pytest.mark.parametrize("cut", [1, 2, 7, 40])
def test_how_the_bytes_arrive_makes_no_difference(serve: Serve, cut: int) -> None:
    line = serve({"/brief": tell(body_of)}).line()
    sent = (
        b"POST /brief HTTP/1.1\r\nHost: here\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nsome\r\n5\r\nwords\r\n0\r\n\r\n"
    )
    for place in range(0, len(sent), cut):
        line.send(sent[place : place + cut])
    assert line.answer()[2] == b"b'somewords'"
    assert line.get("/brief")[0] == 200


REFUSED = {
    "no request at all": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 501),
    "HTTP/2 by prior knowledge": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400),
    "a request without a version": (b"GET /brief\r\n\r\n", 505),
    "a version before all others": (b"GET /brief HTTP/0.9\r\n\r\n", 505),
    "a version that begins otherwise": (b"GET /brief HTTP/2.0\r\nHost: here\r\n\r\n", 505),
    "a method that nobody knows": (b"BREW /brief HTTP/1.1\r\nHost: here\r\n\r\n", 501),
    "a tunnel": (b"CONNECT here:443 HTTP/1.1\r\nHost: here\r\n\r\n", 400),
    "a question about the server": (b"OPTIONS * HTTP/1.1\r\nHost: here\r\n\r\n", 400),
    "a target of another scheme": (b"GET ftp://here/brief HTTP/1.1\r\nHost: here\r\n\r\n", 400),
    "somebody's password in the target": (b"GET http://a:b@here/brief HTTP/1.1\r\nHost: here\r\n\r\n", 400),
    "no host": (b"GET /brief HTTP/1.1\r\n\r\n", 400),
    "two hosts": (ask("Host: there\r\n"), 400),
    "two types": (ask("Content-Type: a/b\r\nContent-Type: c/d\r\n"), 400),
    "two lengths": (ask("Content-Length: 3\r\nContent-Length: 4\r\n") + b"abcd", 400),
    "a list of lengths": (ask("Content-Length: 3, 3\r\n") + b"abc", 400),
    "a length with a sign": (ask("Content-Length: +3\r\n") + b"abc", 400),
    "a length in hexadecimal": (ask("Content-Length: 0x3\r\n") + b"abc", 400),
    "a length beyond all measure": (ask("Content-Length: 99999999999999999999999\r\n"), 400),
    "a length and chunks": (ask("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n") + b"0\r\n\r\n", 400),
    "chunks and a length": (ask("Transfer-Encoding: chunked\r\nContent-Length: 3\r\n") + b"0\r\n\r\n", 400),
    "a coding beside chunks": (ask("Transfer-Encoding: gzip, chunked\r\n") + b"0\r\n\r\n", 501),
    "chunks twice": (ask("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n") + b"0\r\n\r\n", 400),
    "another coding": (ask("Transfer-Encoding: identity\r\n"), 501),
    "chunks in HTTP/1.0": (b"POST /brief HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 501),
    "a chunk of no size": (ask("Transfer-Encoding: chunked\r\n") + b"x\r\nabc\r\n0\r\n\r\n", 400),
    "a chunk longer than it says": (ask("Transfer-Encoding: chunked\r\n") + b"1\r\nabc\r\n0\r\n\r\n", 400),
    "a chunk beyond all measure": (ask("Transfer-Encoding: chunked\r\n") + b"f" * 20 + b"\r\n", 400),
    "a space before the colon": (ask("Accept : a/b\r\n"), 400),
    "a folded line": (ask("Accept: a/b\r\n c/d\r\n"), 400),
    "a line without a colon": (ask("Accept\r\n"), 400),
    "a zero in a value": (ask("Accept: a\0b\r\n"), 400),
    "a line feed alone": (b"GET /brief HTTP/1.1\nHost: here\n\n", 400),
    "a carriage return alone": (ask("Accept: a\rX: b\r\n"), 400),
    "a very long address": (b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\nHost: here\r\n\r\n", 431),
    "a very long header": (ask(f"Accept: {'a' * 70_000}\r\n"), 431),
    "very many headers": (ask("A: b\r\n" * 200), 431),
}


@pytest.mark.parametrize("sent", REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_read_in_one_way_only_is_refused_and_ends_the_connection(
    serve: Serve, sent: tuple[bytes, int]
) -> None:
    line = serve({"/brief": say("answered")}).line()
    line.send(sent[0])
    status, headers, body = line.answer()
    assert status == sent[1]
    assert b"incident" in body
    assert "Connection: close" in headers
    assert line.rest() == b""


def test_an_absolute_address_is_taken_and_its_host_counts(serve: Serve) -> None:
    line = serve({"/brief": tell(lambda environ: (environ["HTTP_HOST"], environ["QUERY_STRING"]))}).line()
    line.send(b"GET http://there:81/brief?a=b HTTP/1.1\r\nHost: here\r\n\r\n")
    assert line.answer()[2] == b"('there:81', 'a=b')"


def test_addresses_reach_the_application_decoded_as_wsgi_wants_them(serve: Serve) -> None:
    line = serve({"/brief/\u00e9 %zz".encode().decode("latin-1"): tell(lambda environ: environ["QUERY_STRING"])}).line()
    assert line.get("/brief/%C3%A9%20%zz?a=%20")[2] == b"a=%20"


def test_what_follows_a_body_is_no_header(serve: Serve) -> None:
    line = serve({"/brief": tell(lambda environ: environ.get("HTTP_AUTHORIZATION"))}).line()
    line.send(ask("Transfer-Encoding: chunked\r\n") + b"1\r\na\r\n0\r\nAuthorization: Bearer x\r\n\r\n")
    assert line.answer()[2] == b"None"


def test_names_with_an_underscore_are_dropped(serve: Serve) -> None:
    line = serve({"/brief": tell(lambda environ: environ.get("HTTP_CLIENT_CERT"))}).line()
    assert line.get("/brief", "Client_Cert: forged\r\n")[2] == b"None"
    assert line.get("/brief", "Client-Cert: vouched\r\n")[2] == b"vouched"


def test_headers_that_are_lists_are_joined(serve: Serve) -> None:
    line = serve({"/brief": tell(lambda environ: (environ["HTTP_ACCEPT"], environ["HTTP_COOKIE"]))}).line()
    assert line.get("/brief", "Accept: a\r\nCookie: b=c\r\nAccept: d\r\nCookie: e=f\r\n")[2] == b"('a,d', 'b=c; e=f')"


def test_more_names_than_are_remembered_are_still_read(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "_names", {})
    monkeypatch.setattr(reader, "KEPT_NAMES", 3)
    line = serve({"/brief": tell(lambda environ: environ["HTTP_X_8"])}).line()
    for turn in range(3):
        headers = "".join(f"X-{number}: {number + turn}\r\n" for number in range(9))
        assert line.get("/brief", headers)[2] == str(8 + turn).encode()
    assert len(reader._names) == 3


@pytest.mark.parametrize("path", ["/brief", "/long"])
def test_a_body_longer_than_it_may_be_is_not_waited_for(serve: Serve, path: str) -> None:
    line = serve({path: tell(lambda environ: (environ["CONTENT_LENGTH"], body_of(environ)))}).line()
    line.send(f"POST {path} HTTP/1.1\r\nHost: here\r\nContent-Length: {LIMIT + 1}\r\n\r\n".encode())
    status, headers, body = line.answer()
    assert (status, body) == (200, f"('{LIMIT + 1}', b'')".encode())
    assert "Connection: close" in headers


def test_of_a_body_without_a_length_one_byte_more_than_allowed_is_handed_over(serve: Serve) -> None:
    line = serve({"/brief": tell(lambda environ: (environ["CONTENT_LENGTH"], len(body_of(environ))))}).line()
    line.send(ask("Transfer-Encoding: chunked\r\n") + b"ffff\r\n" + b"a" * 0xFFFF + b"\r\n0\r\n\r\n")
    assert line.answer()[2] == f"('{LIMIT + 1}', {LIMIT + 1})".encode()
    assert line.rest() == b""


def test_chunks_with_hardly_anything_in_them_are_not_read_for_ever(serve: Serve) -> None:
    line = serve({"/brief": tell(body_of)}).line()
    line.send(ask("Transfer-Encoding: chunked\r\n"))
    chunk = b"1;" + b"x" * 900 + b"\r\na\r\n"
    line.send(chunk * 1000)
    assert line.answer()[0] == 413


def test_bodies_that_wait_behind_a_request_are_not_kept_without_bound() -> None:
    most = 2 * reader.IN_MEMORY
    read = Reader(base(server=("here", 80), peer="there", multiprocess=False), lambda _method, _path: Terms(most))
    one = f"POST / HTTP/1.1\r\n{HOST}Content-Length: {most}\r\n\r\n".encode() + b"x" * most
    read.feed(one)
    read.ready.popleft()  # worked on
    read.feed(one)
    read.feed(one)
    assert [request.refusal for request in read.ready] == [None, (429, "too_many_at_once")]
    assert read.deaf
    read.close()


def test_only_so_many_long_bodies_are_kept_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each may be an open file, and who answers needs files too."""
    monkeypatch.setattr(reader, "long_bodies", threading.BoundedSemaphore(1))

    def read(length: int, *, but: int = 0) -> Reader:
        made = Reader(base(server=("here", 80), peer="there", multiprocess=False), lambda *_: Terms(2 * LONG))
        made.feed(f"POST / HTTP/1.1\r\n{HOST}Content-Length: {length}\r\n\r\n".encode() + b"x" * (length - but))
        return made

    whole = read(LONG)
    refused, short = read(LONG), read(reader.SHORT)
    assert [each.ready[0].refusal for each in (whole, refused, short)] == [None, (503, "too_busy"), None]
    whole.ready[0].close()
    half = read(2 * LONG, but=1)
    assert half.request is not None
    assert read(LONG).ready[0].refusal == (503, "too_busy")
    half.close()  # its client has left
    assert read(LONG).ready[0].refusal is None


def test_whatever_becomes_of_a_long_body_its_place_is_free_again(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "long_bodies", threading.BoundedSemaphore(1))

    def waits(environ: WSGIEnvironment) -> int:
        may_wait()
        return len(body_of(environ))

    def fails(environ: WSGIEnvironment) -> int:
        raise OSError

    def parts(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        start_response("200 OK", [])
        return iter([b"x" * 300_000] * 2)

    views = {
        **{f"/{pace}/{name}": tell(view) for pace in ("brief", "long") for name, view in (("a", waits), ("b", fails))},
        "/long/parts": parts,
        "/brief/refused": say("never"),
    }
    served = serve(views, limit=LONG)
    for path in (*views, *views):
        line, too_long = served.line(), path == "/brief/refused"
        coding = "Transfer-Encoding: chunked" if too_long else f"Content-Length: {LONG}"
        line.send(f"POST {path} HTTP/1.1\r\n{HOST}Connection: close\r\n{coding}\r\n\r\n".encode())
        line.send((b"%x\r\n" % (LONG + 1) if too_long else b"") + b"x" * (LONG + too_long))
        assert line.answer()[0] == (500 if path.endswith("/b") else 200)


def test_a_long_body_is_kept_on_disk_and_whole(serve: Serve) -> None:
    body = bytes(range(256)) * 12_000
    line = serve({"/long": tell(digest)}, limit=4_000_000).line()
    assert line.get("/long", method="POST", body=body)[2] == hashlib.sha256(body).hexdigest().encode()


def test_who_waits_for_leave_to_send_a_body_is_given_it_unless_it_is_too_long(serve: Serve) -> None:
    served = serve({"/long": tell(body_of)})
    line = served.line()
    line.send(b"POST /long HTTP/1.1\r\nHost: here\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n")
    assert line.answer()[0] == 100
    line.send(b"body")
    assert line.answer()[2] == b"b'body'"
    other = served.line()
    other.send(b"POST /long HTTP/1.1\r\nHost: here\r\nExpect: 100-continue\r\nContent-Length: 99999\r\n\r\n")
    assert other.answer()[0] == 200


def test_a_change_of_protocol_is_not_made(serve: Serve) -> None:
    line = serve({"/brief": say("as ever")}).line()
    assert (
        line.get("/brief", "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AA\r\n")[2]
        == b"as ever"
    )


@pytest.mark.parametrize("cut", [1, 7, 10_000])
@pytest.mark.parametrize(
    ("framing", "body"),
    [("Content-Length: 5", b"hello"), ("Transfer-Encoding: chunked", b"3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n")],
)
def test_who_would_change_the_protocol_brings_a_body_all_the_same(
    serve: Serve, framing: str, body: bytes, cut: int
) -> None:
    """Java's own client asks for HTTP/2 in this way, of every address without TLS."""
    line = serve({"/brief": tell(lambda environ: environ["wsgi.input"].read()), "/brief/next": say("next")}).line()
    told = "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AA\r\n"
    request = f"POST /brief HTTP/1.1\r\nHost: here\r\n{told}{framing}\r\n\r\n".encode() + body
    sent = request + b"GET /brief/next HTTP/1.1\r\nHost: here\r\n\r\n"
    for place in range(0, len(request), cut):
        line.send(sent[place : place + cut])
    status, head, answer = line.answer()
    assert (status, answer) == (200, b"b'hello'")
    assert "Connection: close" in head  # what else is sent may be meant in the other protocol
    assert line.rest() == b""


def test_a_connection_lasts_as_its_client_wishes(serve: Serve) -> None:
    served = serve({"/brief": say("answered")})
    assert "Connection: close" in served.line().get("/brief", "Connection: close\r\n")[1]
    for wish in ("", "Connection: keep-alive\r\n"):  # who speaks 1.0 may take no length for the end of an answer
        line = served.line()
        line.send(f"GET /brief HTTP/1.0\r\n{wish}\r\n".encode())
        answer = line.rest()
        assert answer.endswith(b"answered")
        assert b"Connection: close" in answer


def test_who_has_said_all_and_only_reads_gets_the_answers(serve: Serve) -> None:
    go = threading.Event()
    line = serve({"/long": tell(lambda _: go.wait(10))}).line()
    line.send(b"GET /long HTTP/1.1\r\nHost: here\r\n\r\n")
    line.socket.shutdown(1)
    go.set()
    assert line.answer()[2] == b"True"
    assert line.rest() == b""


def with_status(status: str, headers: list[tuple[str, str]], *parts: bytes) -> View:
    def view(_environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        start_response(status, headers)
        return iter(parts)

    return view


@pytest.mark.parametrize("path", ["/brief", "/long"])
def test_a_head_a_204_and_a_304_carry_no_body(serve: Serve, path: str) -> None:
    line = serve({path: say("twelve bytes"), path + "/a": with_status("204 No Content", [], b"x")}).line()
    assert "Content-Length: 12" in line.get(path, method="HEAD")[1]
    assert "Content-Length" not in line.get(path + "/a")[1]
    assert line.get(path)[2] == b"twelve bytes"


@pytest.mark.parametrize("path", ["/brief", "/long"])
@pytest.mark.parametrize(
    "view",
    [
        with_status("200 OK", [("X", "a\r\nSet-Cookie: b")], b"x"),
        with_status("200 OK", [("X", "a\nb")], b"x"),
        with_status("200 OK", [("Content-Length", "9")], b"shorter"),
        with_status("200 OK", [("Content-Length", "3")], b"longer"),
        lambda environ, start: 1 / 0,
    ],
    ids=["a header in a header", "a line in a header", "less than it says", "more than it says", "an error"],
)
def test_an_answer_that_cannot_be_sent_is_a_500_that_tells_nothing(serve: Serve, path: str, view: View) -> None:
    status, _, body = serve({path: view}).line().get(path)
    assert status == 500
    assert b"Traceback" not in body
    assert b"incident" in body
