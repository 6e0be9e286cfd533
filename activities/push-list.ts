import { FILE } from '../actito/contract.ts';
import { connectFileServer } from '../actito/delivery/connect.ts';
import { deliverList } from '../actito/delivery/deliver.ts';
import { listConfirmation } from '../actito/lists/confirmation.ts';
import { readList } from '../actito/lists/read.ts';
import { listTarget } from '../activation/definition/definition.ts';
import { findDelivered, intendDelivery, recordDelivered } from '../state/lists/deliveries.ts';
import { checkFence } from '../state/runs/lease.ts';
import { withListContent } from '../state/lists/list-content.ts';
import { readProvisioned } from '../state/lists/provisioned.ts';
import { planFence, planned, readRun, type Run } from '../state/runs/runs.ts';
import { connectActito, resolveLogin } from './destination.ts';
import type { Dependencies } from './dependencies.ts';
import { cancellation, progress } from './progress.ts';
import type { RunRef } from './run-ref.ts';

/**
 * Delivers the full membership as planned. A retry delivers it all again, which is always safe: a list's file
 * replaces the list.
 * @throws Failure StageLost, RunSuperseded, Delivery…
 */
export async function pushList(deps: Dependencies, ref: RunRef): Promise<{ members: number }> {
  const { state } = deps;
  const run = planned(await readRun(state, ref.run));
  const fence = planFence(run);
  const { list, push } = run.plan;
  if (await findDelivered(state, ref.run)) return { members: list.members };
  const { activation, destination } = run.definition;
  const signal = cancellation();
  const delivery = await intendDelivery(state, fence, {
    activation: activation.id,
    target: listTarget(run.definition),
    reason: push!,
    members: list.members,
    checksum: list.checksum,
  });
  const report = progress();
  let retrievedBefore: string | null = null;
  const server = await connectFileServer(resolveLogin(deps, destination), signal);
  try {
    const bytes = await withListContent(state, run, FILE.separator, (identifiers) =>
      deliverList(server, {
        directory: destination.delivery.directory,
        fileName: activation.list.fileName,
        fence: ref.fence!,
        delivery,
        content: listFile(activation.list.identifier.attribute, identifiers, report),
        checkFence: async () => {
          retrievedBefore = await lastRetrieved(deps, run, signal);
          await state.transaction((trx) => checkFence(trx, fence)); // last: nothing may come between it and the rename
        },
      }),
    );
    await recordDelivered(state, fence, delivery, { bytes, retrievedBefore });
    return { members: list.members };
  } finally {
    await server.close();
  }
}

/** The file: a header that names the identifier's attribute, then one identifier a line. */
async function* listFile(
  attribute: string,
  identifiers: AsyncIterable<Uint8Array>,
  report: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  yield Buffer.from(`${attribute}${FILE.newline}`);
  let bytes = 0;
  for await (const chunk of identifiers) {
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
