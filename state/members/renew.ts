import type { Knex } from 'knex';
import { checksumOf, identifierMark, keyMark, keySeeds } from '../../activation/comparison/marks.ts';
import { canonicalKey, KEY_RULES, keyRules, type KeyRule } from '../../activation/keys/canonical.ts';
import type { Column } from '../../activation/values/kinds.ts';
import { unescapeCopy } from '../../activation/values/copy.ts';
import { membersTable } from '../names.ts';
import { checkFence, type Fence } from '../runs/lease.ts';
import type { Run } from '../runs/runs.ts';
import { withRows } from '../copy.ts';
import { rows, setTransaction, type State } from '../state.ts';

/** A member whose key, identifier or mark changes under the current rules. */
interface Renewed {
  old: string;
  mark: string;
  identifierMark: string;
  key: string;
  identifier: string | null;
}

/**
 * Converts the stored keys of an activation to the current rules of canonical keys, and computes their marks again, if
 * they were stored under other rules. Members that become one person become one row, which is sent and delivered again;
 * if that changes the list, it is dirty. If the rules are the same, only a rebase or resync checks all keys, because
 * someone may have changed them.
 * @param columns the columns of the segment in the order of columnsToRead. If left out (an undo does not use the
 *   warehouse), all count as texts. Then a key that depends on its column's kind may stay unchanged, so the new rules
 *   are not recorded, and the next run checks all keys again.
 */
export async function renewKeys(
  state: State,
  fence: Fence,
  run: Run,
  columns: readonly Column[] = [],
): Promise<void> {
  const [found] = await rows<{ rules: number; seed: string }>(
    state,
    'select rules, seed from activations where id = ?',
    [run.activation],
  );
  const sameRules = found!.rules === KEY_RULES;
  if (sameRules && !run.task.repairs) return;
  const rules = keyRules(
    run.definition.activation,
    columns.map(({ kind }) => kind),
  );
  const isAll = rules.every(({ type, kind }) => type === 'email' || kind !== undefined);
  const changed = await findRenewed(state, run, found!.seed, rules);
  if ((sameRules || !isAll) && changed.length === 0) return;
  await setTransaction(state, async (trx) => {
    await checkFence(trx, fence, { lock: 'no key update' });
    if (changed.length > 0) await replace(trx, run.activation, changed);
    await trx.raw('update activations set rules = :rules, version = version + 1 where id = :activation', {
      rules: isAll ? KEY_RULES : found!.rules,
      activation: run.activation,
    });
  });
}

/** Only changed members are kept in memory: a new rule changes few keys. */
async function findRenewed(
  state: State,
  { activation }: Run,
  seed: string,
  rules: readonly KeyRule[],
): Promise<Renewed[]> {
  const seeds = keySeeds(seed);
  const found: Renewed[] = [];
  const members = `select mark, identifier_mark, key, identifier from ${membersTable(activation)}`;
  await withRows(state, members, async (batches) => {
    for await (const lines of batches) {
      for (const line of lines.toString('utf8').split('\n').slice(0, -1)) {
        const [mark, itsMark, ...texts] = line.split('\t');
        const [key, identifier] = texts.map(unescapeCopy) as [string, string | null];
        const renewed = renew({ key, identifier }, rules, seeds);
        const isSame =
          renewed.mark === mark &&
          renewed.identifierMark === itsMark &&
          renewed.key === key &&
          renewed.identifier === identifier;
        if (!isSame) found.push({ old: mark!, ...renewed });
      }
    }
  });
  return found;
}

const EXTERNAL_ID: KeyRule = { type: 'externalId' };

function renew(
  { key, identifier }: { key: string; identifier: string | null },
  [rule, itsRule = EXTERNAL_ID]: readonly KeyRule[],
  seeds: readonly [bigint, bigint],
): Omit<Renewed, 'old'> {
  const canonical = canonicalKey(rule!, key);
  const own = identifier === null ? null : canonicalKey(itsRule, identifier);
  // A member without a usable key stays unchanged. It is missing from the segment, so it is removed like any other,
  // subject to the guards.
  const newKey = 'key' in canonical ? canonical.key : key;
  const newIdentifier = own && 'key' in own ? own.key : identifier;
  return {
    mark: keyMark(newKey, seeds),
    identifierMark: identifierMark(newIdentifier ?? newKey, seeds),
    key: newKey,
    identifier: newIdentifier,
  };
}

/** Rows that get the same mark become one: listed if one of them was, and with nothing confirmed. */
async function replace(trx: Knex, activation: string, changed: Renewed[]): Promise<void> {
  const members = membersTable(activation);
  const before = await countListed(trx, members);
  await trx.raw(
    `create temporary table renewed on commit drop as
     select m.*, new_mark, new_identifier_mark, new_key, new_identifier
     from unnest(cast(:old as uuid[]), cast(:marks as uuid[]), cast(:identifierMarks as bigint[]), cast(:keys as text[]),
                 cast(:identifiers as text[])) as r (old, new_mark, new_identifier_mark, new_key, new_identifier)
     join ${members} m on m.mark = old`,
    {
      old: changed.map(({ old }) => old),
      marks: changed.map(({ mark }) => mark),
      identifierMarks: changed.map((one) => one.identifierMark),
      keys: changed.map(({ key }) => key),
      identifiers: changed.map(({ identifier }) => identifier),
    },
  );
  await trx.raw(`delete from ${members} using renewed where ${members}.mark = renewed.mark`);
  await trx.raw(
    `insert into ${members} as m (mark, key, identifier, identifier_mark, listed, since, outcome)
     select distinct on (new_mark) new_mark, new_key, new_identifier, new_identifier_mark,
            bool_or(listed) over (partition by new_mark), min(since) over (partition by new_mark), 'ok'
     from renewed order by new_mark, new_identifier
     on conflict (mark) do update
     set listed = m.listed or excluded.listed, attribute_mark = null, hashes = null, outcome = 'ok', retry_at = null`,
  );
  const after = await countListed(trx, members);
  const [list] = await rows<{ checksum: string }>(
    trx,
    'select list_checksum as checksum from activations where id = ?',
    [activation],
  );
  // Adds the difference, so that members whom someone deleted are still noticed when the marks are loaded.
  await trx.raw(
    `update activations set list_members = list_members + :more, list_checksum = :checksum, list_dirty = true
     where id = :activation`,
    {
      activation,
      more: after.members - before.members,
      checksum: checksumOf(BigInt(list!.checksum), after.sum, -before.sum),
    },
  );
  // The change log identifies members by marks, so an undo to an earlier run is no longer possible.
  await trx.raw('update runs set changes_logged = false where activation = ? and changes_logged', [
    activation,
  ]);
  await trx.raw('delete from changes using runs where runs.no = changes.run and activation = ?', [
    activation,
  ]);
}

async function countListed(trx: Knex, members: string): Promise<{ members: number; sum: bigint }> {
  const [list] = await rows<{ members: string; sum: string }>(
    trx,
    `select count(*) as members, coalesce(sum(identifier_mark), 0) as sum from ${members} where listed`,
  );
  return { members: Number(list!.members), sum: BigInt(list!.sum) };
}
