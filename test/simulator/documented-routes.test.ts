import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { entityRoutes } from '../../simulator/api/routes/entities.ts';
import { massImportRoutes } from '../../simulator/api/routes/mass-imports.ts';
import { targetingRoutes } from '../../simulator/api/routes/targeting.ts';
import { controlRoutes } from '../../simulator/control/control-routes.ts';

const routes = [...entityRoutes, ...massImportRoutes, ...targetingRoutes];

/** Placeholders have different names on the page and in the simulator. */
const anonymous = (path: string) => path.replaceAll(/\{[^}]*\}/g, '{}').replace(/\?.*/, '');

const pageOf = (name: string) => readFileSync(new URL(`../../docs/${name}`, import.meta.url), 'utf8');

/** The calls in the page's tables with their marks: whether Actito documents them. */
function callsOfPage() {
  const page = pageOf('actito-contract.md');
  let path = '';
  return [...page.matchAll(/^\| ((?:D|A|C)[^|]*?) \| `(GET|POST|PUT|DELETE)( [^`]+)?`/gm)].map(
    ([line, mark, method, written]) => {
      if (written !== undefined) path = anonymous(written.trim());
      return { line, isDocumented: /^D\b/.test(mark!), method, path };
    },
  );
}

test('the routes that can be switched off are those that the contract page marks as not documented', () => {
  const calls = callsOfPage();
  const found = calls.map(({ line, isDocumented, method, path }) => {
    const matching = routes.filter(
      (route) => route.method === method && anonymous(route.path).endsWith(path.replace(/^…/, '')),
    );
    expect(matching, line).toHaveLength(1);
    expect(matching[0]!.assumed !== true, line).toBe(isDocumented);
    return matching[0]!;
  });
  expect(routes.filter((route) => !found.includes(route))).toEqual([]);
});

test("the simulator's page lists all calls of the control, and no others", () => {
  const listed: string[] = [];
  for (const [, cell] of pageOf('simulator.md').matchAll(/^\| (`(?:GET|POST|PUT|DELETE)[ `][^|]*)\|/gm)) {
    let methods: string[] = [];
    for (const [, method, path] of cell!.matchAll(/`([A-Z]+)(?: ([^`]+))?`/g)) {
      methods.push(method!);
      if (path === undefined) continue;
      listed.push(...methods.map((each) => `${each} ${path}`));
      methods = [];
    }
  }
  expect(listed.sort()).toEqual(controlRoutes.map(({ method, path }) => `${method} ${path}`).sort());
});
