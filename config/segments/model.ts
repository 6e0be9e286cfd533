import type { Guards } from '../../activation/definition/guards.ts';
import { nearest } from '../../activation/suggestion.ts';
import { problemAt, type Problem } from '../problem.ts';
import type { YamlFile } from '../yaml-file.ts';
import { freshnessOf } from './freshness.ts';
import type { Manifest, ManifestNode } from './manifest.ts';

/** What becomes a table or view in the warehouse. */
const RELATIONS = ['model', 'seed', 'snapshot'];
const SETTING = ['segment', 'model'] as const;

/**
 * Finds the model that a segment names: by its name, which its package, schema or folders can precede, and its version
 * can follow. Without a version it is the latest, as in dbt's ref.
 */
export function findModel(
  manifest: Manifest,
  name: string,
  file: YamlFile,
): { id: string; node: ManifestNode; relation: string } | { problem: Problem } {
  const path = [...SETTING];
  const models = Object.entries(manifest.nodes).filter(([, node]) => RELATIONS.includes(node.resource_type));
  const steps = name.split('.');
  const found = models.filter(([, node]) => isNamed(node, steps));
  const exact = found.filter(([, node]) => isWhole(node, steps));
  const [one, ...others] = exact.length === 1 ? exact : found;
  if (!one) {
    const disabled = Object.values(manifest.disabled).flat();
    if (disabled.some((node) => RELATIONS.includes(node.resource_type) && isNamed(node, steps)))
      return { problem: problemAt(file, path, 'modelDisabled', { model: name }) };
    const nodes = models.map(([, node]) => node);
    const names = nodes.map((node) => node.name);
    const near = aliased(nodes, steps) ?? nearest(steps.at(-1)!, names) ?? nearest(steps.at(-2) ?? '', names);
    return { problem: problemAt(file, path, 'modelUnknown', { model: name, near }) };
  }
  if (others.length > 0) {
    const names = found.map(([, { fqn }]) => fqn.join('.'));
    return { problem: problemAt(file, path, 'modelAmbiguous', { model: name, found: names }) };
  }
  const [id, node] = one;
  const { relation_name: relation, config } = node;
  if (!relation || config?.materialized === 'ephemeral') {
    const materialized = config?.materialized ?? 'not built';
    return { problem: problemAt(file, path, 'modelWithoutTable', { model: name, materialized }) };
  }
  return { id, node, relation };
}

/** Returns the model whose table has the name that was given, preferably in the schema that was given. */
function aliased(models: ManifestNode[], steps: string[]): string | undefined {
  const [table, schema] = steps.map((step) => step.toLowerCase()).reverse();
  const found = models.filter(({ alias }) => alias?.toLowerCase() === table);
  const one = found.find((node) => node.schema?.toLowerCase() === schema) ?? found[0];
  return one && (one.version == null ? one.name : `${one.name}.v${one.version}`);
}

/** Whether the last step is the model's name, and those before it are steps of its place, in their order. */
function isNamed(node: ManifestNode, all: string[]): boolean {
  const { name, version, latest_version: latest } = node;
  const isVersion = version != null && all.at(-1) === `v${version}` && all.at(-2) === name;
  const steps = isVersion ? all.slice(0, -1) : all;
  if (steps.at(-1) !== name) return false;
  if (version != null && !isVersion && String(version) !== String(latest ?? version)) return false;
  const before = steps.slice(0, -1);
  const places = [
    [node.package_name, ...folders(node)],
    [node.database, node.schema],
  ];
  return places.some((place) => {
    let at = -1;
    return before.every((step) => (at = place.indexOf(step, at + 1)) >= 0);
  });
}

/** Those between the package and the name: the `fqn` ends with the name, and the version if there is one. */
function folders({ fqn, version }: ManifestNode): string[] {
  return fqn.slice(1, version == null ? -1 : -2);
}

/**
 * Whether the steps are the whole place, or the package and the name, as in dbt's ref: then no other model is meant, whose
 * folders or database have the same names.
 */
