"""Where a record goes is part of the contract: every Kafka client puts a key into the same partition."""

from aiokafka.partitioner import DefaultPartitioner
from hypothesis import given
from hypothesis import strategies as st

from shared.kafka.options import partition_of

PARTITIONS = list(range(12))


@given(st.binary(min_size=1, max_size=80))
def test_our_partition_of_a_key_is_every_clients(key: bytes) -> None:
    theirs = DefaultPartitioner()(key, PARTITIONS, PARTITIONS)
    assert partition_of(key, PARTITIONS, PARTITIONS) == theirs
    assert partition_of(key, PARTITIONS, []) == theirs
