import { Failure } from '../../contract/failure.ts';
import { ExportLines } from './export-lines.ts';
import { unpacked } from './unpack.ts';

/** Unpacked bytes are parsed in pieces of at least this size, so that a line is not scanned often. */
const PIECE = 64 * 1024;
/** The maximum size of an unpacked file in bytes. */
const LARGEST = 4 * 1024 ** 3;

/** A file, and the headers of the columns to read. The first one is the profile ID, which every line must have. */
interface ExportRead {
  /** For errors. */
  name: string;
  columns: readonly string[];
  /** The maximum size of the unpacked file in bytes. */
  most?: number;
}

/**
 * Reads a file of a standard export: CSV with a header, `;` and `"`, in UTF-8 without BOM, lines of `\n`; GZIP, ZIP or
 * plain. Yields batches of whole lines in PostgreSQL's COPY text format, one line per profile: the wanted columns, in that
 * order; an empty field is `\N`. Nothing of a file is certain before the end of the loop, because a later line may be
 * invalid.
 * @see /docs/actito-contract.md
 * @throws Failure ExportInvalid; its reason `exportIncomplete` means that the file may still be growing. Errors of `bytes`
 *   as they are
 */
export async function* readExport(
  bytes: AsyncIterable<Uint8Array>,
  { name, columns, most = LARGEST }: ExportRead,
): AsyncGenerator<Buffer, void> {
  const lines = new ExportLines(name, columns);
  let held: Buffer[] = [];
  let size = 0;
  let total = 0;
  for await (const part of unpacked(bytes, name)) {
    total += part.length;
    if (total > most) throw new Failure('exportTooLarge', { file: name, most });
    held.push(part);
    size += part.length;
    if (size < PIECE) continue;
    yield* lines.push(held.length === 1 ? held[0]! : Buffer.concat(held, size));
    held = [];
    size = 0;
  }
  yield* lines.push(Buffer.concat(held, size));
  lines.end();
}
