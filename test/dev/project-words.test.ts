import { expect, test } from 'vitest';
import { withoutProxy, type ProjectStack } from '../../dev/project/stack.ts';
import { whatThereIs } from '../../dev/project/words.ts';

test('dev names the warehouse of every source: its own database, a variable, or the driver that it reads with', () => {
  const sources = { crm: 'postgres', shop: 'postgres', lake: 'snowflake' };
  const lines = whatThereIs({
    temporal: { address: '127.0.0.1:7233' },
    project: { folder: '/tmp/project', env: {} },
    simulators: new Map(),
    warehouses: [
      { source: 'crm', variable: 'CRM_URL', url: 'postgres://own', own: true },
      { source: 'shop', variable: 'SHOP_URL', url: 'postgres://secret', own: false },
    ],
    sources: new Map(Object.entries(sources).map(([id, driver]) => [id, { driver }])),
  } as unknown as ProjectStack);
  expect(lines.filter((line) => line.startsWith('Warehouse:'))).toEqual([
    'Warehouse:          postgres://own  (source crm; created by this stack)',
    'Warehouse:          from SHOP_URL  (source shop)',
    'Warehouse:          snowflake, as configured  (source lake)',
  ]);
});

test.each([
  [{}, '127.0.0.1,localhost'],
  [{ NO_PROXY: 'db.example' }, '127.0.0.1,localhost,db.example'],
  [{ NO_PROXY: 'other.example', no_proxy: 'db.example' }, '127.0.0.1,localhost,db.example'],
])('the worker of dev reaches simulators without a proxy, and warehouses as %j says', (env, hosts) => {
  expect(withoutProxy(env)).toEqual({ NO_PROXY: hosts, no_proxy: hosts });
});
