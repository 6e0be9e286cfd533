import { DELTA_COLUMNS } from './delta-format.ts';

/** Keys and identifiers, as stored, of people who asked to be forgotten. The set may grow. */
export interface ForgottenTexts {
  readonly size: number;
  has(text: string): boolean;
}

const KNOWN = DELTA_COLUMNS.indexOf('known');
const KEY = DELTA_COLUMNS.indexOf('key');
const IDENTIFIER = DELTA_COLUMNS.indexOf('identifier');

/**
 * Removes the records whose key or identifier is forgotten. It counts only people who are no members: members must be
 * removed from the list, so publication looks for them and counts them (state/delta/resolve.ts).
 */
export function withoutForgotten(
  records: Buffer,
  forgotten: ForgottenTexts,
): { kept: Buffer; nonMembers: number } {
  const kept: Buffer[] = [];
  let nonMembers = 0;
  let from = 0;
  for (let record = 0; record < records.length;) {
    const fields: (Buffer | null)[] = [];
    let end = record + 2;
    for (let left = records.readUInt16BE(record); left > 0; left--) {
      const length = records.readInt32BE(end);
      end += 4;
      fields.push(length < 0 ? null : records.subarray(end, (end += length)));
    }
    const isForgotten = (field: number) => {
      const text = fields[field]?.toString();
      return text !== undefined && forgotten.has(text);
    };
    if (isForgotten(KEY) || isForgotten(IDENTIFIER)) {
      if (fields[KNOWN]![0] === 0) nonMembers++;
      kept.push(records.subarray(from, record));
      from = end;
    }
    record = end;
  }
  return { kept: from === 0 ? records : Buffer.concat([...kept, records.subarray(from)]), nonMembers };
}
