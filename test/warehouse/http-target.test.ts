import { describe, expect, test } from 'vitest';
import { authorizationOf, httpTarget } from '../../warehouse/http/target.ts';

const target = (url: string) => httpTarget(url, 'SHOP_URL', 'https://host/');

describe('a URL', () => {
  test('is decoded: user, password and each part of the path', () => {
    const { origin, user, password, path } = target('http://a%40b:p%3A%2F%C3%A9@host:8123/my%2Fdb/x%20y');
    expect({ origin, user, password, path }).toEqual({
      origin: 'http://host:8123',
      user: 'a@b',
      password: 'p:/é',
      path: ['my/db', 'x y'],
    });
  });

  test('without a login or a path has none', () => {
    const { user, password, path } = target('http://host/');
    expect({ user, password, path }).toEqual({ user: undefined, password: undefined, path: [] });
  });

  test('keeps its other parameters; those of TLS and the token are no settings of the warehouse', () => {
    const { token, parameters } = target('http://host/?accessToken=geheim&sslmode=require&max_threads=2');
    expect(token).toBe('geheim');
    expect([...parameters]).toEqual([['max_threads', '2']]);
  });

  test('an empty parameter of TLS is like none', () => {
    expect(target('https://host/?sslmode=&sslrootcert=').tls).toMatchObject({ rejectUnauthorized: true });
  });

  test.each([
    ['', true],
    ['?sslmode=verify-full', true],
    ['?sslmode=verify-ca', true],
    ['?sslmode=require', false],
  ])('with the parameters %j checks the certificate: %s', (search, rejectUnauthorized) => {
    expect(target(`https://host/${search}`).tls).toMatchObject({ rejectUnauthorized });
  });

  test.each(['sslcert', 'sslkey'])('with %s alone is rejected', (name) => {
    expect(() => target(`https://host/?${name}=/hunter2`)).toThrow('sslcert of the warehouse (SHOP_URL)');
  });

  test.each(['http://host/\u0000hunter2', 'http://hunter2@ho\nst/', 'http://a:%ff@host/', 'ftp://host/'])(
    '%j is rejected, and not shown',
    (url) => {
      expect(() => target(url)).toThrow(/^The URL of the warehouse \(SHOP_URL\) cannot be used/);
      expect(() => target(url)).not.toThrow(/hunter2|%ff/);
    },
  );
});

test('the login is a token, or a user with a password in UTF-8, or nothing', () => {
  const login = (url: string) => authorizationOf(target(url));
  const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;
  expect(login('http://a%40b:p%C3%A9@host/')).toBe(basic('a@b:pé'));
  expect(login('http://:geheim@host/')).toBe(basic(':geheim'));
  expect(login('http://shop@host/')).toBeUndefined();
  expect(login('http://shop:geheim@host/?accessToken=abc')).toBe('Bearer abc');
});
