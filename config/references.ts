import { id as idSchema } from '../activation/definition/common.ts';
import type { ProjectFile } from './folder.ts';
import { problemAt, type Problem } from './problem.ts';
import { nearest } from '../activation/suggestion.ts';
import type { YamlFile } from './yaml-file.ts';

/**
 * Checks that the source and destination of an activation are files of the project. It checks the file before the
 * schema does, because a wrong name may cause further problems.
 */
export function checkReferences(
  { file }: ProjectFile,
  sources: readonly ProjectFile[],
  destinations: readonly ProjectFile[],
): Problem[] {
  if (!file) return [];
  return [...missing(file, 'source', sources), ...missing(file, 'destination', destinations)];
}

/** Returns the source or destination in an activation's file, if it is a text. */
export function referenceOf(
  file: YamlFile | undefined,
  setting: 'source' | 'destination',
): string | undefined {
  const { value } = file ?? {};
  const id = typeof value === 'object' && value ? (value as Record<string, unknown>)[setting] : undefined;
  return typeof id === 'string' ? id : undefined;
}

/** The tags that an activation's file gives, as far as they are texts; it need not be valid. */
export function tagsOf(file: YamlFile | undefined): string[] {
  const { value } = file ?? {};
  const tags = typeof value === 'object' && value ? (value as Record<string, unknown>).tags : undefined;
  return Array.isArray(tags) ? tags.filter((tag) => typeof tag === 'string') : [];
}

function missing(
  file: YamlFile,
  setting: 'source' | 'destination',
  known: readonly ProjectFile[],
): Problem[] {
  const id = referenceOf(file, setting);
  const ids = known.map((other) => other.id);
  // The schema rejects a text that cannot be an id.
  if (id === undefined || ids.includes(id) || !idSchema.safeParse(id).success) return [];
  const facts = { setting, id, near: nearest(id, ids), known: ids };
  return [problemAt(file, [setting], 'referenceUnknown', facts)];
}
