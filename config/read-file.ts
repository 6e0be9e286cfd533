import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Told } from '../contract/messages/message.ts';
import { tell } from '../contract/messages/tell.ts';

/**
 * The largest file that is read, in bytes. A definition has a few kilobytes; parsing YAML takes seconds for a megabyte,
 * and every run reads the whole folder.
 */
const LARGEST = 128 * 1024;

/**
 * The text of a file of the project folder, or why it cannot be had. Whatever lies there, the answer is quick: a pipe or a
 * device is not waited for, and a large file is not read.
 * @returns undefined when there is no such file
 */
export async function readText(path: string): Promise<string | Told | undefined> {
  try {
    // Without O_NONBLOCK, opening a pipe that nobody writes to would wait for ever.
    const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const found = await file.stat();
      if (found.isDirectory()) return unreadable('EISDIR');
      if (!found.isFile()) return tell('fileIrregular', {});
      const bytes = Buffer.alloc(LARGEST + 1);
      let length = 0;
      for (let read = -1; read !== 0 && length < bytes.length;) {
        read = (await file.read(bytes, length, bytes.length - length)).bytesRead;
        length += read;
      }
      if (length > LARGEST) return tell('fileTooLarge', { largest: LARGEST });
      return textOf(bytes.subarray(0, length));
    } finally {
      await file.close();
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    if (code === undefined) throw error;
    // A socket, or a pipe on some systems, refuses to be opened at all.
    return code === 'ENXIO' ? tell('fileIrregular', {}) : unreadable(code);
  }
}

function unreadable(code: string): Told {
  return tell('fileUnreadable', { code });
}

/** YAML is UTF-8 here. Texts in UTF-16 without a mark are valid UTF-8, too, but full of null characters. */
function textOf(bytes: Uint8Array): string | Told {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    // What YAML does not allow in a text.
    if (!/[\0-\x08\x0b\x0c\x0e-\x1f\x7f]/.test(text)) return text;
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
  }
  return tell('fileNoText', {});
}
