import { expect, it } from 'vitest';
import { LineEncoder } from '../../activation/lines/encoder.ts';

function encode(lines: string[], country: string) {
  const rejects: Record<string, number> = {};
  const encoder = new LineEncoder({
    matchingKey: { type: 'phone', country },
    ownIdentifier: false,
    seeds: [],
    onReject: (_, reason) => (rejects[reason] = (rejects[reason] ?? 0) + 1),
  });
  const out = encoder.encode(Buffer.from(lines.map((line) => `${line}\n`).join('')));
  const keys = out
    .toString()
    .split('\n')
    .slice(0, -1)
    .map((line) => line.split('\t')[0]!);
  return { keys, rejects, fingerprint: encoder.fingerprint() };
}

it('lines with phone numbers are staged under E.164, whatever their spelling', () => {
  const { keys, rejects } = encode(
    ['+32475123456', '0475/12.34.56', '0032 475 12 34 56', '\\N', '112', '+320475123456'],
    'BE',
  );
  expect(keys).toEqual(Array(4).fill('+32475123456'));
  expect(rejects).toEqual({ KeyMissing: 1, KeyNotAPhoneNumber: 1 });
});

it('have one fingerprint, whether they are canonical in the warehouse or become so', () => {
  expect(encode(['0475 12 34 56', '+3210458514'], 'BE').fingerprint).toBe(
    encode(['010 45 85 14', '+32475123456'], 'BE').fingerprint,
  );
});

it('never outgrow their batch, although every number of it gets a country code', () => {
  // Niue has the shortest numbers there are: 4 digits become 8 characters.
  const { keys, rejects } = encode(Array(20_000).fill('4002'), 'NU');
  expect(rejects).toEqual({});
  expect(new Set(keys)).toEqual(new Set(['+6834002']));
  expect(keys).toHaveLength(20_000);
});
