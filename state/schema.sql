-- The state of actito-sync, from top to bottom. It lives in a schema of its own, which the search path names.
-- Later changes are numbered files beside this one (state/migrate.ts). PostgreSQL 14 or newer.

-- What is known of an activation, from results that Actito or the file server confirmed.
create table activations (
  id                text primary key,
  -- The lease: its holder, and a fence that grows with each change of hands. No clock.
  fence             bigint not null default 0,
  holder_namespace  text,
  holder_workflow   text,
  holder_run        text,
  -- Seeds all marks of keys and values, so that they cannot be guessed from outside.
  seed              bigint not null,
  -- Version of the rules by which the stored keys were made canonical (activation/keys/canonical.ts).
  rules             integer not null,
  -- Grows with every settlement, rebase and erasure: a comparison is worth only as much as the version it was made with.
  version           bigint not null default 0,
  -- What was found or created in Actito, and for which mapping.
  provisioned       jsonb,
  -- The list as last delivered. The checksum is the sum of the members' identifier marks, modulo 2^64.
  list_target       text,
  list_members      bigint not null default 0,
  list_checksum     numeric not null default 0,
  list_delivered_at timestamptz,
  -- The validity that the list had in Actito when it was delivered last, in milliseconds.
  list_validity     bigint,
  -- The members' identifiers come from a column of their own.
  list_own          boolean not null default false,
  -- Someone began to deliver and did not finish: what the server holds is unknown. Or the list targets nobody. It is delivered again.
  list_dirty        boolean not null default false,
  -- When refused and unmatched members were last sent again.
  retried_at        timestamptz,
  -- Members wait for an import, since the last settlement.
  waiting           boolean not null default false,
  -- Runs that succeeded: the clock of a grace period that is told in runs.
  succeeded_runs    bigint not null default 0
);

-- The template of members_<activation>: who is on its list, and what Actito confirmed of them.
create table members (
  -- 128 bits of the canonical key (activation/comparison/marks.ts): the primary key, and the only index but retry_at's.
  mark            uuid not null,
  -- 64 bits of the attributes' values as they were last sent; null: nothing was sent, or it is in doubt.
  attribute_mark  bigint,
  -- 64 bits of what the list holds for this member.
  identifier_mark bigint not null,
  -- The run that put it on the list; or that first sent it, when it is not listed yet.
  since           bigint not null,
  -- A refused or unmatched member is sent again after this.
  retry_at        timestamptz,
  -- Since when new values wait for an import; whoever had one lines up anew, whatever came of it.
  waits_since     timestamptz,
  -- Of a listed member that the segment lacks: the first run that settled without it, when that had opened, and how
  -- many runs of the activation had succeeded before.
  missing_run     bigint,
  missing_since   timestamptz,
  missing_after   bigint,
  -- On the list last delivered.
  listed          boolean not null,
  -- ok, refused, unmatched: what Actito said. nothing: there was nothing to send. unexplained: errors that nothing tells
  -- row by row. assumed: a rebase took the segment for what Actito has.
  outcome         text not null default 'ok',
  key             text collate "C" not null,
  -- What the list holds for this member, when that is not the key.
  identifier      text collate "C",
  -- One hash of 8 bytes per mapped attribute, of the values that Actito last confirmed; null: nothing is confirmed.
  hashes          bytea,
  -- Hashes of values that Actito refused, of those that the segment still has: they are left out. Null: none.
  withheld        bytea
);

-- The template of delta_<run>_<attempt>: the rows of a segment that differ, and nothing else. Immutable once published.
create table delta (
  mark            uuid not null,
  attribute_mark  bigint,
  identifier_mark bigint,
  -- The identifier mark that this row replaces, or takes off the list.
  former_mark     bigint,
  -- An upper bound of the row's bytes in an import file.
  bytes           integer,
  -- It has a row in members.
  known           boolean not null,
  -- added, removed, reidentified (another identifier), leaving (in its grace period), returned (from it), erased
  -- (never listed, and gone); null: no change.
  membership      text,
  -- Why attributes are sent: fresh, changed, retry, resent; kept: all are confirmed, but others were mapped then.
  attributes      text,
  -- One bit per attribute, 1: left out of the file.
  pattern         text collate "C",
  -- Null for those that the segment lacks.
  key             text collate "C",
  identifier      text collate "C",
  hashes          bytea
  -- c1 … cn text: the values, one column per mapped attribute
);

