"""Everything that knows aiokafka or FastStream."""
