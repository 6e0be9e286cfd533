import { etlRequirements } from '../../actito/imports/etl.ts';
import { readEtl } from '../../actito/imports/read-etl.ts';
import { listCreatedInActito } from '../../actito/lists/created-in-actito.ts';
import type { Definition } from '../../activation/definition/definition.ts';
import type { Told } from '../../contract/messages/message.ts';
import { tell } from '../../contract/messages/tell.ts';
import { resolveText } from '../../config/secrets.ts';
import type { Dependencies } from '../dependencies.ts';
import { connectActito } from '../destination.ts';
import { probe, type Probed } from './probe.ts';

/** Shows what must exist in Actito for an activation and cannot be checked through the API; of an ETL, what can be. */
export function showCreatedInActito(deps: Dependencies, definition: Definition): Promise<Probed>[] {
  const { id, list } = definition.activation;
  const required = etlRequirements(definition);
  return [
    ...(list.provision === 'existing' ? [showList(deps, definition)] : []),
    ...(required === undefined
      ? []
      : [
          show(`ETL of ${id}`, tell('adviseEtl', { activation: id }), async (signal) => [
            ...(await modeOf(deps, definition, signal)),
            required,
            tell('whereEtlsAre', {}),
          ]),
        ]),
  ];
}

function showList({ env }: Dependencies, definition: Definition): Promise<Probed> {
  const { activation, destination } = definition;
  // It may need an environment variable, which can be missing.
  const host = () => resolveText(destination.delivery.host, env, 'delivery.host', 'host');
  return show(`list of ${activation.id}`, tell('adviseVariable', {}), async () =>
    listCreatedInActito(definition, host()),
  );
}

/** Reads the ETL. @throws Failure if it does not exist, or creates profiles */
async function modeOf(deps: Dependencies, definition: Definition, signal: AbortSignal): Promise<Told[]> {
  const { client } = connectActito(deps, definition.destination, signal);
  const { updatesOnly, notes } = (await readEtl(client, definition))!;
  const { importMode } = definition.activation;
  if (!updatesOnly || importMode === 'oneShot') return notes;
  return [tell('etlModeSeen', { etl: importMode.etl }), ...notes];
}

/** Shows for comparison what a look found. @param advice what to do if the look fails */
async function show(
  name: string,
  advice: Told,
  look: (signal: AbortSignal) => Promise<Told[]>,
): Promise<Probed> {
  const { probe: tried } = await probe({
    name,
    advice,
    look: async (signal) => ({ says: await look(signal) }),
  });
  return { probe: tried.ok ? { ...tried, told: true } : tried };
}
