import { PassThrough } from 'node:stream';
import { expect } from 'vitest';
import type { Past } from '../past/support.ts';

/** Standard input with these lines; a terminal by default. */
export function typing(lines: string[], { isTTY = true } = {}): PassThrough & { isTTY: boolean } {
  const input = Object.assign(new PassThrough(), { isTTY });
  input.end(lines.map((line) => `${line}\n`).join(''));
  return input;
}

/** Forgets a person, like a program does. @returns the number of the record, and the output */
export async function forget(past: Past, key: string, ...flags: string[]) {
  const input = typing([key], { isTTY: false });
  const { code, out, err } = await past.ask(['forget', '-', '--yes', '--by', 'dpo', ...flags], { in: input });
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return { record: /^(?:This key was .*\n)?Record (\d+):/.exec(out)![1]!, out };
}
