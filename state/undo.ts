import type { Knex } from 'knex';
import { usesDirectory, type Definition } from '../activation/definition/definition.ts';
import { Failure } from '../contract/failure.ts';
import type { Column } from '../activation/values/kinds.ts';
import type { Found } from './delta/publish.ts';
import { FIRST_CHANGES_AFTER } from './settle/changes.ts';
import { forgottenSql } from './forgotten/digests.ts';
import { HOLD_WISHES } from './forgotten/lock.ts';
import { membersTable, profilesTable } from './names.ts';
import { requireDirectory, type Directory } from './profiles/directory.ts';
import type { Run } from './runs/runs.ts';
import { rows, setTransaction, type State } from './state.ts';

/** An undo, which restores the list after the run `to`. */
export interface Undo {
  activation: string;
  /** The number of a run. */
  to: string;
  /** The definition with which the list would be delivered now. */
  definition: Definition;
}

/**
 * Fills a delta with the changes that restore the list after the run `to`: for each key that has changed since, its
 * first change contains the previous state. It has no attributes. People who asked to be forgotten since are left out.
 * With a profile directory, so are members whose key has another profile now, or none: their former list entry is the
 * id of a profile that is no longer theirs. If they are on the list now, they stay as they are.
 * @returns what the delta was made from
 * @throws Failure InvalidActivation if that list is not known, or not any more. ExportInvalid if the list needs
 *   the profile directory, and it is empty
 */
export async function recallList(state: State, run: Run, delta: string, to: string): Promise<Found> {
  const { activation, definition } = run;
  return setTransaction(state, async (trx) => {
    const [now] = await rows<{ version: string; members: string; checksum: string }>(
      trx,
      `select version, list_members as members, list_checksum as checksum from activations where id = ? for share`,
      [activation],
    );
    await trx.raw(HOLD_WISHES);
    const unwanted = `change <> 'entered' and (${forgottenSql('changed.key')}
                      or (changed.identifier is not null and ${forgottenSql('changed.identifier')}))`;
    const directory = usesDirectory(definition.activation)
      ? await requireDirectory(trx, definition)
      : undefined;
    const profile = directory ? currentProfile(directory) : NO_DIRECTORY;
    const [found] = await rows<Record<'forgotten' | 'waiting' | 'added' | 'removed', string>>(
      trx,
      `with changed as (${FIRST_CHANGES_AFTER}),
            past as (select changed.*, ${unwanted} as forgotten,
                            change <> 'entered' and ${profile.differs} as lost
                     from changed ${profile.join}),
            written as (
              insert into ${delta} (mark, known, membership, key, identifier, identifier_mark, former_mark)
              select mark, known, membership, key, identifier, identifier_mark, former_mark
              from (select past.mark, m.mark is not null as known, past.key, past.identifier, past.identifier_mark,
                           m.identifier_mark as former_mark,
                           case when past.change = 'entered' or forgotten then case when m.listed then 'removed' end
                                when lost then null
                                when m.listed is not true then 'added'
                                when m.identifier is distinct from past.identifier then 'reidentified' end as membership
                    from past left join ${membersTable(activation)} m using (mark)) as back
              where membership is not null
              returning membership
            )
       select (select count(*) from past where forgotten) as forgotten,
              (select count(*) from past left join ${membersTable(activation)} m using (mark)
               where lost and not forgotten and m.listed is not true) as waiting,
              count(*) filter (where membership = 'added') as added, count(*) filter (where membership = 'removed') as removed
       from written`,
      { activation, to },
    );
    // Last, to notice what retention has deleted before the rows were read.
    await requireUndo(trx, { activation, to, definition });
    const members = Number(now!.members);
    const [forgotten, waiting] = [Number(found!.forgotten), Number(found!.waiting)];
    const read = members + Number(found!.added) - Number(found!.removed) + forgotten + waiting;
    const counts = { read, forgotten, rejected: 0, duplicates: 0, ambiguous: 0 };
    return {
      version: now!.version,
      base: { members, checksum: now!.checksum },
      columns: await knownColumns(trx, run),
      reasons: {},
      guards: [],
      notes: [],
      directory,
      // Members are left out if their key has another profile now, or none.
      counts: directory ? { ...counts, waiting } : counts,
    };
  });
}

/** How the present profile of a changed key is found, by SQL. */
interface CurrentProfile {
  join: string;
  /** The condition that it is not the one that was on the list. */
  differs: string;
}

const NO_DIRECTORY: CurrentProfile = { join: '', differs: 'false' };

