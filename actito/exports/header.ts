import { Failure } from '../../contract/failure.ts';

export interface Header {
  /** The number of fields of every line. */
  fields: number;
  /** The index of each wanted column. */
  wanted: number[];
}

/** Finds the wanted columns in the header of an export. @throws Failure ExportInvalid */
export function headerOf(file: string, headers: readonly string[], columns: readonly string[]): Header {
  const wanted = columns.map((column) => {
    const index = headers.indexOf(column);
    if (index < 0) throw missing(file, headers, column);
    if (headers.includes(column, index + 1)) throw new Failure('exportColumnTwice', { file, column });
    return index;
  });
  return { fields: headers.length, wanted };
}

/** If the whole line is one header, it may have another separator. */
function missing(file: string, headers: readonly string[], column: string): Failure {
  const [only = ''] = headers;
  const found = only.includes('\t') ? 'tab' : only.includes(',') ? 'comma' : undefined;
  return headers.length === 1 && found
    ? new Failure('exportSeparator', { file, found })
    : new Failure('exportColumnMissing', { file, column });
}
