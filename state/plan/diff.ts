import type { Knex } from 'knex';
import type { AttributeMapping } from '../../activation/definition/activation.ts';
import type { ContractSettings } from '../../activation/definition/contract.ts';
import type { ColumnKind } from '../../activation/values/kinds.ts';
import { leavesOut } from '../../activation/values/nulls.ts';
import { deltaTable, membersTable, resultTable } from '../names.ts';
import type { Run } from '../runs/runs.ts';
import { valueColumns } from '../stage.ts';
import { rows } from '../state.ts';

/** Rows of the delta by what happens to them. */
export interface DeltaCounts {
  added: number;
  removed: number;
  /** On the list under another identifier than before. */
  reidentified: number;
  /** On the list although the segment lacks them: not long enough yet. */
  leaving: number;
  /** Attributes to send for the first time, or in doubt since an earlier run. */
  fresh: number;
  changed: number;
  /** Refused or unmatched earlier, and due again. */
  retry: number;
  /** Sent only because everything is sent again. */
  resent: number;
  /** Sums over the keys of each set, for the plan's hash. */
  digest: string;
}

/**
 * One bit per attribute: `1` where it is left out of the file because it is null and must be kept. A blank text
 * counts as null; what only JavaScript calls blank is found when the file is written, and the row set aside. It is also
 * `1` where only new attributes are sent, and this is none.
 */
export function patternSql(
  mappings: AttributeMapping[],
  contract: Pick<ContractSettings, 'emptyValue'>,
  isNew: boolean[] | null = null,
): string {
  const bits = mappings.map((mapping, index) => {
    const reasons = [
      ...(leavesOut(mapping, contract) ? [`coalesce(btrim(c${index + 1}), '') = ''`] : []),
      ...(isNew?.[index] === false ? ['only_new'] : []),
    ];
    return reasons.length > 0 ? `case when ${reasons.join(' or ')} then '1' else '0' end` : `'0'`;
  });
  return bits.length === 0 ? `''` : bits.join(' || ');
}

/** An upper bound of a row's bytes in an import file: quotes double, `1` can become `TRUE`, `1e+300` is written out. */
function bytesSql(mappings: AttributeMapping[], kinds: ColumnKind[]): string {
  const columns = ['key', ...valueColumns(kinds.length)];
  const mayBeBoolean = mappings.filter(({ create }) => (create?.type ?? 'BOOLEAN') === 'BOOLEAN').length;
  const floats = kinds.flatMap((kind, index) =>
    kind === 'float' ? [`case when c${index + 1} like '%e%' then 330 else 0 end`] : [],
  );
  // A separator or newline a field, and the two quotes that it may need.
  const fixed = 3 * columns.length + 4 * mayBeBoolean;
  return [`octet_length(replace(concat(${columns.join(', ')}), '"', '""'))`, fixed, ...floats].join(' + ');
}

/**
 * Writes the run's delta: one full join of the stage against the members, keeping only the rows with something to
 * do. Membership (`added`, `removed`, `reidentified`, `leaving`, `returned`, `forgotten`) and attributes (`fresh`,
 * `changed`, `retry`, `resent`) are told apart: they never stand for each other.
 * @param isNew attributes that were not mapped before; a member who has all others confirmed gets a pattern that leaves
 *   those out; null: none
 * @param stays which of the listed members that the segment lacks stay, as a condition on `m`; null: none
 */
