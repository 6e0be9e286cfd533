import { etlRequirements, WHERE_ETLS_ARE } from '../../actito/imports/etl.ts';
import { handmadeList } from '../../actito/lists/handmade.ts';
import type { Definition } from '../../activation/definition/definition.ts';
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
          tell(`list of ${id}`, () =>
            handmadeList(definition, resolveText(destination.delivery.host, env, 'delivery.host')).map(
              ({ message }) => message,
            ),
          ),
        ]
      : []),
    ...(etl === undefined ? [] : [tell(`ETL of ${id}`, () => [etl.message, `${WHERE_ETLS_ARE}.`])]),
  ];
}

/** @param sentences they may need a variable of the environment, and fail when it is missing */
async function tell(name: string, sentences: () => string[]): Promise<Probed> {
  const { probe: tried } = await probe({
    name,
    advice: 'Set that variable where the worker runs.',
    look: async () => ({ detail: sentences().join('\n') }),
  });
  return { probe: tried.ok ? { ...tried, told: true } : tried };
}
