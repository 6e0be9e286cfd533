import { NotFound, printableAboutRows } from '../../actito/api/failures.ts';
import type { ExternalTargetList } from '../../actito/contract.ts';
import { readList } from '../../actito/lists/read.ts';
import { Failure } from '../../contract/failure.ts';
import { recordRefused, recordRetrieved, type DeliveryRow } from '../../state/lists/deliveries.ts';
import { requireProvisioned } from '../../state/lists/provisioned.ts';
import type { Run } from '../../state/runs/runs.ts';
import type { ListSummary } from '../../contract/steps.ts';
import { connectActito } from '../destination.ts';
import type { Dependencies } from '../dependencies.ts';
import type { RunRef } from '../../contract/steps.ts';
import { untilSeen } from './until-seen.ts';

/** `listConfirmation: status`: the list itself says which file it retrieved, and when. */
export async function confirmByStatus(
  deps: Dependencies,
  ref: RunRef,
  { definition, plan }: Run,
  delivery: DeliveryRow | undefined,
  signal: AbortSignal,
): Promise<ListSummary> {
  const provisioned = await requireProvisioned(deps.state, definition);
  const { client } = connectActito(deps, definition.destination, signal);
  const place = { entity: definition.destination.entity, table: provisioned.tableId };
  return untilSeen(async () => {
    const list = await readList(client, place, provisioned.listId!).catch(adviseOnMissing);
    if (!delivery) return summary(list, false);
    if (!isRetrieved(list, delivery, plan!.list.members)) return null;
    const refused = list.lastRetrievedFile?.errorMessage;
    if (refused) {
      await recordRefused(deps.state, ref, delivery.id);
      throw new Failure('listUnreadable', { list: list.name, answer: printableAboutRows(refused) });
    }
    await recordRetrieved(deps.state, ref, delivery.id);
    return summary(list, true);
  }, signal);
}

/** The list was there when it was provisioned. What failed is looked at anew by the next run, which then finds out. */
function adviseOnMissing(error: unknown): never {
  if (!(error instanceof NotFound)) throw error;
  throw new Failure('listGone', { cause: error.told }, { cause: error });
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
  return {
    retrieved,
    asked: true,
    profiles: list.numberOfProfiles ?? null,
    expires: list.expirationDate ?? null,
  };
}