create table runs (
  no              bigint generated always as identity primary key,
  activation      text not null references activations,
  namespace       text not null,
  workflow_id     text not null,
  run_id          text not null,
  -- Null for a dry run: it holds no lease.
  fence           bigint,
  task            jsonb not null,
  -- The definition as it was when the run opened; names of environment variables, never secrets.
  definition      jsonb not null,
  opened_at       timestamptz not null default now(),
  -- Attempts to compare so far: each fills a delta of its own.
  attempts        integer not null default 0,
  -- The published delta, the state that it was made with, and what was found out on the way.
  delta           text,
  version         bigint,
  columns         jsonb,
  -- Members of the list, and their checksum, as the marks were loaded.
  base_members    bigint,
  base_checksum   numeric,
  counts          jsonb not null default '{}',
  -- Rows without a usable key by reason, all of them; of the rows themselves not more than some are stored.
  rejected        jsonb not null default '{}',
  source_guards   jsonb not null default '[]',
  plan            jsonb,
  settled_at      timestamptz,
  closed_at       timestamptz,
  outcome         text,
  failure         text,
  -- Why a run failed, in one word that can be compared (contract/messages/types.ts).
  failure_type    text,
  -- Actito did not have its list any more: what was provisioned is forgotten when it closes.
  looks_again     boolean not null default false,
  -- All that this run did to the membership is in changes, if it did anything.
  changes_logged  boolean not null default false,
  unique (namespace, workflow_id, run_id)
);
create index on runs (activation) where closed_at is null;
create index on runs (activation, no);
create index on runs (closed_at);
create index on runs (settled_at) where changes_logged;

-- A chunk is one import file: the rows of one pattern in a range of the delta, by physical position.
create table chunks (
  run         bigint not null references runs on delete cascade,
  no          integer not null,
  -- Starts with c for a canary, v for rows set aside and r for rows that go again: those are in aside_<run>.
  pattern     text collate "C" not null,
  first_row   tid not null,
  last_row    tid not null,
  -- An upper bound of its file's bytes.
  bytes       bigint not null,
  members     bigint not null,
  -- Members in it that are only sent again.
  retries     bigint not null,
  -- Since when one of its members waits for an import in vain, over runs.
  waits_since timestamptz,
  primary key (run, no)
);

-- Calls to Actito that are under way: a licence has so many slots, over all workers. A row is gone when its call is over;
-- one of an attempt that Temporal no longer knows to be under way is free. What another Temporal server, or another namespace,
-- knows of an attempt cannot be asked: such a row is free when no call can take so long.
create table call_slots (
  -- Hashed.
  licence    text not null,
  slot       integer not null,
  token      uuid not null unique,
  -- The attempt of an activity that makes the call. Cluster: which Temporal server knows it; null: that is not known.
  cluster    text,
  namespace  text not null,
  workflow   text not null,
  run        text not null,
  activity   text not null,
  attempt    integer not null,
  taken_at   timestamptz not null default now(),
  primary key (licence, slot)
);

-- An import is one file for Actito, and one call that sends it. A call that failed stays; the next one is a row of its own.
create table imports (
  id            bigint generated always as identity primary key,
  -- The run that writes the file and sends it: its lead.
  run           bigint not null references runs on delete cascade,
  -- Licence, entity and profile table: what the daily quota counts.
  quota_key     text not null,
  -- gathering: runs with the same attributes may join until leaves_at. closed: nobody joins any more, the lead writes the
  -- file. intended: recorded before the call; it may have started an import from completing_at on. posted: Actito gave it an id.
  -- lost: no answer came, and the next attempt no longer waits for one. refused: Actito surely did not take it.
  -- dissolved: it was never sent, and each part goes alone.
  status        text not null check (status in ('gathering', 'closed', 'intended', 'posted', 'lost', 'refused', 'dissolved')),
  -- Of one that gathers parts: what their files must have in common, hashed, and when it leaves. Its keys are in a table of
  -- their own, shared_<id>, once it is closed.
  shape         text,
  leaves_at     timestamptz,
  -- From the intent on. The name is unique: an import whose answer was lost is found by it.
  intended_at   timestamptz,
  -- The last bytes of the call were about to be sent; before that Actito cannot have taken it.
  completing_at timestamptz,
  file_name     text,
  execution_id  text,
  -- Refused with 429: too many calls at one time, or too many imports in a day.
  limited       boolean not null default false,
  detail        text
);
create index on imports (quota_key, intended_at);
create index on imports (quota_key) where status = 'gathering';
create index on imports (run);

-- Which chunk of which run goes with an import: one, unless the import is shared.
create table import_parts (
  import        bigint not null references imports on delete cascade,
  run           bigint not null references runs on delete cascade,
  chunk         integer not null,
  -- What became of its rows, which each run finds out for itself; unexplained: it ended with errors that nothing tells row
  -- by row.
  result        text check (result in ('confirmed', 'doubtful', 'unexplained')),
  finished_at   timestamptz,
  -- How often a run began to read which of its rows are in error: only the latest reading is recorded.
  reading       integer not null default 0,
  -- What Actito said of its rows in error could not be used: how often, and since when. It is asked again before that is
  -- believed.
  unread_times  integer not null default 0,
  unread_since  timestamptz,
  primary key (import, run)
);
create index on import_parts (run, chunk);

-- The queue of activations whose attributes are waiting for an import of a profile table.
create table import_queue (
  activation  text not null references activations,
  quota_key   text not null,
  since       timestamptz not null default now(),
  asked_at    timestamptz not null default now(),
  primary key (activation, quota_key)
);

