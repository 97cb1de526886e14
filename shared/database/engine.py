"""Engines: one per service, its schema first in the search path, its waiting bounded."""

from pydantic_core import from_json
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

_OUTAGES = (
    "08",  # connection lost
    "25",  # wrong state of the transaction: a standby that reads only, a session that idled too long
    "28",  # not let in: a password is being changed
    "3D",  # the database is not there (yet)
    "40",  # rolled back: serialisation, deadlock
    "53",  # out of resources
    "55",  # not in the state for it: a lock waited for in vain
    "57",  # operator intervention, starting up, shutting down, statement too slow
    "58",  # disk and other system errors
    "XX",  # damaged or confused itself
)


# Every statement of a service names few rows of tables that grow for years. The database keeps a statement's plan, and
# one made while a table was small would read all of it long after: a relay's fetch took two seconds after 5,000
# complaints. So rows are looked up by index, one after another, from the first day on.
_BY_INDEX = {"enable_seqscan": "off", "enable_hashjoin": "off", "enable_mergejoin": "off"}


def create_engine(url: str, schema: str, *, pool_size: int = 10) -> AsyncEngine:
    """An engine for `postgresql+asyncpg://…` (plain `postgresql://` is taken too) working in `schema`."""
    return create_async_engine(
        asyncpg_url(url),
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_timeout=10,
        json_deserializer=from_json,  # a third of the standard library's time
        hide_parameters=True,  # an error's words must not quote what was to be stored
        connect_args={
            "timeout": 5,
            "server_settings": {
                "search_path": schema,
                "application_name": f"huiyin-{schema}",
                "statement_timeout": "7000",
                "lock_timeout": "5000",
                "idle_in_transaction_session_timeout": "4000",
                "timezone": "UTC",
                # Short statements only: compiling them costs more than it gains.
                "jit": "off",
                **_BY_INDEX,
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
    # PoolTimeout: no connection became free; it is SQLAlchemy's own and no TimeoutError.
    return isinstance(error, (OSError, TimeoutError, PoolTimeout))
