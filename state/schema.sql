-- The state of actito-sync. All tables are in one schema, which the search path names. Later changes are numbered files
-- beside this one (state/migrate.ts). PostgreSQL 14 or newer.

-- What Actito or the file server confirmed for an activation.
create table activations (
  id                text primary key,
  -- The lease: its holder, and a fence that grows with each new holder. It has no expiry.
  fence             bigint not null default 0,
  holder_namespace  text,
  holder_workflow   text,
  holder_run        text,
  -- Seeds all marks of keys and values, so that they cannot be guessed from outside.
  seed              bigint not null,
  -- Version of the rules by which the stored keys were made canonical (activation/keys/canonical.ts).
  rules             integer not null,
  -- Grows with every settlement, rebase and erasure. A comparison is valid only for the version that it read.
  version           bigint not null default 0,
  -- What was found or created in Actito, and for which mapping.
  provisioned       jsonb,
  -- The list as last delivered. The checksum is the sum of the members' identifier marks, modulo 2^64.
  list_target       text,
  list_members      bigint not null default 0,
  list_checksum     numeric not null default 0,
  list_delivered_at timestamptz,
  -- The validity of the list in Actito at its last delivery, in milliseconds.
  list_validity     bigint,
  -- The members' identifiers come from their own column.
  list_own          boolean not null default false,
  -- A delivery began and did not finish, so the content of the server is unknown. Or the list targets nobody. It is
  -- delivered again.
  list_dirty        boolean not null default false,
  -- When rejected and unmatched members were last sent again.
  retried_at        timestamptz,
  -- Members wait for an import, according to the last settlement.
  waiting           boolean not null default false,
  -- The number of runs that succeeded. Grace periods in runs are counted with it.
  succeeded_runs    bigint not null default 0,
  -- The profile directory by which the list was resolved, and the last of its loads that the list reflects.
  directory         bigint,
  directory_load    bigint
);

-- The template of members_<activation>: who is on its list, and what Actito confirmed for them.
create table members (
  -- 128 bits of the canonical key (activation/comparison/marks.ts): the primary key. The only other index is that of
  -- retry_at.
  mark            uuid not null,
  -- 64 bits of the attributes' values that were sent last; null: nothing was sent, or it is in doubt.
  attribute_mark  bigint,
  -- 64 bits of the member's entry on the list.
  identifier_mark bigint not null,
  -- The run that added it to the list, that first sent it if it is not listed yet, or since which it waits for a profile.
  since           bigint not null,
  -- A rejected or unmatched member is sent again after this.
  retry_at        timestamptz,
  -- Since when new values wait for an import. It starts again after each import, whatever its result.
  waits_since     timestamptz,
  -- For a listed member that is missing from the segment: the first run that settled without it, when that run opened,
  -- and how many runs of the activation had succeeded before.
  missing_run     bigint,
  missing_since   timestamptz,
  missing_after   bigint,
  -- On the last delivered list.
  listed          boolean not null,
  -- ok, refused, unmatched: Actito's answer. nothing: there was nothing to send. unexplained: Actito reports errors
  -- without naming the rows. assumed: a rebase assumed that Actito has the segment's values.
  -- waiting: the profile directory has no profile with the key; several: it has more than one. Neither is listed.
  outcome         text not null default 'ok',
  key             text collate "C" not null,
  -- The member's entry on the list, if that is not the key.
  identifier      text collate "C",
  -- One hash of 8 bytes per mapped attribute, of the values that Actito last confirmed; null: nothing is confirmed.
  hashes          bytea,
  -- Hashes of values that Actito rejected and that are still in the segment: they are left out. Null: none.
  withheld        bytea
);

-- The template of delta_<run>_<attempt>: the rows of a segment that differ, and no others. Immutable after publication.
create table delta (
  mark            uuid not null,
  attribute_mark  bigint,
  identifier_mark bigint,
  -- The identifier mark that this row replaces or removes from the list.
  former_mark     bigint,
  -- An upper bound of the row's bytes in an import file.
  bytes           integer,
  -- The key has a row in members.
  known           boolean not null,
  -- added, removed, reidentified (another identifier), leaving (in its grace period), returned (from it), erased (never
  -- listed, and missing), waiting and several (no profile, or several: not listed, or no longer); null: no change.
  membership      text,
  -- Why attributes are sent: fresh, changed, retry, resent; kept: all are confirmed, but with another mapping.
  attributes      text,
  -- One bit per attribute, 1: left out of the file.
  pattern         text collate "C",
  -- Null for members that are missing from the segment.
  key             text collate "C",
  identifier      text collate "C",
  hashes          bytea
  -- c1 … cn text: the values, one column per mapped attribute
);

