"""Every SQL statement of delivery. Set-based: arrays in, one round trip a batch; `now` always comes as a parameter."""

from sqlalchemy import text

from shared.events.envelope import SOURCES

_MARKS = ", ".join(SOURCES)

# -- marks (rule 2) ---------------------------------------------------------------------------------------------------

LOCK_MARKS = text(f"""
    select case_id, emitted, {_MARKS}, parked_at is not null as parked
    from case_marks where case_id = any(cast(:cases as uuid[]))
    order by case_id for update
""")

CREATE_MARKS = text("""
    insert into case_marks (case_id) select unnest(cast(:cases as uuid[])) order by 1 on conflict do nothing
""")

INSERT_MARKS = text("""
    insert into case_marks (case_id, emitted)
    select * from unnest(cast(:cases as uuid[]), cast(:emitted as int[]))
""")

_MARK_ARRAYS = ", ".join(f"cast(:{source} as int[])" for source in SOURCES)
_MARK_SETS = ", ".join(f"{source} = v.{source}" for source in SOURCES)

SAVE_MARKS = text(f"""
    update case_marks m set emitted = v.emitted, {_MARK_SETS}
    from unnest(cast(:cases as uuid[]), cast(:emitted as int[]), {_MARK_ARRAYS}) as v(case_id, emitted, {_MARKS})
    where m.case_id = v.case_id
""")

READ_MARKS = text(f"select emitted, {_MARKS}, parked_at is not null as parked from case_marks where case_id = :case_id")

PARK_CASE = text("update case_marks set parked_at = :now, parked_reason = :reason where case_id = :case_id")
UNPARK_CASE = text("update case_marks set parked_at = null, parked_reason = null where case_id = :case_id")

UNPARK_HELD = text("""
    update held_events set reason = 'waiting', waiting_for = 'replay', error = null
    where case_id = :case_id and waiting_for = 'parked'
""")

# -- held events (rules 2 and 3) --------------------------------------------------------------------------------------

HELD_OF_CASES = text("""
    select case_id, source, sequence, topic, headers, value, waiting_for, reason, error
    from held_events where case_id = any(cast(:cases as uuid[])) order by case_id, source, sequence
""")

# Swept up later: a record may become known in one transaction while another, not seeing it, holds an event for it; and
# a process may end between letting a case go on and doing so.
CASES_TO_RETRY = text("""
    select distinct h.case_id from held_events h
    where h.reason = 'waiting' and h.held_at < :before
      and (h.waiting_for in ('next', 'replay') or exists (
          select 1 from records r where r.topic in ('reference', 'personal') and r.key = h.waiting_for))
    limit 5000
""")

CASES_WAITING_FOR_VERSION = text("""
    select distinct case_id from held_events where waiting_for like 'version:%'
""")

CASES_WAITING_FOR = text("""
    select distinct case_id from held_events where waiting_for = any(cast(:keys as text[]))
""")

HOLD = text("""
    insert into held_events
        (case_id, source, sequence, type, reason, waiting_for, error, topic, headers, value, held_at)
    select case_id, source, sequence, type, reason, waiting_for, error, topic, cast(headers as jsonb), value,
           cast(:now as timestamptz)
    from unnest(cast(:cases as uuid[]), cast(:sources as text[]), cast(:sequences as int[]), cast(:types as text[]),
                cast(:reasons as text[]), cast(:waiting_for as text[]), cast(:errors as text[]),
                cast(:topics as text[]), cast(:headers as text[]), cast(:values as bytea[]))
         as v(case_id, source, sequence, type, reason, waiting_for, error, topic, headers, value)
    on conflict (case_id, source, sequence) do update
        set reason = excluded.reason, waiting_for = excluded.waiting_for, error = excluded.error
""")

RELEASE = text("""
    delete from held_events h using unnest(cast(:cases as uuid[]), cast(:sources as text[]), cast(:sequences as int[]))
        as v(case_id, source, sequence)
    where h.case_id = v.case_id and h.source = v.source and h.sequence = v.sequence
""")

