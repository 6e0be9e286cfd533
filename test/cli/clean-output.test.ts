import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { cleanOutput, rawOutput } from '../../cli/output.ts';
import { cli } from './support.ts';

const ESCAPES = '\u001b[2J\u202e';

test('control sequences do not reach the terminal; JSON keeps them as escapes', () => {
  const out = new PassThrough();
  let json = false;
  const cleaned = cleanOutput(out, () => json);
  cleaned.write(`Zoë${ESCAPES}\n`);
  json = true;
  cleaned.write(`${JSON.stringify(ESCAPES)}\n`);
  const [line, data] = (out.read() as Buffer).toString().split('\n');
  expect(line).toBe('Zoë [2J');
  expect(data).not.toContain('\u202e');
  expect(JSON.parse(data!)).toBe(ESCAPES);
  expect(rawOutput(cleaned)).toBe(out);
});

test('an argument that is repeated in an error has no control sequences, either', async () => {
  const { err } = await cli([`no-such-command${ESCAPES}`]);
  expect(err).toContain('no-such-command');
  expect(err).not.toMatch(/[\u001b\u202e]/);
});
