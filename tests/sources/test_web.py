"""Pages on the web: what is fetched, how often, what is refused, and why."""

from __future__ import annotations

import itertools
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archiver.errors import ArchiverError, FetchError, RefusedError, UnreadableError
from archiver.model import Capture, Failed, Unchanged
from archiver.sources import Request, Settings, web
from archiver.sources.web import _chain, _hosts, public
from tests.site import Site, http2, pages, serving

HOSTS = [f"127.0.1.{number}" for number in range(1, 51)]


@pytest.fixture
def site() -> Iterator[Site]:
    with serving(["127.0.0.1", "127.0.0.2", *HOSTS]) as served:
        yield served


@pytest.fixture(autouse=True)
def _short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_chain, "_PAUSE", 0.01)


def quick(**told: object) -> Settings:
    """Settings for a site on loopback that needs no mercy."""
    return Settings(**{"allow_private": True, "delay": 0.0, "timeout": 5.0, **told})  # type: ignore[arg-type]


def one(url: str, **told: object) -> Capture | Unchanged | Failed:
    """What becomes of one address."""
    (outcome,) = web.fetch([url], quick(**told))
    return outcome


def captured(url: str, **told: object) -> Capture:
    outcome = one(url, **told)
    assert isinstance(outcome, Capture), outcome
    return outcome


def error(url: str, **told: object) -> ArchiverError:
    outcome = one(url, **told)
    assert isinstance(outcome, Failed), outcome
    assert outcome.error.thing == outcome.target
    return outcome.error


def test_a_page_is_received_with_its_addresses_and_what_was_sent_for_it(site: Site) -> None:
    url = site.url("/chain/1")
    capture = captured(url)

    assert (capture.target, capture.url, capture.final_url) == (url, url, site.url("/chain/0"))
    assert (capture.status, capture.encoding, capture.media_type, capture.source) == (200, "utf-8", "text/html", "web")
    assert capture.body == pages.page("/chain/0")
    assert capture.seconds is not None
    assert 0 < capture.seconds < 5

    first, last = capture.exchanges
    asked = [asked for asked in site.log if asked.path != "/robots.txt"]
    assert [first.request, last.request] == [asked[0].raw, asked[1].raw]
    assert first.response == pages.answer(302, location="/chain/0")
    assert last.response == pages.answer(200, capture.body)
    assert {(e.ip, e.protocol) for e in capture.exchanges} == {("127.0.0.1", "http/1.1")}
    assert "social-post-archiver" in asked[0].headers["user-agent"]


@pytest.mark.parametrize(
    ("path", "kind", "words"),
    [
        ("/status/404", FetchError, "answered 404 Not Found"),
        ("/status/403", FetchError, "answered 403"),
        ("/status/500", FetchError, "answered 500"),
        ("/status/304", FetchError, "answered 304"),
        ("/loop/a", FetchError, "redirects in a loop, back to http://127.0.0.1:\\d+/loop/a"),
        ("/chain/11", FetchError, "redirects more than 10 times"),
        ("/to?url=ftp://example.org/", FetchError, "redirects to ftp://example.org/, which is no http"),
        ("/to?url=http://[::1:9/", FetchError, "redirects to .*, which is no http"),
        ("/huge", UnreadableError, "is larger than 1 MB"),
        ("/bomb/gzip", UnreadableError, "is larger than 1 MB"),
        ("/bomb/br", UnreadableError, "is larger than 1 MB"),
        ("/bomb/zstd", UnreadableError, "is larger than 1 MB"),
        ("/type/image/png", UnreadableError, "is image/png, not a page"),
        ("/type/image/svg+xml", UnreadableError, "is image/svg.xml, not a page"),
        ("/type/application/octet-stream", UnreadableError, "is application/octet-stream, not a page"),
        ("/type/text/html?body=%25PDF-1.7", UnreadableError, "is a PDF"),
        ("/type/text/html?body=+", UnreadableError, "is empty"),
        ("/half", FetchError, "cannot be fetched: peer closed connection"),
        ("/garbage", FetchError, "cannot be fetched: "),
        ("/headers", FetchError, "cannot be fetched: "),
        ("/flaky/0?times=9", FetchError, "cannot be fetched: "),
        ("/silent", FetchError, "did not answer within 0.05 seconds"),
        ("/drip", FetchError, "did not end within 0.5 seconds"),
    ],
)
def test_what_is_no_page_is_said_plainly(site: Site, path: str, kind: type[ArchiverError], words: str) -> None:
    timeout = 0.05 if path in ("/silent", "/drip") else 5.0
    with pytest.raises(kind, match=words):
        raise error(site.url(path), largest=1 << 20, timeout=timeout, retries=0)


