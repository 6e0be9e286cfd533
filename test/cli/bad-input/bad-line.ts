/** A wrong command line. */
export type BadLine = [
  what: string,
  /** Its words, separated by single blanks; `''` is an empty one, `FOLDER` the folder of the test's projects. */
  line: string,
  says: string,
  /** Default: EXIT.usage, of cli/exit-codes.ts. */
  code?: number,
  env?: NodeJS.ProcessEnv,
];

/** A valid hash that no plan has. */
export const HASH = '0123456789ab';