create table deliveries (
  id            bigint generated always as identity primary key,
  run           bigint not null references runs on delete cascade,
  activation    text not null references activations,
  -- plan: the list as the run planned it. kept: the list as it was, so that it does not expire.
  kind          text not null check (kind in ('plan', 'kept')),
  target        text not null,
  reason        text not null,
  members       bigint not null,
  checksum      numeric not null,
  bytes         bigint,
  intended_at   timestamptz not null default now(),
  delivered_at  timestamptz,
  retrieved_at  timestamptz,
  detail        jsonb
);
create index on deliveries (activation, delivered_at);
create index on deliveries (run);

create table rejects (
  run        bigint not null references runs on delete cascade,
  stage      text not null,
  key        text not null,
  reason     text not null,
  attribute  text not null default '',
  at         timestamptz not null default now(),
  -- What Actito said of the row, when that is no code that we know; it may name someone.
  said       text,
  primary key (run, stage, key, reason, attribute)
);
create index on rejects (at);

-- What Actito, the warehouse or a file server said in its own words when something failed. It may name people, so failures
-- only say what it means: these words stand nowhere else, and are deleted with the rejects.
create table peer_words (
  run     bigint not null references runs on delete cascade,
  -- The name of our failure (contract/messages).
  reason  text not null,
  words   text not null,
  at      timestamptz not null default now(),
  times   integer not null default 1
);
create unique index on peer_words (run, reason, md5(words));
create index on peer_words (at);

-- One row per key, stage, reason and attribute, however many runs met it. Written when a run closes.
create table reject_history (
  activation  text not null references activations,
  key         text not null,
  stage       text not null,
  reason      text not null,
  attribute   text not null,
  first_run   bigint not null,
  last_run    bigint not null,
  first_seen  timestamptz not null,
  last_seen   timestamptz not null,
  times       integer not null,
  said        text,
  primary key (activation, key, stage, reason, attribute)
);
create index on reject_history (last_seen);

-- What people decided about held plans.
create table decisions (
  id          bigint generated always as identity primary key,
  activation  text not null references activations,
  plan_hash   text not null,
  verdict     text not null check (verdict in ('approved', 'refused')),
  decided_by  text not null,
  reason      text not null,
  -- Of the held plan: by tripped guard what it was about, and all counts.
  figures     jsonb not null,
  counts      jsonb not null,
  -- The run that the held plan puts the list back to; null: it follows the segment.
  undo        bigint,
  rebase      boolean not null default false,
  -- Who recorded it, so that a retry records nothing twice.
  workflow_id text not null,
  run_id      text not null,
  decided_at  timestamptz not null default now(),
  -- An approval is used up by the first success.
  used_at     timestamptz,
  unique (workflow_id, run_id)
);
create index on decisions (activation, decided_at);

-- A few members of each class of a dry run's plan, so that people see what it is about.
create table samples (
  run         bigint not null references runs on delete cascade,
  -- added, removed, leaving, changed, unchanged or rejected.
  class       text not null,
  place       integer not null,
  key         text not null,
  -- The attributes that would be sent for the first time or differ, and their new values, in the same order.
  attributes  text[] not null,
  new_values  text[] not null,
  -- Why a row is rejected.
  reason      text,
  at          timestamptz not null default now(),
  primary key (run, class, place)
);
create index on samples (at);

-- The change log: one row per member and run, which tells what was before the run. No foreign key: its check of each row
-- would cost a third more. Retention deletes a run's changes before the run.
create table changes (
  run             bigint not null,
  mark            uuid not null,
  change          text not null check (change in ('entered', 'left', 'reidentified')),
  key             text collate "C" not null,
  -- What the list held for this member before, and its mark; null for those who entered.
  identifier      text collate "C",
  identifier_mark bigint,
  primary key (run, mark)
);

-- Seeds the digests of people who were forgotten: without it a list of known addresses would tell who is among them.
create table forgotten_pepper (
  only_one  boolean primary key default true check (only_one),
  pepper    bytea not null
);

-- The proof that someone was forgotten; never who.
create table forgotten (
  no           bigint generated always as identity primary key,
  asked_by     text not null,
  reason       text,
  asked_at     timestamptz not null default now(),
  -- Asked again for the same key: the latest time.
  asked_again  timestamptz,
  -- Everything was erased, everywhere; null: it is not yet.
  completed_at timestamptz
);

-- A key may be spelt in several ways, one for each kind of matching key.
create table forgotten_digests (
  digest  bytea primary key,
  record  bigint not null references forgotten on delete cascade,
  -- In the order in which they were recorded: a run reads those that are new to it.
  no      bigint generated always as identity unique
);
create index on forgotten_digests (record);

-- What was found and erased of an activation, in numbers, by one execution of the workflow.
create table erasures (
  record      bigint not null references forgotten on delete cascade,
  activation  text not null references activations,
  run_id      text not null,
  -- Members, and those of them who were on the list.
  members     bigint not null,
  listed      bigint not null,
  -- Rows of other tables, by table.
  others      jsonb not null,
  erased_at   timestamptz not null default now(),
  primary key (record, activation, run_id)
);
create index on erasures (activation, erased_at);
