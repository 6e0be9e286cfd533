import { execFile } from 'node:child_process';
import { appendFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, vi } from 'vitest';
import { loadProject } from '../../config/project.ts';
import { projectFolder, resolved, VALID, withSegment } from './folders.ts';
import { MANIFEST, node, testNode } from './manifest.ts';

function folderWith(manifest: string | object, segment: string, more = '') {
  return projectFolder({
    ...VALID,
    'project.yaml': 'dbt: { manifest: dbt/manifest.json }\n',
    'dbt/manifest.json': typeof manifest === 'string' ? manifest : JSON.stringify(manifest),
    'activations/vip.yaml': withSegment(segment, more),
  });
}

const withNodes = (nodes: object, sources: object = {}) => ({ nodes, sources });
const version = (v: number | string) =>
  node('vip', {
    version: v,
    latest_version: 2,
    fqn: ['shop', 'marts', 'vip', `v${v}`],
    relation_name: `vip_v${v}`,
  });
const VERSIONS = withNodes({
  'model.shop.vip.v1': version(1),
  'model.shop.vip.v2': version(2),
  'model.shop.vip.vnext': version('next'),
});

describe('a model', () => {
  it.each([
    ['vip', 'vip_v2'],
    ['marts.vip', 'vip_v2'],
    ['vip.v1', 'vip_v1'],
    ['marts.vip.v2', 'vip_v2'],
    ['shop.marts.vip.vnext', 'vip_vnext'],
  ])('with versions and named %s is read from %s', async (model, relation) => {
    const found = await resolved(await folderWith(VERSIONS, `model: ${model}`));
    expect(found).toMatchObject({ query: `select * from ${relation}`, problems: [] });
  });

  it('in a version that does not exist is rejected', async () => {
    const { problems } = await resolved(await folderWith(VERSIONS, 'model: vip.v3'));
    expect(problems).toEqual([
      'activations/vip.yaml:5 segment.model: the dbt manifest has no model "vip.v3", did you mean "vip"?',
    ]);
  });

  it('is found by its whole place if another one has more folders', async () => {
    const nodes = {
      'model.shop.vip': node('vip', { fqn: ['shop', 'vip'], relation_name: 'the_first' }),
      'model.crm.vip': node('vip', { package_name: 'crm', fqn: ['crm', 'shop', 'vip'] }),
      'model.web.vip': node('vip', { package_name: 'web', fqn: ['web', 'shop', 'vip'] }),
    };
    const { query } = await resolved(await folderWith(withNodes(nodes), 'model: shop.vip'));
    expect(query).toBe('select * from the_first');
  });

  it('is found by its package as in ref, even if the database of another one has the same name', async () => {
    const nodes = {
      'model.shop.vip': node('vip', { database: 'shop', relation_name: 'the_first' }),
      'model.crm.vip': node('vip', { package_name: 'crm', fqn: ['crm', 'vip'], database: 'shop' }),
    };
    const { query } = await resolved(await folderWith(withNodes(nodes), 'model: shop.vip'));
    expect(query).toBe('select * from the_first');
  });

  it.each([
    ['customers', 'stg_people'],
    ['ANALYTICS.CUSTOMERS', 'people'],
    ['raw.customers', 'stg_people'],
    ['vip_v1', 'vip.v1'],
  ])('that is named by its table %s is reported with its name %s', async (table, name) => {
    const nodes = {
      ...VERSIONS.nodes,
      'model.shop.a': node('stg_people', { alias: 'customers', schema: 'raw' }),
      'model.shop.b': node('people', { alias: 'customers' }),
      'model.shop.vip.v1': { ...version(1), alias: 'vip_v1' },
    };
    const { problems } = await resolved(await folderWith(withNodes(nodes), `model: ${table}`));
    expect(problems).toEqual([
      expect.stringContaining(`has no model "${table}", did you mean "${name}"?`) as string,
    ]);
  });

  it('that is disabled is reported as such', async () => {
    const manifest = { nodes: {}, disabled: { 'model.shop.vip': [node('vip')] } };
    const { problems } = await resolved(await folderWith(manifest, 'model: marts.vip'));
    expect(problems).toEqual([expect.stringContaining('"marts.vip" is disabled') as string]);
  });

  it('can be named with folders that are no words of SQL', async () => {
    const nodes = { 'model.shop.vip-2': node('vip-2', { fqn: ['shop', '01_marts', 'a-b', 'vip-2'] }) };
    const found = await resolved(await folderWith(withNodes(nodes), 'model: 01_marts.a-b.vip-2'));
    expect(found.problems).toEqual([]);
  });

  it('that is ephemeral has no table, even if an old manifest names one', async () => {
    const nodes = { 'model.shop.vip': node('vip', { config: { materialized: 'ephemeral' } }) };
    const { problems } = await resolved(await folderWith(withNodes(nodes), 'model: vip'));
    expect(problems).toEqual([expect.stringContaining('because it is ephemeral') as string]);
  });
});

