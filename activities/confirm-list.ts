import { setTimeout as sleep } from 'node:timers/promises';
import { printable } from '../actito/api/failures.ts';
import type { ExternalTargetList } from '../actito/contract.ts';
import { readList } from '../actito/lists.ts';
import { Failure } from '../activation/failures.ts';
import { findDelivered, recordRefused, recordRetrieved, type DeliveryRow } from '../state/deliveries.ts';
import { requireProvisioned } from '../state/provisioned.ts';
import { readRun } from '../state/runs.ts';
import { connectActito } from './destination.ts';
import type { Dependencies } from './dependencies.ts';
import { cancellation, progress } from './progress.ts';
import type { RunRef } from './run-ref.ts';

/** Pauses between looks, in milliseconds, before Temporal waits instead. */
const PAUSES = [100, 200, 400, 800, 1_500, 3_000];
const LATER = 15_000;

/** The list as Actito shows it. */
export interface ListSummary {
  /** Actito has retrieved the file of this run; false when this run delivered none. */
  retrieved: boolean;
  profiles: number | null;
  /** ISO 8601, or null. */
  expires: string | null;
}

/**
 * Waits until Actito has retrieved the delivered file, and tells what the list now holds. Without a delivery in this
 * run it only looks.
 * @throws Failure ListPending (come back later), DeliveryRefused when Actito could not read the file
 */
export async function confirmList(deps: Dependencies, ref: RunRef): Promise<ListSummary> {
  const { state } = deps;
  const { definition, plan } = await readRun(state, ref.run);
  const provisioned = await requireProvisioned(state, definition);
  const signal = cancellation();
  const { client } = connectActito(deps, definition.destination, signal);
  const place = { entity: definition.destination.entity, table: provisioned.tableId };
  const delivery = await findDelivered(state, ref.run);
  // An earlier try of this activity may have found so, and its answer been lost.
  if (plan?.push && !delivery) {
    throw new Failure('DeliveryRefused', 'Actito found the file of the list and could not read it.');
  }
  for (const pause of [0, ...PAUSES]) {
    if (pause > 0) await sleep(pause, undefined, { signal });
    const list = await readList(client, place, provisioned.listId);
    progress(0);
    if (!delivery) return summary(list, false);
    if (!isRetrieved(list, delivery, plan!.list.members)) continue;
    const refused = list.lastRetrievedFile?.errorMessage;
    if (refused) {
      await recordRefused(state, ref, delivery.id);
      throw new Failure(
        'DeliveryRefused',
        `Actito found the file of list ${list.name} and could not read it: ${printable(refused)}`,
      );
    }
    await recordRetrieved(state, ref, delivery.id);
    return summary(list, true);
  }
  throw new Failure('ListPending', 'The file is delivered; Actito has not retrieved it yet.', {
    retryAfter: LATER,
  });
}

/** A file was retrieved since ours was put in place and, as far as Actito tells, it is as long as ours. */
function isRetrieved(
  { lastRetrievedFile }: ExternalTargetList,
  { detail }: DeliveryRow,
  members: number,
): boolean {
  if (!lastRetrievedFile || lastRetrievedFile.retrievedMoment === detail?.retrievedBefore) return false;
  const { lines, errorMessage } = lastRetrievedFile;
  return Boolean(errorMessage) || lines == null || lines === members;
}

function summary(list: ExternalTargetList, retrieved: boolean): ListSummary {
  return { retrieved, profiles: list.numberOfProfiles ?? null, expires: list.expirationDate ?? null };
}
