"""What gunicorn serves in `benchmarks.submission`: the product, its clock moved, and a floor.

The floor is what one durable submission costs at the least: read JSON, lock a head row, write a
bid and a ledger row, commit, answer; under /floor/drf with a bare endpoint of Django REST
framework behind the product's middleware, under /floor/lean with nothing around it.
"""

import json
import os
from datetime import timedelta

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketplace.settings")
import django

django.setup()

from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.db import close_old_connections, connection, transaction  # noqa: E402
from django.http import HttpResponse  # noqa: E402
from django.urls import path  # noqa: E402
from rest_framework.response import Response  # noqa: E402
from rest_framework.views import APIView  # noqa: E402

from marketplace import clock, urls  # noqa: E402

ENVELOPE = os.urandom(2000)
TABLES = (
    "CREATE TABLE floor_head (id integer PRIMARY KEY, size bigint NOT NULL)",
    "INSERT INTO floor_head VALUES (1, 0)",
    "CREATE TABLE floor_bid (name text PRIMARY KEY, envelope {bytes} NOT NULL)",
    "CREATE TABLE floor_entry (sequence bigint PRIMARY KEY, body text NOT NULL)",
)
real = clock.now
offset = timedelta(seconds=float(os.environ["MUSIKA_BENCHMARK_OFFSET"]))
clock.now = lambda: real() + offset


def make_tables() -> None:
    kind = "bytea" if connection.vendor == "postgresql" else "blob"
    with connection.cursor() as cursor:
        for statement in TABLES:
            cursor.execute(statement.format(bytes=kind))


def write(data: dict) -> dict:
    lock = " FOR UPDATE" if connection.vendor == "postgresql" else ""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SELECT size FROM floor_head WHERE id = 1{lock}")
        size = cursor.fetchone()[0]
        cursor.execute("INSERT INTO floor_bid VALUES (%s, %s)", [f"b{size}", ENVELOPE])
        cursor.execute("INSERT INTO floor_entry VALUES (%s, %s)", [size, json.dumps(data)])
        cursor.execute("UPDATE floor_head SET size = %s WHERE id = 1", [size + 1])
    return {"sequence": size}


class Bare(APIView):
    authentication_classes = permission_classes = throttle_classes = ()

    def post(self, request):
        return Response(write(request.data), status=201)


urls.urlpatterns.append(path("floor/drf", Bare.as_view()))
product = get_wsgi_application()


def application(environ, start_response):
    if environ["PATH_INFO"] != "/floor/lean":
        return product(environ, start_response)
    close_old_connections()
    data = json.loads(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])))
    response = HttpResponse(json.dumps(write(data)), status=201)
    start_response("201 Created", list(response.items()))
    return [response.content]
