"""The rows of the bench, in the order in which they are measured."""

from tests.bench.figures import Row
from tests.bench.rows import (
    breach,
    chain,
    decide,
    http_accept,
    inbound_batch,
    notice_lag,
    ready,
    recompute,
    relay,
    scrape,
)

ROWS: dict[str, Row] = {
    row.name: row
    for row in (
        http_accept.ROW,
        inbound_batch.ROW,
        relay.ROW,
        chain.ROW,
        decide.ROW,
        breach.ROW,
        notice_lag.ROW,
        recompute.ROW,
        scrape.ROW,
        ready.ROW,
    )
}
