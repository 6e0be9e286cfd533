import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Told } from '../contract/messages/message.ts';
import { tell } from '../contract/messages/tell.ts';

/**
 * The maximum size of a file in bytes. A definition has a few kilobytes. Parsing YAML takes seconds for a megabyte, and
 * every run reads the whole folder.
 */
const LARGEST = 128 * 1024;

/**
 * Reads the text of a file of the project folder, or returns why it cannot be read. The answer is always quick: it does
 * not wait for a pipe or a device, and does not read a large file.
 * @returns undefined if the file does not exist
 */
export async function readText(path: string): Promise<string | Told | undefined> {
  try {
    // Without O_NONBLOCK, opening a pipe without a writer would wait forever.
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
    // A socket, or a pipe on some systems, cannot be opened at all.
    return code === 'ENXIO' ? tell('fileIrregular', {}) : unreadable(code);
  }
}

function unreadable(code: string): Told {
  return tell('fileUnreadable', { code });
}

/** YAML is UTF-8 here. Texts in UTF-16 without a byte-order mark are valid UTF-8, too, but full of null characters. */
function textOf(bytes: Uint8Array): string | Told {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    // Characters that YAML does not allow in a text.
    if (!/[\0-\x08\x0b\x0c\x0e-\x1f\x7f]/.test(text)) return text;
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
  }
  return tell('fileNoText', {});
}
