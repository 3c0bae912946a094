"""For machines that look after machines: /healthz, /readyz, /metrics."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

from fastapi import APIRouter, Response
from fastapi.responses import PlainTextResponse
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from pydantic import BaseModel
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from limner.agent.jobs.job import JobState
from limner.agent.jobs.line import EngineDown
from limner.agent.surfaces.http.trouble import RESPONSES

if TYPE_CHECKING:
    from limner.agent.jobs.desk import Desk

METRICS = "text/plain; version=0.0.4; charset=utf-8"


class Alive(BaseModel):
    """The front answers."""

    status: str = "ok"


class Ready(BaseModel):
    """The engine answers too."""

    status: str = "ready"
    family: str
    planner: str
    waiting: int
    uptime_s: float


class Meters:
    """What is counted, in a registry of its own so that two apps in one process do not mix."""

    def __init__(self, desk: Desk) -> None:
        self.registry = CollectorRegistry()
        self.registry.register(_Jobs(desk))
        names = ["method", "route", "status"]
        self.requests = Counter("limner_http_requests", "Requests answered.", names, registry=self.registry)
        self.seconds = Histogram(
            "limner_http_seconds", "Seconds to the first byte of the answer.", ["route"], registry=self.registry
        )


class _Jobs(Collector):
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def collect(self) -> Iterator[Metric]:
        jobs = GaugeMetricFamily("limner_jobs", "Jobs in the log, by state.", labels=["state"])
        counts = self._desk.log.counts()
        for state in JobState:
            jobs.add_metric([state], counts.get(state, 0))
        yield jobs
        yield GaugeMetricFamily("limner_engine_up", "Whether the engine answers.", float(self._desk.engine.is_ready))


class Metered:
    """ASGI middleware that counts by route, never by path: paths hold handles and names."""

    def __init__(self, app: ASGIApp, meters: Meters) -> None:
        self.app, self.meters = app, meters

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began = time.perf_counter()

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                route = getattr(scope.get("route"), "path", "none")
                self.meters.requests.labels(scope["method"], route, str(message["status"])).inc()
                self.meters.seconds.labels(route).observe(time.perf_counter() - began)
            await send(message)

        await self.app(scope, receive, sending)


def router(desk: Desk, meters: Meters) -> APIRouter:
    routes = APIRouter(tags=["Health"])

    @routes.get("/healthz")
    def healthz() -> Alive:
        """Whether this server answers."""
        return Alive()

    @routes.get("/readyz", responses={503: RESPONSES[503]})
    async def readyz() -> Ready:
        """Whether the engine answers too."""
        if not desk.engine.is_ready:
            raise EngineDown(desk.engine.problem or "the engine is being started")
        found = await asyncio.to_thread(desk.health)
        return Ready(**found.model_dump(include={"family", "planner", "waiting", "uptime_s"}))

    @routes.get("/metrics", response_class=PlainTextResponse)
    def metrics() -> Response:
        """Prometheus' text format; counts only, no names and no words of anybody."""
        return Response(generate_latest(meters.registry), media_type=METRICS)

    return routes
