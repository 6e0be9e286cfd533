import { generateKeyPairSync } from 'node:crypto';
import { openSnowflake, type SnowflakeSource } from '../../warehouse/snowflake/open.ts';
import { describeWarehouse } from './contract.ts';
import { values } from './contract/values.ts';
import { READER } from './reading.ts';
import { startSnowflakeShim } from './shims/snowflake/shim.ts';
import type { Shim } from './shims/server.ts';

const { publicKey, privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});

let shim: Shim;
/** Statements whose results will never be fetched. */
let lost = 0;
let wasCut = false;
/** Of the source that is opened next. */
let nextFaults: Parameters<Shim['setFault']>[0] = {};
const SOURCE: SnowflakeSource = {
  account: 'MYORG-SHOP',
  login: { user: 'actito_sync', privateKey },
  warehouse: 'REPORTING',
  statementTimeout: 600_000,
  reader: READER,
};

const startShim = (partitionBytes: number) =>
  startSnowflakeShim({ login: { account: SOURCE.account, user: 'ACTITO_SYNC', publicKey }, partitionBytes });

async function start() {
  shim = await startShim(1 << 20);
  await shim.execute('create table WRITTEN (id int)');
  // the shim's own macro has no formats; `TME` prints all digits, as DuckDB does
  await shim.execute(
    'create or replace macro TO_VARCHAR(a) as cast(a as varchar), (a, format) as cast(a as varchar)',
  );
}

async function open(changes: Partial<SnowflakeSource> = {}) {
  if (wasCut) lost = shim.unread();
  wasCut = false;
  shim.setFault(nextFaults);
  nextFaults = {};
  return openSnowflake({ ...SOURCE, ...changes }, { origin: shim.url });
}

const rows = (n: number) =>
  `select i as id, repeat('x', 100) as padding from range(1, ${n + 1}) numbered (i)`;

describeWarehouse('Snowflake', {
  start,
  stop: () => shim.close(),
  open,
  async execute(sql) {
    // a statement reads its snapshot when it runs, some time after the service has accepted it
    await shim.settled();
    // the shim has upper-case names where Snowflake makes them of bare ones
    await shim.execute(sql.replace(/contract_\w+/g, (name) => name.toUpperCase()));
  },
  async apart() {
    const own = await startShim(80e6);
    const module = 'warehouse/snowflake/open.ts';
    return { module, name: 'openSnowflake', options: [SOURCE, { origin: own.url }], stop: () => own.close() };
  },
  running: async () => shim.unread() - lost,
  rows,
  slow: 'select count(*) as id from range(1, 1000000000000) numbered',
  writes: {
    'an INSERT as the query': 'insert into WRITTEN values (1)',
    'a DROP': 'drop table WRITTEN',
  },
  async written() {
    // it fails if the table is gone or has a row
    await shim.execute("select case when count(*) > 0 then error('written') end from WRITTEN");
    return 0;
  },
  values: values({ timestamptz: "cast('2026-01-31 10:20:30.5+02:00' as timestamp_tz)" }, [
    { expression: "timestamp '2026-01-31 10:20:30'", kind: 'timestamp', text: '2026-01-31 10:20:30' },
  ]),
  guarantees: { snapshot: 'statement', readOnly: 'wrapped', errorPosition: 'syntax', tried: false },
  failsAt: (n) =>
    `select cast(case when i = ${n} then 'x' else cast(i as varchar) end as integer) as id, repeat('x', 100) as padding from range(1, ${2 * n + 1}) numbered (i)`,
  async cut() {
    shim.cutConnections({ refuseNew: true });
    wasCut = true; // nothing can cancel its statement
  },
  miscount: () => {
    nextFaults = { miscount: 1 };
  },
  sql: {
    createPeople: 'create table contract_people ("ID" int, "FIRST_NAME" varchar(50))',
    createMoving: 'create table contract_moving ("ID" int, "PADDING" varchar(100))',
    createAsked: 'create table contract_asked ("ID" int)',
    createKept: 'create table contract_kept ("ID" int)',
    emailAndId: `select 'x' as "email", 1 as "id"`,
    nowhereSays: /a table does not exist/,
  },
});
