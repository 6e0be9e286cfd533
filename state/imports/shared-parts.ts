import type { Knex } from 'knex';
import { Failure } from '../../contract/failure.ts';
import { rows } from '../state.ts';

/** What one run puts into a shared import: a chunk of its plan. */
export interface SharedPart {
  run: string;
  chunk: number;
  bytes: number;
}

/** The parts of a shared import, the leader's first. */
export interface SharedParts {
  shared: string;
  parts: SharedPart[];
}

/** True of a part whose run still stands by its plan and may write. */
export const PART_STANDS = `
  runs.no = part.run and runs.closed_at is null and runs.settled_at is null
  and activations.id = runs.activation and activations.fence = runs.fence`;

/** The parts whose runs stand by them. Activations are locked before runs, as a run that settles does it. Until the transaction ends they can neither settle nor be superseded. */
export async function standingParts(trx: Knex, shared: string): Promise<SharedPart[]> {
  const found = await rows<Omit<SharedPart, 'bytes'> & { bytes: string }>(
    trx,
    `select part.run, part.chunk, part.bytes
     from shared_parts part join shared_imports on shared_imports.id = part.shared, runs, activations
     where part.shared = ? and ${PART_STANDS}
     order by part.run <> leader, part.run, part.chunk for share of activations, runs`,
    [shared],
  );
  return found.map((part) => ({ ...part, bytes: Number(part.bytes) }));
}

/** Fails unless these are still the parts of the shared import, and it is not dissolved. @throws Failure ImportPending */
export async function requireParts(trx: Knex, { shared, parts }: SharedParts): Promise<void> {
  const [found] = await rows<{ state: string }>(trx, 'select state from shared_imports where id = ?', [
    shared,
  ]);
  const names = (some: SharedPart[]) => some.map(({ run, chunk }) => [run, chunk].join());
  const standing = names(await standingParts(trx, shared));
  if (found?.state === 'closed' && names(parts).join(';') === standing.join(';')) return;
  throw new Failure(
    'ImportPending',
    'An activation that shares this import has ended, or goes alone; the file is written again without it.',
    { retryAfter: 1_000, notDone: true },
  );
}

/** Writes the intents of all but the leader, whose import has this id. */
export async function intendWith(
  trx: Knex,
  { shared, parts }: SharedParts,
  { id, quotaKey }: { id: string; quotaKey: string },
): Promise<void> {
  for (const { run, chunk } of parts.slice(1)) {
    await trx.raw(
      `insert into imports (run, chunk, quota_key, shared, sent_with) values (:run, :chunk, :quotaKey, :shared, :id)`,
      { run, chunk, quotaKey, shared, id },
    );
  }
}
