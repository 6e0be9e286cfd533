import {
  DuckDBDecimalType,
  DuckDBListType,
  DuckDBStructType,
  DuckDBTypeId,
  type DuckDBType,
} from '@duckdb/node-api';

/** https://cloud.google.com/bigquery/docs/reference/rest/v2/tables#TableFieldSchema */
export interface Field {
  name: string;
  type: string;
  mode: 'NULLABLE' | 'REPEATED';
  fields?: Field[];
}

/** The REST API says INTEGER, FLOAT, BOOLEAN and RECORD, where GoogleSQL says INT64, FLOAT64, BOOL and STRUCT. */
const SIMPLE: Partial<Record<DuckDBTypeId, string>> = {
  [DuckDBTypeId.BOOLEAN]: 'BOOLEAN',
  [DuckDBTypeId.TINYINT]: 'INTEGER',
  [DuckDBTypeId.SMALLINT]: 'INTEGER',
  [DuckDBTypeId.INTEGER]: 'INTEGER',
  [DuckDBTypeId.BIGINT]: 'INTEGER',
  [DuckDBTypeId.UINTEGER]: 'INTEGER',
  [DuckDBTypeId.UBIGINT]: 'INTEGER',
  [DuckDBTypeId.HUGEINT]: 'INTEGER',
  [DuckDBTypeId.SQLNULL]: 'INTEGER',
  [DuckDBTypeId.FLOAT]: 'FLOAT',
  [DuckDBTypeId.DOUBLE]: 'FLOAT',
  [DuckDBTypeId.VARCHAR]: 'STRING',
  [DuckDBTypeId.BLOB]: 'BYTES',
  [DuckDBTypeId.DATE]: 'DATE',
  [DuckDBTypeId.TIME]: 'TIME',
  [DuckDBTypeId.TIMESTAMP]: 'DATETIME',
  [DuckDBTypeId.TIMESTAMP_TZ]: 'TIMESTAMP',
};

/** The schema field of a column. Throws for types that BigQuery does not have. */
export function fieldOf(name: string, type: DuckDBType): Field {
  if (type instanceof DuckDBListType) return { ...fieldOf(name, type.valueType), mode: 'REPEATED' };
  if (type instanceof DuckDBStructType) {
    const special = /^bq_(bignumeric|geography)$/.exec(type.entryNames[0] ?? '')?.[1];
    if (special !== undefined) return { name, type: special.toUpperCase(), mode: 'NULLABLE' };
    const fields = type.entryNames.map((entry, index) => fieldOf(entry, type.entryTypes[index]!));
    return { name, type: 'RECORD', mode: 'NULLABLE', fields };
  }
  if (type instanceof DuckDBDecimalType) {
    // https://cloud.google.com/bigquery/docs/reference/standard-sql/data-types#decimal_types: NUMERIC has 29 + 9 digits
    const numeric = type.scale <= 9 && type.width - type.scale <= 29;
    return { name, type: numeric ? 'NUMERIC' : 'BIGNUMERIC', mode: 'NULLABLE' };
  }
  if (type.alias === 'JSON') return { name, type: 'JSON', mode: 'NULLABLE' };
  const simple = SIMPLE[type.typeId];
  if (simple === undefined) throw new Error(`The shim has no BigQuery type for ${type.toString()}.`);
  return { name, type: simple, mode: 'NULLABLE' };
}
