"""How gunicorn serves Musika: `gunicorn -c deploy/gunicorn.conf.py marketplace.wsgi`.

WEB_CONCURRENCY  processes; more than one needs MUSIKA_CACHE_URL, because login limits and used
                 two-step codes must be counted in one place
WEB_THREADS      threads of each process
WEB_ROOM         requests that may wait for a thread of one process (1000)
WEB_BIND         address and port
"""

import os

# What the server writes (database, letters, files, logs of its own) is for its user alone. Set here
# as well, because gunicorn's own setting covers only the files that gunicorn itself writes.
umask = 0o077
os.umask(umask)

bind = os.environ.get("WEB_BIND", "127.0.0.1:8000")
workers = int(os.environ.get("WEB_CONCURRENCY", "1"))
threads = int(os.environ.get("WEB_THREADS", "8"))
# Threads, with a waiting room: beyond WEB_ROOM the answer is 503 with Retry-After, at once.
worker_class = "marketplace.serving.Worker"
# More than the room holds, or whoever comes then would wait unseen instead of being told.
worker_connections = threads + int(os.environ.get("WEB_ROOM", "1000")) + 1000
# An upload over a slow line may take its time: the thread waits, the others serve.
timeout = 120
graceful_timeout = 10
keepalive = 5
# Recycled before slow leaks matter, not all at once.
max_requests = 20_000
max_requests_jitter = 2_000
# Request lines carry facets and searches, never more.
limit_request_line = 8190
accesslog = None
errorlog = "-"
loglevel = os.environ.get("WEB_LOG_LEVEL", "warning")
