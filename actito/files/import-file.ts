import type { AttributeMapping } from '../../activation/definition/activation.ts';
import type { ContractSettings } from '../../activation/definition/contract.ts';
import { csvField } from '../../activation/values/csv.ts';
import type { Column } from '../../activation/values/kinds.ts';
import { FILE } from '../contract.ts';
import type { TargetAttribute } from '../structure/table.ts';
import { ImportLines } from './import-lines.ts';
import type { FilePart } from './spool.ts';

/** A row that cannot go with this file: some of its values must not, or cannot, be sent. */
export interface BadRow {
  key: string;
  /** Which attributes, by index, and why (null: an empty text whose attribute is kept); never the value. */
  bad: { index: number; attribute: string; reason: string | null }[];
}

export interface ImportFileOptions {
  keyAttribute: string;
  mappings: AttributeMapping[];
  /** One per mapping: what the warehouse holds, and what Actito wants. */
  columns: Column[];
  targets: TargetAttribute[];
  /** Attributes, by index, that this file leaves out. */
  omitted: boolean[];
  /** What an empty field does to the attribute, and what values may be like. */
  contract: ContractSettings;
  /** Every column is wanted: an attribute that is left out gets an empty field. Default: its column is left out. */
  allColumns?: boolean;
  /** Called with rows that were left out of the file because of such a value, a batch at a time. */
  setAside: (rows: BadRow[]) => Promise<void>;
}

/** The columns of an import file: the key, then the attributes that are not left out. */
export function importColumns({ keyAttribute, mappings, omitted, allColumns }: ImportFileOptions): string[] {
  const written = mappings.filter((_, index) => allColumns || !omitted[index]);
  return [keyAttribute, ...written.map((mapping) => mapping.attribute)];
}

/**
 * Turns lines of the delta (COPY text: key, values) into the lines of an import file in Actito's formats. An empty
 * field is written only where it says what is meant: a row with an empty value that it would clear is set aside.
 * Batches are whole lines, and may use one buffer again, as the parts do.
 */
export async function* importFile(
  batches: AsyncIterable<Buffer>,
  options: ImportFileOptions,
): AsyncGenerator<FilePart> {
  const lines = new ImportLines(options);
  const header = importColumns(options).map((column) => csvField(column, FILE.separator));
  yield { bytes: Buffer.from(header.join(FILE.separator) + FILE.newline), rows: 0 };
  for await (const batch of batches) {
    const { bytes, rows, aside } = lines.write(batch);
    if (aside.length > 0) await options.setAside(aside);
    yield { bytes, rows };
  }
}