describe('the tests of a model', () => {
  const testsOf = async (tests: Record<string, object>) => {
    const nodes = { 'model.shop.vip': node('vip'), 'model.shop.orders': node('orders'), ...tests };
    const guards = 'guards: { fromModel: [tests] }\n';
    const found = await resolved(await folderWith(withNodes(nodes), 'model: vip', guards));
    return found.guards?.modelTests?.tests.map(({ name }) => name) ?? found.problems;
  };
  const both = { nodes: ['model.shop.orders', 'model.shop.vip'] };

  it.each(['!=0', '> 0', '>0', '<> 0', '>= 1'])(
    'of which %s rows are an error are checked',
    async (limit) => {
      const config = { severity: 'error', error_if: limit, fail_calc: 'COUNT( * )' };
      expect(await testsOf({ 'test.a': testNode('unique', { config }) })).toEqual(['unique']);
    },
  );

  it.each(['"my dwh"."analytics"."vip" where false limit 0', '[vip] where 1=0', 'dwh.vip limit 0'])(
    'in a manifest of dbt build --empty are rejected: %s',
    async (relation) => {
      const compiled_code = `select email from (select * from ${relation}) as _dbt_limit where email is null`;
      const problems = await testsOf({ 'test.a': testNode('unique', { compiled_code }) });
      expect(problems).toEqual([expect.stringContaining('was written with --empty') as string]);
    },
  );

  it('in a manifest of dbt 1.0 to 1.4 are found by their file, if they use other models, too', async () => {
    const old = { attached_node: undefined, depends_on: both };
    const tests = {
      'test.a': testNode('orders_exist', { ...old, file_key_name: 'models.vip' }),
      'test.b': testNode('of_the_other', { ...old, file_key_name: 'models.orders' }),
      'test.c': testNode('of_no_model', old),
    };
    expect(await testsOf(tests)).toEqual(['orders_exist']);
  });
});

describe('the freshness of a source', () => {
  const error_after = { count: 6, period: 'hour' };
  const freshnessOf = async (source: object) => {
    const nodes = { 'model.shop.vip': node('vip', { depends_on: { nodes: ['source.a', 'source.b'] } }) };
    const usable = MANIFEST.sources['source.shop.orders'];
    const sources = { 'source.a': usable, 'source.b': { ...usable, name: 'people', ...source } };
    const guards = 'guards: { fromModel: [freshness] }\n';
    const found = await resolved(await folderWith(withNodes(nodes, sources), 'model: vip', guards));
    return found.guards ? [found.guards.freshness].flat().map((each) => each?.query) : found.problems;
  };

  it('can be a query of its own, with the name of the source in it', async () => {
    const own = 'select max(t) from {{ this }} where x';
    const queries = await freshnessOf({ loaded_at_field: null, loaded_at_query: own });
    expect(queries[1]).toBe('select max(t) from "dwh"."raw"."orders" where x');
  });

  it.each([
    ['it is read from metadata', { loaded_at_field: null }],
    ['it calls a macro', { loaded_at_field: null, loaded_at_query: '{{ last_load() }}' }],
    ['its field calls a macro', { loaded_at_field: "{{ to_utc('t') }}" }],
    ['it has no table', { relation_name: null }],
  ])('is not left out silently if %s', async (_, source) => {
    expect(await freshnessOf(source)).toEqual([
      expect.stringContaining(
        'the source shop.people of the dbt model "vip" has freshness.error_after, but no',
      ) as string,
    ]);
  });

  it('without a limit for errors is no guard', async () => {
    const none = { error_after: { count: null, period: null }, filter: null };
    const queries = await freshnessOf({ loaded_at_field: null, freshness: none });
    expect(queries).toHaveLength(1);
    expect(await freshnessOf({ freshness: { warn_after: error_after } })).toHaveLength(1);
  });
});

describe('a manifest', () => {
  const text = JSON.stringify(MANIFEST);

  it('that dbt is writing is waited for', async () => {
    const folder = await folderWith(text.slice(0, 100), 'model: vip');
    const path = join(folder, 'dbt/manifest.json');
    const reading = resolved(folder);
    for (let at = 100; at < text.length; at += 500) {
      await appendFile(path, text.slice(at, at + 500));
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect((await reading).problems).toEqual([]);
  });

  it('that is a pipe is rejected at once', async () => {
    const folder = await folderWith(text, 'model: vip');
    await rm(join(folder, 'dbt/manifest.json'));
    await promisify(execFile)('mkfifo', [join(folder, 'dbt/manifest.json')]);
    const { problems } = await resolved(folder);
    expect(problems).toEqual([expect.stringContaining('dbt/manifest.json is not a regular file') as string]);
  });

  it('is parsed once for all activations of a project', async () => {
    const folder = await folderWith(text, 'model: vip');
    for (const name of ['b', 'c', 'd'])
      await writeFile(join(folder, `activations/${name}.yaml`), withSegment('model: vip'));
    const parse = vi.spyOn(JSON, 'parse');
    await loadProject(folder);
    const parsed = parse.mock.calls.filter(([each]) => each === text);
    parse.mockRestore();
    expect(parsed).toHaveLength(1);
  });
});
