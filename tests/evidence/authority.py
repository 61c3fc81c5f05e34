"""An authority for stamps of time: `openssl ts`, served on loopback."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

__all__ = ["Authority", "serving"]

_CONFIG = """
[req]
distinguished_name = dn
prompt = no
[dn]
CN = {name}
[ca]
basicConstraints = critical, CA:true
keyUsage = critical, keyCertSign
[tsa]
basicConstraints = critical, CA:false
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, timeStamping
[tsr]
dir = {folder}
serial = $dir/serial
signer_cert = $dir/tsa.pem
signer_key = $dir/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
ess_cert_id_alg = sha256
"""


@dataclass(frozen=True, slots=True)
class Authority:
    """Where it answers, and the certificate by which its stamps are believed. /busy, /broken and /other give none."""

    url: str
    certificate: Path


def _openssl(*args: str | Path) -> bytes:
    return subprocess.run(["openssl", *map(str, args)], check=True, capture_output=True).stdout


def _made(folder: Path, name: str) -> Path:
    """The certificates and keys of an authority."""
    folder.mkdir()
    config = folder / "openssl.cnf"
    config.write_text(_CONFIG.format(folder=folder, name=name))
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-config", config]
    days = ["-days", "3650"]
    ca = ["-keyout", folder / "ca.key", "-out", folder / "ca.pem"]
    _openssl("req", "-x509", *key, *ca, "-extensions", "ca", "-subj", f"/CN={name} Root", *days)
    _openssl("req", "-new", *key, "-keyout", folder / "tsa.key", "-out", folder / "tsa.csr", "-subj", f"/CN={name}")
    signed = ["-in", folder / "tsa.csr", "-CA", folder / "ca.pem", "-CAkey", folder / "ca.key", "-CAcreateserial"]
    own = ["-extfile", config, "-extensions", "tsa", "-out", folder / "tsa.pem"]
    _openssl("x509", "-req", *signed, *own, *days)
    (folder / "serial").write_text("01\n")
    return config


@contextmanager
def serving(folder: Path, name: str = "Test Authority") -> Iterator[Authority]:
    config, lock = _made(folder, name), threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            query = self.rfile.read(int(self.headers["content-length"]))
            status, answer = {"/busy": (503, b"later"), "/broken": (200, b"no stamp")}.get(self.path, (200, b""))
            if not answer:
                with lock:
                    answer = self._stamp(query)
            self.send_response(status)
            self.send_header("content-type", "application/timestamp-reply")
            self.send_header("content-length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def _stamp(self, query: bytes) -> bytes:
            asked, reply = folder / "query.tsq", folder / "reply.tsr"
            if self.path == "/other":
                (folder / "other").write_bytes(b"something else")
                _openssl("ts", "-query", "-data", folder / "other", "-sha256", "-cert", "-out", asked)
            else:
                asked.write_bytes(query)
            _openssl("ts", "-reply", "-queryfile", asked, "-section", "tsr", "-config", config, "-out", reply)
            return reply.read_bytes()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Says nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        thread = threading.Thread(target=http.serve_forever)
        thread.start()
        try:
            yield Authority(f"http://127.0.0.1:{http.server_port}/tsr", folder / "ca.pem")
        finally:
            http.shutdown()
            thread.join()
