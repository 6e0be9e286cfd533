import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Activation } from '../../activation/definition/definition.ts';
import type { Project } from '../../config/project.ts';
import { seedContacts } from '../../dev/project/contacts.ts';
import { warehouses } from '../../dev/project/warehouses.ts';
import { startSimulator, type Simulator } from '../../simulator/start.ts';
import { freshDatabase } from '../setup/servers.ts';

let database: { url: string; dispose(): Promise<void> };
let warehouse: pg.Client;
let actito: Simulator;
beforeAll(async () => {
  database = await freshDatabase('real');
  warehouse = new pg.Client({ connectionString: database.url });
  await warehouse.connect();
  await warehouse.query(`
    create table people (email text);
    create table log (email text);
    create sequence counter;
    create function spy(email text) returns text language sql as
      $$ insert into log values (email); select email $$;
    create view spied as select spy(email) as email from people`);
  actito = await startSimulator();
});
beforeEach(async () => {
  await actito.reset();
  await warehouse.query('truncate people, log');
  await warehouse.query(`insert into people select 'anna' || i || '@shop.be' from generate_series(1, 60) i`);
});
afterAll(async () => {
  await warehouse?.end();
  await actito?.stop();
  await database?.dispose();
});

/** How `dev` handles a source whose variable names a real warehouse. */
async function seed(segment: { query?: string; table?: string }, ...others: object[]): Promise<string> {
  const source = { driver: 'postgres' as const, connection: { env: 'REAL' }, statementTimeout: 10_000 };
  const activation = {
    id: 'vip',
    source: 'shop',
    destination: 'actito',
    segment: { name: 'VIP', ...segment },
    matchingKey: { column: 'email', type: 'email', attribute: 'emailAddress' },
    attributes: [] as object[],
  };
  const activations = [activation, ...others.map((other) => ({ ...activation, ...other }))];
  const project = {
    sources: new Map([['shop', source]]),
    activations: new Map((activations as unknown as Activation[]).map((each) => [each.id, each])),
  } as unknown as Project;
  const all = await warehouses(project, {
    database: async () => 'postgres://nobody',
    env: { REAL: database.url },
  });
  return seedContacts('actito', actito, project, all);
}

const countOf = async (table: string) =>
  Number((await warehouse.query<{ n: string }>(`select count(*) as n from ${table}`)).rows[0]!.n);

describe('the contacts that dev creates for a segment', () => {
  it('are most of its members, the same ones each time', async () => {
    expect(await seed({ table: 'people' })).toMatch(/^Simulated Actito for actito: (4\d|5\d) contacts$/);
    const before = actito.contactCount();
    await actito.reset();
    await seed({ query: 'select email from people -- all\n;' });
    expect(actito.contactCount()).toBe(before);
  });

  it.each<[string, { query?: string; table?: string }]>([
    ['a function that inserts', { query: 'select spy(email) as email from people' }],
    ['a view that inserts', { table: 'spied' }],
    ['a second statement', { query: `select email from people; insert into log values ('x')` }],
    [
      'a second statement after a bracket',
      { query: `select email from people) s; insert into log values ('x'); --` },
    ],
    [
      'the end of the transaction',
      { query: `select 1 as email) s; commit; insert into log values ('x'); --` },
    ],
    [
      'a query that writes',
      { query: `with w as (insert into log values ('x') returning email) select email from w` },
    ],
    [
      'a transaction that may write',
      { query: `select set_config('transaction_read_only', 'off', false) as email, spy('x')` },
    ],
    ['a sequence', { query: `select nextval('counter')::text as email` }],
  ])('come from no query that would write: %s', async (_, segment) => {
    expect(await seed(segment)).toContain('(segments that cannot be read yet: vip)');
    expect(await countOf('log')).toBe(0);
    expect((await warehouse.query('select is_called from counter')).rows).toEqual([{ is_called: false }]);
    expect(actito.contactCount()).toBe(0);
  });

  it('are none if the segment cannot be read, and the reason is shown', async () => {
    expect(await seed({ table: 'nobody' })).toMatch(
      /^Simulated Actito for actito: 0 contacts \(segments that cannot be read yet: vip\)\n {2}vip: .*nobody/,
    );
  });

  it('have the keys of other activations that their segment maps', async () => {
    const query = `select email, 'c' || email as number from people`;
    const numbered = {
      id: 'numbered',
      matchingKey: { column: 'number', type: 'externalId', attribute: 'customerId' },
    };
    const withBoth = () =>
      [...actito.contacts()].filter(
        ({ emailAddress, customerId }) => customerId === `c${String(emailAddress)}`,
      );
    await seed({ query }, numbered);
    expect(withBoth()).toEqual([]);
    const apart = actito.contactCount();
    await actito.reset();
    const attributes = [{ column: 'number', attribute: 'customerId' }];
    await seed({ query }, { attributes }, numbered);
    expect(withBoth().length).toBeGreaterThan(40);
    expect(actito.contactCount()).toBeLessThan(apart);
  });

  it('are at most 10,000, however many members there are', async () => {
    await warehouse.query(
      `insert into people select 'bob' || i || '@shop.be' from generate_series(1, 20000) i`,
    );
    await seed({ table: 'people' });
    expect(actito.contactCount()).toBe(10_000);
  });
});

it('a source of another driver keeps its variable, because this stack has no server of its kind', async () => {
  const project = {
    sources: new Map(
      (['postgres', 'mysql', 'trino'] as const).map((driver) => [
        driver,
        { driver, connection: { env: 'SHOP_URL' }, statementTimeout: 10_000 },
      ]),
    ),
  } as unknown as Project;
  const all = await warehouses(project, { database: async (name) => `postgres://${name}`, env: {} });
  expect(all).toEqual([
    { source: 'postgres', variable: 'SHOP_URL', url: 'postgres://warehouse_postgres', own: true },
  ]);
});
