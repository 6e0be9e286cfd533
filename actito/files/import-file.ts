import type { AttributeMapping } from '../../activation/definition/activation.ts';
import type { ContractSettings } from '../../activation/definition/contract.ts';
import { csvField } from '../../activation/values/csv.ts';
import type { Column } from '../../activation/values/kinds.ts';
import { FILE } from '../contract.ts';
import type { TargetAttribute } from '../structure/table.ts';
import { ImportLines } from './import-lines.ts';
import type { FilePart } from './spool.ts';

/** A row that cannot be in this file: some of its values must not, or cannot, be sent. */
export interface BadRow {
  key: string;
  /** The attributes by index, with reasons (null: an empty text whose attribute is kept); never the value. */
  bad: { index: number; attribute: string; reason: string | null }[];
}

export interface ImportFileOptions {
  keyAttribute: string;
  mappings: AttributeMapping[];
  /** One per mapping: the column's kind in the warehouse, and the attribute in Actito. */
  columns: Column[];
  targets: TargetAttribute[];
  /** The attributes, by index, that this file leaves out. */
  omitted: boolean[];
  /** What an empty field does to the attribute, and which values are allowed. */
  contract: ContractSettings;
  /** The file must have all columns: a left-out attribute gets an empty field. By default, its column is left out. */
  allColumns?: boolean;
  /** Called with the rows that were left out of the file because of such a value, in batches. */
  setAside: (rows: BadRow[]) => Promise<void>;
}

/** Returns the columns of an import file: the key, then the attributes that are not left out. */
export function importColumns({ keyAttribute, mappings, omitted, allColumns }: ImportFileOptions): string[] {
  const written = mappings.filter((_, index) => allColumns || !omitted[index]);
  return [keyAttribute, ...written.map((mapping) => mapping.attribute)];
}

/**
 * Converts lines of the delta (COPY text: key, values) into lines of an import file in Actito's formats. An empty field
 * is written only if it has the intended effect: a row with an empty value that would wrongly clear the attribute is
 * set aside. Batches are whole lines, and may reuse a buffer, as the parts do.
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
