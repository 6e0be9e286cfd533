import { type BadLine, HASH } from './bad-line.ts';

/** What commander refuses: words, options and their values. */
export const WORDS: BadLine[] = [
  // What is asked for
  ['a run in capitals', 'RUN vip', "unknown command 'RUN'"],
  ['two commands', 'run rejects vip', "too many arguments for 'run'. Expected 1 argument"],
  ['an option that has no short form', 'run -n vip', "unknown option '-n'"],
  ['an option before its command', '--json run vip', "unknown option '--json'"],
  ['JSON with a value', 'run vip --json=pretty', "unknown option '--json=pretty'"],
  ['JSON where there is none', 'schedule pause vip --json', "unknown option '--json'"],
  ['JSON of init', 'init x --json', "unknown option '--json'"],
  ['a misspelt --json', 'status --jsn', '(Did you mean --json?)'],
  ['a dry run of an approval', `approve vip ${HASH} --reason x --dry-run`, "unknown option '--dry-run'"],
  ['a plan that is no dry run', 'plan vip --dry-run', "unknown option '--dry-run'"],
  ['a resync that is one already', 'resync vip --resync', "unknown option '--resync'"],
  ['an approval by hash alone', `approve ${HASH} --reason x`, "missing required argument 'planHash'"],
  ['CSV and JSON', 'rejects vip --csv --json', "'--csv' cannot be used with option '--json'"],
  ['CSV of a command without', 'history vip --csv', "unknown option '--csv'"],
  [
    'reject without a hash',
    'reject vip --reason x',
    "missing required argument 'planHash'\n(Did you mean rejects? That lists the rows that could not be used.",
  ],
  [
    'reject with nothing but an activation',
    'reject vip',
    "required option '--reason <text>' not specified\n(Did you mean rejects?",
  ],
  [
    'rejects with a hash',
    `rejects vip ${HASH}`,
    "too many arguments for 'rejects'. Expected 1 argument but got 2.\n(Did you mean reject? That refuses a plan.",
  ],
  // Values of options
  ['a limit below nothing', 'history vip --limit -5', "argument '-5' is invalid. Expected a whole number"],
  ['a limit with an exponent', 'history vip --limit 1e3', "argument '1e3' is invalid"],
  ['a limit beyond all rows', 'rejects vip --limit 99999999999', "argument '99999999999' is invalid"],
  ['a limit without a number', 'history vip --limit', "option '--limit <n>' argument missing"],
  ['run number 0', 'rejects vip --run 0', "option '--run <n>' argument '0' is invalid"],
  ['half a run', 'rejects vip --run 1.5', "option '--run <n>' argument '1.5' is invalid"],
  ["a run by Temporal's run id", 'rejects vip --run 01a20872-10d8', 'Expected a whole number of at least 1.'],
  [
    'rejects beyond all',
    'run vip --max-rejects 101%',
    'Expected a number such as 100, or a percentage such as 0.5%.',
  ],
  ['fewer rejects than none', 'run vip --max-rejects -1', "argument '-1' is invalid"],
  ['rejects in words', 'resync vip --max-rejects few', "argument 'few' is invalid"],
  ['no number of rejects', "run vip --max-rejects ''", "argument '' is invalid"],
  ['half a reject', `approve vip ${HASH} --reason x --max-rejects 0.5`, "argument '0.5' is invalid"],
];
