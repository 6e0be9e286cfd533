import { closest, distance } from 'fastest-levenshtein';
import type { Freshness, Guards } from '../../activation/definition/guards.ts';
import { problemAt, type Problem } from '../problem.ts';
import type { YamlFile } from '../yaml-file.ts';
import { milliseconds, type Manifest, type ManifestNode, type ManifestSource } from './manifest.ts';

/** What becomes a table or view in the warehouse. */
const RELATIONS = ['model', 'seed', 'snapshot'];
const SETTING = ['segment', 'model'] as const;

/** Finds the model that a segment names: by its name, which its package, schema or folders can precede. */
export function findModel(
  manifest: Manifest,
  name: string,
  file: YamlFile,
): { id: string; node: ManifestNode; relation: string } | { problem: Problem } {
  const path = [...SETTING];
  const models = Object.entries(manifest.nodes).filter(([, node]) => RELATIONS.includes(node.resource_type));
  const found = models.filter(([, node]) => isNamed(node, name.split('.')));
  if (found.length > 1) {
    const names = found.map(([, { fqn }]) => fqn.join('.'));
    return { problem: problemAt(file, path, 'modelAmbiguous', { model: name, found: names }) };
  }
  const [one] = found;
  if (!one) {
    const near = nearest(
      name.split('.').at(-1)!,
      models.map(([, node]) => node.name),
    );
    return { problem: problemAt(file, path, 'modelUnknown', { model: name, near }) };
  }
  const [id, node] = one;
  const relation = node.relation_name;
  if (!relation) {
    const materialized = node.config?.materialized ?? 'not built';
    return { problem: problemAt(file, path, 'modelWithoutTable', { model: name, materialized }) };
  }
  return { id, node, relation };
}

/** Whether the last step is the model's name, and those before it are steps of its place, in their order. */
function isNamed(node: ManifestNode, steps: string[]): boolean {
  const before = steps.slice(0, -1);
  if (steps.at(-1) !== node.name) return false;
  const places = [
    [node.package_name, ...node.fqn.slice(1, -1)],
    [node.database, node.schema],
  ];
  return places.some((place) => {
    let at = -1;
    return before.every((step) => (at = place.indexOf(step, at + 1)) >= 0);
  });
}

function nearest(name: string, names: readonly string[]): string | undefined {
  if (names.length === 0) return undefined;
  const near = closest(name, names);
  return distance(name, near) <= Math.max(2, name.length / 3) ? near : undefined;
}

/** Returns what the manifest says about a model as guards of an activation, or why it says nothing. */
export function guardsOfModel(
  manifest: Manifest,
  { id, name }: { id: string; name: string },
  { fromModel = [], freshness, assertions, ...guards }: Guards,
  file: YamlFile,
): { guards: Guards; problems: Problem[] } {
  const problems: Problem[] = [];
  const complain = (what: 'freshness' | 'tests') =>
    problems.push(problemAt(file, ['guards', 'fromModel'], 'modelWithoutGuards', { model: name, what }));
  let all = [freshness ?? []].flat();
  if (fromModel.includes('freshness')) {
    const found = freshnessOf(manifest, id);
    if (found.length === 0) complain('freshness');
    all = [...all, ...found];
  }
  let asserted = assertions;
  if (fromModel.includes('tests')) {
    const tests = testsOf(manifest, id);
    if (tests.length === 0) complain('tests');
    const uncompiled = tests.find((test) => !sqlOf(test));
    if (uncompiled) {
      const facts = { model: name, test: uncompiled.name };
      problems.push(problemAt(file, ['guards', 'fromModel'], 'modelTestsUncompiled', facts));
    }
    asserted = [
      ...assertions,
      ...tests.map((test) => ({ query: sqlOf(test) ?? '', message: `dbt test ${test.name}` })),
    ];
  }
  const one = all.length > 0 ? { freshness: all } : {};
  return { guards: { ...guards, fromModel, ...one, assertions: asserted }, problems };
}

/** Those whose rows are what dbt calls an error. A test with its own idea of failing is left out. */
function testsOf({ nodes }: Manifest, id: string): ManifestNode[] {
  return Object.values(nodes).filter(({ resource_type: type, config, ...node }) => {
    const isOfModel = node.attached_node
      ? node.attached_node === id
      : node.depends_on?.nodes.length === 1 && node.depends_on.nodes[0] === id;
    const isError = (config?.severity ?? 'ERROR').toUpperCase() === 'ERROR' && config?.enabled !== false;
    const isUsual =
      (config?.error_if ?? '!= 0') === '!= 0' && (config?.fail_calc ?? 'count(*)') === 'count(*)';
    return type === 'test' && isOfModel && isError && isUsual;
  });
}

function sqlOf({ compiled_code: code, compiled_sql: sql }: ManifestNode): string | undefined {
  return (code ?? sql) || undefined;
}

/** The freshness of every source that a model is built from. */
function freshnessOf({ nodes, sources }: Manifest, id: string): Freshness[] {
  const seen = new Set<string>();
  const visit = (one: string) => {
    if (seen.has(one)) return;
    seen.add(one);
    for (const other of nodes[one]?.depends_on?.nodes ?? []) visit(other);
  };
  visit(id);
  return [...seen].flatMap((one) => {
    const source = sources[one];
    const found = source && freshnessOfSource(source);
    return found ? [found] : [];
  });
}

/** As dbt reads it: https://docs.getdbt.com/reference/resource-properties/freshness */
function freshnessOfSource(source: ManifestSource): Freshness | undefined {
  const { freshness, loaded_at_field: field, relation_name: relation } = source;
  const maxAge = milliseconds(freshness?.error_after ?? {});
  if (maxAge === undefined || !field || !relation) return undefined;
  const filter = freshness?.filter ? ` where ${freshness.filter}` : '';
  const query = `select max(${field}) as loaded_at from ${relation}${filter}`;
  return { query, maxAge, of: `${source.source_name}.${source.name}` };
}