function currentProfile({ id }: Directory): CurrentProfile {
  return {
    join: `cross join lateral (select count(*) as profiles, min(profile_id) as profile
                               from ${profilesTable(id)} where key = changed.key) as present`,
    differs: '(profiles <> 1 or profile is distinct from changed.identifier)',
  };
}

/**
 * Returns the warehouse's columns from the last time when these attributes were read, because an undo does not read the
 * warehouse.
 */
async function knownColumns(db: Knex, { activation, definition }: Run): Promise<Column[]> {
  const { attributes } = definition.activation;
  const [last] = await rows<{ columns: Column[] }>(
    db,
    `select columns from runs
     where activation = :activation and columns is not null
       and definition->'activation'->'attributes' = cast(:attributes as jsonb)
     order by no desc limit 1`,
    { activation, attributes: JSON.stringify(attributes) },
  );
  // A mapping that was never read. Texts can be converted to any type, and the undo sends none of them.
  return (
    last?.columns ?? attributes.map(({ column: name }) => ({ name, kind: 'text', databaseType: 'text' }))
  );
}

interface PastList {
  activation: string;
  dryRun: boolean;
  closed: boolean;
  outcome: string | null;
  /** The planned list was delivered, or needed no delivery. */
  done: boolean;
  definition: Definition;
}

/**
 * Makes sure that the list after the run `to` can be restored.
 * @throws Failure InvalidActivation if this activation has no such run, the run left no list, key or identifier have
 *   changed since, or changes after it were not logged or are deleted
 */
export async function requireUndo(db: Knex, { activation, to, definition }: Undo): Promise<void> {
  const past = await requirePastList(db, activation, to);
  const facts = { activation, to };
  if (past.dryRun) throw new Failure('undoOfDryRun', facts);
  if (!past.done)
    throw new Failure('undoNotSettled', { ...facts, outcome: past.closed ? past.outcome : null });
  const changed = changedMeaning(past.definition, definition);
  if (changed !== undefined) throw new Failure('undoMeaningChanged', { ...facts, ...changed });
  await requireLog(db, activation, to);
}

/** Makes sure that an activation has a run of this number. @throws Failure InvalidActivation */
export async function requirePastRun(db: Knex, activation: string, run: string): Promise<void> {
  await requirePastList(db, activation, run);
}

async function requirePastList(db: Knex, activation: string, to: string): Promise<PastList> {
  const [past] = await rows<PastList>(
    db,
    `select activation, fence is null as "dryRun", closed_at is not null as closed, outcome, definition,
            settled_at is not null and (plan->>'push' is null or exists (
              select from deliveries where deliveries.run = runs.no and kind = 'plan' and delivered_at is not null)) as done
     from runs where no = ?`,
    [to],
  );
  if (past?.activation === activation) return past;
  if (past) throw new Failure('undoOtherActivation', { activation, to, of: past.activation });
  const [near] = await rows<{ run: string }>(
    db,
    `select no as run from runs where activation = :activation and settled_at is not null
     order by abs(no - cast(:to as numeric)) limit 1`,
    { activation, to },
  );
  throw new Failure('pastRunUnknown', { activation, run: to, ...(near ? { near: near.run } : {}) });
}

/** Returns the setting that changed the meaning of keys or identifiers; undefined if none did. */
function changedMeaning(
  { activation: was }: Definition,
  { activation: is }: Definition,
): { setting: string; was: string; is: string } | undefined {
  const settings = [
    ['matchingKey', was.matchingKey, is.matchingKey],
    ['list.identifier', was.list.identifier, is.list.identifier],
  ] as const;
  const short = ({ column, attribute }: { column: string; attribute: string }) => `${column} → ${attribute}`;
  const [changed] = settings.filter(([, before, now]) => meaning(before) !== meaning(now));
  return changed && { setting: changed[0], was: short(changed[1]), is: short(changed[2]) };
}

/** Sorts settings, because they are stored in another order. */
function meaning(setting: object): string {
  return JSON.stringify(Object.entries(setting).sort(([a], [b]) => (a < b ? -1 : 1)));
}

async function requireLog(db: Knex, activation: string, to: string): Promise<void> {
  // All later changes are logged, so it is the oldest run that can be restored.
  const [oldest] = await rows<{ run: string; isLater: boolean; at: Date }>(
    db,
    `select no as run, no > :to as "isLater", settled_at as at from runs
     where activation = :activation and settled_at is not null and not changes_logged order by no desc limit 1`,
    { activation, to },
  );
  if (!oldest?.isLater) return;
  throw new Failure('undoTooFarBack', {
    activation,
    to,
    oldest: oldest.run,
    at: oldest.at.toISOString(),
  });
}
