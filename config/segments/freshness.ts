import type { Freshness } from '../../activation/definition/guards.ts';
import { hasJinja } from './jinja.ts';
import { milliseconds, type Manifest, type ManifestSource } from './manifest.ts';

/**
 * Returns the freshness of every source that a model is built from, and the names of those whose limit cannot be
 * checked.
 */
export function freshnessOf(
  { nodes, sources }: Manifest,
  id: string,
): { found: Freshness[]; unusable: string[] } {
  const seen = new Set([id]);
  // a set yields what is added while it is iterated
  for (const one of seen) for (const other of nodes[one]?.depends_on?.nodes ?? []) seen.add(other);
  const found: Freshness[] = [];
  const unusable: string[] = [];
  for (const one of seen) {
    const source = sources[one];
    const maxAge = source && milliseconds(source.freshness?.error_after ?? {});
    if (maxAge === undefined) continue;
    const of = `${source!.source_name}.${source!.name}`;
    const query = queryOf(source!);
    if (query === undefined) unusable.push(of);
    else found.push({ query, maxAge, of });
  }
  found.sort((a, b) => (a.of! < b.of! ? -1 : 1));
  return { found, unusable: unusable.sort() };
}

/**
 * The query for a source's last change, as dbt makes it: https://docs.getdbt.com/reference/resource-properties/freshness.
 * Undefined if dbt reads it from the metadata of the warehouse, or if it calls macros.
 */
function queryOf(source: ManifestSource): string | undefined {
  const { freshness, loaded_at_field: field, loaded_at_query: own, relation_name: relation } = source;
  if (!relation) return undefined;
  if (own) {
    const query = own.replace(/\{\{-?\s*this\s*-?\}\}/g, () => relation);
    return hasJinja(query) ? undefined : query;
  }
  const filter = freshness?.filter ? ` where ${freshness.filter}` : '';
  const query = `select max(${field}) as loaded_at from ${relation}${filter}`;
  return !field || hasJinja(query) ? undefined : query;
}