-- What Actito's exports say about the profiles of a profile table: which profile has which key. One row per profile
-- table and key attribute. The profiles are in profiles_<id>, and keys whose profile changed in profile_changes_<id>.
create table directories (
  id            bigint generated always as identity primary key,
  -- License, entity and profile table; the key's attribute, and how its values are made canonical.
  profile_table text not null,
  attribute     text not null,
  key_type      text not null,
  rules         integer not null,
  -- Grows with each export that is read.
  load          bigint not null default 0,
  -- The changes of later loads are all in the log.
  logged_after  bigint not null default 0,
  -- When Actito wrote the newest export that was read.
  written_at    timestamptz,
  -- When a run or a refresh opened it last, to half a day. Retention drops it once no activation has used it for long.
  used_at       timestamptz not null default now(),
  unique (profile_table, attribute, key_type)
);

-- The exports that a directory has met on the file server.
create table exports (
  directory   bigint not null references directories on delete cascade,
  name        text not null,
  kind        text not null check (kind in ('daily', 'full')),
  size        bigint,
  modified_at timestamptz,
  -- incomplete: it may still be growing. refused: it cannot be used, and none of it was.
  status      text not null check (status in ('read', 'incomplete', 'refused')),
  -- Why it was refused: the failure (contract/messages), without content of the file.
  failure     jsonb,
  -- A hash of the settings by which it was read (activities/profiles/source.ts).
  settings    text not null,
  -- When this version of the file was first met.
  met_at      timestamptz not null default now(),
  -- When it was last on the server, to half a day. Retention deletes exports that are gone.
  seen_at     timestamptz not null default now(),
  load        bigint,
  profiles    bigint,
  primary key (directory, name)
);

-- The template of profiles_<directory>.
create table profiles (
  profile_id  text collate "C" not null,
  -- In the spelling of members; null: the profile has no usable key.
  key         text collate "C"
);

-- The template of profile_changes_<directory>: keys that got another profile, or none.
create table profile_changes (
  load  bigint not null,
  key   text collate "C" not null
);

create table runs (
  no              bigint generated always as identity primary key,
  activation      text not null references activations,
  namespace       text not null,
  workflow_id     text not null,
  run_id          text not null,
  -- Null for a preview, which holds no lease.
  fence           bigint,
  task            jsonb not null,
  -- The definition when the run opened, with names of environment variables and without secrets.
  definition      jsonb not null,
  opened_at       timestamptz not null default now(),
  -- The number of attempts to compare. Each fills its own delta.
  attempts        integer not null default 0,
  -- The published delta, the version of the state that it was compared with, and what was found.
  delta           text,
  version         bigint,
  columns         jsonb,
  -- The number of members of the list, and their checksum, when the marks were loaded.
  base_members    bigint,
  base_checksum   numeric,
  counts          jsonb not null default '{}',
  -- The number of rows without a usable key by reason. Only some of these rows are stored.
  rejected        jsonb not null default '{}',
  source_guards   jsonb not null default '[]',
  -- The profile directory and its last load, when the marks were loaded. Null: none is used.
  directory       bigint,
  directory_load  bigint,
  plan            jsonb,
  settled_at      timestamptz,
  closed_at       timestamptz,
  outcome         text,
  failure         text,
  -- The failure type (contract/messages/types.ts).
  failure_type    text,
  -- Actito did not have its list any more, so the provisioning is forgotten when the run closes.
  looks_again     boolean not null default false,
  -- All changes of the membership by this run, if any, are in the table changes.
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
  -- Starts with c for a canary, v for rows set aside, r for rows that are sent again: those are in aside_<run>.
  pattern     text collate "C" not null,
  first_row   tid not null,
  last_row    tid not null,
  -- An upper bound of the file's bytes.
  bytes       bigint not null,
  members     bigint not null,
  -- The number of members in it that are only sent again.
  retries     bigint not null,
  -- Since when the longest waiting member waits for an import, over several runs.
  waits_since timestamptz,
  primary key (run, no)
);

-- Calls to Actito that are running. All workers share the slots of a license. A row is deleted when its call is over.
-- The row of an attempt that Temporal reports as ended is free. Attempts of another Temporal server, or of another
-- namespace, cannot be checked: such a row is free when no call can take so long.
create table call_slots (
  -- Hashed.
  licence    text not null,
  slot       integer not null,
  token      uuid not null unique,
  -- The attempt of an activity that makes the call. Cluster: its Temporal server; null if unknown.
  cluster    text,
  namespace  text not null,
  workflow   text not null,
  run        text not null,
  activity   text not null,
  attempt    integer not null,
  taken_at   timestamptz not null default now(),
  primary key (licence, slot)
);

