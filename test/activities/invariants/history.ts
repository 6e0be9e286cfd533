import fc from 'fast-check';
import type { Stand } from '../../support/stand.ts';
import { PHASES } from '../../support/direct-run.ts';

/*
 * Histories of segments and faults in which runs fail or are killed in any phase, and values and members
 * return to former states.
 */

/** People in Actito, and some who are not. */
export const CONTACTS = ['a', 'b', 'c', 'd', 'e'];
export const STRANGERS = ['x', 'y'];

export interface Person {
  name: string;
  first_name: string | null;
  spent: string | null;
  city: string | null;
}

function segmentOf(names: string[]): fc.Arbitrary<Person[]> {
  const person = fc.record({
    name: fc.constantFrom(...names),
    first_name: fc.constantFrom('Ann', 'Bob', null),
    spent: fc.constantFrom('1', '2.50', null),
    city: fc.constantFrom('Gent', 'Lyon', null),
  });
  // A run whose list has only unknown members fails: match-rate.test.ts.
  return fc
    .uniqueArray(person, { selector: ({ name }) => name, maxLength: 7 })
    .filter((people) => people.length === 0 || people.some(({ name }) => CONTACTS.includes(name)));
}

export const FAULTS: Record<string, (stand: Stand) => void> = {
  none: () => undefined,
  'import fails': ({ actito }) => actito.setFault('importFails', { times: 1 }),
  'import refuses rows': ({ actito }) => actito.setFault('importRefusesRows', { times: 1, every: 2 }),
  'answer of the import is lost': ({ actito }) =>
    actito.setFault('lostAnswer', { times: 1, route: '/mass-imports' }),
  'server error at the import': ({ actito }) =>
    actito.setFault('serverError', { times: 1, route: '/mass-imports' }),
  'rename refused': ({ actito }) => actito.setFault('renameRefused', { times: 1 }),
  'upload breaks': ({ actito }) => actito.setFault('uploadBreaks', { times: 1, afterBytes: 5 }),
  'too many requests': ({ actito }) =>
    actito.setFault('tooManyRequests', { times: 1, route: '/mass-imports' }),
  'token revoked': ({ actito }) => actito.setFault('unauthorized', { times: 1, route: '/mass-imports' }),
};

/**
 * Few segments, of which each step and the end use one. So values and members often return to former states,
 * or stay as they are after a failed run. Half of the steps change values only.
 */
export function histories(names: string[]) {
  const segmentArb = segmentOf(names);
  return fc
    .tuple(segmentArb, fc.array(fc.tuple(segmentArb, fc.boolean()), { minLength: 1, maxLength: 2 }))
    .map(([first, others]): Person[][] => [
      first,
      ...others.map(([other, sameMembers]) =>
        sameMembers ? first.map((row, index) => ({ ...(other[index] ?? row), name: row.name })) : other,
      ),
    ])
    .chain((segments) => {
      const segment = fc.constantFrom(...segments);
      const step = fc.record({
        segment,
        fault: fc.oneof(
          { weight: 1, arbitrary: fc.constant('none') },
          { weight: 3, arbitrary: fc.constantFrom(...Object.keys(FAULTS)) },
        ),
        killedAfter: fc.option(fc.constantFrom(...PHASES), { nil: undefined, freq: 2 }),
        resync: fc.oneof(
          { weight: 4, arbitrary: fc.constant(false) },
          { weight: 1, arbitrary: fc.constant(true) },
        ),
      });
      const settled = fc.record({
        segment,
        fault: fc.constant('none'),
        killedAfter: fc.constant(undefined),
        resync: fc.constant(false),
      });
      return fc.record({
        steps: fc
          .tuple(fc.option(settled), fc.array(step, { minLength: 1, maxLength: 3 }))
          .map(([before, steps]) => (before ? [before, ...steps] : steps)),
        last: segment,
      });
    });
}
