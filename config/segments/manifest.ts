import { readFile, stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { FactsOf } from '../../contract/messages/catalogue.ts';

const LARGEST = 512 * 1024 * 1024;

const named = { database: z.string().nullish(), schema: z.string().nullish() };

/**
 * The parts of a node that a segment needs. Versions 4 to 12 of the manifest (dbt 1.0 to 1.12, and dbt Fusion) agree on
 * them, and so does version 20, of Fusion's first previews. Fusion leaves out what is null.
 */
const nodeSchema = z.object({
  ...named,
  resource_type: z.string(),
  name: z.string(),
  alias: z.string().nullish(), // the name of its table
  package_name: z.string(),
  fqn: z.array(z.string()).default([]),
  relation_name: z.string().nullish(),
  version: z.union([z.string(), z.number()]).nullish(), // from dbt 1.5
  latest_version: z.union([z.string(), z.number()]).nullish(),
  attached_node: z.string().nullish(), // from dbt 1.5
  file_key_name: z.string().nullish(), // such as `models.vip`, for tests of a YAML file
  compiled_code: z.string().nullish(),
  compiled_sql: z.string().nullish(), // before dbt 1.3
  config: z
    .object({
      materialized: z.string().nullish(),
      severity: z.string().nullish(),
      error_if: z.string().nullish(),
      fail_calc: z.string().nullish(),
      enabled: z.boolean().nullish(),
    })
    .nullish(),
  depends_on: z.object({ nodes: z.array(z.string()).default([]) }).nullish(),
});
/** Only tests are run; the code of models can have a hundred megabytes. */
const keptSchema = nodeSchema.transform(
  ({ compiled_code, compiled_sql, ...node }): z.output<typeof nodeSchema> =>
    node.resource_type === 'test' ? { ...node, compiled_code, compiled_sql } : node,
);

const PERIODS = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };
const limitSchema = z.object({
  count: z.number().nullish(),
  period: z.enum(['minute', 'hour', 'day']).nullish(),
});
const sourceSchema = z.object({
  ...named,
  source_name: z.string(),
  name: z.string(),
  relation_name: z.string().nullish(),
  loaded_at_field: z.string().nullish(),
  loaded_at_query: z.string().nullish(), // from dbt 1.10; its jinja is not rendered
  freshness: z.object({ error_after: limitSchema.nullish(), filter: z.string().nullish() }).nullish(),
});

const manifestSchema = z.object({
  metadata: z.object({ adapter_type: z.string().nullish() }).catch({}),
  nodes: z.record(z.string(), keptSchema),
  disabled: z.record(z.string(), z.array(keptSchema)).catch({}), // for messages only
  sources: z.record(z.string(), sourceSchema).default({}),
});

/**
 * The manifest of a dbt project.
 * @see https://docs.getdbt.com/reference/artifacts/manifest-json
 */
export type Manifest = z.output<typeof manifestSchema>;
export type ManifestNode = Manifest['nodes'][string];
export type ManifestSource = Manifest['sources'][string];

/** Returns a limit of dbt in milliseconds; undefined if it has none. */
export function milliseconds({ count, period }: z.output<typeof limitSchema>): number | undefined {
  return count && period ? count * PERIODS[period] : undefined;
}

/** A manifest, or why it cannot be used. */
export type ReadManifest = { manifest: Manifest } | Omit<FactsOf<'manifestUnreadable'>, 'manifest'>;

/**
 * The last manifest, because every run reads the project, and a manifest can have many megabytes. A promise, because all
 * activations of a project ask at once.
 */
let last: { path: string; version: string; read: Promise<ReadManifest> } | undefined;

/**
 * dbt writes a manifest in place: while it does, a reader sees the begin of the text. How long the file must stay as it
 * is to be complete, and the maximum wait; in milliseconds.
 */
const WRITING = { look: 100, settled: 1_000, limit: 30_000 };

/** Reads the manifest of a dbt project, or returns why it cannot be used. Waits while dbt writes it. */
export async function readManifest(path: string): Promise<ReadManifest> {
  try {
    const version = await versionOf(path);
    if (typeof version !== 'string') return version;
    if (last?.path !== path || last.version !== version) last = { path, version, read: parse(path) };
    const { read } = last;
    const forget = () => (last = last?.read === read ? undefined : last);
    const found = await read.catch((error: unknown) => {
      forget();
      throw error;
    });
    if ('why' in found) forget(); // the rights to the file can change without a new version
    return found;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    return code === 'ENOENT' ? { why: 'missing' } : { why: 'error', code };
  }
}

/** Returns what differs after each change of the file. */
async function versionOf(path: string): Promise<string | { why: 'irregular' | 'large' }> {
  const found = await stat(path);
  if (!found.isFile()) return { why: 'irregular' }; // reading a pipe would wait
  return found.size > LARGEST ? { why: 'large' } : [found.size, found.mtimeMs, found.ino].join();
}

async function parse(path: string): Promise<ReadManifest> {
  const until = performance.now() + WRITING.limit;
  while (true) {
    const version = await versionOf(path);
    if (typeof version !== 'string') return version;
    try {
      const { data } = manifestSchema.safeParse(JSON.parse(await readFile(path, 'utf8')));
      return data ? { manifest: data } : { why: 'unknown' };
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
    }
    if (performance.now() > until || (await isSettled(path, version))) return { why: 'noJson' };
  }
}

async function isSettled(path: string, version: string): Promise<boolean> {
  for (let waited = 0; waited < WRITING.settled; waited += WRITING.look) {
    await sleep(WRITING.look);
    if ((await versionOf(path)) !== version) return false;
  }
  return true;
}
