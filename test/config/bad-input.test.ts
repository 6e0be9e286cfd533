import { describe, expect, it } from 'vitest';
import { ACTIVATIONS } from './bad-input/activations.ts';
import type { Case } from './bad-input/case.ts';
import { CONTRACTS } from './bad-input/contracts.ts';
import { DEFAULTS } from './bad-input/defaults.ts';
import { DESTINATIONS } from './bad-input/destinations.ts';
import { REMOVALS } from './bad-input/removals.ts';
import { SCHEDULES } from './bad-input/schedules.ts';
import { SOURCES } from './bad-input/sources.ts';
import { ACTIVATION, DESTINATION, problemsWith, SOURCE } from './folders.ts';

describe.each<[string, string, Case[]]>([
  ['activations/vip.yaml', ACTIVATION, [...ACTIVATIONS, ...REMOVALS, ...SCHEDULES]],
  ['destinations/actito.yaml', DESTINATION, [...DESTINATIONS, ...CONTRACTS, ...DEFAULTS]],
  ['sources/shop.yaml', SOURCE, SOURCES],
])('%s', (file, valid, cases) => {
  it.each(cases)('with %j replaced by %j is rejected', async (found, replacement, ...problems) => {
    const text = valid.replace(found, () => replacement);
    expect(text).not.toBe(valid);
    const lines = await problemsWith({ [file]: text });
    expect(lines).toEqual(problems.map((problem) => file + problem));
    expect(lines.join()).not.toContain('hunter2');
  });
});
