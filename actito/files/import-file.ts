import type { AttributeMapping } from '../../activation/definition/activation.ts';
import type { ContractSettings } from '../../activation/definition/contract.ts';
import { converterFor, isEmptyText } from '../../activation/values/convert.ts';
import type { Converter } from '../../activation/values/rejects.ts';
import { unescapeCopy } from '../../activation/values/copy.ts';
import { csvField } from '../../activation/values/csv.ts';
import { leavesOut } from '../../activation/values/nulls.ts';
import type { Column } from '../../activation/values/kinds.ts';
import { FILE } from '../contract.ts';
import type { TargetAttribute } from '../structure/table.ts';

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
  /** What an empty field does to the attribute; default: it clears it. */
  emptyValue?: ContractSettings['emptyValue'];
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
 * @returns per batch, the file's bytes and its number of rows
 */
export async function* importFile(
  batches: AsyncIterable<Buffer>,
  options: ImportFileOptions,
): AsyncGenerator<{ text: string; rows: number }> {
  const converters = options.mappings.map((_, index) =>
    converterFor(options.columns[index]!, options.targets[index]!),
  );
  yield { text: csvLine(importColumns(options)), rows: 0 };
  for await (const batch of batches) {
    const aside: BadRow[] = [];
    let text = '';
    let rows = 0;
    for (const line of lines(batch.toString('utf8'))) {
      const row = convertRow(line.split('\t'), converters, options);
      if ('bad' in row) aside.push(row);
      else {
        text += csvLine(row.fields);
        rows++;
      }
    }
    if (aside.length > 0) await options.setAside(aside);
    yield { text, rows };
  }
}

function* lines(text: string): Generator<string> {
  for (let start = 0, end; (end = text.indexOf('\n', start)) >= 0; start = end + 1)
    yield text.slice(start, end);
}

function convertRow(
  fields: string[],
  converters: Converter[],
  { mappings, columns, omitted, emptyValue = 'clears', allColumns = false }: ImportFileOptions,
): { fields: string[] } | BadRow {
  const key = unescapeCopy(fields[0]!) ?? '';
  const out = [key];
  const bad: BadRow['bad'] = [];
  for (let index = 0; index < converters.length; index++) {
    if (omitted[index]) {
      if (allColumns) out.push('');
      continue;
    }
    const value = unescapeCopy(fields[index + 1]!);
    if (value === null || isEmptyText(columns[index]!, value)) {
      if (leavesOut(mappings[index]!, { emptyValue }))
        bad.push({ index, attribute: mappings[index]!.attribute, reason: null });
      else out.push('');
      continue;
    }
    const converted = converters[index]!(value);
    if ('reject' in converted)
      bad.push({ index, attribute: mappings[index]!.attribute, reason: converted.reject });
    else out.push(converted.value);
  }
  return bad.length > 0 ? { key, bad } : { fields: out };
}

function csvLine(fields: string[]): string {
  let line = '';
  for (let index = 0; index < fields.length; index++) {
    if (index > 0) line += FILE.separator;
    line += csvField(fields[index]!, FILE.separator);
  }
  return line + FILE.newline;
}
