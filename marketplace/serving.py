"""gunicorn's worker with threads, and a waiting room of a known size before them.

What has no room gets an answer at once: 503 with Retry-After. It was not read, so nothing of it was
begun; without this it would wait unseen until somebody gives up.
"""

import json
import os
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from gunicorn.workers.gthread import TConn, ThreadWorker  # type: ignore[import-untyped]

ROOM = int(os.environ.get("WEB_ROOM", "1000"))
WAIT = 10
_BODY = json.dumps(
    {
        "type": "/api/problems/busy",
        "title": "Too much at once",
        "status": 503,
        "code": "busy",
        "detail": "More is coming in than can be answered; of this nothing was read.",
        "remedy": f"Send the same again in {WAIT} seconds.",
    }
).encode()
REFUSAL = (
    b"HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nRetry-After: %d\r\n"
    b"Content-Type: application/problem+json\r\nContent-Length: %d\r\n\r\n%s"
) % (WAIT, len(_BODY), _BODY)


class Worker(ThreadWorker):
    """Counts what waits for a thread; only gunicorn's main thread touches the count."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.held = 0

    def init_process(self) -> None:
        self.door = ThreadPoolExecutor(max_workers=4)
        super().init_process()

    def enqueue_req(self, conn: TConn) -> None:
        if self.held >= ROOM + self.cfg.threads:
            self.door.submit(turn_away, conn).add_done_callback(
                lambda _: self.method_queue.defer(self.gone)
            )
            return
        self.held += 1
        super().enqueue_req(conn)

    def finish_request(self, conn: TConn, fs: "Future[Any]") -> None:
        self.held -= 1
        super().finish_request(conn, fs)

    def gone(self) -> None:
        self.nr_conns -= 1


def turn_away(conn: TConn) -> None:
    """Answer without reading, then linger until the other side has the answer."""
    try:
        conn.sock.settimeout(1)
        conn.sock.sendall(REFUSAL)
    except OSError:
        pass  # whoever asked has gone
    conn.close(graceful=True)
