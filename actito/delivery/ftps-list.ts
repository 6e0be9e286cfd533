import { randomUUID } from 'node:crypto';
import { posix } from 'node:path';
import { type Client, FileInfo, FileType, FTPError, parseList } from 'basic-ftp';
import { type Connection, nothing, reasonOf, send } from './ftps-upload.ts';

/*
 * What is in a folder. Only names and sizes are used: the times of a list are in a time zone that the server does not
 * tell.
 */

/** Reads a list without the times of MLSD, which the library would refuse if they were none. */
export function parseWithoutTimes(list: string): FileInfo[] {
  return parseList(list.replace(/(^|;)(?:modify|create)=[^;\r\n]*;/gim, '$1'));
}

/** What a folder holds, hidden files included where the server shows them. */
export async function listFolder(connection: Connection, folder: string): Promise<FileInfo[]> {
  await connection.client.cd(folder);
  return listHere(connection, folder);
}

/**
 * What the current folder holds, whose path is `folder`.
 *
 * Some servers call an empty folder a failure, with the reply of a folder that may not be listed. Then a file tells which
 * it is: it is put there, and the folder is listed again.
 */
export async function listHere(connection: Connection, folder: string): Promise<FileInfo[]> {
  const { client } = connection;
  const commands = client.availableListCommands; // the library forgets all but the one that worked
  try {
    return await listAnyhow(client);
  } catch (error) {
    if (!isReply(error, 450, 550)) throw error;
    client.availableListCommands = commands;
    if (await canListWhenFilled(connection, folder)) return [];
    throw error;
  }
}

/** One file by its path; undefined: the folder does not have it; `hidden`: the list does not show it, and might not if it is there. */
export async function find(connection: Connection, path: string): Promise<FileInfo | 'hidden' | undefined> {
  const files = await listFolder(connection, posix.dirname(path));
  const name = posix.basename(path);
  return files.find((file) => file.name === name) ?? (mayHide(files, name) ? 'hidden' : undefined);
}

/** Many servers list no names with a dot in front, and some list nothing at all to an account that may not list. */
function mayHide(files: readonly FileInfo[], name: string): boolean {
  const isDotFile = ({ name: each }: { name: string }) => each.startsWith('.');
  return files.length === 0 || (isDotFile({ name }) && !files.some(isDotFile));
}

/** MLSD or LIST, else NLST, which has only names: for servers without the others, and for lists in a format of their own. */
async function listAnyhow(client: Client): Promise<FileInfo[]> {
  try {
    const files = await client.list();
    // A server that takes no options looks for a file "-a" instead, and finds none.
    if (files.length > 0 || client.availableListCommands[0] !== 'LIST -a') return files;
    return await listBy(client, 'LIST');
  } catch (error) {
    const isUnreadable = error instanceof Error && error.message.startsWith('This library only supports');
    if (!isUnreadable && !isReply(error, 500, 501, 502, 504)) throw await reasonOf(client, error);
    client.parseList = namesIn;
    try {
      return await listBy(client, 'NLST');
    } finally {
      client.parseList = parseWithoutTimes;
    }
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
    if (error instanceof FTPError) return false; // the list's refusal is what is told
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

/** A reply with one of these codes. */
export function isReply(error: unknown, ...codes: number[]): error is FTPError {
  return error instanceof FTPError && codes.includes(error.code);
}
