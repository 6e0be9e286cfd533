import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { problemInWords } from '../../contract/messages/project.ts';
import { definitionOf, loadProject } from '../../config/project.ts';
import { ACTIVATION, projectFolder, VALID } from './folders.ts';
import { MANIFEST, node, testNode } from './manifest.ts';

const HOUR = 3_600_000;

/** An activation of the valid project with another segment, and other settings after it. */
const withSegment = (segment: string, more = '') =>
  ACTIVATION.replace('  query: select 1\n', `  ${segment}\n`) + more;

async function load(files: Record<string, string>) {
  const folder = await projectFolder({ ...VALID, ...files });
  const project = await loadProject(folder);
  return { folder, project, problems: project.problems.map(problemInWords) };
}

async function loaded(files: Record<string, string>) {
  const { project, problems } = await load(files);
  expect(problems).toEqual([]);
  const { segment, guards } = definitionOf(project, 'vip').activation;
  return { segment, guards };
}

describe('a query in a file', () => {
  const asked = { 'activations/vip.yaml': withSegment('query: { file: sql/vip.sql }') };

  it('is read with the project, as it is', async () => {
    const text = 'select email, first_name\nfrom customers -- all\n;\n';
    const { segment } = await loaded({ ...asked, 'activations/sql/vip.sql': text });
    expect(segment).toEqual({ name: 'VIP', query: text });
  });

  it.each([
    ['does not exist', {}, 'there is no file activations/sql/vip.sql in the project folder'],
    ['is empty', { 'activations/sql/vip.sql': ' \n' }, 'activations/sql/vip.sql: the file is empty'],
    [
      'is too large',
      { 'activations/sql/vip.sql': `select ${'1,'.repeat(100_000)} 1` },
      'activations/sql/vip.sql: is larger than the limit of 128 KB',
    ],
  ])('that %s is reported with the line of its name', async (_, files, problem) => {
    const { project, problems } = await load({ ...asked, ...files });
    expect(problems).toEqual([`activations/vip.yaml:5 segment.query.file: ${problem}`]);
    expect([...project.broken.keys()]).toEqual(['vip']);
  });

  it.each(['../vip.sql', '/etc/vip.sql', 'sql/../../vip.sql', 'vip.txt', '.vip.sql', 'sql/.git/vip.sql'])(
    'can only be in the folder of the activations: not %s',
    async (file) => {
      const { problems } = await load({ 'activations/vip.yaml': withSegment(`query: { file: '${file}' }`) });
      expect(problems).toHaveLength(1);
      expect(problems[0]).toContain('activations/vip.yaml:5 segment.query');
    },
  );
});

