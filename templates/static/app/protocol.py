"""HTTP as uvicorn speaks it, for clients that may be slow or endless."""

from asyncio import TimerHandle, Transport
from http import HTTPStatus
from math import inf
from typing import ClassVar

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from app.settings import Settings

MAX_HEAD_BYTES = 65_536
MAX_PIPELINED = 10  # requests that come before the one ahead of them is answered


class PatientProtocol(HttpToolsProtocol):
    """Ends connections of clients that send too much, or are too slow to send and to read.

    Attributes:
        seconds: how long the client may take for the head of a request, for its body, and to go on
            reading an answer.
        max_bytes: the size of a whole request.
    """

    seconds: ClassVar[float]
    max_bytes: ClassVar[int]

    _sent_bytes = 0
    _sends_head = False
    _deadline = inf
    _sending: TimerHandle | None = None
    _reading: TimerHandle | None = None

    @classmethod
    def configure(cls, settings: Settings) -> None:
        """Have the limits of the settings, in this process."""
        cls.seconds = settings.request_timeout_seconds
        cls.max_bytes = 8 * settings.max_body_bytes  # sent in small chunks it has as many

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._wait_for_more()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        _cancel(self._sending)
        _cancel(self._reading)

    def data_received(self, data: bytes) -> None:
        self._sent_bytes += len(data)
        super().data_received(data)
        if self._sent_bytes > (MAX_HEAD_BYTES if self._sends_head else self.max_bytes):
            self._end(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._sent_bytes = 0
        self._sends_head = True
        self._wait_for_more()

    def on_headers_complete(self) -> None:
        if len(self.pipeline) >= MAX_PIPELINED:  # uvicorn would read on after each answer
            raise ValueError("Too many requests at once")  # which it answers with 400
        super().on_headers_complete()
        self._sends_head = False
        self._wait_for_more(grace=1)  # the application answers before

    def on_message_complete(self) -> None:
        super().on_message_complete()
        self._deadline = inf

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._wait_for_more()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._reading = self.loop.call_later(self.seconds, self.transport.abort)

    def resume_writing(self) -> None:
        super().resume_writing()
        _cancel(self._reading)

    def _wait_for_more(self, grace: float = 0) -> None:
        self._deadline = self.loop.time() + self.seconds + grace
        if self._sending is None:
            self._sending = self.loop.call_later(self.seconds, self._look)

    def _look(self) -> None:
        """End what takes too long. One timer looks at all requests of a connection, as none is cheaper."""
        self._sending = None
        if self._deadline <= self.loop.time():
            self._end(HTTPStatus.REQUEST_TIMEOUT)
        elif self._deadline < inf:
            self._sending = self.loop.call_at(self._deadline, self._look)

    def _end(self, status: HTTPStatus) -> None:
        """Close the connection when all is answered; say why if the client still sends a head."""
        answered = self.cycle is None or self.cycle.response_complete
        if answered and self._sends_head and not self.transport.is_closing():
            line = f"HTTP/1.1 {status.value} {status.phrase}"
            head = f"{line}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
            self.transport.write(head.encode("ascii"))
        self.shutdown()


def _cancel(timer: TimerHandle | None) -> None:
    if timer is not None:
        timer.cancel()
