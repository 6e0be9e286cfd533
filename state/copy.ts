import { to as copyTo } from 'pg-copy-streams';
import { wholeLines } from '../activation/comparison/whole-lines.ts';
import { close, withConnection, type State } from './state.ts';
import { OUR_SETTINGS } from './transactions.ts';

/**
 * Hands `use` the rows of a query as lines of COPY text, from one snapshot. The transaction ends with the last row, not with
 * `use`: while `use` waits for Actito, its locks would keep a newer run from altering the tables. Options: see wholeLines.
 */
export async function withRows<T>(
  state: State,
  query: string,
  use: (batches: AsyncIterable<Buffer>) => Promise<T>,
  options: { reuse?: boolean } = {},
): Promise<T> {
  return withConnection(state, async (client) => {
    // A reader that writes to the state itself may take longer for the last buffered rows than a transaction may usually be idle.
    await client.query(`begin; ${OUR_SETTINGS}; set local idle_in_transaction_session_timeout = '5min'`);
    const copy = client.query(copyTo(`copy (${query}) to stdout`));
    // The library tells an error once. Before reading begins, that would reach nobody, and reading would wait for ever.
    copy.on('error', (error) => copy.destroy(error));
    let ended = false;
    async function* batches(): AsyncGenerator<Buffer> {
      yield* wholeLines(copy as AsyncIterable<Buffer>, options);
      await client.query('commit');
      ended = true;
    }
    const result = await use(batches());
    if (!ended) close(client);
    return result;
  });
}
