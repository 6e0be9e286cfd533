import { randomUUID } from 'node:crypto';
import { SlotBudget } from '../../activation/comparison/budget.ts';
import { Comparison } from '../../activation/comparison/comparison.ts';
import { hasher, identifierMark, keyMark, seedsOf } from '../../activation/comparison/marks.ts';
import { activationSchema } from '../../activation/definition/activation.ts';
import {
  hasOwnIdentifier,
  resolveActivation,
  type Definition,
} from '../../activation/definition/definition.ts';
import { destinationSchema } from '../../activation/definition/destination.ts';
import { sourceSchema } from '../../activation/definition/source.ts';
import type { Fence, Holder } from '../../state/runs/lease.ts';
import { loadMarks } from '../../state/delta/marks.ts';
import { publish, type Found } from '../../state/delta/publish.ts';
import { openSpill } from '../../state/delta/spill.ts';
import { beginAttempt, DeltaWriter } from '../../state/delta/writer.ts';
import { readForgottenKeys } from '../../state/forgotten/digests.ts';
import { deltaTable } from '../../state/names.ts';
import { migrate } from '../../state/migrate.ts';
import { openRun, type IsOpen, type Opened } from '../../state/runs/open.ts';
import { readRun, type Run } from '../../state/runs/runs.ts';
import { openState, rows, type State } from '../../state/state.ts';
import { freshDatabase } from '../setup/servers.ts';

/** A row of a segment: key, values in the mapping's order, and the list's identifier when it has its own. */
export interface SegmentRow {
  key: string | null;
  values: (string | null)[];
  identifier?: string | null;
}

export interface StateWorld {
  state: State;
  url: string;
  dispose(): Promise<void>;
}

export async function freshState(): Promise<StateWorld> {
  const database = await freshDatabase('state');
  const state = openState({ url: database.url, poolSize: 10 });
  await migrate(state);
  const dispose = async () => {
    await state.destroy();
    await database.dispose();
  };
  return { state, url: database.url, dispose };
}

/** Attributes `a` and `b` keep what Actito has when they are null, `c` is cleared; keys are external ids. */
const ACTIVATION = {
  source: 'shop',
  destination: 'actito',
  segment: { name: 'People', table: 'people' },
  matchingKey: { column: 'id', type: 'externalId', attribute: 'customerId' },
  guards: { maxRejectedRatio: 1, maxRemovedRatio: 1, allowEmpty: true },
  attributes: ['a', 'b', 'c'].map((name) => ({
    column: name,
    attribute: name,
    nulls: name === 'c' ? 'clear' : 'keep',
  })),
};
const DESTINATION = {
  baseUrl: 'http://actito.test',
  apiKey: { env: 'ACTITO_API_KEY' },
  entity: 'shop',
  profileTable: 'Profiles',
  delivery: {
    ...{ protocol: 'sftp', host: 'files.test', username: 'u', directory: '/in', password: { env: 'P' } },
    hostKey: `SHA256:${'A'.repeat(43)}`,
  },
};

export function definitionFor(id: string, changes: object = {}, destination: object = {}): Definition {
  return {
    activation: resolveActivation(id, activationSchema.parse({ ...ACTIVATION, ...changes })),
    source: sourceSchema.parse({ driver: 'postgres', connection: { env: 'SHOP_URL' } }),
    destination: destinationSchema.parse({ ...DESTINATION, ...destination }),
  };
}

let activations = 0;
/** An activation that no other test of the file knows. */
export function newActivation(): string {
  return `vip-${++activations}`;
}

export const everyoneIsGone: IsOpen = async () => false;
export const everyoneIsThere: IsOpen = async () => true;

export function execution(activation: string): Holder {
  return { namespace: 'default', workflowId: `activation/${activation}`, runId: randomUUID() };
}

export interface OpenOptions {
  holder?: Holder;
  isOpen?: IsOpen;
  dryRun?: boolean;
  resync?: boolean;
  rebase?: boolean;
  /** Instead of following a segment. */
  undo?: string;
}

export function tryToOpen(
  { state }: StateWorld,
  definition: Definition,
  { holder, isOpen = everyoneIsGone, dryRun = false, resync = false, rebase, undo }: OpenOptions = {},
): Promise<Opened> {
  const activation = definition.activation.id;
  const request = { dryRun, resync, rebase, undo };
  return openRun(state, { ...(holder ?? execution(activation)), activation, request, definition }, isOpen);
}

/** Opens a run that must not find anybody else. */
export async function open(
  world: StateWorld,
  definition: Definition,
  options: OpenOptions = {},
): Promise<Run> {
  const opened = await tryToOpen(world, definition, options);
  if ('busy' in opened) throw new Error('The activation is busy.');
  return opened.run;
}

/** A very small budget, so that partitions go to disk, and short indexes, so that slots collide. */
export interface CompareOptions {
  slots?: number;
  indexBits?: number;
  /** Rows of one batch. */
  batch?: number;
}

/** Compares a segment with the members and publishes what differs, as the activity does it. */
export async function extract(
  world: StateWorld,
  fence: Fence,
  segment: SegmentRow[],
  options: CompareOptions = {},
): Promise<Run> {
  const attempt = await compareInto(world, fence, segment, options);
  return publish(world.state, fence, attempt.attempt, attempt.found);
}

