"""The service, forked from a warm parent so that it can be killed and started 200 times.

    python -m tests.load.server SOCKET      each line on stdin, seconds, starts a child

Its clock runs ahead by that much. It leads a process group of its own and serves the product's
WSGI application with eight threads, each with its database connection, as one gunicorn worker
does. The parent has never touched the database: nothing of a killed child is left in it.
"""

import os
import signal
import socket
import sys
import threading
import time
from datetime import timedelta
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

THREADS = 8


class Quiet(WSGIRequestHandler):
    def log_message(self, *_: object) -> None:
        return None

    def address_string(self) -> str:
        return str(self.client_address[0])


def serve(listening: socket.socket, offset: float) -> None:
    from marketplace import clock
    from marketplace.wsgi import application

    real = clock.now
    clock.now = lambda: real() + timedelta(seconds=offset)
    server = WSGIServer(("127.0.0.1", 0), Quiet, bind_and_activate=False)
    server.server_name, server.server_port = "127.0.0.1", listening.getsockname()[1]
    server.setup_environ()
    server.set_app(application)

    def work() -> None:
        while True:
            taken, address = listening.accept()
            try:
                server.finish_request(taken, address)
            except OSError:
                pass  # whoever asked has gone
            finally:
                server.shutdown_request(taken)

    parent = os.getppid()
    for _ in range(THREADS):
        threading.Thread(target=work, daemon=True).start()
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(0)  # the drill was ended from outside: nothing of it stays behind


def main() -> None:
    import django

    django.setup()
    from django.urls import resolve

    import marketplace.wsgi

    assert marketplace.wsgi.application
    resolve("/api/v1/tenders")
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    listening = socket.socket(fileno=int(sys.argv[1]))
    print("ready", flush=True)
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            serve(listening, float(line))
        # Here and not in the child: once its number is known the group can be killed.
        os.setpgid(child, child)
        print(child, flush=True)


if __name__ == "__main__":
    main()
