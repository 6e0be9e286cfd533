/** The maximum time without an answer of a server, in milliseconds. */
export interface Timeouts {
  /** For a connection, with its login; undefined for the default of the driver. */
  connect?: number;
  /** For an answer without work, such as the beginning of a transaction; also how long a busy server is asked again. */
  short: number;
  /** The time after the statement timeout within which a running server would have answered. */
  beyond: number;
}
export const TIMEOUTS: Timeouts = { short: 30_000, beyond: 10_000 };
