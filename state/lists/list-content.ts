import type { Client } from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import { membersTable } from '../names.ts';
import { stageLost, type Plan, type Run } from '../runs/runs.ts';
import { withConnection, type State } from '../state.ts';

/**
 * Hands `use` the full membership of a planned run as CSV lines of one identifier each (header not included),
 * streamed. It comes from one snapshot in which number and checksum of the identifiers were found to be the plan's;
 * after a crash of PostgreSQL the unlogged stage is empty, and this is what notices.
 * @throws Failure StageLost
 */
export async function withListContent<T>(
  state: State,
  run: Run & { plan: Plan },
  separator: string,
  use: (content: AsyncIterable<Uint8Array>) => Promise<T>,
): Promise<T> {
  const { list } = run.plan;
  const source = list.from === 'stage' ? run.stage! : `${membersTable(run.activation)} where listed`;
  return withConnection(state, async (client) => {
    await client.query('begin isolation level repeatable read, read only');
    const held = await measure(client, source);
    if (held.members !== String(list.members) || held.checksum !== list.checksum)
      throw stageLost(held.members, list);
    const copy = client.query(
      copyTo(
        `copy (select coalesce(identifier, key) from ${source}) to stdout (format csv, delimiter '${separator}')`,
      ),
    );
    // When reading never begins, nobody else listens, and an error without a listener ends the process.
    copy.on('error', () => undefined);
    async function* content(): AsyncGenerator<Uint8Array> {
      yield* copy as AsyncIterable<Buffer>;
      if (copy.rowCount !== list.members) throw stageLost(String(copy.rowCount), list);
    }
    const result = await use(content());
    await client.query('commit');
    return result;
  });
}

async function measure(client: Client, source: string): Promise<{ members: string; checksum: string }> {
  try {
    const { rows } = await client.query<{ members: string; checksum: string }>(
      `select count(*) as members, coalesce(sum(hashtextextended(coalesce(identifier, key), 0)), 0) as checksum
       from ${source}`,
    );
    return rows[0]!;
  } catch (error) {
    if ((error as { code?: string }).code === '42P01') return { members: 'no', checksum: '' }; // undefined_table
    throw error;
  }
}
