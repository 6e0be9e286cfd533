import { DRIVERS } from '../../../activation/definition/source.ts';
import type { Case } from './case.ts';

const [DRIVER, CONNECTION] = ['driver: postgres', '{ env: SHOP_DATABASE_URL }'];
const WHOLE = `${DRIVER}\nconnection: ${CONNECTION}\n`;
const NO_SECRET = '; do not write the secret itself in this file';
const VARIABLE = `expected { env: NAME } with the name of an environment variable${NO_SECRET}`;
const PLACE = 'expected { file: … }, { folder: … } or { motherduck: …, token: { env: NAME } }';

/** A source of another driver. */
const other = (driver: string, connection: string, ...problems: string[]): Case => [
  WHOLE,
  `driver: ${driver}\nconnection: ${connection}\n`,
  ...problems.map((problem) => `:2 connection${problem}`),
];

export const SOURCES: Case[] = [
  ...['oracle', 'athena', 'sqlite', 'presto', 'db2', 'constructor'].map((driver): Case => [
    DRIVER,
    `driver: ${driver}`,
    `:1 driver: expected ${DRIVERS.join(', ')}, got "${driver}"`,
  ]),
  ...Object.entries({
    mariadb: 'mysql',
    mssql: 'sqlserver',
    'sql-server': 'sqlserver',
    'Microsoft SQL Server': 'sqlserver',
    postgresql: 'postgres',
    PostgreSQL: 'postgres',
    'amazon-redshift': 'redshift',
    'aurora-postgresql': 'postgres',
    motherduck: 'duckdb',
    snowflak: 'snowflake',
  }).map(([driver, meant]): Case => [
    DRIVER,
    `driver: ${driver}`,
    `:1 driver: expected ${DRIVERS.join(', ')} (did you mean ${meant}?), got "${driver}"`,
  ]),
  [
    '{ env: SHOP_DATABASE_URL }',
    'postgres://u:hunter2@h/db',
    ':2 connection: expected { env: NAME } with the name of an environment variable; do not write the secret itself in this file',
  ],
  [
    '{ env: SHOP_DATABASE_URL }',
    '{ hunter2 }',
    ':2 connection.env: missing; expected { env: NAME } with the name of an environment variable',
    ':2 connection: expected { env: NAME } with the name of an environment variable; do not write the secret itself in this file',
  ],
  ['driver: postgres', 'driver: postgres\ndriver: postgres', ':2: not valid YAML (duplicate key)'],
  ['{ env: SHOP_DATABASE_URL }', '{ env: SHOP_DATABASE_URL', ':3: not valid YAML (bad indent)'],
  ['{ env: SHOP_DATABASE_URL }', '*hunter2', ':1: not valid YAML (an alias *name without its anchor &name)'],
  ['{ env: SHOP_DATABASE_URL }', '!hunter2 abc', ':2: not valid YAML (tag resolve failed)'],
  ['{ env: SHOP_DATABASE_URL }', '"hunter2', ':3: not valid YAML (missing char)'],
  ['driver: postgres\nconnection: { env: SHOP_DATABASE_URL }\n', '# nothing\n', ':1: the file is empty'],
  [
    'driver: postgres\nconnection: { env: SHOP_DATABASE_URL }\n',
    '- driver\n',
    ':1: expected a group of settings',
  ],
  other(
    'snowflake',
    '{ account: A-B, user: U, privateKey: { env: K }, warehose: W }',
    '.warehouse: missing; expected text',
    '.warehose: unknown setting, did you mean "warehouse"?',
  ),
  other(
    'snowflake',
    '{ account: A-B, user: U, privateKey: hunter2, warehouse: W }',
    `.privateKey: ${VARIABLE}`,
  ),
  other(
    'snowflake',
    '{ account: A-B, user: U, token: { env: T }, warehouse: W }',
    ': expected either user and privateKey, or token',
  ),
  other(
    'snowflake',
    '{ account: A-B, user: U, warehouse: W }',
    ': expected either user and privateKey, or token',
  ),
  other(
    'snowflake',
    '{ account: A-B, token: { hunter2 }, warehouse: W }',
    '.token.env: missing; expected { env: NAME } with the name of an environment variable',
    `.token: ${VARIABLE}`,
  ),
  other(
    'databricks',
    '{ host: a.example, warehouse: 1234567890123456, token: { env: T } }',
    '.warehouse: expected text',
  ),
  other(
    'databricks',
    '{ host: a.example, warehouse: W, clientId: C }',
    ': expected either clientId and clientSecret, or token',
  ),
  other(
    'databricks',
    '{ host: https://a.example, warehouse: W, token: { env: T } }',
    '.host: expected only a host name or IP address',
  ),
  other('duckdb', '{ file: a, folder: b }', `: ${PLACE}`),
  other('duckdb', '{ motherduck: a }', `: ${PLACE}`),
  other('duckdb', '{ file: a, token: { env: T } }', `: ${PLACE}`),
  [
    WHOLE,
    'driver: duckdb\nconnection: { folder: a }\nmemoryLimit: 1\n',
    ':3 memoryLimit: expected an amount of memory with its unit, such as 512MB or 2GB, got 1',
  ],
  other('sqlserver', 'Server=h;Password=hunter2', ': expected a group of settings'),
  other('bigquery', '{ project: shop, credentials: hunter2 }', `.credentials: ${VARIABLE}`),
  other(
    'bigquery',
    '{ project: shop, "bigquery://u:hunter2@h": x }',
    `: expected a different value${NO_SECRET}`,
  ),
];