function isWhole(node: ManifestNode, steps: string[]): boolean {
  const places = [[node.package_name, ...folders(node)], [node.package_name]];
  const names = places.map((place) => [...place, node.name].join('.'));
  return names.some((each) => [each, `${each}.v${node.version}`].includes(steps.join('.')));
}

/** Returns what the manifest says about a model as guards of an activation, or why it says nothing. */
export function guardsOfModel(
  manifest: Manifest,
  { id, name, node }: { id: string; name: string; node: ManifestNode },
  { fromModel = [], freshness, ...guards }: Guards,
  file: YamlFile,
): { guards: Guards; problems: Problem[] } {
  const problems: Problem[] = [];
  const complain = (what: 'freshness' | 'tests') =>
    problems.push(problemAt(file, ['guards', 'fromModel'], 'modelWithoutGuards', { model: name, what }));
  let all = [freshness ?? []].flat();
  if (fromModel.includes('freshness')) {
    const { found, unusable } = freshnessOf(manifest, id);
    if (found.length + unusable.length === 0) complain('freshness');
    const sources = unusable.map((source) => ({ model: name, source }));
    problems.push(
      ...sources.map((each) => problemAt(file, ['guards', 'fromModel'], 'modelFreshnessUnusable', each)),
    );
    all = [...all, ...found];
  }
  let modelTests: Pick<Guards, 'modelTests'> = {};
  if (fromModel.includes('tests')) {
    const tests = testsOf(manifest, id, node);
    if (tests.length === 0) complain('tests');
    for (const [reason, isWrong] of UNUSABLE) {
      const test = tests.find((each) => isWrong(sqlOf(each)))?.name;
      if (test !== undefined)
        problems.push(problemAt(file, ['guards', 'fromModel'], reason, { model: name, test }));
    }
    const queries = tests.map((test) => ({ name: test.name, query: sqlOf(test) ?? '' }));
    modelTests = { modelTests: { model: name, tests: queries } };
  }
  const one = all.length > 0 ? { freshness: all } : {};
  return { guards: { ...guards, fromModel, ...one, ...modelTests }, problems };
}

/** Why the SQL of a test cannot be run. With `--empty`, dbt gives a test no row of its model, so it always passes. */
const UNUSABLE = [
  ['modelTestsUncompiled', (sql?: string) => sql === undefined],
  [
    'modelTestsEmpty',
    (sql = '') => /\(select \* from [^()]+? (?:where (?:false limit 0|1 ?= ?0)|limit 0)\)/.test(sql),
  ],
] as const;

/** How people write dbt's default, that every row of the test is a failure. */
const ANY_ROW = ['!=0', '<>0', '>0', '>=1'];

/** Those whose rows are what dbt calls an error. A test with its own idea of failing is left out. */
function testsOf({ nodes }: Manifest, id: string, model: ManifestNode): ManifestNode[] {
  return Object.values(nodes).filter((node) => {
    const { resource_type: type, config } = node;
    const isError = (config?.severity ?? 'ERROR').toUpperCase() === 'ERROR' && config?.enabled !== false;
    const isUsual =
      ANY_ROW.includes((config?.error_if ?? '!=0').replace(/\s/g, '')) &&
      (config?.fail_calc ?? 'count(*)').replace(/\s/g, '').toLowerCase() === 'count(*)';
    return type === 'test' && isError && isUsual && isTestOf(node, id, model);
  });
}

/** dbt 1.0 to 1.4 names no model, but the place of a test's YAML, which can be of one model and use others. */
function isTestOf(
  { attached_node: attached, file_key_name: key, depends_on: on }: ManifestNode,
  id: string,
  model: ManifestNode,
) {
  if (attached) return attached === id;
  const nodes = on?.nodes ?? [];
  if (nodes.length === 1) return nodes[0] === id;
  return nodes.includes(id) && key === `${model.resource_type}s.${model.name}`;
}

function sqlOf({ compiled_code: code, compiled_sql: sql }: ManifestNode): string | undefined {
  return (code ?? sql) || undefined;
}
