import { FILE } from '../actito/contract.ts';
import { connectFileServer } from '../actito/delivery/connect.ts';
import { deliverList } from '../actito/delivery/deliver.ts';
import { listConfirmation } from '../actito/lists/confirmation.ts';
import { spoolContent, type UnnamedFile } from '../actito/files/spool.ts';
import { readList } from '../actito/lists/read.ts';
import { listTarget } from '../activation/definition/definition.ts';
import { readAcknowledged } from '../state/acknowledged.ts';
import { intendDelivery, recordDelivered, type DeliveryKind } from '../state/lists/deliveries.ts';
import { withListContent } from '../state/lists/list-content.ts';
import { readProvisioned } from '../state/lists/provisioned.ts';
import { checkFence } from '../state/runs/lease.ts';
import type { ListFigures, Run } from '../state/runs/runs.ts';
import type { PushReason } from '../contract/plan.ts';
import { connectActito, resolveLogin } from './destination.ts';
import type { Dependencies } from './dependencies.ts';
import { cancellation, progress } from './progress.ts';
import type { RunRef } from '../contract/steps.ts';

/** What is delivered, and why. */
export interface Planned {
  kind: DeliveryKind;
  reason: PushReason;
  list: ListFigures;
}

/**
 * Delivers a list under its name, and records it. A retry delivers it all again, which is always safe: a list's file
 * replaces the list.
 * @throws Failure StateDamaged, RunSuperseded, Delivery…
 */
export async function deliver(
  deps: Dependencies,
  ref: RunRef,
  run: Run,
  { kind, reason, list }: Planned,
): Promise<void> {
  const { state } = deps;
  const { activation } = run.definition;
  const { seed } = await readAcknowledged(state, run);
  const target = listTarget(run.definition);
  const delivery = await intendDelivery(state, ref, {
    activation: activation.id,
    kind,
    target,
    reason,
    ...list,
  });
  const report = progress();
  const attribute = activation.list.identifier.attribute;
  const request = { kind, figures: list, seed, separator: FILE.separator };
  // However slow the file server is, it is the disk that waits for it, and no transaction.
  const file = await withListContent(state, run, request, (identifiers) =>
    spoolContent(listFile(attribute, identifiers)),
  );
  try {
    await upload(deps, ref, run, { delivery, file, report });
  } finally {
    await file.close();
  }
}

/** Brings the file to its place, and records that. */
async function upload(
  deps: Dependencies,
  ref: RunRef,
  run: Run,
  { delivery, file, report }: { delivery: string; file: UnnamedFile; report: (bytes: number) => void },
): Promise<void> {
  const { state } = deps;
  const { activation, destination } = run.definition;
  const signal = cancellation();
  let retrievedBefore: string | null = null;
  const server = await connectFileServer(resolveLogin(deps, destination), signal);
  try {
    const bytes = await deliverList(server, {
      directory: destination.delivery.directory,
      fileName: activation.list.fileName,
      fence: ref.fence!,
      delivery,
      placing: destination.delivery,
      content: reported(file.read(), report),
      checkFence: async () => {
        retrievedBefore = await lastRetrieved(deps, run, signal);
        await state.transaction((trx) => checkFence(trx, ref)); // last: nothing may come between it and the rename
      },
    });
    await recordDelivered(state, ref, delivery, { bytes, retrievedBefore });
  } finally {
    await server.close();
  }
}

/** The file: a header that names the identifier's attribute, then one identifier a line. */
async function* listFile(
  attribute: string,
  identifiers: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  yield Buffer.from(`${attribute}${FILE.newline}`);
  yield* identifiers;
}

/** Tells how far an upload has come. */
async function* reported(
  content: AsyncIterable<Uint8Array>,
  report: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const chunk of content) {
    yield chunk;
    report((bytes += chunk.length));
  }
}

/** When Actito last retrieved a file of this list, so that the next retrieval can be told from it. */
async function lastRetrieved(deps: Dependencies, run: Run, signal: AbortSignal): Promise<string | null> {
  if (listConfirmation(run.definition) !== 'status') return null;
  const provisioned = await readProvisioned(deps.state, run.definition);
  if (!provisioned?.listId) return null;
  const { destination } = run.definition;
  const { client } = connectActito(deps, destination, signal);
  const place = { entity: destination.entity, table: provisioned.tableId };
  const { lastRetrievedFile } = await readList(client, place, provisioned.listId);
  return lastRetrievedFile?.retrievedMoment ?? null;
}
