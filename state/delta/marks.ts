import type { Client } from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import { FLAG } from '../../activation/comparison/slots.ts';
import { hasOwnIdentifier, namesSamePeople, usesDirectory } from '../../activation/definition/definition.ts';
import { interval, RETRY_EVERY } from '../../activation/periods.ts';
import { Failure } from '../../contract/failure.ts';
import { membersTable, profileChangesTable, profilesTable } from '../names.ts';
import { directoryWithin, type Directory } from '../profiles/directory.ts';
import type { Run } from '../runs/runs.ts';
import { withConnection, type State } from '../state.ts';
import { BEGIN_SNAPSHOT } from '../transactions.ts';

/** What is known about the loaded marks, from the same snapshot. */
export interface Marked {
  /** The version of the state. Every settlement, rebase and erasure increments it. */
  version: string;
  /** Secret seed of the activation's marks. */
  seed: string;
  /** The number of members on the last delivered list, and their checksum. */
  members: number;
  checksum: string;
  /** Identifiers have their own marks. */
  wide: boolean;
  /** Listed members that are missing from the segment have a grace period. */
  grace: boolean;
  /** The profile directory by which keys are looked up, and its last load; undefined if the list needs none. */
  directory: Pick<Directory, 'id' | 'load'> | undefined;
  /** The members' identifiers are profile ids of that directory. */
  sameDirectory: boolean;
}

/** The destination of the marks: see Comparison. */
export interface MarkSink {
  load(bytes: Buffer, from: number): number;
  readonly listed: number;
  readonly listedSum: bigint;
}

/**
 * Loads the marks of a run's members from one snapshot into the sink that `prepare` makes.
 * @throws Failure StateDamaged if they do not match the recorded checksum; a rebase or resync continues. ExportInvalid
 *   if a list needs the profile directory, and it is empty
 */
export async function loadMarks<S extends MarkSink>(
  state: State,
  run: Run,
  prepare: (marked: Marked) => S,
  report: (members: number) => void,
): Promise<{ marked: Marked; sink: S }> {
  return withConnection(state, async (client) => {
    await client.query(BEGIN_SNAPSHOT);
    const { succeededRuns, target, lastDirectory, lastLoad, ...rest } = await readMarked(client, run);
    const uses = usesDirectory(run.definition.activation);
    const directory = uses ? await directoryWithin(client, run.definition) : undefined;
    const sameDirectory = directory !== undefined && directory.id === lastDirectory;
    const marked = { ...rest, grace: hasGrace(run, target), directory, sameDirectory };
    const sink = prepare(marked);
    const over = marked.grace ? overSql(run, succeededRuns) : 'false';
    const changed =
      directory && changedProfiles(directory, sameDirectory && !run.task.repairs ? lastLoad : null);
    await load(client, marksSql(run, marked.wide, over, changed), sink, report);
    await client.query('commit');
    requireWhole(run, marked, sink);
    return { marked, sink };
  });
}

async function readMarked(client: Client, { activation, definition }: Run) {
  const { rows } = await client.query<{
    version: string;
    seed: string;
    members: string;
    checksum: string;
    own: boolean;
    target: string | null;
    succeededRuns: string;
    lastDirectory: string | null;
    lastLoad: number | null;
  }>(
    `select version, seed, list_members as members, list_checksum as checksum, list_own as own, list_target as target,
            succeeded_runs as "succeededRuns", directory as "lastDirectory",
            cast(directory_load as float8) as "lastLoad"
     from activations where id = $1`,
    [activation],
  );
  const { own, members, ...rest } = rows[0]!;
  return { ...rest, members: Number(members), wide: own || hasOwnIdentifier(definition.activation) };
}

/**
 * Whether missing members have a grace period. They have none if the list now needs another identifier, or if the task
 * takes the segment as the exact list.
 */
function hasGrace({ definition, task }: Run, target: string | null): boolean {
  const after = definition.activation.removal?.after;
  return after !== undefined && task.sends && namesSamePeople(target, definition);
}

/** SQL: the grace period of `m` has ended. A period of length zero ends when it begins. */
function overSql({ definition }: Run, succeededRuns: string): string {
  const after = definition.activation.removal!.after;
  return 'runs' in after
    ? `${succeededRuns} - coalesce(missing_after, ${succeededRuns}) >= ${after.runs}`
    : `coalesce(missing_since, now()) <= now() - ${interval(after.milliseconds)}`;
}

