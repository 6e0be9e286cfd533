import { Failure } from '../contract/failure.ts';

/** SQLSTATE classes that pass by themselves: connection, resources, operator intervention, lock, serialization. */
const PASSING = /^(08|53|57|55|40)/;
const NETWORK =
  /^(ECONN(REFUSED|RESET|ABORTED)|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|E(HOST|NET)(UNREACH|DOWN)|EADDRNOTAVAIL)$/;

/** A run's own tables are dropped when it is closed: an attempt that still looks for them was given up before. */
const DROPPED = { code: '42P01', table: /"(delta|aside|result)_\d/ };

/**
 * Turns what pg and knex throw into our vocabulary; undefined for what is not theirs. The message names the SQLSTATE
 * and never quotes the statement or its detail, which may hold keys.
 */
export function stateFailure(error: unknown): Failure | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code, severity } = error as { code?: string; severity?: string };
  if (code === DROPPED.code && DROPPED.table.test(error.message)) {
    return new Failure('runTablesDropped', {});
  }
  if (severity !== undefined && code !== undefined) {
    const facts = { code, reason: reason(error.message) };
    return PASSING.test(code) ? new Failure('stateBusy', facts) : new Failure('stateRefused', facts);
  }
  if (
    (code && NETWORK.test(code)) ||
    /connection (terminated|ended|error)|acquiring a connection/i.test(error.message)
  ) {
    return new Failure('stateUnreachable', code === undefined ? {} : { code });
  }
  return undefined;
}

/** knex puts the statement before the message; quoted values, and bytes of texts that are no UTF-8, are masked. */
function reason(message: string): string {
  const last = message.slice(message.lastIndexOf(' - ') + 1).replace(/^- /, '');
  return last
    .replace(/: ".*$/s, '')
    .replace(/=\(.*\)/s, '=(…)')
    .replace(/\b0x[0-9a-f]{2}.*$/is, '0x…');
}
