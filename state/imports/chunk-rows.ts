import { to as copyTo } from 'pg-copy-streams';
import { Failure } from '../../activation/failures.ts';
import { wholeLines } from '../../activation/lines/whole-lines.ts';
import type { Chunk } from './chunks.ts';
import { deltaTable } from '../names.ts';
import type { Run } from '../runs/runs.ts';
import type { SharedParts } from './shared-parts.ts';
import { sharedRowsSql } from './shared-rows.ts';
import { valueColumns } from '../stage.ts';
import { withConnection, type State } from '../state.ts';

/**
 * Hands `use` the members of a chunk with their values as lines of COPY text, in no order. A crash of PostgreSQL
 * empties an unlogged stage as a whole and breaks every connection, so looking once before reading is enough.
 * @throws Failure StageLost
 */
export async function withChunkRows<T>(
  state: State,
  run: Run,
  chunk: Chunk,
  use: (batches: AsyncIterable<Buffer>) => Promise<T>,
): Promise<T> {
  const values = valueColumns(run.definition.activation.attributes.length).map((column) => `, s.${column}`);
  const query = async (quoted: (text: string) => string) =>
    `select d.key ${values.join('')} from ${deltaTable(run.run)} d join ${run.stage} s on s.key = d.key
     where d.pattern = ${quoted(chunk.pattern)}
       and d.key between ${quoted(chunk.firstKey)} and ${quoted(chunk.lastKey)}`;
  return withRows(state, run, query, use);
}

/** The same for the members of a shared import that this run leads. @throws Failure StageLost */
export async function withSharedRows<T>(
  state: State,
  run: Run,
  parts: SharedParts,
  use: (batches: AsyncIterable<Buffer>) => Promise<T>,
): Promise<T> {
  return withRows(state, run, (quoted) => sharedRowsSql(state, run, parts, quoted), use);
}

async function withRows<T>(
  state: State,
  run: Run,
  queryOf: (quoted: (text: string) => string) => Promise<string>,
  use: (batches: AsyncIterable<Buffer>) => Promise<T>,
): Promise<T> {
  return withConnection(state, async (client) => {
    const { rowCount } = await client.query(`select from ${run.stage} limit 1`);
    if (rowCount === 0) throw stageGone();
    const query = await queryOf((text) => client.escapeLiteral(text)); // COPY takes no parameters
    const copy = client.query(copyTo(`copy (${query}) to stdout`));
    // When reading never begins, nobody else listens, and an error without a listener ends the process.
    copy.on('error', () => undefined);
    return use(wholeLines(copy));
  }).catch((error: Error & { code?: string }) => {
    throw error.code === '42P01' ? stageGone() : error; // undefined_table
  });
}

function stageGone(): Failure {
  return new Failure(
    'StageLost',
    'The stage is empty; PostgreSQL probably restarted. The segment is read again.',
  );
}