/** The same without publishing it: an attempt of its own. */
export async function compareInto(
  { state }: StateWorld,
  fence: Fence,
  segment: SegmentRow[],
  { slots = 512, indexBits, batch = segment.length + 1 }: CompareOptions = {},
): Promise<{ attempt: number; found: Found }> {
  const run = await readRun(state, fence.run);
  const { definition } = run;
  const { attributes } = definition.activation;
  const attempt = await beginAttempt(state, fence, attributes.length);
  const columns = attributes.map(({ column }) => ({
    name: column,
    kind: 'text' as const,
    databaseType: 'text',
  }));
  const reasons: Record<string, number> = {};
  const isForgotten = await readForgottenKeys(state);
  const share = await new SlotBudget(slots).open(slots);
  const { marked, sink } = await loadMarks(
    state,
    run,
    ({ seed, wide, grace }) =>
      new Comparison({
        ...{
          definition,
          columns,
          seeds: seedsOf(definition, columns, seed),
          resync: run.resync,
          grace,
          wide,
        },
        ...{ isForgotten, share, openSpill, indexBits, partitions: 8 },
        onReject: (_key, reason) => void (reasons[reason] = (reasons[reason] ?? 0) + 1),
      }),
    () => undefined,
  );
  const base = { members: sink.listed, checksum: sink.listedSum.toString() };
  const writer = new DeltaWriter(state, deltaTable(fence.run, attempt));
  for (let at = 0; at < segment.length; at += batch)
    await writer.write(sink.compare(copyLines(segment.slice(at, at + batch), definition)));
  for (const lines of sink.finish()) await writer.write(lines);
  await writer.end();
  sink.close();
  const { read, rejected, forgotten, duplicates, ambiguous } = sink;
  const counts = { read, rejected, forgotten, duplicates, ambiguous };
  return { attempt, found: { version: marked.version, base, columns, counts, reasons, guards: [] } };
}

/** A segment as lines of PostgreSQL's COPY text format. */
export function copyLines(segment: SegmentRow[], definition: Definition): Buffer {
  const own = hasOwnIdentifier(definition.activation);
  const line = ({ key, identifier = null, values }: SegmentRow) =>
    [key, ...(own ? [identifier] : []), ...values].map(copyField).join('\t') + '\n';
  return Buffer.from(segment.map(line).join(''));
}

const ESCAPED: Record<string, string> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };

export function copyField(value: string | null): string {
  return value === null ? '\\N' : value.replace(/[\\\t\n\r]/g, (char) => ESCAPED[char]!);
}

/** The columns of a member by which the state knows these values, as a run of `definition` would write them. */
export function marksOf(
  definition: Definition,
  seed: string,
  { key, identifier, values }: { key: string; identifier?: string | null; values: (string | null)[] },
): { mark: string; identifierMark: string; attributeMark: string; hashes: string } {
  const columns = values.map(() => ({ name: 'c', kind: 'text' as const, databaseType: 'text' }));
  const seeds = seedsOf(definition, columns, seed);
  const texts = values.map(copyField);
  const hash = (text: string, its: bigint) => hasher.h64Raw(Buffer.from(text), its);
  return {
    mark: keyMark(key, seeds.key),
    identifierMark: identifierMark(identifier ?? key, seeds.key),
    attributeMark: BigInt.asIntN(64, hash(texts.join('\t'), seeds.attributes)).toString(),
    hashes: texts
      .map((text, index) => {
        const bytes = Buffer.alloc(8);
        bytes.writeBigUInt64LE(hash(text, seeds.each[index]!));
        return bytes.toString('hex');
      })
      .join(''),
  };
}

export interface Member {
  key: string;
  identifier: string | null;
  listed: boolean;
  hashes: string | null;
  attribute_mark: string | null;
  outcome: string;
  retry_at: Date | null;
}

export function membersOf({ state }: StateWorld, activation: string): Promise<Member[]> {
  return rows(
    state,
    `select key, identifier, listed, encode(hashes, 'hex') as hashes, attribute_mark, outcome, retry_at
     from members_${activation.replaceAll('-', '_')} order by key`,
  );
}

export async function activationRow({ state }: StateWorld, id: string): Promise<Record<string, unknown>> {
  const [row] = await rows<Record<string, unknown>>(state, 'select * from activations where id = ?', [id]);
  return row!;
}

export async function runRow({ state }: StateWorld, run: string): Promise<Record<string, unknown>> {
  const [row] = await rows<Record<string, unknown>>(state, 'select * from runs where no = ?', [run]);
  return row!;
}

/** Names of the tables in our schema that match a pattern. */
export async function tables({ state }: StateWorld, pattern: RegExp): Promise<string[]> {
  const found = await rows<{ name: string }>(
    state,
    `select relname as name from pg_class where relnamespace = current_schema()::regnamespace and relkind = 'r'`,
  );
  return found
    .map(({ name }) => name)
    .filter((name) => pattern.test(name))
    .sort();
}
