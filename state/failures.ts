import { Failure } from '../contract/failure.ts';
import { sqlstateOf } from '../contract/foreign.ts';

/** SQLSTATE classes that pass by themselves: connection, resources, operator intervention, lock, serialization. */
const PASSING = /^(08|53|57|55|40)/;
const NETWORK =
  /^(ECONN(REFUSED|RESET|ABORTED)|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|E(HOST|NET)(UNREACH|DOWN)|EADDRNOTAVAIL)$/;

/** A run's own tables are dropped when it is closed: an attempt that still looks for them was given up before. */
const DROPPED = { code: '42P01', table: /"(delta|aside|result)_\d/ };

/**
 * Turns what pg and knex throw into our vocabulary; undefined for what is not theirs. The message names the SQLSTATE
 * and nothing that PostgreSQL says, since texts, statements and details may hold keys: its log has them.
 */
export function stateFailure(error: unknown): Failure | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code, severity } = error as { code?: string; severity?: string };
  if (code === DROPPED.code && DROPPED.table.test(error.message)) {
    return new Failure('runTablesDropped', {});
  }
  if (severity !== undefined && code !== undefined) {
    const facts = { code: sqlstateOf({ code }) };
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
