"""A fault of the Kafka client under uvloop, mended here until its authors do (aiokafka's issue 1038).

Writing to a connection that the other side has closed raises OSError on asyncio's own loop, RuntimeError on uvloop. The
client expects the first only: with the second the task ends that keeps its knowledge of the cluster up to date, and
whoever needs that knowledge (fetching, committing, finding the group) waits for ever.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from aiokafka.conn import AIOKafkaConnection, CloseReason
from aiokafka.errors import KafkaConnectionError


def mend_client() -> None:
    """Let every client meet a connection that was closed as the broken connection that it is."""
    for name in ("send", "_send_sasl_token"):
        setattr(AIOKafkaConnection, name, _telling(getattr(AIOKafkaConnection, name)))


def _telling(send: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(send)
    def sending(connection: AIOKafkaConnection, *args: Any, **kwargs: Any) -> Any:
        try:
            return send(connection, *args, **kwargs)
        except RuntimeError as error:
            connection.close(reason=CloseReason.CONNECTION_BROKEN, exc=error)
            raise KafkaConnectionError(str(error)) from error

    return sending