@pytest.mark.parametrize("url", ["ftp://example.org/", "file:///etc/passwd", "http://", "gopher://x", "http://[::1:x/"])
def test_only_http_is_fetched(url: str) -> None:
    with pytest.raises(FetchError, match="no http or https URL"):
        raise error(url)


@pytest.mark.parametrize("url", ["http://a:99999/", "http://xn--/", "http://0177.0.0.1/", "http://\udcff/"])
def test_an_address_that_is_none_fails_alone(url: str) -> None:
    assert isinstance(error(url), FetchError)


def test_a_refused_connection_is_a_clear_error() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/"
        with pytest.raises(FetchError, match=f"{url}: cannot be fetched: Connection refused"):
            raise error(url, ignore_robots=True)
        with pytest.raises(FetchError, match=f"{url}: cannot be fetched: Connection refused"):
            raise error(url)


@pytest.mark.parametrize("coding", ["identity", "gzip", "br", "zstd"])
def test_a_body_is_decoded_and_kept_as_it_came(site: Site, coding: str) -> None:
    for path in (f"/coded/{coding}", f"/chunked/{coding}"):
        capture = captured(site.url(path))
        (exchange,) = capture.exchanges
        assert capture.body == pages.page(coding)
        assert exchange.response.startswith(b"HTTP/1.1 200 OK\r\n")
        assert (capture.body in exchange.response) == (path == "/coded/identity")
        if "chunked" in path:
            assert exchange.response.endswith(b"\r\n0\r\nTrailer-Field: told\r\n\r\n")


@pytest.mark.parametrize(("told", "known"), [("iso-8859-1", "iso-8859-1"), ("utf-8", "utf-8"), ("x-none", "x-none")])
def test_the_charset_is_what_the_header_says_right_or_wrong(site: Site, told: str, known: str) -> None:
    assert captured(site.url(f"/charset/{told}")).encoding == known


@pytest.mark.parametrize(
    ("kind", "body", "read"),
    [
        ("text/plain", "Words", "text/plain"),
        ("application/json", '{"a":1}', "application/json"),
        ("application/problem+json", '{"a":1}', "application/json"),
        ("application/rss+xml", "<rss><channel></channel></rss>", "application/xml"),
        ("application/vnd.odd+xml", "<feed></feed>", "application/xml"),
    ],
)
def test_other_documents_than_pages_are_read(site: Site, kind: str, body: str, read: str) -> None:
    assert captured(f"{site.url('/type/')}{kind}?body={body}").media_type == read


def test_a_sitemap_that_is_a_gzip_file_is_unpacked_whatever_it_is_sent_as(site: Site) -> None:
    body = b"<urlset><url><loc>http://127.0.0.1/</loc></url></urlset>"
    site.answers["/sitemap.xml.gz"] = pages.answer(200, pages.PACK["gzip"](body), "application/octet-stream")
    assert captured(site.url("/sitemap.xml.gz")).body == body


def test_what_a_server_sends_beside_its_answer_is_not_kept(site: Site) -> None:
    early, more, bare = (captured(site.url(f"/{name}")) for name in ("early", "more", "bare"))
    assert early.exchanges[0].response == pages.answer(200, early.body)
    assert more.exchanges[0].response == pages.answer(200, more.body)
    assert bare.exchanges[0].response.endswith(b"\n\n" + bare.body)


def test_an_answer_that_came_before_it_was_asked_for_is_no_answer(site: Site) -> None:
    outcomes = list(web.fetch([site.url("/more"), site.url("/page/1")], quick(per_host=1)))
    assert [outcome.body for outcome in outcomes if isinstance(outcome, Capture)] == [
        pages.page("/more"),
        pages.page("127.0.0.1/page/1"),
    ]


