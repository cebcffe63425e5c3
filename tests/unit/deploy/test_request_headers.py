"""Headers of a request, by their names in lower case."""

import pytest

from deploy.request_headers import RequestHeaders

HEADERS = RequestHeaders(
    {"HTTP_ACCEPT_LANGUAGE": "zh-HK", "HTTP_COOKIE": "a=b", "CONTENT_TYPE": "text/plain", "PATH_INFO": "/"}
)


def test_a_header_is_found_by_its_name() -> None:
    assert HEADERS["accept-language"] == "zh-HK"
    assert HEADERS.get("content-type") == "text/plain"
    assert "cookie" in HEADERS
    assert dict(HEADERS) == {"accept-language": "zh-HK", "cookie": "a=b", "content-type": "text/plain"}
    assert len(HEADERS) == 3


def test_what_is_not_there_is_missing() -> None:
    assert HEADERS.get("dpop") is None
    assert HEADERS.get("dpop", "") == ""
    assert "path-info" not in HEADERS
    with pytest.raises(KeyError):
        HEADERS["dpop"]


def test_an_empty_content_type_is_none() -> None:
    assert RequestHeaders({"CONTENT_TYPE": ""}).get("content-type", "") == ""
    assert list(RequestHeaders({"CONTENT_TYPE": ""})) == []
