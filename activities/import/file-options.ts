import type { BadRow, ImportFileOptions } from '../../actito/files/import-file.ts';
import type { FilePart } from '../../actito/files/spool.ts';
import { omittedAttributes, type Chunk } from '../../state/imports/chunks.ts';
import type { ImportJob } from './job.ts';

/** How the file of a chunk is written; `setAside` gets the rows that cannot go with it, and the patterns that they can go with. */
export function fileOptions(
  { run, provisioned }: ImportJob,
  chunk: Chunk,
  setAside: (rows: (BadRow & { pattern: string })[]) => Promise<void>,
): ImportFileOptions {
  const { activation, destination } = run.definition;
  const { emptyValue, etlColumns } = destination.contract;
  const omitted = omittedAttributes(chunk.pattern);
  const allColumns = activation.importMode !== 'oneShot' && etlColumns === 'all';
  // Then a bad value can only be sent as an empty field, which must not clear what Actito has.
  const wholeRow = allColumns && emptyValue === 'clears';
  return {
    keyAttribute: activation.matchingKey.attribute,
    mappings: activation.attributes,
    columns: run.columns!,
    targets: provisioned.attributes,
    ...{ omitted, emptyValue, allColumns },
    setAside: (rows) =>
      setAside(rows.map((row) => ({ ...row, pattern: patternWithout(omitted, row, wholeRow) }))),
  };
}

/**
 * The pattern of a row that leaves out its bad values too, or with `wholeRow` everything, so that it is not sent; `v`
 * keeps it apart from the chunks assigned first.
 */
function patternWithout(omitted: boolean[], { bad }: BadRow, wholeRow: boolean): string {
  const left = omitted.map((out, index) => wholeRow || out || bad.some((value) => value.index === index));
  return `v${left.map((out) => (out ? '1' : '0')).join('')}`;
}

/** Tells how far a file has come while it is written. */
export async function* counting(
  parts: AsyncIterable<FilePart>,
  report: (rows: number) => void,
): AsyncGenerator<FilePart> {
  let rows = 0;
  for await (const part of parts) {
    yield part;
    rows += part.rows;
    report(rows);
  }
}
