import { createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import busboy, { type Busboy } from 'busboy';
import type { Licence } from '../licence.ts';
import { invalid, Refusal } from '../refusal.ts';
import { tooLarge } from './file-gate.ts';
import { type Packing, type ReceivedFile, unpack } from './unpack.ts';

const DEFINITION_BYTES = 1_000_000;

/** The data file of an import, on disk. */
export interface Upload {
  /** Contains only this upload. Its owner removes it. */
  folder: string;
  /** The caller's name of the file. */
  fileName: string;
  packing: Packing;
  /** The CSV files in the folder, in the order of the data file. */
  files: string[];
}

interface Expected {
  /** The folder for the upload, which is created here. */
  folder: string;
  /** The maximum size in bytes, both as received and unpacked. */
  limit: number;
  /** Whether there is a part `definition` in addition to the part `file`. */
  withDefinition: boolean;
  /** The license's names of the two parts, and of the definition's file. */
  names: Licence['importParts'];
}

/**
 * Reads the multipart body of an import, whose parts are files: `file` is streamed to disk and unpacked; `definition` is
 * returned as a JSON value.
 * @throws Refusal 400 for any other body. The rest of the request is then not read, and files stay in the folder.
 */
export async function receiveUpload(
  request: IncomingMessage,
  { folder, limit, withDefinition, names }: Expected,
): Promise<{ upload: Upload; definition: unknown }> {
  const form = openForm(request, limit);
  await mkdir(folder);
  const path = join(folder, 'received');
  let definition: Promise<string> | undefined;
  let file: Promise<ReceivedFile> | undefined;

  await new Promise<void>((resolve, reject) => {
    const refuse = (error: unknown) => {
      request.unpipe(form);
      setImmediate(() => form.destroy()); // deferred, because busboy may be calling from inside its parser
      reject(
        error instanceof Refusal ? error : invalid(`The multipart body cannot be read: ${String(error)}`),
      );
    };
    const unexpected = (name: string) => refuse(invalid(`There is no part "${name}" in such an import.`));
    const acceptDefinition = (fileName: string, mimeType: string, content: Promise<string>) => {
      content.catch(refuse);
      if (names.definitionFile !== undefined && fileName !== names.definitionFile)
        refuse(invalid(`The file of the part "${names.definition}" is not named "${names.definitionFile}".`));
      if (definition) refuse(invalid(`The part "${names.definition}" occurs twice.`));
      if (mimeType !== 'application/json')
        refuse(invalid(`The part "${names.definition}" is not application/json.`));
      definition = content;
    };
    const isPart = (name: string) => name === names.file || (withDefinition && name === names.definition);
    const unnamed = (name: string) => refuse(invalid(`The part "${name}" has no file name.`));
    form.on('field', (name) => (isPart(name) ? unnamed(name) : unexpected(name)));
    form.on('file', (name, content, { filename, mimeType }) => {
      content.on('error', refuse);
      content.on('limit', () => refuse(tooLarge(limit)));
      if (!isPart(name)) return unexpected(name);
      if (!filename) return unnamed(name);
      if (name === names.definition) return acceptDefinition(filename, mimeType, shortText(content));
      if (file) return refuse(invalid(`The part "${names.file}" occurs twice.`));
      file = pipeline(content, createWriteStream(path)).then(() => ({ path, fileName: filename, mimeType }));
      file.catch(refuse);
    });
    form.on('error', refuse);
    form.on('close', resolve);
    request.on('close', () => {
      if (!request.complete) refuse(invalid('The request ended too early.'));
    });
    request.pipe(form);
  }).finally(() => Promise.allSettled([file])); // after this, nothing writes to `path`

  if (!file || (withDefinition && !definition)) {
    throw invalid(
      `An import has the part "${names.file}"${withDefinition ? ` and the part "${names.definition}"` : ''}.`,
    );
  }
  const received = await file;
  const parsed = parseDefinition(await definition);
  const upload = { folder, fileName: received.fileName, ...(await unpack(received, folder, limit)) };
  await rm(path);
  return { upload, definition: parsed };
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

async function shortText(content: Readable & AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of content) {
    bytes += chunk.length;
    if (bytes > DEFINITION_BYTES) throw invalid('The definition is too long.');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function parseDefinition(json: string | undefined): unknown {
  if (json === undefined) return undefined;
  try {
    return JSON.parse(json);
  } catch {
    throw invalid('The part "definition" is not JSON.');
  }
}