LIST_HELD = text("""
    select h.case_id, h.source, h.sequence, h.type, h.reason, h.waiting_for, h.error, h.held_at,
           m.parked_at is not null as parked
    from held_events h join case_marks m using (case_id)
    where (cast(:case_id as uuid) is null or h.case_id = :case_id)
    order by h.held_at, h.case_id, h.source, h.sequence limit :limit
""")

READ_HELD = text("""
    select case_id, source, sequence, type, reason, waiting_for, error, topic, headers, value, held_at
    from held_events where case_id = :case_id and source = :source and sequence = :sequence for update
""")

EDIT_HELD = text("""
    update held_events set value = :value, reason = 'waiting', error = null
    where case_id = :case_id and source = :source and sequence = :sequence
""")

COUNT_HELD = text("""
    select (select count(*) from held_events) as held,
           (select count(*) from held_events h join case_marks m using (case_id) where m.parked_at is null) as waiting,
           (select count(*) from held_events where reason = 'waiting' and held_at < :old) as overdue,
           (select count(*) from case_marks where parked_at is not null) as parked,
           (select count(*) from dead_letters where state = 'open') as dead_letters
""")

# -- event log and outbox (rules 1 and 4) -----------------------------------------------------------------------------

APPEND_EVENTS = text("""
    with new as (
        select * from unnest(
            cast(:ids as uuid[]), cast(:topics as text[]), cast(:keys as text[]), cast(:types as text[]),
            cast(:payloads as bytea[]), cast(:sequences as bigint[]), cast(:afters as text[]),
            cast(:projects as text[]), cast(:causes as text[]), cast(:actors as text[]),
            cast(:traceparents as text[]), cast(:occurred as timestamptz[])
        ) with ordinality as v(id, topic, key, type, payload, sequence, after, project, cause, actor, traceparent,
                               occurred_at, place)
    ), logged as (
        insert into event_log (recorded_at, id, aggregatetype, aggregateid, type, payload, sequence, after, project,
                               cause, actor, traceparent, occurred_at)
        select cast(:now as timestamptz), id, topic, key, type, payload, sequence, after, project, cause, actor,
               traceparent, occurred_at
        from new
    )
    insert into outbox_pending (recorded_at, event_id) select cast(:now as timestamptz), id from new order by place
""")

_LOGGED = """
    l.recorded_at, l.id, l.aggregatetype, l.aggregateid, l.type, l.payload, l.sequence, l.after, l.project, l.cause,
    l.actor, l.traceparent, l.occurred_at
"""

FETCH_PENDING = text(f"""
    select p.position, {_LOGGED}
    from (select position, recorded_at, event_id from outbox_pending order by position limit :limit) p
    join event_log l on l.recorded_at = p.recorded_at and l.id = p.event_id
    order by p.position
""")

CONFIRM_PENDING = text("""
    delete from outbox_pending where position = any(cast(:positions as bigint[]))
      and exists (select 1 from relay_state where shard = :shard and owner = :owner and epoch = :epoch)
""")

PENDING_STATE = text("""
    select count(*) as pending, min(recorded_at) as oldest from outbox_pending
""")

# Republication after a lost log (rule 5), a page at a time; what is pending anyway is passed over.
REQUEUE_PAGE = text("""
    with page as (
        select recorded_at, sequence, id, aggregatetype from event_log
        where recorded_at >= :recorded_at and (recorded_at, sequence, id) > (:recorded_at, :sequence, :id)
        order by recorded_at, sequence, id limit :limit
    ), queued as (
        insert into outbox_pending (recorded_at, event_id)
        select l.recorded_at, l.id from page l
        where l.aggregatetype = any(cast(:topics as text[]))
          and not exists (select 1 from outbox_pending p where p.event_id = l.id)
        order by l.recorded_at, l.sequence
    )
    select recorded_at, sequence, id from page order by recorded_at desc, sequence desc, id desc limit 1
""")

OWNED_RECORDS = text("""
    select topic, key, version, type from records
    where owned and topic = any(cast(:topics as text[])) and key > :after order by topic, key limit :limit
""")

# -- versioned records (rule 2, last paragraph) -----------------------------------------------------------------------

