import { randomUUID } from 'node:crypto';
import { connectFileServer } from '../../actito/delivery/connect.ts';
import type { FileServer } from '../../actito/delivery/file-server.ts';
import type { Destination } from '../../activation/definition/destination.ts';
import { Failure } from '../../contract/failure.ts';
import { tell } from '../../contract/messages/tell.ts';
import { resolveLogin } from '../destination.ts';
import type { Dependencies } from '../dependencies.ts';
import { probe, type Probed } from './probe.ts';

const CONTENT = Buffer.from('A probe of actito-sync; it may be deleted.\n');

/** Can a list be put in its place? Writes, renames and deletes a file whose name Actito does not look for. */
export function probeFileServer(deps: Dependencies, id: string, destination: Destination): Promise<Probed> {
  const { directory } = destination.delivery;
  return probe({
    name: `file server of ${id}`,
    advice: tell('adviseFileServer', { destination: id, directory }),
    look: async (signal) => {
      const login = resolveLogin(deps, destination);
      const server = await connectFileServer(login, signal);
      try {
        await writeRenameDelete(server, directory);
      } finally {
        await server.close();
      }
      const where = `${login.protocol}://${login.host}:${login.port}`;
      return { says: tell('fileServerWorks', { server: where, directory }) };
    },
  });
}

async function writeRenameDelete(server: FileServer, directory: string): Promise<void> {
  await server.names(directory); // as a delivery begins: a folder that is missing is refused, not waited for
  const final = `${directory.replace(/\/+$/, '')}/.actito-sync-probe-${randomUUID()}`;
  const temporary = `${final}.part`;
  try {
    await server.upload(temporary, once(CONTENT));
    const size = await server.size(temporary);
    if (size !== CONTENT.length) {
      throw new Failure('uploadIncomplete', { held: size, sent: CONTENT.length });
    }
    await server.replace(temporary, final);
  } catch (error) {
    // What is wrong is the error; a server that refuses a rename may well refuse this too.
    await server.remove(temporary).catch(() => undefined);
    throw error;
  }
  await server.remove(final);
}

async function* once(content: Uint8Array): AsyncGenerator<Uint8Array> {
  yield content;
}
