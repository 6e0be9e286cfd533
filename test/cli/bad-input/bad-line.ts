/** A wrong command line. */
export type BadLine = [
  what: string,
  /** Its words, separated by single blanks; `''` is an empty one, `FOLDER` the folder of the test's projects. */
  line: string,
  says: string,
  /** Default: {@link WRONG_COMMAND_LINE}. */
  code?: number,
  env?: NodeJS.ProcessEnv,
];

export const FAILED = 1;
export const WRONG_COMMAND_LINE = 2;

/** A valid hash that no plan has. */
export const HASH = '0123456789ab';