/** Which members have another profile than at the last settlement, in SQL. */
interface ChangedProfiles {
  /** A join of the members `m` with the present profiles; empty if none can have changed. */
  join: string;
  /** The condition for a changed profile; never null. */
  condition: string;
}

/**
 * Only keys in the log of changes are looked at, or all keys if the log does not reach back far enough. What counts is
 * the present profile, because a key can have changed several times.
 * @param after the last load that the list reflects; null if it reflects none of this directory
 */
function changedProfiles({ id, load, loggedAfter }: Directory, after: number | null): ChangedProfiles {
  if (after !== null && after >= load) return { join: '', condition: 'false' };
  const isAll = after === null || after < loggedAfter;
  const keys = isAll
    ? `select key, profile_id from ${profilesTable(id)} where key is not null`
    : `select key, profile_id from (select distinct key from ${profileChangesTable(id)} where load > ${after}) changed
       left join ${profilesTable(id)} using (key)`;
  const present = `select key as present_key, count(profile_id) as profiles, min(profile_id) as profile
                   from (${keys}) as found group by key`;
  return {
    join: `left join (${present}) present on present_key = m.key`,
    condition: `(${isAll ? '' : 'present_key is not null and '}case
      when listed then coalesce(profiles, 0) <> 1 or profile is distinct from identifier
      else outcome <> case coalesce(profiles, 0) when 0 then 'waiting' when 1 then '' else 'several' end end)`,
  };
}

/** Nearly all members have only the first flag, so this case is tested first: the query tests it a million times. */
function marksSql({ activation, task }: Run, wide: boolean, over: string, changed?: ChangedProfiles): string {
  const due = task.sends
    ? `retry_at <= now() and (select coalesce(retried_at <= now() - ${interval(RETRY_EVERY)}, true)
                              from activations where id = '${activation}')`
    : 'retry_at is not null or waits_since is not null'; // a rebase clears the grace periods
  const flag = (condition: string, value: number) => `case when ${condition} then ${value} else 0 end`;
  const flags = [
    FLAG.OCCUPIED,
    flag('not listed', FLAG.UNLISTED),
    flag('attribute_mark is null', FLAG.DOUBT),
    flag(due, FLAG.RETRY),
    flag('missing_run is not null', FLAG.MISSING),
    flag(over, FLAG.OVER),
    // Without a directory, members who waited for a profile are added.
    ...(changed
      ? [flag(`outcome in ('waiting', 'several')`, FLAG.WAITING), flag(changed.condition, FLAG.PROFILE)]
      : []),
  ];
  const isUsual = [
    'listed and attribute_mark is not null and retry_at is null and missing_run is null',
    ...(task.sends ? [] : ['waits_since is null']),
    ...(over === 'false' ? [] : [`not (${over})`]),
    ...(changed ? [`not (${changed.condition})`] : []),
  ].join(' and ');
  return `
    select mark, coalesce(attribute_mark, 0),
           case when ${isUsual} then cast(${FLAG.OCCUPIED} as smallint)
                else cast(${flags.join(' + ')} as smallint) end${wide ? ', identifier_mark' : ''}
    from ${membersTable(activation)} m ${changed?.join ?? ''}`;
}

/** The header of PostgreSQL's binary format: 11 bytes of signature, flags, and the length of an extension. */
const HEADER = 19;

async function load(
  client: Client,
  sql: string,
  sink: MarkSink,
  report: (members: number) => void,
): Promise<void> {
  const copy = client.query(copyTo(`copy (${sql}) to stdout (format binary)`));
  let rest: Buffer | undefined;
  let isFirst = true;
  for await (const chunk of copy as AsyncIterable<Buffer>) {
    const bytes = rest && rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
    const from = isFirst ? HEADER : 0;
    if (bytes.length < from) {
      rest = bytes;
      continue;
    }
    isFirst = false;
    rest = bytes.subarray(from + sink.load(bytes, from));
    report(sink.listed);
  }
}

function requireWhole(
  { activation, task }: Run,
  { members, checksum }: Pick<Marked, 'members' | 'checksum'>,
  { listed, listedSum }: MarkSink,
): void {
  const isWhole = listed === members && listedSum.toString() === checksum;
  if (isWhole || task.repairs) return;
  throw new Failure('acknowledgedDamaged', { activation, found: listed, expected: members });
}
