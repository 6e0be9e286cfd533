import { createWriteStream } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import busboy, { type Busboy, type FileInfo } from 'busboy';
import { invalid, Refusal } from '../refusal.ts';
import { FileGate, tooLarge } from './file-gate.ts';

const DEFINITION_BYTES = 1_000_000;

/**
 * Reads the multipart body of a one-shot import: the part `file` streams to `path`, unpacked; the part
 * `definition` is returned as the JSON value that it holds.
 * @throws Refusal 400 for any other body; the rest of the request is then left unread.
 */
export async function receiveUpload(request: IncomingMessage, path: string, limit: number): Promise<unknown> {
  const form = openForm(request, limit);
  let definition: Promise<string> | undefined;
  let file: Promise<void> | undefined;

  await new Promise<void>((resolve, reject) => {
    const refuse = (error: unknown) => {
      request.unpipe(form);
      setImmediate(() => form.destroy()); // not at once: busboy may be calling us from inside its parser
      reject(
        error instanceof Refusal ? error : invalid(`The multipart body cannot be read: ${String(error)}`),
      );
    };
    const acceptDefinition = (mimeType: string, content: Promise<string>) => {
      content.catch(refuse);
      if (definition) refuse(invalid('The part "definition" occurs twice.'));
      if (mimeType !== 'application/json') refuse(invalid('The part "definition" is not application/json.'));
      definition = content;
    };
    form.on('field', (name, value, { mimeType, valueTruncated }) => {
      if (name !== 'definition') return refuse(invalid(`There is no part "${name}" in an import.`));
      if (valueTruncated) return refuse(invalid('The part "definition" is too long.'));
      acceptDefinition(mimeType, Promise.resolve(value));
    });
    form.on('file', (name, content, info) => {
      content.on('error', refuse);
      content.on('limit', () => refuse(tooLarge(limit)));
      if (name === 'definition') return acceptDefinition(info.mimeType, shortText(content));
      if (name !== 'file') return refuse(invalid(`There is no part "${name}" in an import.`));
      if (file) return refuse(invalid('The part "file" occurs twice.'));
      file = spool(content, info, path, limit);
      file.catch(refuse);
    });
    form.on('error', refuse);
    form.on('close', resolve);
    request.on('close', () => {
      if (!request.complete) refuse(invalid('The request ended too early.'));
    });
    request.pipe(form);
  }).finally(() => Promise.allSettled([file])); // so that nobody writes to `path` any more

  if (!definition || !file) throw invalid('An import has two parts, "definition" and "file".');
  await file;
  return parseDefinition(await definition);
}

function openForm(request: IncomingMessage, limit: number): Busboy {
  if (!request.headers['content-type']?.startsWith('multipart/form-data')) {
    throw invalid('The body is not multipart/form-data.');
  }
  try {
    return busboy({ headers: request.headers, limits: { fileSize: limit + 1, fieldSize: DEFINITION_BYTES } });
  } catch (error) {
    throw invalid(`The content type is not usable: ${String(error)}`);
  }
}

async function spool(content: Readable, { filename, mimeType }: FileInfo, path: string, limit: number) {
  if (!filename) throw invalid('The part "file" has no file name.');
  const gate = new FileGate(limit);
  if (mimeType === 'text/csv') await pipeline(content, gate, createWriteStream(path));
  else if (mimeType === 'application/gzip') {
    await pipeline(content, createGunzip(), gate, createWriteStream(path)).catch(
      (error: NodeJS.ErrnoException) => {
        throw error.code?.startsWith('Z_') ? invalid('file: not GZIP.') : error;
      },
    );
  } else throw invalid('The part "file" is neither text/csv nor application/gzip.');
}

async function shortText(content: Readable & AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of content) {
    bytes += chunk.length;
    if (bytes > DEFINITION_BYTES) throw invalid('The part "definition" is too long.');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function parseDefinition(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    throw invalid('The part "definition" is not JSON.');
  }
}
