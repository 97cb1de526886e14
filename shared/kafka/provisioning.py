"""Topics from the registry, created where they are missing; never changed silently."""

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import TopicAlreadyExistsError, for_code

from shared.events.topics import TOPICS
from shared.kafka import options
from shared.settings import KafkaSettings


class WrongPartitions(RuntimeError):
    """A topic exists with another number of partitions: keys would move. Use another prefix or recreate it empty."""


async def provision(settings: KafkaSettings) -> list[str]:
    """Create missing topics; returns their names. Raises WrongPartitions."""
    admin = AIOKafkaAdminClient(**options.connection(settings))
    await admin.start()
    try:
        existing = set(await admin.list_topics())
        missing = [topic for topic in TOPICS.values() if topic.full_name(settings.prefix) not in existing]
        if missing:
            result = await admin.create_topics([
                NewTopic(
                    name=topic.full_name(settings.prefix),
                    num_partitions=topic.partitions,
                    replication_factor=settings.replication,
                    topic_configs=dict(topic.settings),
                )
                for topic in missing
            ])  # fmt: skip
            for name, code, *_ in result.topic_errors:
                if code and for_code(code) is not TopicAlreadyExistsError:
                    raise for_code(code)(name)
        present = [topic for topic in TOPICS.values() if topic not in missing]
        for described in (
            await admin.describe_topics([t.full_name(settings.prefix) for t in present]) if present else []
        ):
            wanted = TOPICS[described["topic"].removeprefix(f"{settings.prefix}.")].partitions
            if len(described["partitions"]) != wanted:
                raise WrongPartitions(f"{described['topic']}: {len(described['partitions'])} instead of {wanted}")
    finally:
        await admin.close()
    return [topic.full_name(settings.prefix) for topic in missing]