export async function writeDelta(
  trx: Knex.Transaction,
  run: Run,
  { isNew = null, stays = null }: { isNew?: boolean[] | null; stays?: string | null } = {},
): Promise<DeltaCounts> {
  const { activation, destination } = run.definition;
  const { attributes } = activation;
  const [delta, result] = [deltaTable(run.run), resultTable(run.run)];
  const members = membersTable(run.activation);
  const values = valueColumns(attributes.length);
  await trx.raw(`drop table if exists ${delta}, ${result}`);
  await trx.raw(
    `create table ${result} (key text collate "C" primary key, chunk integer not null, outcome text not null)`,
  );
  await trx.raw(`
    create table ${delta} as
    select key, identifier, membership, attributes, hashes, known, waits_since,
           case when attributes <> 'confirmed' then ${patternSql(attributes, destination.contract, isNew)} end as pattern,
           case when attributes <> 'confirmed' then ${bytesSql(
             attributes,
             run.columns!.map((column) => column.kind),
           )} end as bytes
    from (
      select coalesce(s.key, m.key) as key, s.identifier, s.hashes, m.key is not null as known, m.waits_since,
             case when s.key is null then case when not m.listed then 'forgotten'
                                               ${stays === null ? '' : `when ${stays} then 'leaving'`}
                                               else 'removed' end
                  when m.key is null or not m.listed then 'added'
                  when m.identifier is distinct from s.identifier then 'reidentified'
                  when m.missing_run is not null then 'returned'
             end as membership,
             ${attributes.length === 0 ? 'cast(null as text)' : attributesSql(attributes.length, run.resync)} as attributes,
             ${isNew && !run.resync ? othersConfirmedSql(isNew) : 'false'} as only_new
             ${values.map((column) => `, s.${column}`).join('')}
      from ${run.stage} s full join ${members} m on m.key = s.key
    ) as compared
    where membership is not null or attributes is not null`);
  // Without it the planner takes a small delta for a large one, and settles it by reading all members.
  await trx.raw(`analyze ${delta}`);
  const [counts] = await rows<Record<keyof DeltaCounts, string>>(
    trx,
    `select count(*) filter (where membership = 'added') as added,
            count(*) filter (where membership = 'removed') as removed,
            count(*) filter (where membership = 'reidentified') as reidentified,
            count(*) filter (where membership = 'leaving') as leaving,
            count(*) filter (where attributes = 'fresh') as fresh,
            count(*) filter (where attributes = 'changed') as changed,
            count(*) filter (where attributes = 'retry') as retry,
            count(*) filter (where attributes = 'resent') as resent,
            coalesce(sum(hashtextextended(concat_ws('/', key, membership, attributes, encode(hashes, 'hex')), 0)), 0)
              as digest
     from ${delta}`,
  );
  const { digest, ...numbers } = counts!;
  const plain = Object.fromEntries(Object.entries(numbers).map(([name, value]) => [name, Number(value)]));
  return { ...(plain as Omit<DeltaCounts, 'digest'>), digest };
}

/**
 * Why a member's attributes are sent, or null; `confirmed`: all of them are, but other ones were mapped then, which is to
 * be forgotten. Hashes of null mean, in the stage, that its rows contradict each
 * other (nothing is sent), and in the members, that nothing is confirmed or all is in doubt (all is sent).
 */
function attributesSql(attributes: number, resync: boolean): string {
  const isUnknown = Array.from({ length: attributes }, (_, index) => `not ${isConfirmedSql(index)}`);
  return `
    case when s.hashes is null then null
         when m.key is null then 'fresh'
         when m.hashes is null and (m.retry_at is null or m.retry_at <= now()) then 'fresh'
         when m.hashes <> s.hashes and (${isUnknown.join(' or ')}) then 'changed'
         ${resync ? `when true then 'resent'` : ''}
         when m.hashes is not null and m.outcome <> 'ok' and m.retry_at <= now() then 'retry'
         when m.hashes <> s.hashes then 'confirmed'
    end`;
}

/**
 * A hash is eight bytes per attribute, seeded by all that decides what is sent for it: a value is confirmed when its hash
 * is anywhere among the acknowledged ones, whatever else was mapped then. So a mapping that is removed sends nothing.
 */
function isConfirmedSql(index: number): string {
  return `position(substring(s.hashes from ${8 * index + 1} for 8) in m.hashes) > 0`;
}

function othersConfirmedSql(isNew: boolean[]): string {
  const others = isNew.flatMap((fresh, index) => (fresh ? [] : [isConfirmedSql(index)]));
  return `coalesce(m.outcome in ('ok', 'assumed') and ${others.join(' and ')}, false)`;
}

/** Takes the retries out of the delta again: it is not yet time to import for them alone. */
export async function dropRetries(trx: Knex.Transaction, run: string): Promise<void> {
  const delta = deltaTable(run);
  await trx.raw(`delete from ${delta} where attributes = 'retry' and membership is null`);
  await trx.raw(`update ${delta} set attributes = null, pattern = null where attributes = 'retry'`);
}
