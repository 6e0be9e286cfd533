import { expect, it } from 'vitest';
import { projectFolder, resolved, VALID, withSegment } from './folders.ts';

/*
 * A manifest in the form of dbt Fusion, written by hand from its documentation
 * (https://docs.getdbt.com/reference/artifacts/manifest-json), its changelog and its source: what is null is left out of
 * nodes but not of configs, severities are capitalized, and a limit of freshness that is not set is an empty group.
 */

const common = (name: string) => ({
  database: 'dwh',
  schema: 'analytics',
  name,
  package_name: 'shop',
  fqn: ['shop', 'marts', name],
  path: `marts/${name}.sql`,
  original_file_path: `models/marts/${name}.sql`,
  tags: [],
  meta: {},
  alias: name,
  columns: {},
  checksum: { name: 'sha256', checksum: '0' },
});
const test = (name: string, severity: string | null) => ({
  ...common(name),
  resource_type: 'test',
  attached_node: 'model.shop.vip',
  compiled: true,
  compiled_code: `\n    \n\nselect email\nfrom "dwh"."analytics"."vip" -- ${name}\n`,
  config: { enabled: true, severity, error_if: '!= 0', fail_calc: 'count(*)', warn_if: '!= 0', where: null },
  depends_on: { macros: ['macro.dbt.test_unique'], nodes: ['model.shop.vip'] },
});
const source = (name: string, freshness: object | null) => ({
  ...common(name),
  source_name: 'shop',
  identifier: name,
  relation_name: `"dwh"."raw"."${name}"`,
  loaded_at_field: 'loaded_at',
  freshness,
});
const manifest = (version: number) => ({
  metadata: {
    dbt_schema_version: `https://schemas.getdbt.com/dbt/manifest/v${version}.json`,
    dbt_version: '2.0.0',
    generated_at: '2026-11-26T06:00:00.000000Z',
    project_name: 'shop',
    adapter_type: 'postgres',
  },
  nodes: {
    'model.shop.vip': {
      ...common('vip'),
      resource_type: 'model',
      relation_name: '"dwh"."analytics"."vip"',
      compiled: true,
      compiled_code: 'select 1',
      config: { enabled: true, materialized: 'table', severity: null },
      depends_on: { macros: [], nodes: ['source.shop.orders', 'source.shop.people'] },
    },
    'test.shop.unique.1': test('unique_vip_email', 'Error'),
    'test.shop.not_null.2': test('not_null_vip_email', null),
    'test.shop.mild.3': test('not_null_vip_city', 'Warn'),
  },
  sources: {
    'source.shop.orders': source('orders', {
      error_after: { count: 6, period: 'hour' },
      warn_after: { count: null, period: null },
    }),
    'source.shop.people': source('people', {
      error_after: { count: null, period: null },
      warn_after: { count: 1, period: 'day' },
    }),
    'source.shop.unused': source('unused', null),
  },
  unit_tests: {},
  functions: {},
  disabled: { 'model.shop.old': [{ ...common('old'), resource_type: 'model', config: { enabled: false } }] },
});
const folderOf = (version: number, model: string) =>
  projectFolder({
    ...VALID,
    'project.yaml': 'dbt: { manifest: manifest.json }\n',
    'manifest.json': JSON.stringify(manifest(version)),
    'activations/vip.yaml': withSegment(`model: ${model}`, 'guards: { fromModel: [freshness, tests] }\n'),
  });

it.each([12, 20])('a manifest of dbt Fusion, version %i, gives a table and its guards', async (version) => {
  const { problems, query, guards } = await resolved(await folderOf(version, 'marts.vip'));
  expect(problems).toEqual([]);
  expect(query).toBe('select * from "dwh"."analytics"."vip"');
  expect(guards?.modelTests?.tests.map(({ name }) => name)).toEqual([
    'unique_vip_email',
    'not_null_vip_email',
  ]);
  expect(guards?.freshness).toEqual([
    {
      query: 'select max(loaded_at) as loaded_at from "dwh"."raw"."orders"',
      maxAge: 21_600_000,
      of: 'shop.orders',
    },
  ]);
});

it('a disabled model in a manifest of dbt Fusion is reported as such', async () => {
  const { problems } = await resolved(await folderOf(12, 'old'));
  expect(problems).toEqual([expect.stringContaining('"old" is disabled') as string]);
});
