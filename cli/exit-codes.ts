/** The exit codes of the command line. */
export const EXIT = {
  ok: 0,
  /** Also when a probe of `doctor` or a route of `contract check` failed, or `directory refresh` refused an export. */
  failed: 1,
  /** The command line is invalid, or the project folder that `validate` checked. */
  usage: 2,
  /** A guard held the run. */
  held: 3,
  /** A run succeeded with more rejects than `--max-rejects`. */
  rejects: 4,
  /** Another request for the same activation is running, or a run was skipped because of one. */
  busy: 5,
  /** `status` shows only what the state database knows, because Temporal did not answer. */
  incomplete: 6,
  /** Ctrl-C: 128 + SIGINT, as in shells. */
  interrupted: 130,
} as const;
