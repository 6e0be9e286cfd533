import { Failure } from '../contract/failure.ts';
import { sqlstateOf } from '../contract/foreign.ts';
import type { FactsOf } from '../contract/messages/catalogue.ts';
import { sessionOf } from './session-names.ts';
import { LONGEST_WAIT } from './transactions.ts';

/** SQLSTATE classes that pass by themselves: connection, resources, operator intervention, lock, serialization. */
const PASSING = /^(08|53|57|55|40)/;
const NETWORK =
  /^(ECONN(REFUSED|RESET|ABORTED)|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|E(HOST|NET)(UNREACH|DOWN)|EADDRNOTAVAIL)$/;

/** A run's own tables are dropped when it is closed: an attempt that still looks for them was given up before. */
const DROPPED = { code: '42P01', table: /"(delta|aside|result)_\d/ };

const LOCK_NOT_AVAILABLE = '55P03';

/** Names of sessions are anyone's to choose: only those that are as we make them are told. */
function heldBy({
  holders = [],
}: {
  holders?: string[];
}): Pick<FactsOf<'stateLocked'>, 'holders' | 'others'> {
  const known = [...new Set(holders)].map(sessionOf).filter((session) => session !== undefined);
  return { holders: known, others: new Set(holders).size - known.length };
}

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
  if (code === LOCK_NOT_AVAILABLE) {
    return new Failure('stateLocked', { waited: LONGEST_WAIT, ...heldBy(error as { holders?: string[] }) });
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
