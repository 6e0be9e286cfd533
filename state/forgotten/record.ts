import type { Knex } from 'knex';
import { Failure } from '../../contract/failure.ts';
import { rows, type State } from '../state.ts';
import { LONGEST_WAIT } from '../transactions.ts';
import { digestOf, readPepper } from './digests.ts';
import { RECORD_WISH } from './lock.ts';

const LOCK_NOT_AVAILABLE = '55P03';

/** A request to forget a person. */
export interface Wish {
  /** The key in all spellings that an activation could use. They are digested, and stored nowhere. */
  spellings: string[];
  /** Texts that identify the person in other ways (see hintsOf); digested as well. */
  hints?: string[];
  by: string;
  reason: string | null;
}

/**
 * Records that a key must be forgotten. From now on no run adds it. A repeated request for the same key returns the
 * existing record, which then counts as not completed until everything was erased again. Waits for rows that are being
 * written, which takes well under a second.
 * @returns the number of the record, and whether it existed already
 * @throws Failure StateUnavailable if a worker froze while it wrote
 */
export async function recordForgotten(
  state: State,
  { spellings, hints = [], by, reason }: Wish,
): Promise<{ record: string; already: boolean }> {
  return state.transaction(async (trx) => {
    await waitForWriters(trx); // also makes simultaneous requests follow each other
    const pepper = await readPepper(trx);
    const digests = spellings.map((spelling) => digestOf(pepper, spelling));
    const known = await findRecord(trx, digests);
    const record = known ?? (await newRecord(trx, by, reason));
    if (known !== undefined) {
      await trx.raw('update forgotten set asked_again = now(), completed_at = null where no = ?', [known]);
    }
    await trx.raw(
      `insert into forgotten_digests (digest, record)
       select digest, :record from unnest(cast(:digests as bytea[])) as digest on conflict do nothing`,
      { record, digests: [...digests, ...hints.map((hint) => digestOf(pepper, hint))] },
    );
    return { record, already: known !== undefined };
  });
}

async function waitForWriters(trx: Knex): Promise<void> {
  await trx.raw(RECORD_WISH).catch((error: { code?: string }) => {
    if (error.code !== LOCK_NOT_AVAILABLE) throw error;
    throw new Failure('wishNotRecorded', { waited: LONGEST_WAIT });
  });
}

/** Finds the record of any of these digests. */
async function findRecord(db: Knex, digests: Buffer[]): Promise<string | undefined> {
  const [found] = await rows<{ record: string }>(
    db,
    'select record from forgotten_digests where digest = any(cast(:digests as bytea[])) order by record limit 1',
    { digests },
  );
  return found?.record;
}

async function newRecord(trx: Knex, by: string, reason: string | null): Promise<string> {
  const [row] = await rows<{ no: string }>(
    trx,
    'insert into forgotten (asked_by, reason) values (:by, :reason) returning no',
    { by, reason },
  );
  return row!.no;
}

/** Records that everything was erased everywhere. */
export async function completeRecord(state: State, record: string): Promise<void> {
  await state.raw('update forgotten set completed_at = now() where no = ? and completed_at is null', [
    record,
  ]);
}
