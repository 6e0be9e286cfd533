import { realpath } from 'node:fs/promises';
import { isAbsolute, join, relative, resolve, sep } from 'node:path';
import type { ActivationFile, WrittenActivation } from '../../activation/definition/activation.ts';
import type { Guards } from '../../activation/definition/guards.ts';
import type { Segment } from '../../activation/definition/segment.ts';
import { readsAdapter, type Source } from '../../activation/definition/source.ts';
import { tell } from '../../contract/messages/tell.ts';
import type { Loaded } from '../folder.ts';
import { problemAt, type Problem } from '../problem.ts';
import { readText } from '../read-file.ts';
import { hasJinja } from './jinja.ts';
import { readManifest } from './manifest.ts';
import { findModel, guardsOfModel } from './model.ts';

/** The folder of activations, to which the path of a query's file is relative. */
const FOLDER = 'activations';

/** An activation with the text of its query, and problems with the files that it names. */
interface Resolved {
  activation: Loaded<ActivationFile>;
  problems: Problem[];
}

/** Where a segment's references lead. */
interface Where {
  /** The project folder. */
  folder: string;
  /** The path of the dbt manifest in project.yaml. */
  manifest: string | undefined;
  /** The valid ones. */
  sources: readonly Loaded<Source>[];
}

/** Reads what an activation's segment refers to: a file with its query, or a model of a dbt project. */
export async function resolveSegment(where: Where, written: Loaded<WrittenActivation>): Promise<Resolved> {
  const { id, file, value } = written;
  const { name, query, table, model } = value.segment;
  const done = (segment: Segment, guards: Guards = value.guards, problems: Problem[] = []): Resolved => ({
    activation: { id, file, value: { ...value, segment, guards } },
    problems,
  });
  const failed = (problem: Problem) => done({ name, query: '' }, value.guards, [problem]);

  if (model !== undefined) {
    const read = await readModel(where, written, model);
    if ('problem' in read) return failed(read.problem);
    return done({ name, query: read.query }, read.guards, read.problems);
  }
  if (value.guards.fromModel)
    return failed(problemAt(file, ['guards', 'fromModel'], 'fromModelWithoutModel', {}));
  if (typeof query !== 'object') {
    if (query !== undefined && hasJinja(query))
      return failed(problemAt(file, ['segment', 'query'], 'queryWithJinja', {}));
    return done({ name, query, table });
  }
  const text = await readQuery(where.folder, query.file);
  if (typeof text === 'string') return done({ name, query: text });
  return failed({ ...file.place(['segment', 'query', 'file']), told: text });
}

async function readQuery(folder: string, name: string) {
  const path = `${FOLDER}/${name}`;
  if (await isOutside(join(folder, FOLDER), join(folder, path)))
    return tell('sqlFileOutside', { file: path });
  const text = await readText(join(folder, path));
  if (text === undefined) return tell('sqlFileMissing', { file: path });
  if (typeof text !== 'string') return tell('sqlFileUnreadable', { file: path, why: text.message });
  if (text.trim() === '')
    return tell('sqlFileUnreadable', { file: path, why: tell('fileEmpty', {}).message });
  if (hasJinja(text))
    return tell('sqlFileUnreadable', { file: path, why: tell('queryWithJinja', {}).message });
  return text;
}

/** Whether a path leads out of a folder by symbolic links. */
async function isOutside(folder: string, path: string): Promise<boolean> {
  try {
    const way = relative(await realpath(folder), await realpath(path));
    return way.split(sep)[0] === '..' || isAbsolute(way);
  } catch {
    return false; // reading it tells what is wrong
  }
}

async function readModel(
  { folder, manifest, sources }: Where,
  { file, value }: Loaded<WrittenActivation>,
  model: string,
): Promise<{ problem: Problem } | { query: string; guards: Guards; problems: Problem[] }> {
  const path = ['segment', 'model'];
  if (manifest === undefined) return { problem: problemAt(file, path, 'manifestUnset', {}) };
  const read = await readManifest(resolve(folder, manifest));
  if ('why' in read) return { problem: problemAt(file, path, 'manifestUnreadable', { manifest, ...read }) };
  const adapter = read.manifest.metadata.adapter_type;
  const source = sources.find(({ id }) => id === value.source);
  if (adapter != null && source && !readsAdapter(source.value.driver, adapter)) {
    const facts = { manifest, adapter, source: source.id, driver: source.value.driver };
    return { problem: problemAt(file, path, 'manifestOfOtherDatabase', facts) };
  }
  const found = findModel(read.manifest, model, file);
  if ('problem' in found) return found;
  const named = { ...found, name: model };
  return {
    query: `select * from ${found.relation}`,
    ...guardsOfModel(read.manifest, named, value.guards, file),
  };
}