@pytest.mark.parametrize("status", [0, 429, 500, 502, 503, 504])
def test_what_may_work_later_is_tried_again(site: Site, status: int) -> None:
    capture = captured(site.url(f"/flaky/{status}?times=2"))
    assert len(site.paths()) == 3
    assert len(capture.exchanges) == (3 if status else 1)
    assert isinstance(error(site.url(f"/flaky/{status}?times=9"), retries=1), FetchError)
    assert len(site.paths()) == 5


@pytest.mark.parametrize("path", ["/status/404", "/status/501", "/garbage", "/type/image/png", "/huge", "/loop/a"])
def test_what_will_not_work_later_is_asked_for_once(site: Site, path: str) -> None:
    error(site.url(path), largest=1 << 20)
    assert max(Counter(site.paths()).values()) == 1


def test_a_failure_keeps_what_was_exchanged(site: Site) -> None:
    outcome = one(site.url("/to?url=/status/404"))
    assert isinstance(outcome, Failed)
    assert [exchange.response[9:12] for exchange in outcome.exchanges] == [b"302", b"404"]
    assert outcome.error.status == 404


def test_a_host_that_asks_for_a_pause_gets_it_for_all_of_its_pages(site: Site) -> None:
    urls = [site.url("/flaky/429?times=1&after=1"), *(site.url(f"/page/{n}") for n in range(4))]
    assert all(isinstance(outcome, Capture) for outcome in web.fetch(urls, quick(per_host=1)))
    busy, after = (asked.at for asked in site.log[1:3])
    assert after - busy >= 1


def test_a_host_that_asks_for_a_long_pause_is_left_alone(site: Site) -> None:
    urls = [site.url("/flaky/503?times=1&after=3600"), *(site.url(f"/page/{n}") for n in range(4))]
    outcomes = list(web.fetch(urls, quick(per_host=1)))
    assert [str(o.error) for o in outcomes if isinstance(o, Failed) and "for 3600 seconds" in str(o.error)]
    assert all(isinstance(outcome, Failed) for outcome in outcomes)
    assert site.paths() == ["/flaky/503"]


def test_a_page_is_asked_for_only_if_it_has_changed(site: Site) -> None:
    first = captured(site.url("/conditional/v1"))
    request = Request(first.target, first.etag, first.last_modified)
    (again,) = web.fetch([first.target], quick(request=lambda _: request))
    assert isinstance(again, Unchanged)
    assert (again.target, again.etag, again.last_modified) == (first.target, '"v1"', "Wed, 21 Oct 2015 07:28:00 GMT")
    assert [exchange.response[9:12] for exchange in again.exchanges] == [b"304"]

    (changed,) = web.fetch([first.target], quick(request=lambda _: Request(first.target, '"v0"')))
    assert isinstance(changed, Capture)


def test_a_cookie_lives_as_long_as_the_chain_and_is_not_kept(site: Site) -> None:
    captured(site.url("/cookies"))
    captured(site.url("/cookies"))
    cookies = [asked.headers.get("cookie") for asked in site.log if asked.path == "/cookies"]
    assert cookies == [None, "seen=1", None, "seen=1"]
    assert b"cookie: redacted\r\n" in captured(site.url("/cookies")).exchanges[1].request


def test_secrets_go_to_the_host_they_are_for_and_are_kept_nowhere(site: Site) -> None:
    secrets = {"Authorization": "Bearer hush", "Cookie": "session=hush", "X-Key": "hush", "Accept-Language": "de"}
    url = f"http://me:hush@127.0.0.1:{site.port}/to?url=http://you:hush@127.0.0.2:{site.port}/page/1"
    capture = captured(url, headers=tuple(secrets.items()))

    here, there = (asked for asked in site.log if asked.path != "/robots.txt")
    assert here.headers["authorization"] == "Basic bWU6aHVzaA=="
    assert (here.headers["cookie"], here.headers["x-key"]) == ("session=hush", "hush")
    assert not {"authorization", "cookie", "x-key"} & there.headers.keys()
    assert here.headers["accept-language"] == there.headers["accept-language"] == "de"
    kept = [capture.target, capture.url, capture.final_url, *(exchange.url for exchange in capture.exchanges)]
    assert "me:hush" not in str(kept)
    assert b"hush" not in b"".join(e.request for e in capture.exchanges).replace(b"you:hush@", b"")
    assert capture.exchanges[0].request.count(b": redacted\r\n") == 3


