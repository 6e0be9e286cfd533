import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Failure, isFailure } from '../../contract/failure.ts';
import { databaseTarget, type DatabaseTarget } from '../../postgres/url.ts';

function target(url: string, env: NodeJS.ProcessEnv = {}): DatabaseTarget {
  return databaseTarget(url, 'SHOP_URL', env);
}

function refusal(url: string): Failure {
  try {
    target(url);
  } catch (error) {
    if (isFailure(error)) return error;
  }
  throw new Error(`This URL was not refused: ${url}`);
}

describe('the URL of a database', () => {
  test('says where to connect, whatever characters its parts contain', () => {
    const word = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 });
    const part = word.filter((text) => Buffer.from(text).toString() === text && !/\p{Cc}/u.test(text));
    fc.assert(
      fc.property(part, part, part, fc.integer({ min: 1, max: 65_535 }), (user, password, database, port) => {
        const [u, p, d] = [user, password, database].map(encodeURIComponent);
        expect(target(`postgres://${u}:${p}@db.shop.be:${port}/${d}`)).toMatchObject({
          host: 'db.shop.be',
          user,
          password,
          database,
          port,
        });
      }),
    );
  });

  test.each([
    ['postgres://u:p@/shop?host=/run/postgresql', { host: '/run/postgresql', user: 'u', database: 'shop' }],
    ['postgres://u:p@%2Frun%2Fpostgresql:6432/shop', { host: '/run/postgresql', port: 6432 }],
    ['postgresql:///shop?user=u&password=p%26q&port=6432', { user: 'u', password: 'p&q', port: 6432 }],
    ['postgres://u:p@ss@h/shop', { password: 'p@ss', host: 'h' }],
    ['postgres://u:p@[2001:db8::1]:6432/shop', { host: '2001:db8::1', port: 6432 }],
    [
      'postgres://h/a%20shop?application_name=me&connect_timeout=5',
      { applicationName: 'me', connectTimeout: 5_000 },
    ],
    ['postgres://h/shop?pgbouncer=true&keepalives=1&target_session_attrs=any', { host: 'h' }],
  ])('%s is understood', (url, expected) => {
    expect(target(url)).toMatchObject(expected);
  });

  test.each([
    ['', 'prefer'],
    ['?sslmode=disable', 'disable'],
    ['?sslmode=allow', 'prefer'],
    ['?sslmode=prefer', 'prefer'],
    ['?sslmode=require', 'require'],
    ['?sslmode=no-verify', 'require'],
    ['?ssl=true', 'require'],
    ['?sslmode=require&sslrootcert=/ca.pem', 'verify-ca'],
    ['?sslmode=verify-ca', 'verify-ca'],
    ['?sslmode=verify-full', 'verify-full'],
    ['?sslrootcert=system', 'verify-full'],
  ])('%j has the meaning that libpq gives it: %s', (query, mode) => {
    expect(target(`postgres://h/shop${query}`).tls.mode).toBe(mode);
  });

  test('takes missing parts from the variables of libpq, and uses no TLS through a Unix socket', () => {
    const env = { PGSSLMODE: 'verify-full', PGSSLROOTCERT: '/ca.pem' };
    expect(target('postgres://h/shop', env).tls).toMatchObject({
      mode: 'verify-full',
      sslrootcert: '/ca.pem',
    });
    expect(target('postgres://h/shop?sslmode=disable', env).tls.mode).toBe('disable');
    expect(target('postgres:///shop?host=/run', env).tls.mode).toBe('disable');
  });

  test.each([
    ['hunter2', /is not a PostgreSQL URL/],
    ['mysql://u:hunter2@h/x', /is not a PostgreSQL URL/],
    ['postgres://u:hun/ter2@h/x', /^The port in SHOP_URL .*percent-encoded/],
    ['postgres://u:hunter2@h:0/x', /^The port in SHOP_URL/],
    ['postgres://u:hunter2@h:99999/x', /^The port in SHOP_URL/],
    ['postgres://u:hunter2%@h/x', /^The password in SHOP_URL .*%25/],
    ['postgres://%zz:hunter2@h/x', /^The user in SHOP_URL/],
    ['postgres://u:hunter2@h/%zz', /^The database in SHOP_URL/],
    ['postgres://u:hunter2#5@h/x', /^The host in SHOP_URL cannot be read/],
    ['postgres://u:hunter2@h1:5432,h2:5432/x', /^SHOP_URL must have one host/],
    ['postgres://u:hunter2@h/x?sslmode=verify_full', /^sslmode in SHOP_URL must be disable, .*verify-full/],
    ['postgres://u:hunter2@h/x?sslmdoe=verify-full', /did you mean sslmode\?/],
    ['postgres://u:1?hunter2@h/x', /^SHOP_URL has an unknown parameter after the \?\. A special/],
    ['postgres://u:hunter2@h/x?sslrootcert=', /^sslrootcert in SHOP_URL is empty/],
    ['postgres://u:hunter2@h/x?sslrootcert=system&sslmode=require', /needs sslmode=verify-full/],
    ['postgres://u:hunter2@h/x?sslcert=/a.pem', /^sslcert in SHOP_URL needs sslkey/],
    ['postgres://u:hunter2@h/x?sslkey=/a.pem', /^sslkey in SHOP_URL needs sslcert/],
    ['postgres://u:hunter2@h/x?sslnegotiation=direct', /^sslnegotiation=direct in SHOP_URL needs/],
    ['postgres://u:hunter2@h/x?connect_timeout=soon', /^connect_timeout in SHOP_URL must be a whole number/],
    ['postgres://u:hunter2@h/x?gssencmode=require', /^gssencmode in SHOP_URL must be disable or prefer/],
  ])('%s is rejected, and the error names the part', (url, message) => {
    const failure = refusal(url);
    expect(failure).toMatchObject({ type: 'ConfigurationInvalid' });
    expect(failure.message).toMatch(message);
    expect(JSON.stringify(failure.told)).not.toMatch(/hunter|ter2/);
  });

  test('no part of a rejected URL is shown', () => {
    const secret = 'Qz7Li9';
    const places = ['user', 'password', 'host', 'port', 'database', 'query', 'value'] as const;
    const odd = fc.constantFrom('%', '@', '#', '?', '/', ':', ' ', '[', ',', '&', '=', '\n', '%00');
    fc.assert(
      fc.property(fc.constantFrom(...places), odd, odd, (place, before, after) => {
        const at = (name: string, text: string) => (name === place ? `${before}${secret}${after}` : text);
        const url = `postgres://${at('user', 'u')}:${at('password', 'p')}@${at('host', 'h')}:${at('port', '1')}/${at('database', 'd')}?${at('query', 'sslmode')}=${at('value', 'disable')}`;
        try {
          target(url);
        } catch (error) {
          expect(error).toBeInstanceOf(Failure);
          const { told, message } = error as Failure;
          expect(JSON.stringify(told) + message).not.toContain(secret);
        }
      }),
    );
  });
});
