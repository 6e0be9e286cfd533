import { randomUUID } from 'node:crypto';
import { posix } from 'node:path';
import { Failure, isFailure } from '../../contract/failure.ts';
import type { DeliveryLine } from '../../contract/messages/delivery.ts';
import { connectFileServer, type Login } from './connect.ts';
import type { Placing } from './deliver.ts';
import type { FileServer } from './file-server.ts';
import { WINDOW } from './pipelined-upload.ts';
import { TEMPORARY_NAME, temporaryName } from './temporary-names.ts';

/** More than one packet of SFTP, so that a server which takes one write at a time shows it. */
const CONTENT = Buffer.alloc(150_000, 'A probe of actito-sync; it may be deleted.\n');

/** What servers take that refuse names with a dot in front. */
const WITHOUT_DOT = '{file}.tmp';

/** What is tried, and how it is tried now. */
interface Trial {
  login: Login;
  directory: string;
  placing: Placing;
  signal: AbortSignal;
}

/**
 * Finds out what a server cannot do, by writing, replacing and deleting a file whose name Actito does not look for. Whatever
 * fails is tried in the way in which a setting would do it.
 * @returns the lines that delivery needs, in their order; none: the server does all that the settings ask for
 * @throws Failure when no setting helps
 */
export async function findOut(trial: Trial): Promise<DeliveryLine[]> {
  const listing = trial.placing.listing !== false && (await canList(trial));
  const placing = { ...trial.placing, listing };
  const ways = waysToWrite({ ...trial, placing, name: `actito-sync-probe-${randomUUID()}` });
  const found = await firstOf(ways);
  const lacksListing = trial.placing.listing !== false && !(listing && found.isListed);
  return [...(lacksListing ? ['listing' as const] : []), ...found.way.lines, ...found.lines];
}

/** What no setting helps against: there is no folder. */
const NO_FOLDER: readonly string[] = ['folderMissing', 'ftpsFolderRefused'];

/** Whether it lists the folder. @throws Failure when it cannot be reached, or has no such folder */
async function canList(trial: Trial): Promise<boolean> {
  return withServer(trial, async (server) => {
    try {
      await server.names(trial.directory);
      return true;
    } catch (error) {
      if (isFailure(error) && NO_FOLDER.includes(error.told.reason)) throw error;
      trial.signal.throwIfAborted();
      return false; // that is what was to be found out
    }
  });
}

interface Named extends Trial {
  /** Of the file that is written: the same one in each way, so that none is left behind. */
  name: string;
}

interface Way extends Named {
  /** What the settings lack for it. */
  lines: DeliveryLine[];
}

/** As the settings say, then with what they may lack. */
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
  // The number is said, since a connection that has broken off lets the next one be careful by itself.
  return [...writing(WINDOW, []), ...writing(1, ['concurrentWrites'])];
}

/** A way that works, and what it needs besides. */
interface Written {
  way: Way;
  lines: DeliveryLine[];
  /** The folder's list shows the file while it is written, so that a later delivery finds what an earlier one left. */
  isListed: boolean;
}

/** The first way whose files are listed; else the first that works at all. @throws the first way's failure */
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

/** Writes a file, looks for it in the list, asks for its size, lets it take a name twice, and deletes it; on a connection of its own. */
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
      // What is wrong is the error; a server that refuses this may well refuse that too.
      await server.remove(temporary).catch(() => undefined);
      throw error;
    }
    await server.remove(temporary);
    await server.remove(final);
    // What an earlier way may have left; a server that refuses such a name has none to remove.
    for (const pattern of [TEMPORARY_NAME, WITHOUT_DOT]) {
      await server.remove(path('1', pattern)).catch(() => undefined);
    }
    return { way, lines, isListed };
  });
}

/** @throws Failure when it tells another size than what was sent */
async function tellsSize(server: FileServer, path: string): Promise<boolean> {
  const held = await server.size(path).catch(withoutAbility);
  if (held === undefined) return false;
  if (held !== CONTENT.length) throw new Failure('uploadIncomplete', { held, sent: CONTENT.length });
  return true;
}

/** Whether a file can take a name, also one that another file has. */
async function replaces(server: FileServer, from: string, to: string): Promise<boolean> {
  const rename = () => server.replace(from, to).then(() => true, withoutAbility);
  if (!(await rename())) return false;
  await server.upload(from, once(CONTENT));
  return (await rename()) ?? false;
}

/** A refusal is an answer; that the connection is gone is not. */
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
