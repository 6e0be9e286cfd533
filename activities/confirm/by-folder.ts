import { connectFileServer } from '../../actito/delivery/connect.ts';
import { recordRetrieved, type DeliveryRow } from '../../state/lists/deliveries.ts';
import type { Run } from '../../state/runs/runs.ts';
import type { ListSummary } from '../../contract/steps.ts';
import { resolveLogin } from '../destination.ts';
import type { Dependencies } from '../dependencies.ts';
import type { RunRef } from '../../contract/steps.ts';
import { untilSeen } from './until-seen.ts';

/**
 * `listConfirmation: fileDisappears`: Actito takes away the files that it has read. It does not say so when it could
 * not use the file, nor how many profiles the list has now.
 */
export async function confirmByFolder(
  deps: Dependencies,
  ref: RunRef,
  { definition }: Run,
  delivery: DeliveryRow,
  signal: AbortSignal,
): Promise<ListSummary> {
  const { activation, destination } = definition;
  const server = await connectFileServer(resolveLogin(deps, destination), signal);
  try {
    return await untilSeen(async () => {
      const names = await server.names(destination.delivery.directory);
      if (names.includes(activation.list.fileName)) return null;
      await recordRetrieved(deps.state, ref, delivery.id);
      return { retrieved: true, asked: true, profiles: null, expires: null };
    }, signal);
  } finally {
    await server.close();
  }
}
