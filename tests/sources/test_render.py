"""Pages whose scripts run in a real Chromium: what they show then, and what they cannot reach."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from archiver.errors import ArchiverError, FetchError, RefusedError, UnreadableError
from archiver.model import Capture, Failed
from archiver.page import read_page
from archiver.sources import render
from archiver.sources._settings import Settings
from archiver.sources.render import _chromium, _visit, _widgets
from archiver.sources.web import public
from tests.pages import read

PAGES = Path(__file__).parent / "rendered"
NAMES = sorted(path.stem for path in PAGES.glob("*.json") if path.with_suffix(".html").exists())
WIDGETS = b"""for (const quote of document.querySelectorAll("blockquote")) {
  quote.replaceWith(Object.assign(document.createElement("iframe"), {src: "about:blank"}));
}"""
SETTINGS = Settings(allow_private=True, delay=0, per_host=4, timeout=20)

is_here = _chromium.installed() is not None
pytestmark = [
    pytest.mark.skipif(not is_here, reason="no Chromium is installed: apt-get install chromium"),
    pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="processes are looked up in /proc"),
]
pytest.importorskip("playwright", reason="the extra render is not installed")

Act = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class Site:
    """A server of ours for all hosts: pages of ours, widgets, and what a test adds; it keeps a log."""

    port: int = 0
    log: list[tuple[str, str]] = field(default_factory=list)
    acts: dict[str, Act] = field(default_factory=dict)

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"

    def asked(self, path: str) -> int:
        return sum(urlsplit(target).path == path for _, target in self.log)


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as served:
        yield served


@contextmanager
def serving() -> Iterator[Site]:
    site = Site()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            path = urlsplit(self.path).path
            site.log.append((str(self.headers["host"]).partition(":")[0], self.path))
            page = PAGES / path.lstrip("/")
            if path in site.acts:
                site.acts[path](self)
            elif path in ("/widgets.js", "/embed.js", "/static/embed.js", "/en_US/sdk.js"):
                answer(self, WIDGETS, "text/javascript")
            elif path == "/redirect":
                self.send_response(302)
                self.send_header("location", parse_qs(urlsplit(self.path).query)["to"][0])
                self.send_header("content-length", "0")
                self.end_headers()
            elif page.suffix in (".html", ".json") and page.is_file():
                answer(self, page.read_bytes(), "text/html" if page.suffix == ".html" else "application/json")
            else:
                answer(self, b"Nothing here", "text/html", 404)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        site.port = server.server_port
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield site
        server.shutdown()
        thread.join()


def answer(handler: BaseHTTPRequestHandler, body: bytes, kind: str = "text/html", status: int = 200) -> None:
    handler.send_response(status)
    handler.send_header("content-type", kind)
    handler.send_header("content-length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


def permalinks(capture: Capture | Failed) -> list[str | None]:
    assert isinstance(capture, Capture), capture
    return [embed.post.permalink for embed in read_page(capture).embeds]


def one(url: str, settings: Settings = SETTINGS) -> Capture | Failed:
    [outcome] = render.fetch([url], settings)
    return outcome


@pytest.fixture(scope="module")
def rendered() -> Iterator[tuple[dict[str, Capture | Failed], Site]]:
    """What each page of ours shows, all rendered in one go."""
    with serving() as site:
        yield {o.target: o for o in render.fetch([site.url(f"/{name}.html") for name in NAMES], SETTINGS)}, site


def test_there_are_pages_of_ours() -> None:
    assert len(NAMES) >= 8


@pytest.mark.parametrize("name", NAMES)
def test_a_page_shows_its_embeds_when_its_scripts_have_run(
    name: str, rendered: tuple[dict[str, Capture | Failed], Site]
) -> None:
    found, site = rendered
    assert [e.post.permalink for e in read((PAGES / f"{name}.html").read_bytes()).embeds] == []
    assert permalinks(found[site.url(f"/{name}.html")]) == json.loads((PAGES / f"{name}.json").read_text())


def test_a_capture_says_what_it_is(rendered: tuple[dict[str, Capture | Failed], Site]) -> None:
    found, site = rendered
    capture = found[site.url("/blockquotes.html")]
    assert isinstance(capture, Capture)
    assert (capture.source, capture.media_type, capture.encoding, capture.status) == (
        "render",
        "text/html",
        "utf-8",
        200,
    )
    assert capture.body.startswith(b'<!DOCTYPE html>\n<html lang="en">')
    assert "at last.</p>\u2014 Ann Lee".encode() in capture.body
    assert capture.url == capture.final_url == site.url("/blockquotes.html")
    assert capture.seconds is not None
    assert 0 < capture.seconds < 20
    moved = found[site.url("/moved.html")]
    assert isinstance(moved, Capture)
    assert moved.final_url == site.url("/blockquotes.html?moved")


def leads(monkeypatch: pytest.MonkeyPatch, *hosts: str) -> list[str]:
    """Lets these hosts lead to this machine; all others are decided as always. What is asked for is listed."""
    asked: list[str] = []
    decide = public._addresses

    def addresses(host: str, port: int, *, allow_private: bool) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if host in hosts else decide(host, port, allow_private=allow_private)

    monkeypatch.setattr(public, "_addresses", addresses)
    return asked


PLATFORMS = (
    "platform.twitter.com", "platform.x.com", "www.instagram.com", "www.tiktok.com", "embed.bsky.app",
    "www.threads.com", "connect.facebook.net", "mastodon.test",
)  # fmt: skip
PUBLIC = replace(SETTINGS, allow_private=False, ignore_robots=True)


def test_widgets_are_kept_out_so_that_embeds_stay_as_they_are(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = leads(monkeypatch, "site.test", *PLATFORMS)
    pages = [site.url("/platforms.html", "site.test"), site.url("/blockquotes.html", "site.test")]
    found = {str(o.target): permalinks(o) for o in render.fetch(pages, PUBLIC)}
    assert found[pages[0]] == [
        "https://www.instagram.com/p/CAbcdEfGhIj/",
        "https://www.tiktok.com/@annlee/video/6800000000000000001",
        "https://bsky.app/profile/did:plc:abcdefghijklmnopqrstuvwx/post/3kabcdefghi2x",
        "https://www.threads.com/@annlee/post/DAbcdEfGhIj",
    ]
    assert found[pages[1]] == ["https://twitter.com/annlee/status/1000000000000000001"]
    assert {host for host, _ in site.log} == {"site.test"}
    assert not set(asked) & set(PLATFORMS)


def test_a_widget_that_is_let_through_would_replace_them(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    leads(monkeypatch, "site.test", *PLATFORMS)
    monkeypatch.setattr(_widgets, "is_widget", lambda *_: False)
    assert permalinks(one(site.url("/blockquotes.html", "site.test"), PUBLIC)) == []
    assert ("platform.twitter.com", "/widgets.js") in site.log


def test_a_widget_is_kept_out_behind_a_redirect_too(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    leads(monkeypatch, "site.test", *PLATFORMS)
    widget = site.url("/widgets.js", "platform.twitter.com")
    body = f"<blockquote class=twitter-tweet>x</blockquote><script src='/redirect?to={widget}'></script>"
    site.acts["/"] = lambda handler: answer(handler, body.encode())
    outcome = one(site.url("/", "site.test"), PUBLIC)
    assert isinstance(outcome, Capture)
    assert b"twitter-tweet" in outcome.body
    assert site.asked("/redirect") == 1
    assert site.asked("/widgets.js") == 0


@pytest.mark.parametrize(
    ("url", "is_widget"),
    [
        ("https://platform.twitter.com/widgets.js", True),
        ("https://www.instagram.com/embed.js", True),
        ("https://platform.instagram.com/en_US/embeds.js", True),
        ("https://www.tiktok.com/embed.js", True),
        ("https://sf16-website-login.neutral.ttwstatic.com/obj/tiktok_web_static/embed_lib_v1.0.12.js", True),
        ("https://connect.facebook.net/en_US/sdk.js#xfbml=1", True),
        ("https://embed.reddit.com/widgets.js", True),
        ("https://www.threads.net/embed.js", True),
        ("https://embed.bsky.app/static/embed.js", True),
        ("https://assets.pinterest.com/js/pinit.js", True),
        ("https://telegram.org/js/telegram-widget.js?22", True),
        ("https://mastodon.social/embed.js", True),
        ("https://vk.com/js/api/openapi.js?169", True),
        ("https://cdn.ampproject.org/v0/amp-twitter-0.1.js", True),
        ("https://publish.twitter.com/oembed?url=x", False),
        ("https://news.example/embed.js", False),
        ("https://news.example/js/embed.js", False),
        ("https://nottiktok.com/embed.js/more", False),
        ("https://cdn.ampproject.org/v0/amp-carousel-0.1.js", False),
        ("https://[", False),
    ],
)
def test_widgets_are_known_by_their_address(url: str, is_widget: bool) -> None:
    assert _widgets.is_widget(url, "https://news.example/story") is is_widget


def test_pictures_and_films_are_not_loaded(site: Site) -> None:
    loads = b"<img src=/a.png><video src=/b.mp4 autoplay></video><style>@font-face{font-family:f;src:url(/c.woff2)}"
    site.acts["/"] = lambda handler: answer(
        handler, loads + b"p{font-family:f}</style><p>Words<script src=/d.js></script>"
    )
    assert isinstance(one(site.url("/")), Capture)
    assert site.asked("/d.js") == 1
    assert not {"/a.png", "/b.mp4", "/c.woff2"} & {path for _, path in site.log}


def test_what_cannot_be_rendered_is_said_plainly(site: Site) -> None:
    site.acts |= {
        "/pdf": lambda handler: answer(handler, b"%PDF-1.4 x", "application/pdf"),
        "/json": lambda handler: answer(handler, b"{}", "application/json"),
        "/204": lambda handler: answer(handler, b"", "text/html", 204),
        "/500": lambda handler: answer(handler, b"<p>Sorry", "text/html", 500),
        "/again": lambda handler: answer(handler, b"<script>location.href = '/again?' + Math.random()</script>"),
        "/short": cut_short,
        "/bad": lambda handler: answer(handler, b"<script>location.href = 'http://127.0.0.1:1/'</script>"),
        "/huge": lambda handler: answer(handler, b"<p>" + b"x" * 300_000),
        "/grows": lambda handler: answer(handler, b"<p id=p><script>p.textContent = 'y'.repeat(300000)</script>"),
        "/hangs": lambda handler: answer(handler, b"<p>x<script>while (true);</script>"),
        "/never": lambda handler: time.sleep(5),  # noqa: ARG005
        "/robots.txt": lambda handler: answer(handler, b"User-agent: *\nDisallow: /closed", "text/plain"),
    }
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        free = closed.getsockname()[1]
    loop = site.url("/redirect?to=" + site.url("/redirect?to=/redirect?to=x"))
    expected: dict[str, tuple[type[ArchiverError], str]] = {
        site.url("/pdf"): (UnreadableError, "is application/pdf, not a page"),
        site.url("/json"): (UnreadableError, "is application/json, not a page"),
        site.url("/204"): (FetchError, "answered 204"),
        site.url("/500"): (FetchError, "answered 500 Internal Server Error"),
        site.url("/none"): (FetchError, "answered 404 Not Found"),
        site.url("/again"): (FetchError, "redirects more than 3 times"),
        site.url("/short"): (FetchError, "broke off"),
        site.url("/bad"): (FetchError, "cannot be fetched: Connection refused"),
        site.url("/huge"): (UnreadableError, "is larger than"),
        site.url("/grows"): (UnreadableError, "is larger than"),
        site.url("/hangs"): (FetchError, "did not show itself within 4 seconds"),
        site.url("/never"): (FetchError, "did not show itself within 4 seconds"),
        site.url("/closed/page"): (RefusedError, "is excluded by robots.txt"),
        site.url("/redirect?to=/closed/other"): (RefusedError, "is excluded by robots.txt"),
        f"http://127.0.0.1:{free}/": (FetchError, "refused"),
        loop: (FetchError, "answered 404"),
        "ftp://example.org/": (FetchError, "is no http or https URL"),
        "http://[": (FetchError, "is no http or https URL"),
    }
    settings = replace(SETTINGS, timeout=4, redirects=3, largest=200_000, retries=0)
    failed = {o.target: o.error for o in render.fetch(expected, settings) if isinstance(o, Failed)}
    assert set(failed) == set(expected)
    for url, (error, words) in expected.items():
        assert type(failed[url]) is error, failed[url]
        with pytest.raises(error, match=words):
            raise failed[url]
    assert failed[site.url("/500")].status == 500


def test_a_page_that_leaves_for_nowhere_fails(site: Site) -> None:
    site.acts["/"] = lambda handler: answer(handler, b"<script>location.href = 'http://127.0.0.1:1/'</script>")
    outcome = one(site.url("/"), replace(SETTINGS, ignore_robots=True))
    assert isinstance(outcome, Failed)
    assert "leaves for http://127.0.0.1:1/, which cannot be fetched" in str(outcome.error)


def cut_short(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("content-type", "text/html")
    handler.send_header("content-length", "5000")
    handler.end_headers()
    handler.wfile.write(b"<p>Half of the wor")
    handler.close_connection = True


def test_a_users_headers_go_to_the_host_they_are_for(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    leads(monkeypatch, "site.test", "other.test")
    told: list[tuple[str, str | None, str | None, str]] = []

    def note(handler: BaseHTTPRequestHandler) -> None:
        head = handler.headers
        told.append((urlsplit(handler.path).path, head["x-key"], head["cookie"], head["user-agent"]))
        answer(handler, b"<p>x<script src='" + site.url("/script", "other.test").encode() + b"'></script>")

    def go(handler: BaseHTTPRequestHandler) -> None:
        told.append(("/go", handler.headers["x-key"], None, ""))
        handler.send_response(302)
        handler.send_header("location", site.url("/elsewhere", "other.test"))
        handler.end_headers()

    site.acts |= {"/": note, "/script": note, "/elsewhere": note, "/go": go}
    settings = replace(
        PUBLIC, ignore_robots=False, headers=(("X-Key", "secret"), ("Cookie", "a=b")), user_agent="own/1", at_once=1
    )
    pages = [site.url("/", "site.test"), site.url("/go", "site.test")]
    assert all(isinstance(o, Capture) for o in render.fetch(pages, settings))
    assert sorted(told) == [
        ("/", "secret", "a=b", "own/1"),
        ("/elsewhere", None, None, "own/1"),
        ("/go", "secret", None, ""),
        ("/script", None, None, "own/1"),
        ("/script", None, None, "own/1"),
    ]


def test_scripts_take_us_for_a_browser_and_servers_see_who_we_are(site: Site) -> None:
    told: list[str] = []

    def note(handler: BaseHTTPRequestHandler) -> None:
        told.append(handler.headers["user-agent"])
        answer(handler, b"<p>x")

    site.acts["/"] = note
    assert isinstance(one(site.url("/")), Capture)
    assert "Chrome/" in told[0]
    assert "Headless" not in told[0]
    assert SETTINGS.user_agent in told[0]


def test_credentials_are_used_and_not_kept(site: Site) -> None:
    def guarded(handler: BaseHTTPRequestHandler) -> None:
        if handler.headers["authorization"]:
            answer(handler, b"<p>Inside")
        else:
            handler.send_response(401)
            handler.send_header("www-authenticate", "Basic realm=x")
            handler.send_header("content-length", "0")
            handler.end_headers()

    site.acts["/"] = guarded
    outcome = one(site.url("/").replace("//", "//ann:secret@"))
    assert isinstance(outcome, Capture)
    assert "secret" not in repr(outcome)
    assert outcome.target == outcome.final_url == site.url("/")


def test_starts_at_one_host_are_spaced_out(site: Site) -> None:
    at: list[float] = []

    def note(handler: BaseHTTPRequestHandler) -> None:
        at.append(time.monotonic())
        answer(handler, b"<p>x")

    site.acts["/"] = note
    settings = replace(SETTINGS, delay=0.7, ignore_robots=True)
    assert len(list(render.fetch([site.url(f"/?{n}") for n in range(3)], settings))) == 3
    assert len(at) == 3
    assert max(at) - min(at) > 0.8  # of 1.4, less the time that the first page's tab took to open


def listening() -> tuple[list[bytes], Callable[[], None], int]:
    """A server for TCP and UDP on all addresses of this machine, that notes who comes."""
    came: list[bytes] = []
    tcp = socket.create_server(("::", 0), family=socket.AF_INET6, dualstack_ipv6=True)
    port = tcp.getsockname()[1]
    udp = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
    udp.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
    udp.bind(("::", port))
    is_over = threading.Event()

    def accept() -> None:
        tcp.settimeout(0.05)
        udp.settimeout(0.05)
        while not is_over.is_set():
            try:
                peer, _ = tcp.accept()
                with peer:
                    peer.settimeout(0.2)
                    came.append(peer.recv(300))
            except OSError:
                pass

    def receive() -> None:
        while not is_over.is_set():
            with suppress(OSError):
                came.append(b"UDP " + udp.recv(300))

    threads = [threading.Thread(target=accept), threading.Thread(target=receive)]

    def stop() -> None:
        is_over.set()
        for thread in threads:
            thread.join()
        tcp.close()
        udp.close()

    udp.settimeout(0.05)
    for thread in threads:
        thread.start()
    return came, stop, port


def own_address() -> str:
    """An address of this machine that is not loopback, where it has one."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # nothing is sent
            return str(probe.getsockname()[0])
        except OSError:
            return "127.0.0.2"


