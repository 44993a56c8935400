"""The proxy passes bytes as they are, and hurts a connection in just the ways it is asked to."""

from __future__ import annotations

import hashlib
import os
import socket
import socketserver
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pymysql
import pytest

from local.proxy import AHEAD, PIECE, Proxy
from local.servers import Pair

ROOT = Path(__file__).resolve().parents[2]


class Echo(socketserver.BaseRequestHandler):
    """Sends back what comes, and ends when the other side ends."""

    def handle(self) -> None:
        while piece := self.request.recv(1 << 16):
            self.request.sendall(piece)


@pytest.fixture(scope="module")
def echo() -> Iterator[int]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Echo) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


@pytest.fixture
def proxy(echo: int) -> Iterator[Proxy]:
    with Proxy(echo) as made:
        yield made


def connect(proxy: Proxy) -> socket.socket:
    return socket.create_connection(("127.0.0.1", proxy.port), timeout=240)


def _send_and_end(client: socket.socket, content: bytes) -> None:
    client.sendall(content)
    client.shutdown(socket.SHUT_WR)


def ask(client: socket.socket, words: bytes = b"hello") -> bytes:
    client.sendall(words)
    return client.recv(100)


def test_a_large_stream_comes_through_whole_and_ends(proxy: Proxy) -> None:
    sent, found = os.urandom(8 << 20), hashlib.sha256()

    with connect(proxy) as client:
        sender = threading.Thread(target=_send_and_end, args=(client, sent))
        sender.start()
        while piece := client.recv(1 << 16):
            found.update(piece)
        sender.join()
    assert found.digest() == hashlib.sha256(sent).digest()
    deadline = time.monotonic() + 120
    while proxy.connections:
        assert time.monotonic() < deadline, "an ended connection is still there"
        time.sleep(0.01)


def test_dropped_connections_are_reset_and_new_ones_work(proxy: Proxy) -> None:
    with connect(proxy) as one, connect(proxy) as other:
        assert ask(one) == ask(other) == b"hello"
        assert proxy.drop() == 2
        for client in (one, other):
            with pytest.raises(ConnectionResetError):
                client.recv(1)
    with connect(proxy) as client:
        assert ask(client) == b"hello"


def test_refusing_leaves_open_connections_alone_and_keeps_the_port(proxy: Proxy) -> None:
    port = proxy.port
    with connect(proxy) as client:
        assert ask(client) == b"hello"
        proxy.refuse()
        with pytest.raises(ConnectionRefusedError):
            connect(proxy)
        assert ask(client) == b"hello"
        proxy.accept()
        proxy.accept()
        assert proxy.port == port
        with connect(proxy) as new:
            assert ask(new) == b"hello"


def test_latency_is_added_in_each_direction(proxy: Proxy) -> None:
    with connect(proxy) as client:
        ask(client)
        proxy.latency = 0.1
        started = time.monotonic()
        ask(client)
        assert 0.2 <= time.monotonic() - started < 60


def test_latency_alone_does_not_narrow_the_line(proxy: Proxy) -> None:
    proxy.latency = 0.1
    pieces = 4 * AHEAD  # one by one, they would take half a minute
    with connect(proxy) as client:
        sender = threading.Thread(target=_send_and_end, args=(client, bytes(pieces * PIECE)))
        started = time.monotonic()
        sender.start()
        while client.recv(1 << 20):
            pass
        assert time.monotonic() - started < pieces * proxy.latency / 2
        sender.join()


def test_a_narrow_line_takes_its_time(proxy: Proxy) -> None:
    proxy.bytes_per_second = 1_000_000
    with connect(proxy) as client:
        started = time.monotonic()
        client.sendall(bytes(600_000))
        client.shutdown(socket.SHUT_WR)
        while client.recv(1 << 20):
            pass
        assert time.monotonic() - started >= 0.5


def test_a_server_that_is_not_there_means_a_reset() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        with Proxy(taken.getsockname()[1]) as proxy, pytest.raises(ConnectionResetError), connect(proxy) as client:
            client.recv(1)


def test_stop_cuts_what_is_open_and_does_no_harm_twice(echo: int) -> None:
    proxy = Proxy(echo)
    proxy.start()
    with connect(proxy) as client:
        ask(client)
        proxy.stop()
        with pytest.raises(ConnectionResetError):
            client.recv(1)
    proxy.stop()


@pytest.mark.servers
def test_a_mysql_connection_with_tls_works_through_it_and_is_cut(server_pair: Pair) -> None:
    login = server_pair.source_login
    with Proxy(login.port) as proxy:
        settings = {"host": "127.0.0.1", "port": proxy.port, "user": login.user, "password": login.password}
        connection = pymysql.connect(**settings, ssl={"verify_mode": "none"})
        with connection.cursor() as cursor:
            cursor.execute("SHOW STATUS LIKE 'Ssl_version'")
            assert cursor.fetchone()[1].startswith("TLS")
            assert proxy.drop() == 1
            with pytest.raises(pymysql.err.OperationalError):
                cursor.execute("SELECT 1")


def test_it_runs_as_a_process(echo: int) -> None:
    command = [sys.executable, "-m", "local.proxy", "--to", str(echo), "--latency-ms", "1"]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    with process.stdout as output:
        port = int(output.readline().rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", port), timeout=240) as client:
            assert ask(client) == b"hello"
        process.terminate()
        assert process.wait(timeout=240) == 0