def test_robots_txt_is_asked_for_once_and_obeyed(site: Site) -> None:
    site.robots["127.0.0.1"] = "User-agent: *\nDisallow: /page/\n\nUser-agent: social-post-archiver\nDisallow: /page/2"
    site.robots["127.0.0.2"] = "User-agent: posts\nDisallow: /"  # a word of our user agent, but not our name
    urls = [site.url(f"/page/{n}", host) for host in ("127.0.0.1", "127.0.0.2") for n in range(4)]
    refused = [o for o in web.fetch([*urls, site.url("/to?url=/page/2")], quick()) if isinstance(o, Failed)]

    assert {outcome.target for outcome in refused} == {site.url("/page/2"), site.url("/to?url=/page/2")}
    assert all(isinstance(outcome.error, RefusedError) for outcome in refused)
    assert "is excluded by robots.txt (--ignore-robots" in str(refused[0].error)
    assert "/page/2" not in site.paths("127.0.0.1")
    assert Counter(a.host for a in site.log if a.path == "/robots.txt") == {"127.0.0.1": 1, "127.0.0.2": 1}

    assert isinstance(one(site.url("/page/2"), ignore_robots=True), Capture)


def test_robots_txt_that_may_not_be_asked_for_now_lets_nothing_be_fetched(site: Site) -> None:
    site.answers["/robots.txt"] = pages.answer(503, retry_after="3600")
    with pytest.raises(FetchError, match=r"its robots\.txt answered 503 and wants no requests for 3600 seconds, so"):
        raise error(site.url("/page/1"))
    site.answers["/robots.txt"] = pages.answer(302, location="/robots.txt")
    assert isinstance(one(site.url("/page/1")), Capture)


@pytest.mark.parametrize(
    ("told", "kind"), [(404, None), (403, None), (503, RefusedError), (500, RefusedError), ("<p>Not found", None)]
)
def test_a_host_without_robots_txt_may_be_asked_one_that_fails_may_not(
    site: Site, told: int | str, kind: type[ArchiverError] | None
) -> None:
    site.robots["127.0.0.1"] = told
    outcome = one(site.url("/page/1"))
    if kind is None:
        assert isinstance(outcome, Capture)
    else:
        assert isinstance(outcome, Failed)
        assert isinstance(outcome.error, kind)
        assert f"its robots.txt answered {told}, so that nothing may be fetched" in str(outcome.error)
        assert site.paths() == []


def test_robots_txt_of_each_host_on_the_way_counts(site: Site) -> None:
    site.robots["127.0.0.2"] = "User-agent: *\nDisallow: /"
    with pytest.raises(RefusedError, match=f"{site.port}/to.*: is excluded by robots.txt"):
        raise error(site.url("/to?url=" + site.url("/page/1", "127.0.0.2")))
    assert site.paths("127.0.0.2") == []


def test_a_crawl_delay_is_obeyed(site: Site) -> None:
    site.robots["127.0.0.1"] = "User-agent: *\nCrawl-delay: 0.3"
    assert len(list(web.fetch([site.url(f"/page/{n}") for n in range(3)], quick()))) == 3
    starts = [asked.at for asked in site.log if asked.path != "/robots.txt"]
    assert min(later - earlier for earlier, later in itertools.pairwise(starts)) > 0.25


def test_fifty_hosts_are_asked_politely_and_every_page_once(site: Site) -> None:
    site.robots[HOSTS[0]] = "User-agent: *\nDisallow: /page/7"
    urls = [site.url(f"/page/{n}", host) for host in HOSTS for n in range(10)]
    outcomes = list(web.fetch(iter(urls), quick(delay=0.1, at_once=16)))

    assert sorted(outcome.target for outcome in outcomes) == sorted(urls)
    assert [o.target for o in outcomes if not isinstance(o, Capture)] == [site.url("/page/7", HOSTS[0])]
    assert site.most <= 16
    for host in HOSTS:
        starts = [asked.at for asked in site.log if asked.host == host and asked.path != "/robots.txt"]
        assert len(starts) == (9 if host == HOSTS[0] else 10)
        assert (
            min(later - earlier for earlier, later in itertools.pairwise(starts)) > 0.05
        )  # less what one took longer to come
        assert starts[-1] - starts[0] > 0.095 * (len(starts) - 1)


