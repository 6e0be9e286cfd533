import type { Case } from './case.ts';

/** Values of `removal`, and their problems; every line begins in the same way. */
const WRONG: [removal: string, problem: string][] = [
  ['2 runs', ': expected a group of settings'],
  ['{}', '.after: missing; expected GRACE'],
  ...[
    '2',
    '"2"',
    'runs',
    'two runs',
    '1.5 runs',
    '-1 runs',
    '2 runs or 24h',
    '2runs',
    '02 runs',
    '-24h',
    '0h',
    '99999 runs',
  ].map((after): [string, string] => [
    `{ after: ${after} }`,
    `.after: expected GRACE, got ${/^"|^2$/.test(after) ? after : `"${after}"`}`,
  ]),
];
const GRACE = 'a number of runs such as "2 runs", or a duration such as 24h';

export const REMOVALS: Case[] = WRONG.map(([removal, problem]) => [
  'list:',
  `removal: ${removal}\nlist:`,
  `:12 removal${problem.replace('GRACE', GRACE)}`,
]);
