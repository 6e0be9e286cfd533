import type { FactsOf } from '../../contract/messages/catalogue.ts';
import type { Told } from '../../contract/messages/message.ts';
import type { Probed } from './probe.ts';

/** Shows the warning about lists of a destination that contain no profile IDs. Only a delivery can check them. */
export function showIdentifiers(destination: string, warnings: readonly Told[]): Promise<Probed>[] {
  const isMeant = ({ reason, facts }: Told) =>
    reason === 'identifiersUndocumented' &&
    (facts as FactsOf<'identifiersUndocumented'>).destination === destination;
  return warnings.filter(isMeant).map((warning) =>
    Promise.resolve({
      probe: { name: `list identifiers of ${destination}`, ok: true, told: true, says: [warning] },
    }),
  );
}
