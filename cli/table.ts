import Table from 'cli-table3';
import { oneLine } from '../contract/clean.ts';

/** No frame: a table reads the same on a terminal and in `grep`. */
const FRAMELESS = Object.fromEntries(
  [
    'top',
    'top-mid',
    'top-left',
    'top-right',
    'bottom',
    'bottom-mid',
    'bottom-left',
    'bottom-right',
    'left',
    'left-mid',
    'mid',
    'mid-mid',
    'right',
    'right-mid',
  ].map((name) => [name, '']),
);

/** Aligned columns under a heading, line by line. A cell is one line. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const aligned = new Table({
    head: [...head],
    chars: { ...FRAMELESS, middle: '  ' },
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] },
  });
  // Names come from elsewhere: none may move the cursor, begin a line, or fill the screen.
  aligned.push(...rows.map((row) => row.map((cell) => oneLine(cell))));
  return aligned
    .toString()
    .split('\n')
    .map((line) => line.trimEnd());
}
