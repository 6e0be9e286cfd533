import fc from 'fast-check';
import ms from 'ms';
import { describe, expect, it } from 'vitest';
import { duration } from '../../activation/definition/common.ts';
import { ACTIVATION, DESTINATION, problemsWith, SOURCE } from './folders.ts';

/** Every setting that is a duration, and its bounds. */
const SETTINGS: [
  setting: string,
  file: string,
  bounds: [string, string],
  write: (value: string) => string,
][] = [
  ['list.validity', 'activations/vip.yaml', ['1s', '3650d'], (value) => ACTIVATION.replace('48h', value)],
  [
    'schedule.every',
    'activations/vip.yaml',
    ['1m', '366d'],
    (value) => `${ACTIVATION}schedule: { every: ${value} }`,
  ],
  [
    'guards.freshness.maxAge',
    'activations/vip.yaml',
    ['1s', '3650d'],
    (value) => `${ACTIVATION}guards: { freshness: { query: select 1, maxAge: ${value} } }`,
  ],
  ['statementTimeout', 'sources/shop.yaml', ['1s', '24d'], (value) => `${SOURCE}statementTimeout: ${value}`],
  [
    'imports.shareWithin',
    'destinations/actito.yaml',
    ['1s', '2h'],
    (value) => `${DESTINATION}imports: { shareWithin: ${value} }`,
  ],
  [
    'defaults.list.validity',
    'destinations/actito.yaml',
    ['1s', '3650d'],
    (value) => `${DESTINATION}defaults: { list: { validity: ${value} } }`,
  ],
  ['retention.rejects', 'project.yaml', ['1s', '3650d'], (value) => `retention: { rejects: ${value} }`],
  ['retention.changeLog', 'project.yaml', ['1s', '3650d'], (value) => `retention: { changeLog: ${value} }`],
  ['retention.runs', 'project.yaml', ['1s', '3650d'], (value) => `retention: { runs: ${value} }`],
];

describe.each(SETTINGS)('the duration %s', (setting, file, [least, most], write) => {
  it.each([
    '"48"',
    '48',
    '0',
    '-1h',
    '1',
    '""',
    '1h30m',
    '1 fortnight',
    'Infinity',
    '.inf',
    'NaN',
    '1e3h',
    '1ms s',
  ])('of %s has no unit or a wrong form, and is rejected', async (value) => {
    const [problem] = await problemsWith({ [file]: write(value) });
    expect(problem).toContain(`${setting}: expected a duration such as 15m, 48h or 2 days`);
  });

  it.each(['1ms', '0s', '0.1s', '1000000000y', '99999999999999999999999999 days'])(
    'of %s is out of bounds, and is rejected',
    async (value) => {
      const [problem] = await problemsWith({ [file]: write(value) });
      expect(problem).toContain(`${setting}: expected a duration from ${least} to ${most}`);
    },
  );
});

it('a grace period in time has a unit and bounds, too', async () => {
  for (const after of ['"24"', '1ms', '1000000000y', '-2h', '24']) {
    const [problem] = await problemsWith({
      'activations/vip.yaml': `${ACTIVATION}removal: { after: ${after} }`,
    });
    expect(problem).toContain(
      'removal.after: expected a number of runs such as "2 runs", or a duration such as 24h',
    );
  }
});

it('an accepted duration is a whole number of milliseconds that dates and databases can represent', () => {
  const units = ['ms', 's', 'sec', 'm', 'mins', 'h', 'hours', 'd', ' days', 'w', 'y', ' years'];
  const numbers = fc.oneof(
    fc.nat(10_000).map(String),
    fc.double({ min: 0, max: 1e4 }).map((n) => n.toFixed(3)),
  );
  fc.assert(
    fc.property(numbers, fc.constantFrom(...units), (number, unit) => {
      const { success, data = 0 } = duration.safeParse(number + unit);
      const meant = Number(number) * ms(`1${unit}` as ms.StringValue);
      expect(success).toBe(Math.round(meant) >= ms('1s') && Math.round(meant) <= ms('3650d'));
      if (success) expect(Number.isInteger(data) && Math.abs(data - meant) <= 1).toBe(true);
    }),
  );
});
