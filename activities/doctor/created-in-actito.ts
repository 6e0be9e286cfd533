import { etlRequirements } from '../../actito/imports/etl.ts';
import { listCreatedInActito } from '../../actito/lists/created-in-actito.ts';
import type { Definition } from '../../activation/definition/definition.ts';
import type { Told } from '../../contract/messages/message.ts';
import { tell } from '../../contract/messages/tell.ts';
import { resolveText } from '../../config/secrets.ts';
import type { Dependencies } from '../dependencies.ts';
import { probe, type Probed } from './probe.ts';

/** Shows what must exist in Actito for an activation and cannot be checked through the API. */
export function showCreatedInActito({ env }: Dependencies, definition: Definition): Promise<Probed>[] {
  const { activation, destination } = definition;
  const { id, list } = activation;
  const etl = etlRequirements(definition);
  return [
    ...(list.provision === 'existing'
      ? [
          show(`list of ${id}`, () =>
            listCreatedInActito(
              definition,
              resolveText(destination.delivery.host, env, 'delivery.host', 'host'),
            ),
          ),
        ]
      : []),
    ...(etl === undefined ? [] : [show(`ETL of ${id}`, () => [etl, tell('whereEtlsAre', {})])]),
  ];
}

/** @param what may need an environment variable, and fails if it is missing */
async function show(name: string, what: () => Told[]): Promise<Probed> {
  const { probe: tried } = await probe({
    name,
    advice: tell('adviseVariable', {}),
    look: async () => ({ says: what() }),
  });
  return { probe: tried.ok ? { ...tried, told: true } : tried };
}
