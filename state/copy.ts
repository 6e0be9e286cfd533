import { to as copyTo } from 'pg-copy-streams';
import { wholeLines } from '../activation/comparison/whole-lines.ts';
import { close, withConnection, type State } from './state.ts';
import { OUR_SETTINGS } from './transactions.ts';

/**
 * Gives `use` the rows of a query as lines of COPY text, from one snapshot. The transaction ends with the last row, not
 * with `use`: while `use` waits for Actito, its locks would prevent a newer run from altering the tables. Options: see
 * wholeLines.
 */
export async function withRows<T>(
  state: State,
  query: string,
  use: (batches: AsyncIterable<Buffer>) => Promise<T>,
  options: { reuse?: boolean } = {},
): Promise<T> {
  return withConnection(state, async (client) => {
    // A reader that also writes to the state may need longer for the last buffered rows than the idle timeout of a
    // transaction.
    await client.query(`begin; ${OUR_SETTINGS}; set local idle_in_transaction_session_timeout = '5min'`);
    const copy = client.query(copyTo(`copy (${query}) to stdout`));
    // The library emits an error only once. Before reading begins, nothing listens, and reading would wait forever.
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
