import { z } from 'zod';
import { TECHNICAL } from '../contacts/attributes.ts';
import type { Column } from '../contacts/column.ts';
import type { Profiles } from '../contacts/profiles.ts';
import type { Licence } from '../licence.ts';
import { invalid } from '../refusal.ts';

/** The separator of a CSV file. */
export const Separator = z.string().regex(/^[^"\r\n]$/, 'must be one character');

export const IMPORT_MODES = ['UPDATE_ONLY', 'CREATE_UPDATE', 'CREATE_ONLY'] as const;

/** An import, one-shot or by an ETL. */
export interface ImportJob {
  tableId: string;
  mode: (typeof IMPORT_MODES)[number];
  /** The attribute that identifies the profile of a row. */
  key: string;
  separator: string;
  emptyValue: Licence['emptyValue'];
  /** The pre-defined ETL; none for a one-shot import. */
  etlId?: string;
  /** The attributes that its files may contain. */
  attributes: string[];
  /** Returns the attribute of each column. @throws Refusal for a header line that cannot be imported. */
  columnsOf(header: readonly string[]): string[];
}

/** The columns of a file in the profile table. */
export interface Columns {
  key: Column;
  /** The position of the key in a row. */
  keyAt: number;
  /** The written columns, with their positions in a row. */
  written: { column: Column; at: number }[];
}

/** Finds the columns of a file in the profile table. @throws Refusal 400 for columns that cannot be imported. */
export function lookUp(names: readonly string[], key: string, profiles: Profiles): Columns {
  if (new Set(names).size < names.length) throw invalid('An attribute occurs twice.');
  const columns = names.map((name) => {
    const column = profiles.column(name);
    if (!column) throw invalid(`The table has no attribute "${name}".`);
    return column;
  });
  const keyAt = names.indexOf(key);
  const keyColumn = columns[keyAt];
  if (!keyColumn) throw invalid(`The key "${key}" is not among the columns.`);
  if (!keyColumn.attribute.unique) throw invalid(`The key "${key}" is not a unique attribute.`);
  const written = columns.map((column, at) => ({ column, at })).filter(({ at }) => at !== keyAt);
  const technical = written
    .map(({ column }) => column.attribute.name)
    .find((name) => (TECHNICAL as readonly string[]).includes(name));
  if (technical !== undefined) throw invalid(`"${technical}" is written by Actito only.`);
  return { key: keyColumn, keyAt, written };
}
