import { expect, test } from 'vitest';
import type { Failure } from '../../../contract/failure.ts';
import { mysqlTarget } from '../../../warehouse/mysql/url.ts';

const target = (url: string) => mysqlTarget(url, 'SHOP_URL');

function refusal(url: string): Failure {
  try {
    target(url);
  } catch (error) {
    return error as Failure;
  }
  return expect.fail('the URL should have been refused');
}

test('a URL has all parts, decoded; the port is 3306 if there is none', () => {
  expect(target('mysql://re%40der:p%25%2Fw@db.example:3307/shop')).toMatchObject({
    host: 'db.example',
    port: 3307,
    user: 're@der',
    password: 'p%/w',
    database: 'shop',
  });
  expect(target('mariadb://reader@[::1]')).toMatchObject({
    host: '::1',
    port: 3306,
    password: undefined,
    database: undefined,
  });
  expect(target('mysql://reader@localhost/shop?socket=%2Frun%2Fmysqld.sock')).toMatchObject({
    socket: '/run/mysqld.sock',
    tls: { mode: 'disable' },
  });
});

test.each([
  ['', 'prefer'],
  ['?sslmode=verify-full', 'verify-full'],
  ['?ssl-mode=REQUIRED', 'require'],
  ['?ssl-mode=VERIFY_IDENTITY', 'verify-full'],
  ['?sslrootcert=/ca.pem', 'verify-full'],
  ['?ssl-ca=/ca.pem&ssl-mode=VERIFY_CA', 'verify-ca'],
  ['?sslmode=require&sslrootcert=/ca.pem', 'verify-ca'],
  ['?sslmode=disable', 'disable'],
])('%j after the database means sslmode %s', (parameters, mode) => {
  expect(target(`mysql://reader@host/shop${parameters}`).tls.mode).toBe(mode);
});

test.each([
  'sslmode=verify-ca&sslrootcert=/ca&sslcert=/cert&sslkey=/key&sslpassword=secret&connect_timeout=5',
  'ssl-mode=VERIFY_CA&ssl-ca=/ca&ssl-cert=/cert&ssl-key=/key&sslpassword=secret&connect-timeout=5',
])('each parameter has an effect, by its name and by that of the programs of MySQL: %s', (parameters) => {
  expect(target(`mysql://reader@host/shop?${parameters}`)).toMatchObject({
    connectTimeout: 5_000,
    tls: {
      mode: 'verify-ca',
      sslrootcert: '/ca',
      sslcert: '/cert',
      sslkey: '/key',
      sslpassword: 'secret',
    },
  });
});

test.each([
  ['', /The URL/],
  ['hunter2', /The URL/],
  ['postgres://shop:hunter2@host/shop', /The URL/],
  ['mysql://shop:hunter2@host:notaport/shop', /The URL/],
  ['mysql://shop:hunter2%@host/shop', /The URL/],
  ['mysql://shop:hunter2@/shop', /The URL/],
  ['mysql://shop:12#hunter2@host/shop', /The URL/],
  ['mysql://shop:hunter2@host/shop?ssl=hunter2', /A parameter/],
  ['mysql://shop:hunter2@host/shop?sslmode=', /A parameter/],
  ['mysql://shop:hunter2@host/shop?sslmode=hunter2', /sslmode.*verify-full/],
  ['mysql://shop:hunter2@host/shop?sslcert=/hunter2.pem', /sslcert.*sslkey/],
  ['mysql://shop:hunter2@host/shop?sslkey=/hunter2.pem', /sslcert.*sslkey/],
  ['mysql://shop:hunter2@host/shop?connect_timeout=hunter2', /connect_timeout.*seconds/],
  ['mysql://shop:hunter2@host/shop?connect_timeout=0', /connect_timeout.*seconds/],
])('%j is refused with the part that is wrong, and nothing of it is quoted', (url, message) => {
  const error = refusal(url);
  expect(error).toMatchObject({ type: 'ConfigurationInvalid', cause: undefined });
  expect(error.message).toMatch(message);
  expect(error.message).toContain('SHOP_URL');
  expect(error.message).not.toContain('hunter2');
});
