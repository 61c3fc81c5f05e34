from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from archiver import store
from archiver.cli import cli

ROOT = Path(__file__).parents[1]


@pytest.fixture
def db(tmp_path: Path) -> Path:
    store.open_archive(tmp_path / "archive.db").close()
    return tmp_path / "archive.db"


def serve(db: Path, *options: str) -> Result:
    return CliRunner().invoke(cli, ["serve", "--db", str(db), *options])


@pytest.mark.parametrize("host", ["0.0.0.0", "::"])
def test_other_machines_are_let_in_only_with_the_limits_of_public(db: Path, host: str) -> None:
    if host == "::" and not socket.has_ipv6:
        pytest.skip("this machine has no IPv6")
    done = serve(db, "--host", host, "--port", "0")
    assert done.exit_code == 2
    assert f"--host {host}: other machines could run SQL on the archive (add --public)" in done.stderr
    assert done.stdout == ""


def test_a_host_that_is_none_is_named(db: Path) -> None:
    done = serve(db, "--host", "no such host", "--port", "0")
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr == "Error: --host no such host: no such address (0.0.0.0 is all of this machine)\n"


def test_an_address_of_another_machine_is_named(db: Path) -> None:
    done = serve(db, "--host", "192.0.2.1", "--port", "0")
    assert done.exit_code == 1
    assert done.stderr.startswith("Error: --host 192.0.2.1, port 0: ")


def test_a_port_that_is_taken_is_named(db: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = serve(db, "--port", str(port))
    assert done.exit_code == 1
    assert done.stderr.startswith(f"Error: port {port}: ")
    assert done.stderr.endswith("(give another with --port, or 0 for any)\n")


def test_public_without_the_plugin_that_sets_its_limits_is_refused(db: Path) -> None:
    code = (
        "import sys; sys._called_from_test = True\nfrom archiver.cli import main\nmain()"  # then Datasette loads none
    )
    command = [sys.executable, "-c", code, "serve", "--db", str(db), "--public", "--port", "0"]
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, env=env, capture_output=True, encoding="utf-8", timeout=60, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("Error: --public needs the explorer")
