"""`huiyin topics`: the broker seen from outside."""

import json
from dataclasses import asdict
from typing import Any

import typer

from services.console.client import Client
from services.console.output import EXIT_UNREACHABLE, EXIT_USAGE, fail
from shared.kafka.tailing import tail, topic_states
from shared.kafka.writing import BrokerUnavailable
from shared.settings import KafkaSettings, Settings


def _settings(client: Client) -> KafkaSettings:
    return Settings().kafka.model_copy(update={"bootstrap": client.bootstrap})


async def states(client: Client) -> list[dict[str, Any]]:
    """Every topic of the registry."""
    settings = _settings(client)
    try:
        return [asdict(state) for state in await topic_states(settings)]
    except BrokerUnavailable as error:
        fail("console.broker_unreachable", EXIT_UNREACHABLE, bootstrap=settings.bootstrap, reason=str(error))


async def print_tail(client: Client, topic: str, last: int, *, follow: bool) -> None:
    """Records of a topic, a JSON object a line."""
    settings = _settings(client)
    try:
        async for record in tail(settings, topic, last=last, follow=follow):
            typer.echo(json.dumps(record, ensure_ascii=False))
    except LookupError:
        fail("console.no_topic", EXIT_USAGE, topic=topic)
    except BrokerUnavailable as error:
        fail("console.broker_unreachable", EXIT_UNREACHABLE, bootstrap=settings.bootstrap, reason=str(error))
