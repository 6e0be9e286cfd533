import { randomUUID } from 'node:crypto';
import { posix } from 'node:path';
import { Failure, isFailure } from '../../contract/failure.ts';
import type { DeliveryLine } from '../../contract/messages/delivery.ts';
import { connectFileServer, type Login } from './connect.ts';
import type { Placing } from './deliver.ts';
import type { FileServer } from './file-server.ts';
import { WINDOW } from './pipelined-upload.ts';
import { TEMPORARY_NAME, temporaryName } from './temporary-names.ts';

/** Larger than one SFTP packet, to detect a server that supports only one write at a time. */
const CONTENT = Buffer.alloc(150_000, 'A probe of actito-sync; it may be deleted.\n');

/** A name without the leading dot that some servers refuse. */
const WITHOUT_DOT = '{file}.tmp';

/** The test, and its current settings. */
interface Trial {
  login: Login;
  directory: string;
  placing: Placing;
  signal: AbortSignal;
}

/**
 * Finds out what a server does not support, by writing, replacing and deleting a file with a name that Actito does not
 * look for. If something fails, it is tried again with the setting for it.
 * @returns the settings that delivery needs, in their order; none if the server supports the current ones
 * @throws Failure if no setting helps
 */
export async function findOut(trial: Trial): Promise<DeliveryLine[]> {
  const listing = trial.placing.listing !== false && (await canList(trial));
  const placing = { ...trial.placing, listing };
  const ways = waysToWrite({ ...trial, placing, name: `actito-sync-probe-${randomUUID()}` });
  const found = await firstOf(ways);
  const lacksListing = trial.placing.listing !== false && !(listing && found.isListed);
  return [...(lacksListing ? ['listing' as const] : []), ...found.way.lines, ...found.lines];
}

/** Failures for which no setting helps, because the folder does not exist. */
const NO_FOLDER: readonly string[] = ['folderMissing', 'ftpsFolderRefused'];

/** Whether the server can list the folder. @throws Failure if it cannot be reached, or the folder does not exist */
async function canList(trial: Trial): Promise<boolean> {
  return withServer(trial, async (server) => {
    try {
      await server.names(trial.directory);
      return true;
    } catch (error) {
      if (isFailure(error) && NO_FOLDER.includes(error.told.reason)) throw error;
      trial.signal.throwIfAborted();
      return false; // this is the result of the test
    }
  });
}

interface Named extends Trial {
  /** The name of the test file: the same one each time, so that none is left behind. */
  name: string;
}

interface Way extends Named {
  /** The settings that this way needs. */
  lines: DeliveryLine[];
}

/** The current settings, and then other settings that may help. */
function waysToWrite(trial: Named): Way[] {
  const { placing } = trial;
  const hasDot = (placing.temporaryName ?? TEMPORARY_NAME).startsWith('.');
  const withoutDot = { ...placing, temporaryName: WITHOUT_DOT };
  const ways: Way[] = [
    { ...trial, lines: [] },
    ...(hasDot ? [{ ...trial, placing: withoutDot, lines: ['temporaryName' as const] }] : []),
  ];
  const { login } = trial;
  if (login.protocol === 'ftps' || login.concurrentWrites !== undefined) return ways;
  const writing = (concurrentWrites: number, lines: DeliveryLine[]) =>
    ways.map((way): Way => ({
      ...way,
      login: { ...login, concurrentWrites },
      lines: [...way.lines, ...lines],
    }));
  // The number is set, because after a broken connection the next one would otherwise use a single write by itself.
  return [...writing(WINDOW, []), ...writing(1, ['concurrentWrites'])];
}

/** A working way, and what else it needs. */
interface Written {
  way: Way;
  lines: DeliveryLine[];
  /** The folder's list shows the file while it is written, so a later delivery finds an abandoned one. */
  isListed: boolean;
}

/** Returns the first way whose files are listed, or else the first that works. @throws the first way's failure */
async function firstOf(ways: readonly Way[]): Promise<Written> {
  let works: Written | undefined;
  let failure: Error | undefined;
  for (const way of ways) {
    try {
      const one = await written(way);
      if (one.isListed) return one;
      works ??= one;
    } catch (error) {
      if (!isFailure(error)) throw error;
      failure ??= error;
    }
  }
  if (works === undefined) throw failure!;
  return works;
}

/**
 * Writes a file, looks for it in the list, requests its size, renames it to a name twice, and deletes it; on its own
 * connection.
 */
function written(way: Way): Promise<Written> {
  const { directory, placing, name } = way;
  const path = (delivery: string, pattern = placing.temporaryName) =>
    `${directory.replace(/\/+$/, '')}/${temporaryName({ fileName: name, fence: '0', delivery }, pattern)}`;
  const [temporary, final] = [path('1'), path('2')];
  return withServer(way, async (server) => {
    const lines: DeliveryLine[] = [];
    let isListed = false;
    try {
      await server.upload(temporary, once(CONTENT));
      isListed = !placing.listing || (await server.names(directory)).includes(posix.basename(temporary));
      if (placing.checkSize !== false && !(await tellsSize(server, temporary))) lines.push('checkSize');
      if (placing.write === 'direct') await server.upload(temporary, once(CONTENT));
      else if (!(await replaces(server, temporary, final))) lines.push('write');
    } catch (error) {
      // The first error is reported; a server that refuses this may refuse the cleanup as well.
      await server.remove(temporary).catch(() => undefined);
      throw error;
    }
    await server.remove(temporary);
    await server.remove(final);
    // A previous way may have left a file. A server that refuses such a name has none to remove.
    for (const pattern of [TEMPORARY_NAME, WITHOUT_DOT]) {
      await server.remove(path('1', pattern)).catch(() => undefined);
    }
    return { way, lines, isListed };
  });
}

/** @throws Failure if the reported size is not what was sent */
async function tellsSize(server: FileServer, path: string): Promise<boolean> {
  const held = await server.size(path).catch(withoutAbility);
  if (held === undefined) return false;
  if (held !== CONTENT.length) throw new Failure('uploadIncomplete', { held, sent: CONTENT.length });
  return true;
}

/** Whether a file can be renamed, also to a name that another file has. */
async function replaces(server: FileServer, from: string, to: string): Promise<boolean> {
  const rename = () => server.replace(from, to).then(() => true, withoutAbility);
  if (!(await rename())) return false;
  await server.upload(from, once(CONTENT));
  return (await rename()) ?? false;
}

/** A refusal is a result of the test; a lost connection is not. */
function withoutAbility(error: unknown): undefined {
  if (isFailure(error) && (error.type === 'DeliveryRefused' || error.told.reason === 'fileServerBrokeOff')) {
    return undefined;
  }
  throw error;
}

async function withServer<T>({ login, signal }: Trial, work: (server: FileServer) => Promise<T>): Promise<T> {
  const server = await connectFileServer(login, signal);
  try {
    return await work(server);
  } finally {
    await server.close();
  }
}

async function* once(content: Uint8Array): AsyncGenerator<Uint8Array> {
  yield content;
}
