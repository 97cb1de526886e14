"""Engines: one per service, its schema first in the search path, its waiting bounded."""

from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

# Connection lost, transaction rolled back (serialisation, deadlock), out of resources, operator intervention.
_OUTAGES = ("08", "40", "53", "57")


def create_engine(url: str, schema: str, *, pool_size: int = 10) -> AsyncEngine:
    """An engine for `postgresql+asyncpg://…` (plain `postgresql://` is taken too) working in `schema`."""
    return create_async_engine(
        asyncpg_url(url),
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_timeout=10,
        connect_args={
            "timeout": 5,
            "server_settings": {
                "search_path": schema,
                "application_name": f"huiyin-{schema}",
                "statement_timeout": "8000",
                "lock_timeout": "5000",
                "idle_in_transaction_session_timeout": "10000",
                "timezone": "UTC",
                # Short statements only: compiling them costs more than it gains.
                "jit": "off",
            },
        },
    )


def asyncpg_url(url: str) -> str:
    """`url` for the asyncpg driver, whichever of its usual forms it has."""
    address = make_url(url)
    if address.drivername in {"postgresql", "postgres"}:
        address = address.set(drivername="postgresql+asyncpg")
    return address.render_as_string(hide_password=False)


def is_outage(error: BaseException) -> bool:
    """Delivery rule 3: whether `error` is the world's fault (wait and try again) rather than the data's (park)."""
    if isinstance(error, DBAPIError):
        if error.connection_invalidated:
            return True
        state = getattr(error.orig, "sqlstate", None)
        if state is None:
            # No state: the driver never got an answer (connection closed, protocol torn).
            return not isinstance(error.orig, (ValueError, TypeError))
        return str(state).startswith(_OUTAGES)
    return isinstance(error, (OSError, TimeoutError, ConnectionError))
