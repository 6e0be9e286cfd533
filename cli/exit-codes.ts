/** What the command line tells the shell. */
export const EXIT = {
  ok: 0,
  /** Also: a probe of `doctor` failed. */
  failed: 1,
  /** The command itself was wrong, or the project folder that `validate` looked at. */
  usage: 2,
  /** A guard held the run. */
  held: 3,
  /** A run succeeded, with more rejects than `--max-rejects`. */
  rejects: 4,
  /** Another request for the same activation is running, or a run was skipped because of one. */
  busy: 5,
  /** `status` shows what the state database knows; Temporal could not be asked. */
  incomplete: 6,
  /** Ctrl-C: 128 + SIGINT, as shells have it. */
  interrupted: 130,
} as const;
