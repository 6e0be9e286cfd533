import type { Knex } from 'knex';
import { Failure } from '../../contract/failure.ts';
import { checkFence, fenced, type Fence } from '../runs/lease.ts';
import type { ListFigures } from '../runs/runs.ts';
import type { PushReason } from '../../contract/plan.ts';
import { rows, type State } from '../state.ts';

/** What is delivered: the planned list, or the last confirmed one, so that it does not expire. */
export type DeliveryKind = 'plan' | 'kept';

/** One attempt to deliver a list. */
export interface DeliveryRow {
  id: string;
  deliveredAt: Date | null;
  retrievedAt: Date | null;
  /**
   * What Actito reported about the list just before the file was renamed. Without `retrievedBefore`, it could not be
   * asked.
   */
  detail: {
    retrievedBefore?: string | null;
    /**
     * Actito could be asked only after the delivery, and then reported that it could not read the last retrieved file,
     * which may be this one.
     */
    maybeRefused?: boolean;
  } | null;
}

/** Records that a delivery begins. From now on the list is dirty until a delivery is settled. */
export async function intendDelivery(
  state: State,
  fence: Fence,
  delivery: ListFigures & { activation: string; kind: DeliveryKind; target: string; reason: PushReason },
): Promise<string> {
  const write = async (trx: Knex) => {
    const other = await rows(trx, 'select from deliveries where run = :run and kind <> :kind limit 1', {
      run: fence.run,
      kind: delivery.kind,
    });
    // It would be unknown which of the two lists is there.
    if (other.length > 0) throw new Failure('otherDeliveryBegun', {});
    if (delivery.kind === 'plan' && (await isHeld(trx, fence.run))) throw new Failure('heldNotDelivered', {});
    await trx.raw('update activations set list_dirty = true where id = ?', [delivery.activation]);
    const [row] = await rows<{ id: string }>(
      trx,
      `insert into deliveries (run, activation, kind, target, reason, members, checksum)
       values (:run, :activation, :kind, :target, :reason, :members, :checksum) returning id`,
      { run: fence.run, ...delivery },
    );
    return row!.id;
  };
  return fenced(state, fence, write, { lock: 'no key update' });
}

/** A guard may have held the run while a slow attempt was about to deliver its list. */
async function isHeld(trx: Knex, run: string): Promise<boolean> {
  return (await rows(trx, `select from runs where no = ? and plan->'guards' <> '[]'`, [run])).length > 0;
}

/** Whether the planned list of a run may be on the file server. */
export async function hasBegunDelivery(db: Knex, run: string): Promise<boolean> {
  return (await rows(db, `select from deliveries where run = ? and kind = 'plan' limit 1`, [run])).length > 0;
}

/** Records that the file was renamed to its final name, with the size that was sent. */
export async function recordDelivered(
  state: State,
  fence: Fence,
  id: string,
  { bytes, retrievedBefore }: { bytes: number; retrievedBefore?: string | null },
): Promise<void> {
  await fenced(state, fence, (trx) =>
    trx.raw('update deliveries set delivered_at = now(), bytes = :bytes, detail = :detail where id = :id', {
      id,
      bytes,
      detail: JSON.stringify({ retrievedBefore }),
    }),
  );
}

/** Records what Actito reported when it could first be asked. Only a later retrieval is certainly of our file. */
export async function recordBefore(
  state: State,
  fence: Fence,
  id: string,
  detail: NonNullable<DeliveryRow['detail']>,
): Promise<void> {
  await fenced(state, fence, (trx) =>
    trx.raw('update deliveries set detail = :detail where id = :id', {
      id,
      detail: JSON.stringify(detail),
    }),
  );
}

/** @throws Failure RunSuperseded if the run is no longer its activation's, or has begun another delivery */
export async function checkLastDelivery(trx: Knex.Transaction, fence: Fence, id: string): Promise<void> {
  await checkFence(trx, fence);
  const [later] = await rows(trx, 'select from deliveries where run = :run and id > :id limit 1', {
    run: fence.run,
    id,
  });
  if (later) throw new Failure('otherDeliveryBegun', {});
}

/** Records that Actito reports that it has read the file. */
export async function recordRetrieved(state: State, fence: Fence, id: string): Promise<void> {
  await fenced(state, fence, (trx) =>
    trx.raw('update deliveries set retrieved_at = now() where id = ?', [id]),
  );
}

/** Records that Actito could not read the file. The list stays dirty. */
export async function recordRefused(state: State, fence: Fence, id: string): Promise<void> {
  await fenced(state, fence, (trx) =>
    trx.raw('update deliveries set delivered_at = null where id = ?', [id]),
  );
}

/** Returns the last completed delivery of an activation, if any. */
export async function findLastDelivered(db: Knex, activation: string): Promise<DeliveryRow | undefined> {
  const [found] = await rows<DeliveryRow>(
    db,
    `select id, delivered_at as "deliveredAt", retrieved_at as "retrievedAt", detail
     from deliveries where activation = ? and delivered_at is not null order by id desc limit 1`,
    [activation],
  );
  return found;
}

/** Returns the completed delivery of a run, if any. */
export async function findDelivered(
  db: Knex,
  run: string,
  kind: DeliveryKind,
): Promise<DeliveryRow | undefined> {
  const found = await rows<DeliveryRow>(
    db,
    `select id, delivered_at as "deliveredAt", retrieved_at as "retrievedAt", detail
     from deliveries where run = ? and kind = ? and delivered_at is not null order by id desc limit 1`,
    [run, kind],
  );
  return found[0];
}
