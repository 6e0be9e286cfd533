import type { ColumnKind } from '../../activation/values/kinds.ts';
import { conversionFor } from '../copy/conversions.ts';
import type { RestColumn } from '../rest/service.ts';
import { microseconds } from './epoch.ts';

/** A column as the Statement Execution API describes it. */
export interface Field {
  name: string;
  /** Such as `DECIMAL`. */
  type_name?: string;
  /** Such as `DECIMAL(10,2)`. */
  type_text?: string;
  type_scale?: number;
}

const KINDS: Record<string, ColumnKind> = {
  STRING: 'text',
  CHAR: 'text',
  BOOLEAN: 'boolean',
  BYTE: 'integer',
  SHORT: 'integer',
  INT: 'integer',
  LONG: 'integer',
  FLOAT: 'float',
  DOUBLE: 'float',
  DECIMAL: 'decimal',
  DATE: 'date',
  TIMESTAMP: 'timestamptz',
  NULL: 'text', // of NULL without a cast
};
/** Types that have no name of their own in the API, by their text. */
const BY_TEXT: Record<string, ColumnKind> = {
  TIMESTAMP_NTZ: 'timestamp',
  BIGINT: 'integer',
  SMALLINT: 'integer',
  TINYINT: 'integer',
};

export function columnOf({
  name,
  type_name: type = '',
  type_text: text = type,
  type_scale,
}: Field): RestColumn {
  const bare = text.toUpperCase();
  const kind = KINDS[type] ?? BY_TEXT[bare] ?? (/^(VAR)?CHAR\(/.test(bare) ? 'text' : 'unsupported');
  return {
    name,
    kind,
    databaseType: bare || 'unknown',
    expression: (reference) => expressionOf(reference, kind),
    convert: kind === 'timestamptz' ? microseconds : conversionFor(kind, scaleOf(bare, type_scale)),
  };
}

function scaleOf(text: string, told?: number): number | undefined {
  const found = /^DECIMAL\(\d+, *(\d+)\)$/.exec(text);
  return found ? Number(found[1]) : told;
}

/**
 * The API prints moments with milliseconds. `unix_micros` does not depend on the time zone of the warehouse, which a
 * statement of this API cannot set.
 * @see https://docs.databricks.com/sql/language-manual/functions/unix_micros.html
 */
function expressionOf(reference: string, kind: ColumnKind): string {
  switch (kind) {
    case 'timestamptz':
      return `unix_micros(${reference})`;
    case 'timestamp':
      return `cast(${reference} as string)`;
    default:
      return reference;
  }
}
