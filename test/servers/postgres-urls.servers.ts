import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stateFailure } from '../../state/failures.ts';
import { openState, rows } from '../../state/state.ts';
import { openPostgres } from '../../warehouse/postgres/open.ts';
import { makeCertificates, type Certificates } from '../support/certificates.ts';
import { READER, readAll } from '../warehouse/reading.ts';
import { startPostgres15, type Postgres15 } from './setup/postgres-15.ts';

let folder: string;
let files: Certificates;
/** One offers TLS and may reject it or its absence by the name of the database; the other offers none. */
let [secure, plain]: [Postgres15?, Postgres15?] = [];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'actito-sync-certificates-'));
  await chmod(folder, 0o755);
  files = await makeCertificates(folder);
  const access = [
    'hostnossl postgres all all scram-sha-256',
    'hostssl all bearer all cert',
    'hostssl all all all scram-sha-256',
  ];
  secure = await startPostgres15({ certificates: files.server, access, settings: { ssl_ca_file: files.ca } });
  plain = await startPostgres15();
  for (const { admin } of [secure, plain]) {
    await admin.query(`create role reader login password 'hunter2'; create role bearer login`);
    await admin.query('create database shop');
  }
});
afterAll(async () => {
  await Promise.all([secure?.stop(), plain?.stop()]);
  await rm(folder, { recursive: true });
});

/** Whether the connection of a URL is encrypted, in a warehouse or in the state, or else the failure. */
async function encrypted(url: string, where: 'warehouse' | 'state'): Promise<boolean | string> {
  const query = 'select ssl::text as ssl from pg_stat_ssl where pid = pg_backend_pid()';
  try {
    if (where === 'warehouse') {
      const warehouse = await openPostgres({
        url,
        variable: 'ACTITO_SYNC_DATABASE_URL',
        statementTimeout: 60_000,
        reader: READER,
      });
      return (await readAll(warehouse, query, ['ssl'])).lines[0]![0] === 'true';
    }
    const state = openState({ url, poolSize: 1 });
    try {
      return (await rows<{ ssl: string }>(state, query))[0]!.ssl === 'true';
    } finally {
      await state.destroy();
    }
  } catch (error) {
    const failure = stateFailure(error) ?? error;
    const { message, retryable } = failure as { message: string; retryable: boolean };
    expect(message).not.toContain('hunter2');
    return `${retryable ? 'again' : 'final'}: ${message}`;
  }
}

const url = (
  server: Postgres15 | undefined,
  query = '',
  { host = 'localhost', user = 'reader:hunter2', database = 'shop' } = {},
) => `postgres://${user}@${host}:${server!.port}/${database}${query}`;

describe.each(['warehouse', 'state'] as const)('the URL of a %s', (where) => {
  const look = (each: string) => encrypted(each, where);

  test('leads through a Unix socket, in each of its forms', async () => {
    const { socket, port } = plain!;
    expect(await look(`postgres://reader@/shop?host=${socket}&port=${port}`)).toBe(false);
    expect(await look(`postgres://reader@${encodeURIComponent(socket)}:${port}/shop`)).toBe(false);
    expect(await look(`postgres:///shop?user=reader&host=${socket}&port=${port}&sslmode=verify-full`)).toBe(
      false,
    );
    expect(await look(`postgres://reader@/shop?host=${socket}/nowhere&port=${port}`)).toMatch(
      /^again: .*ENOENT/,
    );
  });

  test('encrypts as libpq does, with every spelling of sslmode', async () => {
    for (const query of [
      '',
      '?sslmode=allow',
      '?sslmode=prefer',
      '?sslmode=require',
      '?sslmode=no-verify',
      '?ssl=true',
    ])
      expect([query, await look(url(secure, query))]).toEqual([query, true]);
    expect(await look(url(secure, '?sslmode=require&channel_binding=require'))).toBe(true);
    for (const mode of ['require', 'verify-ca', 'verify-full'])
      expect(await look(url(secure, `?sslmode=${mode}&sslrootcert=${files.ca}`))).toBe(true);
    for (const query of ['', '?sslmode=allow', '?sslmode=prefer', '?sslmode=disable'])
      expect([query, await look(url(plain, query))]).toEqual([query, false]);
    expect(await look(url(secure, '?sslmode=disable', { database: 'postgres' }))).toBe(false);
  });

  test('that cannot be trusted is final, and the error names what to change', async () => {
    const refused = [
      [url(plain, '?sslmode=require'), /ERR_POSTGRES_NO_TLS.*sslmode=disable/],
      [url(plain, '?channel_binding=require'), /ERR_POSTGRES_NO_BINDING.*channel_binding=prefer/],
      [url(secure, '?sslmode=verify-full'), /this machine trusts \(\w+\).*sslrootcert/],
      [url(secure, '?sslrootcert=system'), /this machine trusts \(\w+\).*sslrootcert/],
      [
        url(secure, `?sslmode=verify-ca&sslrootcert=${files.other}`),
        /this machine trusts \(\w+\).*sslrootcert/,
      ],
      [
        url(secure, `?sslmode=require&sslrootcert=${files.other}`),
        /this machine trusts \(\w+\).*sslrootcert/,
      ],
      [
        url(secure, `?sslmode=verify-full&sslrootcert=${files.ca}`, { host: '127.0.0.1' }),
        /ALTNAME_INVALID.*sslmode=verify-ca/,
      ],
      [
        url(secure, `?sslmode=verify-full&sslrootcert=${folder}/none`),
        /sslrootcert .* cannot be used \(ENOENT\)/,
      ],
      [
        url(secure, `?sslmode=verify-full&sslrootcert=${files.server.key}`),
        /sslrootcert .* \(ERR_NO_CERTIFICATE\)/,
      ],
      [url(secure, '?sslmode=disable'), /rejected the login.*28000/],
      [url(secure, '', { user: 'reader:hunter2x' }), /28P01/],
      [url(secure, '', { user: 'reader' }), /password|ERR_POSTGRES_LOGIN/],
      [url(secure, '', { user: 'bearer' }), /28000/],
    ] as const;
    for (const [each, message] of refused) {
      const said = await look(each);
      expect(said).toMatch(/^final: /);
      expect(said).toMatch(message);
    }
  });

  test('may contain a certificate instead of a password, and may check the host or only its authority', async () => {
    const { cert, key } = files.client;
    const query = `?sslmode=verify-ca&sslrootcert=${files.ca}&sslcert=${cert}&sslkey=${key}`;
    expect(await look(url(secure, query, { user: 'bearer', host: '127.0.0.1' }))).toBe(true);
    expect(await look(url(secure, query.replace(key, files.server.key), { user: 'bearer' }))).toMatch(
      /^final: sslcert .* cannot be used \(ERR_\w+\)/,
    );
  });
});
