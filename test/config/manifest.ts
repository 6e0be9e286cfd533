/* Parts of the manifest of a dbt project, as dbt 1.10 writes them. */

export const node = (name: string, more: object = {}) => ({
  resource_type: 'model',
  name,
  package_name: 'shop',
  fqn: ['shop', 'marts', name],
  database: 'dwh',
  schema: 'analytics',
  relation_name: `"dwh"."analytics"."${name}"`,
  config: { materialized: 'table' },
  depends_on: { nodes: [] as string[] },
  ...more,
});
export const testNode = (name: string, more: object = {}) => ({
  ...node(name),
  resource_type: 'test',
  relation_name: null,
  attached_node: 'model.shop.vip',
  compiled_code: `select email from "dwh"."analytics"."vip" -- ${name}`,
  config: { severity: 'ERROR', error_if: '!= 0', fail_calc: 'count(*)' },
  ...more,
});
const sourceNode = (name: string, freshness: object | null, field: string | null = 'loaded_at') => ({
  source_name: 'shop',
  name,
  database: 'dwh',
  schema: 'raw',
  relation_name: `"dwh"."raw"."${name}"`,
  loaded_at_field: field,
  freshness,
});
/** A model that two sources feed, tests of all kinds, and models that cannot be read. */
export const MANIFEST = {
  metadata: { dbt_schema_version: 'https://schemas.getdbt.com/dbt/manifest/v12.json' },
  nodes: {
    'model.shop.vip': node('vip', {
      depends_on: { nodes: ['model.shop.orders_by_day', 'source.shop.people'] },
    }),
    'model.shop.orders_by_day': node('orders_by_day', { depends_on: { nodes: ['source.shop.orders'] } }),
    'model.shop.prospects': node('prospects'),
    'model.crm.prospects': node('prospects', { package_name: 'crm', fqn: ['crm', 'staging', 'prospects'] }),
    'model.shop.helper': node('helper', { relation_name: null, config: { materialized: 'ephemeral' } }),
    'test.shop.unique': testNode('unique_vip_email'),
    'test.shop.odd': testNode('few_rows', { config: { severity: 'error', error_if: '> 100' } }),
    'test.shop.mild': testNode('not_null_vip_city', { config: { severity: 'warn' } }),
    'test.shop.other': testNode('unique_orders', { attached_node: 'model.shop.orders_by_day' }),
    'test.shop.own': testNode('no_staff', { attached_node: null, depends_on: { nodes: ['model.shop.vip'] } }),
  },
  sources: {
    'source.shop.people': sourceNode('people', {
      error_after: { count: 1, period: 'day' },
      filter: 'not deleted',
    }),
    'source.shop.orders': sourceNode('orders', { error_after: { count: 6, period: 'hour' } }),
    'source.shop.unused': sourceNode('unused', { error_after: { count: 6, period: 'hour' } }),
  },
};
