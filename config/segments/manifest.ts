import { readFile, stat } from 'node:fs/promises';
import { z } from 'zod';
import type { FactsOf } from '../../contract/messages/catalogue.ts';

const LARGEST = 512 * 1024 * 1024;

const named = { database: z.string().nullish(), schema: z.string().nullish() };

/** The parts of a node that a segment needs; versions 4 to 12 of the manifest, dbt 1.0 to 1.10, agree on them. */
const nodeSchema = z.object({
  ...named,
  resource_type: z.string(),
  name: z.string(),
  package_name: z.string(),
  fqn: z.array(z.string()).default([]),
  relation_name: z.string().nullish(),
  attached_node: z.string().nullish(),
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
  freshness: z.object({ error_after: limitSchema.nullish(), filter: z.string().nullish() }).nullish(),
});

const manifestSchema = z.object({
  nodes: z.record(z.string(), nodeSchema),
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

/** The last manifest, because every run reads the project, and a manifest can have many megabytes. */
let last: { path: string; version: string; manifest: Manifest } | undefined;

/** Reads the manifest of a dbt project, or returns why it cannot be used. */
export async function readManifest(
  path: string,
): Promise<{ manifest: Manifest } | Omit<FactsOf<'manifestUnreadable'>, 'manifest'>> {
  try {
    const { size, mtimeMs, ino } = await stat(path);
    const version = [size, mtimeMs, ino].join();
    if (last?.path === path && last.version === version) return { manifest: last.manifest };
    if (size > LARGEST) return { why: 'large' };
    const { data } = manifestSchema.safeParse(JSON.parse(await readFile(path, 'utf8')));
    if (!data) return { why: 'unknown' };
    last = { path, version, manifest: data };
    return { manifest: data };
  } catch (error) {
    if (error instanceof SyntaxError) return { why: 'noJson' };
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    return code === 'ENOENT' ? { why: 'missing' } : { why: 'error', code };
  }
}
