import type { Writable } from 'node:stream';
import Table from 'cli-table3';
import { oneLine } from '../contract/clean.ts';

/** Without a frame, a table reads the same on a terminal and in `grep`. */
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
/** A terminal of at least this width shows the columns of every table side by side. */
const WIDE = 100;

/**
 * Returns the maximum width of a table in columns: that of a terminal; unlimited for a pipe or a file, which `grep` and
 * `awk` read.
 */
export function tableWidth(out: Writable): number {
  const { isTTY = false, columns = 0 } = out as { isTTY?: boolean; columns?: number };
  return isTTY && columns > 0 ? columns : Infinity;
}

/**
 * Formats aligned columns under a heading, line by line. A cell is one line. On a terminal with fewer than 100 columns,
 * a table that does not fit becomes a block for each row, with the heading and the value of each cell.
 * @param width see {@link tableWidth}
 */
export function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  width = Infinity,
): string[] {
  const { lines, size } = aligned([head, ...rows]);
  return size <= width || width >= WIDE ? lines : blocks(head, rows);
}

/** Aligns cells in columns, and measures the width of the lines in terminal columns. */
function aligned(rows: readonly (readonly string[])[]): { lines: string[]; size: number } {
  const grid = new Table({
    chars: { ...FRAMELESS, middle: '  ' },
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] },
  });
  // Names can come from outside, so a cell must not move the cursor, begin a line, or fill the screen.
  grid.push(...rows.map((row) => row.map((cell) => oneLine(cell))));
  const lines = grid.toString().split('\n');
  // All lines are padded to the same width. The first is our heading, in which each letter takes one column.
  return { lines: lines.map((line) => line.trimEnd()), size: lines[0]!.length };
}

/** Formats each row as a block, with an empty line between blocks. */
function blocks(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  return rows.flatMap((row, index) => [
    ...(index === 0 ? [] : ['']),
    ...aligned(row.map((cell, column) => [`${head[column]}:`, cell])).lines,
  ]);
}
