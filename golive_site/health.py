"""`/healthz` says that the process lives, `/readyz` that it can work: database reached and migrated.

A middleware, not views: a probe asks by address, so it is answered before hosts, TLS and login are looked at.
"""

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse


def ready() -> HttpResponse:
    """200 when every migration is applied, 503 with the reason otherwise."""
    try:
        executor = MigrationExecutor(connection)
        waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        return HttpResponse("The database does not answer.\n", status=503, content_type="text/plain")
    if waiting:
        return HttpResponse(f"{len(waiting)} migrations wait.\n", status=503, content_type="text/plain")
    return HttpResponse("ready\n", content_type="text/plain")


class HealthMiddleware:
    """Answers the two probe addresses and hands on everything else."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path == "/healthz":
            return HttpResponse("alive\n", content_type="text/plain")
        if request.path == "/readyz":
            return ready()
        return self.get_response(request)
