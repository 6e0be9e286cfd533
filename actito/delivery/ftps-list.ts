import { randomUUID } from 'node:crypto';
import { posix } from 'node:path';
import { type Client, FileInfo, FileType, FTPError, parseList } from 'basic-ftp';
import type { FileEntry } from './file-server.ts';
import { type Connection, nothing, reasonOf, send } from './ftps-upload.ts';

/* The content of a folder. Times come from MLSD and MDTM alone, because those of other lists have an unknown time zone. */

/** Reads a list without the times of MLSD, because the library would reject invalid ones. */
export function parseWithoutTimes(list: string): FileInfo[] {
  return parseList(list.replace(/(^|;)(?:modify|create)=[^;\r\n]*;/gim, '$1'));
}

/** Lists a folder, including hidden files if the server shows them. */
async function listFolder(connection: Connection, folder: string): Promise<FileInfo[]> {
  await connection.client.cd(folder);
  return listHere(connection, folder);
}

/**
 * Lists the current folder, whose path is `folder`.
 *
 * Some servers answer for an empty folder with the reply for a folder that may not be listed. To distinguish them, a
 * file is written there, and the folder is listed again.
 */
export async function listHere(connection: Connection, folder: string): Promise<FileInfo[]> {
  const { client } = connection;
  const commands = client.availableListCommands; // the library only remembers the one that worked
  try {
    return await listAnyhow(client);
  } catch (error) {
    if (!isReply(error, 450, 550)) throw error;
    client.availableListCommands = commands;
    if (await canListWhenFilled(connection, folder)) return [];
    throw error;
  }
}

/** Reads a list with the times of MLSD that are valid; these are in UTC (RFC 3659). */
function parseWithTimes(list: string): FileInfo[] {
  return parseList(
    list.replace(/(^|;)(?:modify|create)=([^;\r\n]*);/gim, (fact, before: string, time: string) =>
      /^\d{14}(\.\d+)?$/.test(time) ? fact : before,
    ),
  );
}

/**
 * Returns the files in a folder with their times: those of MLSD, or else those of MDTM, because LIST has times of an
 * unknown zone. A refused list is not taken for an empty folder, because nothing may be written there to find out.
 */
export async function entriesOf(
  { client }: Connection,
  folder: string,
  isWanted: (name: string) => boolean,
): Promise<FileEntry[]> {
  await client.cd(folder);
  const files = (await listAnyhow(client, parseWithTimes)).filter(
    ({ name, type }) => type !== FileType.Directory && isWanted(name),
  );
  const times = new Times(client);
  const entries: FileEntry[] = [];
  for (const { name, size, modifiedAt, isSymbolicLink } of files) {
    const modified = modifiedAt ?? (await times.of(name));
    entries.push({ name, size: size < 0 || isSymbolicLink ? undefined : size, modified });
  }
  return entries;
}

/** Requests when the files of the current folder were modified, unless the server does not support it. */
class Times {
  readonly #client: Client;
  #isOffered = true;

  constructor(client: Client) {
    this.#client = client;
  }

  async of(name: string): Promise<Date | undefined> {
    if (!this.#isOffered) return undefined;
    try {
      const time = await this.#client.lastMod(name);
      return Number.isNaN(time.getTime()) ? undefined : time;
    } catch (error) {
      if (isReply(error, 500, 501, 502, 504)) this.#isOffered = false;
      else if (!(error instanceof FTPError)) throw error;
      return undefined;
    }
  }
}

/**
 * Finds a file by its path. undefined: the folder does not have it. `hidden`: the list does not show it, and might not
 * if it exists.
 */
export async function find(connection: Connection, path: string): Promise<FileInfo | 'hidden' | undefined> {
  const files = await listFolder(connection, posix.dirname(path));
  const name = posix.basename(path);
  return files.find((file) => file.name === name) ?? (mayHide(files, name) ? 'hidden' : undefined);
}

/** Whether the list of a folder names a file. A refused list proves nothing, so the file counts as named. */
export async function namesFile({ client }: Connection, path: string): Promise<boolean> {
  try {
    await client.cd(posix.dirname(path));
    return (await listAnyhow(client)).some(({ name }) => name === posix.basename(path));
  } catch (error) {
    if (error instanceof FTPError) return true;
    throw error;
  }
}

/**
 * Many servers do not list names with a leading dot, and some list nothing at all to an account without that
 * permission.
 */
function mayHide(files: readonly FileInfo[], name: string): boolean {
  const isDotFile = ({ name: each }: { name: string }) => each.startsWith('.');
  return files.length === 0 || (isDotFile({ name }) && !files.some(isDotFile));
}

/**
 * Uses MLSD or LIST, or else NLST, which has only names: for servers without the others, and for lists in unknown
 * formats.
 */
async function listAnyhow(client: Client, parse = parseWithoutTimes): Promise<FileInfo[]> {
  client.parseList = parse;
  try {
    const files = await client.list();
    // A server that accepts no options looks for a file "-a" instead, and finds none.
    if (files.length > 0 || client.availableListCommands[0] !== 'LIST -a') return files;
    return await listBy(client, 'LIST');
  } catch (error) {
    const isUnreadable = error instanceof Error && error.message.startsWith('This library only supports');
    if (!isUnreadable && !isReply(error, 500, 501, 502, 504)) throw await reasonOf(client, error);
    client.parseList = namesIn;
    return await listBy(client, 'NLST');
  }
}

async function listBy(client: Client, command: string): Promise<FileInfo[]> {
  const commands = client.availableListCommands;
  client.availableListCommands = [command];
  try {
    return await client.list();
  } finally {
    client.availableListCommands = commands;
  }
}

/** Sizes are unknown: -1. */
function namesIn(text: string): FileInfo[] {
  return text
    .split(/\r?\n/)
    .filter((line) => line !== '')
    .map((line) => {
      const file = new FileInfo(posix.basename(line));
      file.type = FileType.File;
      file.size = -1;
      return file;
    });
}

async function canListWhenFilled(connection: Connection, folder: string): Promise<boolean> {
  const { client } = connection;
  const probe = posix.join(folder, `actito-sync-${randomUUID()}.tmp`);
  try {
    await send(connection, probe, nothing());
  } catch (error) {
    if (error instanceof FTPError) return false; // the refusal of the list is reported
    throw error;
  }
  try {
    return (await listAnyhow(client)).length > 0;
  } catch (error) {
    if (error instanceof FTPError) return false;
    throw error;
  } finally {
    if (!client.closed) await client.remove(probe, true);
  }
}

/** Whether an error is a reply with one of these codes. */
export function isReply(error: unknown, ...codes: number[]): error is FTPError {
  return error instanceof FTPError && codes.includes(error.code);
}
