import { findOut } from '../../actito/delivery/find-out.ts';
import type { Destination } from '../../activation/definition/destination.ts';
import { Failure } from '../../contract/failure.ts';
import { tell } from '../../contract/messages/tell.ts';
import { resolveLogin } from '../destination.ts';
import type { Dependencies } from '../dependencies.ts';
import { probe, type Probed } from './probe.ts';

/**
 * Checks whether a list can be delivered. Writes, renames and deletes a file with a name that Actito does not look for,
 * and names the settings that a server needs if it cannot do all of this.
 */
export function probeFileServer(deps: Dependencies, id: string, destination: Destination): Promise<Probed> {
  const { directory } = destination.delivery;
  return probe({
    name: `file server of ${id}`,
    advice: tell('adviseFileServer', { destination: id, directory }),
    look: async (signal) => {
      const login = resolveLogin(deps, destination);
      const lines = await findOut({ login, directory, placing: destination.delivery, signal });
      const server = `${login.protocol}://${login.host}:${login.port}`;
      if (lines.length > 0) throw new Failure('fileServerLacks', { server, destination: id, lines });
      return { says: tell('fileServerWorks', { server, directory }) };
    },
  });
}
