import pytest

from assistant.errors import WebTokenMissing
from assistant.web import serve
from assistant.web.door import Door

TOKEN = "a long secret"


@pytest.mark.parametrize(
    ("host", "headers", "verdict"),
    [
        ("127.0.0.1", {"Host": "127.0.0.1:8000"}, "welcome"),
        ("127.0.0.1", {"Host": "localhost:8000"}, "welcome"),
        ("127.0.0.1", {"Host": "[::1]:8000"}, "welcome"),
        ("127.0.0.1", {"Host": "localhost:8000", "Origin": "http://localhost:8000"}, "welcome"),
        ("127.0.0.1", {"Host": "evil.example:8000"}, "wrong host"),
        ("127.0.0.1", {"Host": "192.168.1.5:8000"}, "wrong host"),
        ("127.0.0.1", {"Host": "[bad"}, "wrong host"),
        ("127.0.0.1", {}, "wrong host"),
        ("127.0.0.1", {"Host": "localhost:8000", "Origin": "http://evil.example"}, "wrong origin"),
        ("127.0.0.1", {"Host": "localhost:8000", "Origin": "http://localhost:9"}, "wrong origin"),
        ("127.0.0.1", {"Host": "localhost:8000", "Origin": "null"}, "wrong origin"),
        ("0.0.0.0", {"Host": "192.168.1.5:8000"}, "welcome"),
        ("0.0.0.0", {"Host": "evil.example:8000"}, "wrong host"),
        ("nas.local", {"Host": "nas.local:8000"}, "welcome"),
    ],
)
def test_a_request_comes_for_our_name_and_from_our_own_page(
    host: str, headers: dict[str, str], verdict: str
) -> None:
    assert Door(host).judge(headers, {}, {}) == verdict


@pytest.mark.parametrize(
    ("cookies", "query", "verdict"),
    [
        ({}, {}, "no token"),
        ({}, {"token": TOKEN}, "new"),
        ({}, {"token": "wrong"}, "no token"),
        ({"kotae": TOKEN}, {}, "welcome"),
        ({"kotae": "wrong"}, {}, "no token"),
        ({"kotae": "日本語"}, {"token": "日本語"}, "no token"),
    ],
)
def test_with_a_token_only_who_knows_it_comes_in(
    cookies: dict[str, str], query: dict[str, str], verdict: str
) -> None:
    assert Door("0.0.0.0", TOKEN).judge({"Host": "10.0.0.2:8000"}, cookies, query) == verdict


def test_other_machines_are_refused_as_long_as_there_is_no_token() -> None:
    with pytest.raises(WebTokenMissing):
        serve(["kotae"], "0.0.0.0", 8000, "", lambda _: None)
