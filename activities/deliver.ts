import { Failure, isFailure, type FailureType } from '../contract/failure.ts';
import { FILE } from '../actito/contract.ts';
import { deliverList, type ListDelivery } from '../actito/delivery/deliver.ts';
import { listConfirmation } from '../actito/lists/confirmation.ts';
import { spoolContent, type UnnamedFile } from '../actito/files/spool.ts';
import { readList } from '../actito/lists/read.ts';
import { listTarget } from '../activation/definition/definition.ts';
import { readAcknowledged } from '../state/acknowledged.ts';
import {
  checkLastDelivery,
  intendDelivery,
  recordDelivered,
  type DeliveryKind,
} from '../state/lists/deliveries.ts';
import { withListContent } from '../state/lists/list-content.ts';
import { readProvisioned } from '../state/lists/provisioned.ts';
import { checkFence } from '../state/runs/lease.ts';
import type { ListFigures, Run } from '../state/runs/runs.ts';
import type { PushReason } from '../contract/plan.ts';
import { connectActito, connectDelivery, fileServerPeer, resolveLogin } from './destination.ts';
import type { Dependencies } from './dependencies.ts';
import { cancellation, progress } from './progress.ts';
import type { RunRef } from '../contract/steps.ts';

/** A list to deliver, and the reason. */
export interface Planned {
  kind: DeliveryKind;
  reason: PushReason;
  list: ListFigures;
}

/**
 * Delivers a list and records the delivery. A retry delivers the whole list again, which is always safe, because the
 * file replaces the list. What Actito reports about the list is useful but not required, so the delivery does not wait
 * for it.
 * @returns why Actito could not be asked, if that failed
 * @throws Failure StateDamaged, RunSuperseded, Delivery…
 */
export async function deliver(
  deps: Dependencies,
  ref: RunRef,
  run: Run,
  { kind, reason, list }: Planned,
): Promise<Failure | undefined> {
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
  // The list is copied to the disk first, so that a slow file server does not keep a transaction open.
  const file = await withListContent(state, run, request, (identifiers) =>
    spoolContent(listFile(attribute, identifiers)),
  );
  try {
    return await upload(deps, ref, run, { delivery, file, report });
  } finally {
    await file.close();
  }
}

/** In milliseconds. An incomplete file is deleted within this time, also after a cancellation. */
const WITHDRAWAL = 30_000;

/** Uploads the file, renames it, and records the delivery. */
async function upload(
  deps: Dependencies,
  ref: RunRef,
  run: Run,
  { delivery, file, report }: { delivery: string; file: UnnamedFile; report: (bytes: number) => void },
): Promise<Failure | undefined> {
  const { state } = deps;
  const { activation, destination } = run.definition;
  const signal = cancellation();
  let before: Awaited<ReturnType<typeof lastRetrieved>> = {};
  const login = resolveLogin(deps, destination);
  const server = await connectDelivery(deps, login, signal);
  try {
    const list: ListDelivery = {
      directory: destination.delivery.directory,
      fileName: activation.list.fileName,
      fence: ref.fence!,
      delivery,
      placing: destination.delivery,
      content: reported(file.read(), report),
      checkFence: async () => {
        before = await lastRetrieved(deps, run, signal);
        await state.transaction((trx) => checkFence(trx, ref)); // Checked last, directly before the rename.
      },
      withdrawal: {
        check: () => state.transaction((trx) => checkLastDelivery(trx, ref, delivery)),
        connect: () => connectDelivery(deps, login, AbortSignal.timeout(WITHDRAWAL)),
      },
    };
    const bytes = await deps.peers.ask(fileServerPeer(login), 'DeliveryUnavailable', () =>
      deliverList(server, list),
    );
    await recordDelivered(state, ref, delivery, { bytes, retrievedBefore: before.retrieved });
    return before.unseen;
  } finally {
    await server.close();
  }
}

/** Writes the file: a header with the identifier's attribute, then one identifier per line. */
async function* listFile(
  attribute: string,
  identifiers: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  yield Buffer.from(`${attribute}${FILE.newline}`);
  yield* identifiers;
}

/** Reports the progress of an upload. */
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

/** The maximum time in milliseconds that a delivery waits for the status of its list. */
const LOOK = 15_000;

/** Returns when Actito last retrieved a file of this list, to recognize the next retrieval; undefined if unknown. */
async function lastRetrieved(
  deps: Dependencies,
  run: Run,
  signal: AbortSignal,
): Promise<{ retrieved?: string | null; unseen?: Failure }> {
  if (listConfirmation(run.definition) !== 'status') return { retrieved: null };
  const provisioned = await readProvisioned(deps.state, run.definition);
  if (!provisioned?.listId) return { retrieved: null };
  const { destination } = run.definition;
  const tooLong = AbortSignal.timeout(LOOK);
  try {
    const { client } = connectActito(deps, destination, AbortSignal.any([signal, tooLong]));
    const place = { entity: destination.entity, table: provisioned.tableId };
    const { lastRetrievedFile } = await readList(client, place, provisioned.listId);
    return { retrieved: lastRetrievedFile?.retrievedMoment ?? null };
  } catch (error) {
    signal.throwIfAborted();
    if (tooLong.aborted) {
      return { unseen: new Failure('actitoTimedOut', { call: 'GET list', seconds: LOOK / 1000 }) };
    }
    if (isFailure(error, ...NOT_NEEDED)) return { unseen: error };
    throw error;
  }
}

/** Failures of Actito, as opposed to failures of our own state. */
const NOT_NEEDED: FailureType[] = [
  'ActitoUnavailable',
  'ActitoRefused',
  'ActitoUnauthorized',
  'ConfigurationInvalid',
];
