"""SQL of the relay: its lease, what the broker confirmed, positions and progress (delivery rules 4 to 6)."""

from sqlalchemy import text

# -- relay lease and what the broker confirmed (rules 4 and 5) --------------------------------------------------------

TAKE_LEASE = text("""
    insert into relay_state (shard, owner, epoch, expires_at) values (:shard, :owner, 1, :expires_at)
    on conflict (shard) do update
        set owner = excluded.owner, expires_at = excluded.expires_at,
            epoch = relay_state.epoch + case when relay_state.owner = excluded.owner then 0 else 1 end
        where relay_state.owner = excluded.owner or relay_state.expires_at < :now
    returning epoch, generation
""")

RELEASE_LEASE = text("update relay_state set expires_at = :now where shard = :shard and owner = :owner")

RAISE_GENERATION = text("""
    update relay_state set generation = greatest(generation, :generation) where shard = :shard returning generation
""")

SAVE_CONFIRMED = text("""
    insert into relay_confirmed (topic, partition, "offset", event_id, confirmed_at)
    select topic, partition, "offset", event_id, cast(:now as timestamptz)
    from unnest(cast(:topics as text[]), cast(:partitions as int[]), cast(:offsets as bigint[]),
                cast(:events as uuid[])) as v(topic, partition, "offset", event_id)
    on conflict (topic, partition) do update
        set "offset" = excluded."offset", event_id = excluded.event_id, confirmed_at = excluded.confirmed_at
""")

READ_CONFIRMED = text("""select topic, partition, "offset", event_id, confirmed_at from relay_confirmed""")
FORGET_CONFIRMED = text("delete from relay_confirmed")

# -- positions and progress (rule 6) ----------------------------------------------------------------------------------

_POSITIONS = """
    insert into positions (topic, partition, next_offset)
    select * from unnest(cast(:topics as text[]), cast(:partitions as int[]), cast(:offsets as bigint[]))
    order by 1, 2
    on conflict (topic, partition) do update set next_offset = excluded.next_offset
    where positions.next_offset <> excluded.next_offset
"""
# -1 is void: we do not know how much of the present log we have read.
SAVE_POSITIONS = text(f"{_POSITIONS} and positions.next_offset <> -1")
RESTORE_POSITIONS = text(_POSITIONS)
VOID_POSITIONS = text("""
    insert into positions (topic, partition, next_offset)
    select topic, generate_series(0, partitions - 1), -1
    from unnest(cast(:topics as text[]), cast(:partitions as int[])) as v(topic, partitions)
    order by 1, 2
    on conflict (topic, partition) do update set next_offset = -1
""")
READ_VOID_POSITIONS = text("select topic, partition from positions where next_offset = -1")
READ_POSITIONS = text("select topic, partition, next_offset from positions")

SEE_PROGRESS = text("""
    insert into progress_seen (source, through, offsets) values (:source, :through, cast(:offsets as jsonb))
    on conflict do nothing
""")
READ_SEEN = text("select source, through, offsets from progress_seen order by source, through")
FORGET_SEEN = text("delete from progress_seen where source = :source and through <= :through")
FORGET_ALL_SEEN = text("delete from progress_seen")

HEAR_PROGRESS = text("""
    insert into progress_marks (source, through, generation, heard_at, applied)
    values (:source, :nothing, :generation, :now, cast(:applied as jsonb))
    on conflict (source) do update
        set generation = excluded.generation, heard_at = excluded.heard_at, applied = excluded.applied
""")
BELIEVE = text("update progress_marks set through = greatest(through, :through) where source = :source")
READ_PROGRESS = text("select source, through, generation, heard_at, applied from progress_marks")
