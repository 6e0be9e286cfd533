import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { isAssumed, path, ROUTES } from '../../actito/contract.ts';
import {
  contractSchema,
  ROUTE_NAMES,
  ROUTE_PLACEHOLDERS,
  type Route,
} from '../../activation/definition/contract.ts';
import { clientFor, failureOf, json, startScripted, type ScriptedServer } from './support.ts';

/** A value for every placeholder, with a letter that a path must encode. */
const partsOf = (route: Route) =>
  Object.fromEntries(ROUTE_PLACEHOLDERS[route].map((name) => [name, `${name}/é`]));
const encoded = (route: Route) => ROUTE_PLACEHOLDERS[route].map((name) => `${name}%2F%C3%A9`);

test.each(ROUTE_NAMES)(
  'the path of %s can be set in the destination, and all its parts are filled in',
  (route) => {
    const own = `/own/${ROUTE_PLACEHOLDERS[route].map((name) => `{${name}}`).join('/')}`;
    const { paths } = contractSchema.parse({ paths: { [route]: own } });
    expect(path(route, partsOf(route), paths)).toBe(`/own/${encoded(route).join('/')}`);
    for (const part of encoded(route)) expect(path(route, partsOf(route))).toContain(part);
    expect(path(route, partsOf(route))).not.toMatch(/[{}]/);
  },
);

test('every default path is valid as a path of a destination', () => {
  expect(contractSchema.parse({ paths: ROUTES }).paths).toEqual(ROUTES);
});

describe('a route that answers 404', () => {
  let server: ScriptedServer;
  beforeAll(async () => {
    server = await startScripted(json(404, {}));
  });
  beforeEach(() => void server.requests.splice(0));
  afterAll(() => server?.stop());

  const ask = async (route: Route, paths = {}) =>
    failureOf(clientFor(server, { paths }).call({ route, parts: partsOf(route) }, z.unknown()));

  test.each(ROUTE_NAMES.filter((route) => route !== 'token'))(
    'is reported by its name: %s',
    async (route) => {
      const failure = await ask(route);
      expect(failure).toMatchObject({ type: 'ActitoRefused', retryable: false, notDone: true });
      expect(failure.message).toContain(`404 to GET ${route}`);
      if (isAssumed(route)) expect(failure.message).toContain(`set contract.paths.${route}`);
      else expect(failure.message).not.toContain('contract.paths');
    },
  );

  test('is called at the path that the destination sets, the token route too', async () => {
    await ask('profileTables', { profileTables: '/elsewhere/{entity}', token: '/auth/token' });
    expect(server.requests.at(-1)).toBe('GET /elsewhere/entity%2F%C3%A9');
  });
});
