import { type BadLine, HASH } from './bad-line.ts';

/** What commander rejects: words, options and their values. */
export const WORDS: BadLine[] = [
  // Arguments
  ['a misspelled --json', 'status --jsn', '(Did you mean --json?)'],
  [
    'decline without a hash',
    'decline vip --reason x',
    "missing required argument 'planHash'\n(see --help for the usage)",
  ],
  [
    'reject with nothing but an activation',
    'reject vip',
    "required option '--reason <text>' not specified\n(Did you mean rejects?",
  ],
  [
    'rejects with a hash',
    `rejects vip ${HASH}`,
    "too many arguments for 'rejects'. Expected 1 argument but got 2.\n(Did you mean decline? It declines a plan.",
  ],
  ['a project folder as an option of validate', 'validate --project FOLDER', "unknown option '--project'"],
  // Values of options
  ['a limit below nothing', 'history vip --limit -5', "argument '-5' is invalid. Expected a whole number"],
  ['a limit with an exponent', 'history vip --limit 1e3', "argument '1e3' is invalid"],
  ['a limit beyond all rows', 'rejects vip --limit 99999999999', "argument '99999999999' is invalid"],
  ['run number 0', 'rejects vip --run 0', "option '--run <n>' argument '0' is invalid"],
  ['half a run', 'rejects vip --run 1.5', "option '--run <n>' argument '1.5' is invalid"],
  ["a run by Temporal's run id", 'rejects vip --run 01a20872-10d8', 'Expected a whole number of at least 1.'],
  [
    'rejects beyond all',
    'run vip-customers --max-rejects 101%',
    'Expected a number such as 100, or a percentage such as 0.5%.',
  ],
  ['fewer rejects than none', 'run vip-customers --max-rejects -1', "argument '-1' is invalid"],
  ['rejects in words', 'resync vip --max-rejects few', "argument 'few' is invalid"],
  ['no number of rejects', "run vip --max-rejects ''", "argument '' is invalid"],
  ['half a reject', `approve vip ${HASH} --reason x --max-rejects 0.5`, "argument '0.5' is invalid"],
];
