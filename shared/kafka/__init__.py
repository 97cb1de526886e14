"""Everything that knows aiokafka or FastStream."""

from shared.kafka.mending import mend_client

mend_client()