def test_a_host_is_asked_for_so_many_pages_at_a_time(site: Site) -> None:
    urls = [site.url(f"/slow/{n}?seconds=0.05", host) for host in HOSTS[:3] for n in range(8)]
    assert len(list(web.fetch(urls, quick(per_host=2, at_once=5)))) == 24
    assert {site.most_of[host] for host in HOSTS[:3]} == {2}
    assert site.most == 5


def test_a_slow_host_does_not_hold_up_the_others(site: Site) -> None:
    slow = [site.url("/silent"), *(site.url(f"/page/{n}") for n in range(50))]
    with closing(web.fetch([*slow, site.url("/page/1", HOSTS[0])], quick(delay=10.0, per_host=1))) as outcomes:
        assert next(outcomes).target == site.url("/page/1", HOSTS[0])


def test_nothing_more_is_fetched_than_the_caller_takes(site: Site) -> None:
    taken = 0

    def endless() -> Iterator[str]:
        nonlocal taken
        for number in itertools.count():
            taken += 1
            yield site.url(f"/page/{number}", HOSTS[number % 50])

    with closing(web.fetch(endless(), quick(at_once=4))) as outcomes:
        next(outcomes)
        time.sleep(0.3)
        assert len(site.paths()) <= 1 + 3 * 4
        for _ in range(50):
            next(outcomes)
        assert taken <= web._AHEAD + 51


def test_closing_ends_what_is_under_way(site: Site) -> None:
    before = threading.active_count()
    outcomes = web.fetch([site.url("/page/1"), site.url("/silent"), site.url("/drip")], quick(timeout=60.0))
    next(outcomes)
    assert threading.active_count() > before
    started = time.monotonic()
    outcomes.close()
    assert time.monotonic() - started < 20
    assert not [thread for thread in threading.enumerate() if thread.name == "fetching"]


def test_what_is_wrong_with_the_list_itself_is_raised(site: Site) -> None:
    def broken() -> Iterator[str]:
        yield site.url("/page/1")
        raise LookupError("no more")

    with pytest.raises(LookupError):
        list(web.fetch(broken(), quick()))
    assert not [thread for thread in threading.enumerate() if thread.name == "fetching"]