describe('a model of a dbt project', () => {
  const project = { 'project.yaml': 'dbt: { manifest: dbt/manifest.json }\n' };
  const files = (segment: string, more = '', manifest: object = MANIFEST) => ({
    ...project,
    'dbt/manifest.json': JSON.stringify(manifest),
    'activations/vip.yaml': withSegment(segment, more),
  });

  it.each(['vip', 'shop.vip', 'marts.vip', 'analytics.vip', 'dwh.analytics.vip', 'shop.marts.vip'])(
    'named %s is read from its table',
    async (model) => {
      const { segment } = await loaded(files(`model: ${model}`));
      expect(segment).toEqual({ name: 'VIP', query: 'select * from "dwh"."analytics"."vip"' });
    },
  );

  it.each([
    ['vpi', 'the dbt manifest has no model "vpi", did you mean "vip"?'],
    ['staging.vip', 'the dbt manifest has no model "staging.vip", did you mean "vip"?'],
    [
      'prospects',
      'the dbt manifest has several models "prospects": shop.marts.prospects, crm.staging.prospects',
    ],
    [
      'helper',
      'the dbt model "helper" has no table or view, because it is ephemeral; materialize it, or give a query',
    ],
  ])('named %s is rejected', async (model, problem) => {
    const { problems } = await load(files(`model: ${model}`));
    expect(problems).toEqual([`activations/vip.yaml:5 segment.model: ${problem}`]);
  });

  it('gives its tests of severity error, and the freshness of its sources', async () => {
    const { guards } = await loaded(files('model: vip', 'guards: { fromModel: [freshness, tests] }\n'));
    expect(guards.modelTests).toEqual({
      model: 'vip',
      tests: ['unique_vip_email', 'no_staff'].map((name) => ({
        name,
        query: expect.stringContaining(name) as string,
      })),
    });
    expect(guards.freshness).toEqual([
      {
        query: 'select max(loaded_at) as loaded_at from "dwh"."raw"."orders"',
        maxAge: 6 * HOUR,
        of: 'shop.orders',
      },
      {
        query: 'select max(loaded_at) as loaded_at from "dwh"."raw"."people" where not deleted',
        maxAge: 24 * HOUR,
        of: 'shop.people',
      },
    ]);
  });

  it('adds its guards to those of the activation', async () => {
    const own = `guards:
  fromModel: [tests, freshness]
  freshness: { query: select now(), maxAge: 2h }
  assertions: [{ query: select 2, message: two }]
`;
    const { guards } = await loaded(files('model: vip', own));
    expect(guards.assertions.map(({ message }) => message)).toEqual(['two']);
    expect(guards.modelTests?.tests).toHaveLength(2);
    expect([guards.freshness].flat().map((each) => each?.of)).toEqual([
      undefined,
      'shop.orders',
      'shop.people',
    ]);
  });

  it.each([
    ['freshness', 'model: prospects', 'no source of the dbt model "shop.marts.prospects" has'],
    ['tests', 'model: prospects', 'the dbt model "shop.marts.prospects" has no test of severity error'],
  ])('without %s cannot give it as a guard', async (what, _, problem) => {
    const { problems } = await load(
      files('model: shop.marts.prospects', `guards: { fromModel: [${what}] }\n`),
    );
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(`guards.fromModel: ${problem}`);
  });

  it('whose tests were never compiled is rejected, because no SQL could check them', async () => {
    const nodes = {
      ...MANIFEST.nodes,
      'test.shop.unique': testNode('unique_vip_email', { compiled_code: null }),
    };
    const { problems } = await load(
      files('model: vip', 'guards: { fromModel: [tests] }\n', { ...MANIFEST, nodes }),
    );
    expect(problems).toEqual([
      'activations/vip.yaml:14 guards.fromModel: the dbt manifest has no SQL for the test unique_vip_email of the model "vip"; create it with dbt build or dbt compile',
    ]);
  });

  it.each([
    ['is not set', { 'project.yaml': '' }, 'the project does not say where the manifest'],
    [
      'does not exist',
      { 'project.yaml': 'dbt: { manifest: nowhere.json }\n' },
      'nowhere.json does not exist',
    ],
    ['is not JSON', { 'dbt/manifest.json': '{' }, 'dbt/manifest.json is not JSON'],
    ['is another file', { 'dbt/manifest.json': '{"results": []}' }, 'dbt/manifest.json has no models'],
  ])('is rejected if the manifest %s', async (_, change, problem) => {
    const all: Record<string, string> = { ...files('model: vip'), ...change };
    if (all['project.yaml'] === '') delete all['project.yaml'];
    const { problems } = await load(all);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain('activations/vip.yaml:5 segment.model: ');
    expect(problems[0]).toContain(problem);
  });

  it('is read anew when dbt has written its manifest again', async () => {
    const { folder } = await load(files('model: vip'));
    const renamed = {
      ...MANIFEST,
      nodes: { 'model.shop.vip': node('vip', { relation_name: 'other.vip_2' }) },
    };
    await mkdir(join(folder, 'dbt'), { recursive: true });
    await writeFile(join(folder, 'dbt/manifest.json'), JSON.stringify(renamed));
    const { segment } = definitionOf(await loadProject(folder), 'vip').activation;
    expect(segment.query).toBe('select * from other.vip_2');
  });

  it('needs a model to take guards from', async () => {
    const { problems } = await load(files('table: vip', 'guards: { fromModel: [tests] }\n'));
    expect(problems).toEqual(['activations/vip.yaml:14 guards.fromModel: only with segment.model']);
  });

  it('cannot be named beside a query', async () => {
    const { problems } = await load(files('model: vip\n  table: vip'));
    expect(problems).toEqual([
      expect.stringContaining('segment: expected exactly one of query, table and model') as string,
    ]);
  });
});