APPLY_RECORDS = text("""
    insert into records (topic, key, version, type, body, owned, changed_at)
    select topic, key, version, type, body, false, cast(:now as timestamptz)
    from unnest(cast(:topics as text[]), cast(:keys as text[]), cast(:versions as bigint[]), cast(:types as text[]),
                cast(:bodies as bytea[])) as v(topic, key, version, type, body)
    order by topic, key
    on conflict (topic, key) do update
        set version = excluded.version, type = excluded.type, body = excluded.body, changed_at = excluded.changed_at
        where records.version < excluded.version and not records.owned
              and (records.body is not null or records.topic = 'reference')  -- erased stays erased
    returning topic, key, version, type, body
""")

PUT_RECORDS = text("""
    insert into records (topic, key, version, type, body, owned, changed_at)
    select topic, key, 1, type, body, true, cast(:now as timestamptz)
    from unnest(cast(:topics as text[]), cast(:keys as text[]), cast(:types as text[]), cast(:bodies as bytea[]))
         as v(topic, key, type, body)
    order by topic, key
    on conflict (topic, key) do update
        set version = records.version + 1, type = excluded.type, body = excluded.body, owned = true,
            changed_at = excluded.changed_at
    returning topic, key, version
""")

READ_RECORDS = text("""
    select r.topic, r.key, r.version, r.type, r.body
    from records r join unnest(cast(:topics as text[]), cast(:keys as text[])) as v(topic, key)
         on r.topic = v.topic and r.key = v.key
""")

RECORDS_BY_KIND = text("""
    select key, version, type, body from records
    where topic = :topic and key >= :prefix and key < :prefix_end and body is not null order by key
""")

LOCK_RECORD = text("select version, type, body from records where topic = :topic and key = :key for update")

TOUCH_STAMP = text("""
    insert into record_stamps (topic, stamp) values (:topic, 1)
    on conflict (topic) do update set stamp = record_stamps.stamp + 1
""")
READ_STAMP = text("select stamp from record_stamps where topic = :topic")

# -- dead letters, audit, idempotency, scopes -------------------------------------------------------------------------

ADD_DEAD_LETTERS = text("""
    insert into dead_letters (id, topic, partition, "offset", key, reason, detail, headers, body, at)
    select id, topic, partition, "offset", key, reason, detail, cast(headers as jsonb), body,
           cast(:now as timestamptz)
    from unnest(cast(:ids as uuid[]), cast(:topics as text[]), cast(:partitions as int[]), cast(:offsets as bigint[]),
                cast(:keys as text[]), cast(:reasons as text[]), cast(:details as text[]), cast(:headers as text[]),
                cast(:bodies as bytea[]))
         as v(id, topic, partition, "offset", key, reason, detail, headers, body)
    on conflict do nothing returning id
""")

LIST_DEAD_LETTERS = text("""
    select id, topic, partition, "offset", key, reason, detail, state, at from dead_letters
    where cast(:state as text) is null or state = :state order by at, id limit :limit
""")
READ_DEAD_LETTER = text("""
    select id, topic, partition, "offset", key, reason, detail, headers, body, state, at
    from dead_letters where id = :id for update
""")
MARK_DEAD_LETTER = text("update dead_letters set state = :state where id = :id")

ADD_AUDIT = text("""
    insert into audit (at, actor, roles, action, subject, detail, trace_id)
    select at, actor, roles, action, subject, cast(detail as jsonb), trace_id
    from unnest(cast(:ats as timestamptz[]), cast(:actors as text[]), cast(:roles as text[]),
                cast(:actions as text[]), cast(:subjects as text[]), cast(:details as text[]),
                cast(:trace_ids as text[])) as v(at, actor, roles, action, subject, detail, trace_id)
""")

REMEMBER_REQUEST = text("""
    insert into idempotency (actor, key, request_digest, subject, at) values (:actor, :key, :digest, :subject, :now)
    on conflict (actor, key) do nothing returning key
""")
RECALL_REQUEST = text("select request_digest, subject from idempotency where actor = :actor and key = :key")

LOCK_SCOPES = text("""
    select pg_advisory_xact_lock(scope) from (
        select distinct unnest(cast(:scopes as bigint[])) as scope order by 1
    ) s
""")