def test_ctrl_c_ends_it_at_once(site: Site) -> None:
    code = """
import sys
from archiver.sources import Settings, web
urls = [sys.argv[1] + "/page/1", sys.argv[1] + "/silent", sys.argv[1] + "/drip"]
for outcome in web.fetch(urls, Settings(allow_private=True, delay=0)):
    print(type(outcome).__name__, flush=True)
"""
    command = [sys.executable, "-W", "error", "-c", code, site.url("")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        assert running.stdout.readline() == "Capture\n"
        running.send_signal(signal.SIGINT)
        _, told = running.communicate(timeout=5)
    assert told.endswith("KeyboardInterrupt\n")
    assert "Warning" not in told
    assert "never retrieved" not in told


def test_http_2_is_spoken_and_written_down_as_http_1(monkeypatch: pytest.MonkeyPatch) -> None:
    trusting = ssl.create_default_context(cafile=str(http2.CERTIFICATE))
    monkeypatch.setattr(public, "_tls", lambda: trusting)
    with serving(tls=http2.context()) as site:
        url = site.url("/coded/br").replace("http:", "https:")
        capture = captured(url, headers=(("Cookie", "session=hush"),))
    (exchange,) = capture.exchanges
    assert capture.body == pages.page("br")
    assert (exchange.protocol, exchange.ip, exchange.url) == ("h2", "127.0.0.1", url)
    assert exchange.request.startswith(b"GET /coded/br HTTP/1.1\r\nHost: 127.0.0.1:")
    assert b"\r\ncookie: redacted\r\n" in exchange.request
    head, _, body = exchange.response.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 OK\r\n")
    assert body == pages.PACK["br"](capture.body)


def test_http_1_inside_tls_is_written_down_in_the_clear(monkeypatch: pytest.MonkeyPatch) -> None:
    trusting, offering = ssl.create_default_context(cafile=str(http2.CERTIFICATE)), http2.context()
    offering.set_alpn_protocols(["http/1.1"])
    monkeypatch.setattr(public, "_tls", lambda: trusting)
    with serving(tls=offering) as site:
        (exchange,) = captured(site.url("/page/1").replace("http:", "https:")).exchanges
    assert exchange.protocol == "http/1.1"
    assert exchange.request == site.log[-1].raw
    assert exchange.response == pages.answer(200, pages.page("127.0.0.1/page/1"))


def test_a_certificate_that_nobody_vouches_for_is_refused_and_not_tried_again() -> None:
    with serving(tls=http2.context()) as site:
        with pytest.raises(FetchError, match=r"cannot be fetched: .*certificate verify failed"):
            raise error(site.url("/page/1").replace("http:", "https:"), ignore_robots=True)
        assert site.log == []


def test_connections_to_hosts_that_are_done_are_closed(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_hosts, "_IDLE", 3)
    monkeypatch.setattr(_hosts, "_REMEMBERED", 5)
    urls = [site.url(f"/page/{n}", host) for n in range(2) for host in HOSTS]
    assert all(isinstance(o, Capture) for o in web.fetch(urls, quick(at_once=1)))
    assert site.connections >= 90


@given(answer=st.binary(max_size=200) | st.binary(max_size=100).map(lambda b: b"HTTP/1.1 200 OK\r\n" + b))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_answered_there_is_one_outcome(site: Site, answer: bytes) -> None:
    site.answers["/odd"] = answer
    assert one(site.url("/odd"), retries=0, ignore_robots=True).target == site.url("/odd")


@contextmanager
def answering(*answers: bytes) -> Iterator[str]:
    """The address of a server that gives one of these answers a connection, whatever it is asked."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:

        def serve() -> None:
            for answer in answers:
                try:
                    connection, _ = listening.accept()
                    with closing(connection):
                        connection.recv(1 << 16)
                        connection.sendall(answer)
                except OSError:
                    return

        threading.Thread(target=serve, daemon=True).start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/"


def told(*lines: str, body: bytes = b"<p>words</p>", encoding: str = "utf-8") -> bytes:
    """An answer with these lines at its beginning."""
    head = [*lines, f"Content-Length: {len(body)}", "Connection: close", "", ""]
    return "\r\n".join(head).encode(encoding) + body


def test_a_cookie_in_letters_of_any_kind_stops_nothing() -> None:
    moved = told("HTTP/1.1 302 Found", "Set-Cookie: a=é€", "Location: /x", body=b"")
    with answering(moved, told("HTTP/1.1 200 OK", "Content-Type: text/html")) as url:
        capture = captured(url, ignore_robots=True)
    assert capture.body == b"<p>words</p>"


@pytest.mark.parametrize("parameters", ["charset*1*=x; charset*0=y; charset*=a'b'%ff", "charset*=undefined''%ff%00"])
def test_a_content_type_that_nobody_can_read_stops_nothing(parameters: str) -> None:
    with answering(told("HTTP/1.1 200 OK", f"Content-Type: text/html; {parameters}")) as url:
        assert captured(url, ignore_robots=True).encoding is None


def test_a_port_that_is_none_is_a_failure() -> None:
    outcome = one("http://localhost:99999/", ignore_robots=True, retries=0)
    assert isinstance(outcome, Failed)
    assert "99999 is no port" in str(outcome.error)


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 102 Wait\r\nX: %b\r\n\r\n" % (b"a" * 50_000) * 100,
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n"
        + b"1;%b\r\na\r\n" % (b"x" * 50_000) * 100,
    ],
)
def test_heads_and_frames_without_end_do_not_fill_memory(answer: bytes) -> None:
    with answering(answer) as url:
        outcome = one(url, ignore_robots=True, retries=0, largest=1 << 20)
    assert isinstance(outcome, Failed)
    assert "more than 3 MB were sent" in str(outcome.error)
