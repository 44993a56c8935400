"""A TCP proxy before a server, that can be hurt: connections cut, new ones refused, latency, a narrow line.

Runs in a thread of its own (`with Proxy(port) as proxy`) or as a process (`python -m local.proxy --to PORT`).
Listens on 127.0.0.1 and passes bytes as they are, TLS included. Where the server does not answer, the client's
connection is reset. All settings may change while it runs; they are the same for both directions.
"""

from __future__ import annotations

import argparse
import asyncio
import signal
import socket
import struct
import sys
import threading
import time
from collections.abc import Coroutine
from types import TracebackType
from typing import Any, Self, TypeVar

T = TypeVar("T")
PIECE = 1 << 16
AHEAD = 64  # pieces on their way in one direction: more than a line of any latency here can hold
# Linger on, for 0 seconds: the other side sees a reset, as when a machine is gone and another answers for it.
RESET = struct.pack("ii", 1, 0)


class Proxy:
    """Passes connections on to `host:to`. `port` is where it listens, 0 before it is started.

    `latency` is in seconds, one way; `bytes_per_second` is for each connection and direction, 0 no limit.
    """

    def __init__(self, to: int, host: str = "127.0.0.1", port: int = 0) -> None:
        self.to = to
        self.host = host
        self.port = port
        self.latency = 0.0
        self.bytes_per_second = 0.0
        self.accepted = 0
        self._listener: asyncio.Server | None = None
        self._open: dict[int, tuple[asyncio.StreamWriter, ...]] = {}
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name=f"proxy to {to}", daemon=True)

    @property
    def connections(self) -> int:
        """How many are open now."""
        return len(self._open)

    def start(self) -> None:
        """Listen. Raises: OSError where the port is taken."""
        self._thread.start()
        self._call(self._listen())

    def stop(self) -> None:
        """Cut everything and listen no more; once is enough, twice does no harm."""
        if self._loop.is_closed():
            return
        if self._thread.is_alive():
            self._call(self._end())
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(120)
        self._loop.close()

    def drop(self) -> int:
        """Reset every open connection, at both ends; returns how many there were."""
        return self._call(self._drop())

    def refuse(self) -> None:
        """Listen no more, so that new connections are refused; open ones stay."""
        self._call(self._deafen())

    def accept(self) -> None:
        """Listen again, on the same port."""
        self._call(self._listen())

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()

    def _call(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(120)

    async def _listen(self) -> None:
        if self._listener is None:
            self._listener = await asyncio.start_server(self._serve, "127.0.0.1", self.port, reuse_address=True)
            self.port = self._listener.sockets[0].getsockname()[1]

    async def _deafen(self) -> None:
        if self._listener is not None:
            self._listener.close()
            self._listener = None

    async def _drop(self) -> int:
        there = [*self._open.values()]
        for writers in there:
            for writer in writers:
                _reset(writer)
        return len(there)

    async def _end(self) -> None:
        await self._deafen()
        await self._drop()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.accepted += 1
        key = self.accepted
        self._open[key] = (writer,)
        try:
            there_reader, there_writer = await asyncio.open_connection(self.host, self.to)
        except OSError:
            _reset(writer)
            self._open.pop(key, None)
            return
        self._open[key] = (writer, there_writer)
        try:
            await _all_or_none(self._pass(reader, there_writer), self._pass(there_reader, writer))
        except OSError:
            _reset(writer)
            _reset(there_writer)
        finally:
            for one in (writer, there_writer):
                one.close()
            self._open.pop(key, None)

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One direction, until its end, which is passed on too."""
        way = _Way(self, writer)
        await _all_or_none(way.take_in(reader), way.send())


class _Way:
    """Bytes on their way: each piece leaves `latency` after it came, at the line's speed."""

    def __init__(self, proxy: Proxy, writer: asyncio.StreamWriter) -> None:
        self._proxy = proxy
        self._writer = writer
        self._pieces: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(AHEAD)

    async def take_in(self, reader: asyncio.StreamReader) -> None:
        """Read until the end, whose sign is an empty piece."""
        piece = b"."
        while piece:
            piece = await reader.read(PIECE)
            await self._pieces.put((time.monotonic() + self._proxy.latency, piece))

    async def send(self) -> None:
        while True:
            due, piece = await self._pieces.get()
            await asyncio.sleep(max(due - time.monotonic(), 0))
            if not piece:
                if self._writer.can_write_eof():
                    self._writer.write_eof()
                return
            self._writer.write(piece)
            await self._writer.drain()
            if self._proxy.bytes_per_second:
                await asyncio.sleep(len(piece) / self._proxy.bytes_per_second)


async def _all_or_none(*work: Coroutine[Any, Any, None]) -> None:
    """Wait for all; where one fails, end the others and raise its error."""
    tasks = [asyncio.ensure_future(one) for one in work]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _reset(writer: asyncio.StreamWriter) -> None:
    sock = writer.get_extra_info("socket")
    if sock is not None and sock.fileno() >= 0:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    writer.transport.abort()


def main(arguments: list[str] | None = None) -> int:
    """The command line; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m local.proxy", description=__doc__.splitlines()[0])
    parser.add_argument("--to", type=int, required=True, help="the server's port")
    parser.add_argument("--host", default="127.0.0.1", help="the server's host")
    parser.add_argument("--port", type=int, default=0, help="where to listen; 0: a free one, which is printed")
    parser.add_argument("--latency-ms", type=float, default=0, help="one way")
    parser.add_argument("--bytes-per-second", type=float, default=0, help="0: no limit")
    chosen = parser.parse_args(arguments)
    enough = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: enough.set())
    proxy = Proxy(chosen.to, chosen.host, chosen.port)
    proxy.latency, proxy.bytes_per_second = chosen.latency_ms / 1000, chosen.bytes_per_second
    with proxy:
        print(f"listens on 127.0.0.1:{proxy.port}", flush=True)
        enough.wait()
    return 0


if __name__ == "__main__":
    sys.exit(main())