-- An import is one file for Actito, and one call that sends it. A failed call keeps its row; the next one gets a new
-- row.
create table imports (
  id            bigint generated always as identity primary key,
  -- The run that writes the file and sends it: its lead.
  run           bigint not null references runs on delete cascade,
  -- License, entity and profile table. The daily quota is counted by it.
  quota_key     text not null,
  -- gathering: runs with the same attributes may join until leaves_at. closed: no run can join any more, and the lead
  -- writes the file. intended: recorded before the call; it may have started an import from completing_at on. posted:
  -- Actito gave it an id. lost: no answer came, and the next attempt no longer waits for one. refused: Actito did not
  -- accept it. dissolved: it was never sent, and each part goes alone.
  status        text not null check (status in ('gathering', 'closed', 'intended', 'posted', 'lost', 'refused', 'dissolved')),
  -- For an import that gathers parts: the hash of what their files must have in common, and when it leaves. Once it is
  -- closed, its keys are in the table shared_<id>.
  shape         text,
  leaves_at     timestamptz,
  -- Set from the intent on. The name is unique, so an import whose answer was lost can be found by it.
  intended_at   timestamptz,
  -- When the last bytes of the call were about to be sent. Before that, Actito cannot have accepted it.
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

-- Which chunk of which run an import contains: one, unless the import is shared.
create table import_parts (
  import        bigint not null references imports on delete cascade,
  run           bigint not null references runs on delete cascade,
  chunk         integer not null,
  -- The result of its rows, which each run finds out for itself. unexplained: it ended with errors that Actito does not
  -- explain by row.
  result        text check (result in ('confirmed', 'doubtful', 'unexplained')),
  finished_at   timestamptz,
  -- How often a run began to read which of its rows are in error. Only the results of the latest reading are stored.
  reading       integer not null default 0,
  -- How often Actito's answer about its rows in error could not be used, and since when. It is requested again before
  -- it is accepted.
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
  -- plan: the planned list. kept: the unchanged list, so that it does not expire.
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
  -- How the source names a row besides its key (rejectReference); empty: nothing does. It may name someone.
  reference  text not null default '',
  at         timestamptz not null default now(),
  -- What Actito said about the row, if that is no known code. It may name someone.
  said       text,
  primary key (run, stage, key, reason, attribute, reference)
);
create index on rejects (at);

-- What Actito, the warehouse or a file server said in its own words when something failed. It may name people, so
-- failures contain only its meaning. These texts are stored only here, and are deleted with the rejects.
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

-- One row per key, stage, reason, attribute and reference, with the number of runs. Written when a run closes.
create table reject_history (
  activation  text not null references activations,
  key         text not null,
  stage       text not null,
  reason      text not null,
  attribute   text not null,
  reference   text not null default '',
  first_run   bigint not null,
  last_run    bigint not null,
  first_seen  timestamptz not null,
  last_seen   timestamptz not null,
  times       integer not null,
  said        text,
  primary key (activation, key, stage, reason, attribute, reference)
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
  -- The held plan: the facts of its tripped guards, and all counts.
  figures     jsonb not null,
  counts      jsonb not null,
  -- The run whose list the held plan restores; null for other plans.
  undo        bigint,
  rebase      boolean not null default false,
  -- The execution that recorded it, so that a retry records nothing twice.
  workflow_id text not null,
  run_id      text not null,
  decided_at  timestamptz not null default now(),
  -- An approval is used up by the first success.
  used_at     timestamptz,
  unique (workflow_id, run_id)
);
create index on decisions (activation, decided_at);

-- A few members of each class of a preview's plan, as examples for people.
create table samples (
  run         bigint not null references runs on delete cascade,
  -- added, removed, waiting, leaving, changed, unchanged or rejected.
  class       text not null,
  place       integer not null,
  key         text not null,
  -- The attributes that would be sent for the first time or differ, and their new values, in the same order.
  attributes  text[] not null,
  new_values  text[] not null,
  -- Why a row was rejected.
  reason      text,
  at          timestamptz not null default now(),
  primary key (run, class, place)
);
create index on samples (at);

-- The change log: one row per member and run, with the state before the run. No foreign key, because checking it for
-- each row would cost a third more. Retention deletes a run's changes before the run.
create table changes (
  run             bigint not null,
  mark            uuid not null,
  change          text not null check (change in ('entered', 'left', 'reidentified')),
  key             text collate "C" not null,
  -- The member's entry on the list before, and its mark; null for added members.
  identifier      text collate "C",
  identifier_mark bigint,
  primary key (run, mark)
);

-- The seed of the digests of forgotten people. Without it, a list of known addresses would reveal who is among them.
create table forgotten_pepper (
  only_one  boolean primary key default true check (only_one),
  pepper    bytea not null
);

-- The proof that someone was forgotten. It does not contain who.
create table forgotten (
  no           bigint generated always as identity primary key,
  asked_by     text not null,
  reason       text,
  asked_at     timestamptz not null default now(),
  -- The last repeated request for the same key.
  asked_again  timestamptz,
  -- When everything was erased everywhere; null if not yet.
  completed_at timestamptz,
  -- Erased rows of the profile directories, which activations share.
  profiles     bigint not null default 0
);

-- A key can have several spellings, one for each kind of matching key.
create table forgotten_digests (
  digest  bytea primary key,
  record  bigint not null references forgotten on delete cascade,
  -- In the order of recording. A run reads those that are new to it.
  no      bigint generated always as identity unique
);
create index on forgotten_digests (record);

-- What one execution of the workflow found and erased in an activation, in numbers.
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