@pytest.fixture
def named(monkeypatch: pytest.MonkeyPatch) -> None:
    """`loop.test` is a name that leads to this machine."""
    resolve = socket.getaddrinfo

    def getaddrinfo(host: str, *args: object, **named: object) -> object:
        return resolve("127.0.0.1" if host == "loop.test" else host, *args, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)


@pytest.mark.usefixtures("named")
def test_a_page_reaches_nothing_on_this_machine(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = leads(monkeypatch, "site.test")
    came, stop, port = listening()
    try:
        one(site.url(f"/reaching.html?port={port}&own={own_address()}", "site.test"), replace(PUBLIC, timeout=10))
    finally:
        stop()
    assert came == []
    assert site.asked("/redirect") >= 10
    assert set(asked) >= {"127.0.0.1", "localhost", "a.localhost", "::1", "169.254.169.254", "loop.test", own_address()}


@pytest.mark.usefixtures("named")
def test_what_that_page_tries_would_arrive_where_it_is_allowed(site: Site) -> None:
    came, stop, port = listening()
    try:
        assert isinstance(one(site.url(f"/reaching.html?port={port}&only=127.0.0.1")), Capture)
    finally:
        stop()
    text = b"\n".join(came)
    assert all(what in text for what in (b"/fetch", b"/xhr", b"/redirected", b"/socket", b"/worker", b"/script.js"))
    assert not [piece for piece in came if piece.startswith(b"UDP")]


@pytest.mark.parametrize("ignore_robots", [False, True])
def test_what_leads_to_a_private_address_is_refused(
    site: Site, monkeypatch: pytest.MonkeyPatch, ignore_robots: bool
) -> None:
    leads(monkeypatch, "site.test")
    hosts = ("127.0.0.1", "localhost", "2130706433", "[::1]", "[::ffff:127.0.0.1]", "0x7f.1", "169.254.169.254")
    pages = [site.url("/late.html", host) for host in hosts]
    pages += [site.url(f"/redirect?to={page}", "site.test") for page in pages[:2]]
    outcomes = list(render.fetch(pages, replace(PUBLIC, ignore_robots=ignore_robots, timeout=10)))
    assert {o.target for o in outcomes} == set(pages)
    for outcome in outcomes:
        assert isinstance(outcome, Failed)
        assert type(outcome.error) is RefusedError, outcome.error
        assert "private address" in str(outcome.error)
    assert {host for host, _ in site.log} == {"site.test"}
    assert site.asked("/late.html") == 0


# Processes


def browsers(of: int | None = None) -> list[int]:
    """The Chromiums that a process runs: the children of its children that are none of Chromium's own helpers."""
    own = children(of or os.getpid())
    found = [pid for driver in own for pid in children(driver)]
    return [pid for pid in found if b"--remote-debugging-pipe" in command(pid)]


def children(of: int) -> list[int]:
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            after = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(after[1]) == of and after[0] != "Z":
            found.append(int(stat.parent.name))
    return found


def below(of: int) -> list[int]:
    return [pid for child in children(of) for pid in (child, *below(child))]


def command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def gone(pids: list[int], seconds: float = 10) -> bool:
    end = time.monotonic() + seconds
    while any(map(is_running, pids)) and time.monotonic() < end:
        time.sleep(0.05)
    return not any(map(is_running, pids))


def test_a_page_that_crashes_stops_no_other(site: Site) -> None:
    def crash(handler: BaseHTTPRequestHandler) -> None:
        for browser in browsers():
            for pid in below(browser):
                if b"--type=renderer" in command(pid):
                    os.kill(pid, signal.SIGKILL)
        answer(handler, b"")

    site.acts |= {
        "/": lambda handler: answer(handler, b"<p>x<script src=/crash></script>"),
        "/crash": crash,
    }
    pages = [site.url("/late.html"), site.url("/"), site.url("/hydrated.html")]
    first, second, third = render.fetch(pages, replace(SETTINGS, at_once=1))
    assert [bool(permalinks(o)) for o in (first, third)] == [True, True]
    assert isinstance(second, Failed)
    assert "crashed the browser's page" in str(second.error)


@pytest.mark.parametrize("at_once", [1, 4])
def test_a_browser_that_dies_is_started_again_and_costs_no_other_page(site: Site, at_once: int) -> None:
    killed: list[int] = []

    def kill(handler: BaseHTTPRequestHandler) -> None:
        if not killed or at_once == 1:  # of several pages each is tried again in a browser of its own: those live
            killed.extend(browsers())
            for pid in browsers():
                os.kill(pid, signal.SIGKILL)
        answer(handler, b"")

    site.acts |= {
        "/kills": lambda handler: answer(handler, b"<p>x<script src=/kill></script>"),
        "/kill": kill,
    }
    pages = [site.url(path) for path in ("/late.html", "/shadow.html", "/kills", "/hydrated.html")]
    found = {o.target: o for o in render.fetch(pages, replace(SETTINGS, at_once=at_once, timeout=12))}
    assert set(found) == set(pages)
    culprit = found.pop(site.url("/kills"))
    assert isinstance(culprit, Capture if at_once == 4 else Failed)
    assert at_once == 4 or "crashed the browser" in str(culprit.error)  # type: ignore[union-attr]
    assert [permalinks(o) != [] for o in found.values()] == [True] * 3
    assert len(killed) == (1 if at_once == 4 else 2)


def test_closing_early_leaves_nothing_running(site: Site) -> None:
    site.acts["/slow"] = lambda handler: time.sleep(2)  # noqa: ARG005
    before = children(os.getpid())  # the tracker of an earlier test's processes
    with closing(render.fetch([site.url("/none"), site.url("/slow"), site.url("/late.html")], SETTINGS)) as outcomes:
        assert isinstance(next(outcomes), Failed)
        running = browsers()
        assert len(running) == 1
        running += below(running[0])
    assert gone(running)
    assert children(os.getpid()) == before
    assert not [t for t in threading.enumerate() if t.name == "archiver-loop"]


SCRIPT = """
import sys
from archiver.sources import render
from archiver.sources._settings import Settings
for outcome in render.fetch(sys.argv[1:], Settings(allow_private=True, delay=0, ignore_robots=True)):
    print(outcome)
"""


@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGKILL])
def test_a_process_that_is_ended_leaves_no_browser(site: Site, by: signal.Signals) -> None:
    is_asked = threading.Event()

    def wait(handler: BaseHTTPRequestHandler) -> None:  # noqa: ARG001
        is_asked.set()
        time.sleep(3)

    site.acts["/slow"] = wait
    with subprocess.Popen(
        [sys.executable, "-c", SCRIPT, site.url("/slow")],
        stderr=subprocess.PIPE,
        cwd=Path(__file__).parents[2],
        start_new_session=True,
    ) as process:
        assert is_asked.wait(30)
        running = browsers(process.pid)
        assert len(running) == 1
        running += below(running[0])
        os.killpg(process.pid, by)  # as a terminal does: the driver gets it too
        _, errors = process.communicate(timeout=30)
    assert gone(running)
    if by == signal.SIGINT:
        assert errors.strip().endswith(b"KeyboardInterrupt")
        assert b"never retrieved" not in errors


def test_a_missing_browser_or_package_is_said_with_its_cure(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(_chromium.ENVIRONMENT, str(tmp_path / "none"))
    with pytest.raises(ArchiverError, match=r"finds no Chromium \(.*ARCHIVER_CHROMIUM"):
        list(render.fetch(["http://127.0.0.1/"], SETTINGS))
    broken = shutil.which("false")
    assert broken
    monkeypatch.setenv(_chromium.ENVIRONMENT, broken)
    with pytest.raises(ArchiverError, match="does not start"):
        list(render.fetch(["http://127.0.0.1/"], SETTINGS))
    monkeypatch.setitem(sys.modules, "playwright.async_api", None)
    with pytest.raises(ArchiverError, match=r"needs the package playwright .*\[render\]"):
        list(render.fetch(["http://127.0.0.1/"], SETTINGS))


def test_no_page_waits_longer_than_it_may() -> None:
    assert Settings().timeout > _visit._SETTLE + _visit._QUIET
