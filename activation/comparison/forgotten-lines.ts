import { unescapeCopy } from '../values/copy.ts';
import { DELTA_COLUMNS } from './delta-lines.ts';

/** Keys and identifiers, as they are stored, of people who asked to be forgotten. It may grow. */
export interface ForgottenTexts {
  readonly size: number;
  has(text: string): boolean;
}

const [TAB, NEWLINE, LETTER_F] = [9, 10, 102];
const KNOWN = DELTA_COLUMNS.indexOf('known');
const KEY = DELTA_COLUMNS.indexOf('key');
const IDENTIFIER = DELTA_COLUMNS.indexOf('identifier');

/**
 * Lines of a delta without those whose key or identifier is forgotten. Only dropped lines of people who are no members
 * count here: members have to leave the list, so publication looks for them and counts them (state/delta/resolve.ts).
 */
export function withoutForgotten(
  lines: Buffer,
  forgotten: ForgottenTexts,
): { kept: Buffer; nonMembers: number } {
  const starts = new Int32Array(IDENTIFIER + 2);
  const kept: Buffer[] = [];
  let nonMembers = 0;
  let from = 0;
  for (let line = 0; line < lines.length;) {
    const end = lines.indexOf(NEWLINE, line) + 1;
    starts[0] = line;
    for (let field = 1; field < starts.length; field++)
      starts[field] = lines.indexOf(TAB, starts[field - 1]) + 1;
    const isForgotten = (field: number) => {
      const text = unescapeCopy(lines.toString('utf8', starts[field], starts[field + 1]! - 1));
      return text !== null && forgotten.has(text);
    };
    if (isForgotten(KEY) || isForgotten(IDENTIFIER)) {
      if (lines[starts[KNOWN]!] === LETTER_F) nonMembers++;
      kept.push(lines.subarray(from, line));
      from = end;
    }
    line = end;
  }
  return { kept: from === 0 ? lines : Buffer.concat([...kept, lines.subarray(from)]), nonMembers };
}
