import { etlRequirements } from '../../actito/imports/etl.ts';
import { handmadeList } from '../../actito/lists/handmade.ts';
import type { Definition } from '../../activation/definition/definition.ts';
import type { Told } from '../../contract/messages/message.ts';
import { tell } from '../../contract/messages/tell.ts';
import { resolveText } from '../../config/secrets.ts';
import type { Dependencies } from '../dependencies.ts';
import { probe, type Probed } from './probe.ts';

/** What of an activation must have been made in Actito by hand: nobody can read it from here, so it is told. */
export function tellHandmade({ env }: Dependencies, definition: Definition): Promise<Probed>[] {
  const { activation, destination } = definition;
  const { id, list } = activation;
  const etl = etlRequirements(definition);
  return [
    ...(list.provision === 'existing'
      ? [
          show(`list of ${id}`, () =>
            handmadeList(definition, resolveText(destination.delivery.host, env, 'delivery.host', 'host')),
          ),
        ]
      : []),
    ...(etl === undefined ? [] : [show(`ETL of ${id}`, () => [etl, tell('whereEtlsAre', {})])]),
  ];
}

/** @param what it may need a variable of the environment, and fail when it is missing */
async function show(name: string, what: () => Told[]): Promise<Probed> {
  const { probe: tried } = await probe({
    name,
    advice: tell('adviseVariable', {}),
    look: async () => ({ says: what() }),
  });
  return { probe: tried.ok ? { ...tried, told: true } : tried };
}
