import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { importDefinition, ROUTE_MARKS, ROUTES } from '../../actito/contract.ts';
import { contractSchema, ROUTE_NAMES } from '../../activation/definition/contract.ts';
import { ROOT } from './pages.ts';

/* docs/actito-contract.md says the same as the code. */

const PAGE = readFileSync(join(ROOT, 'docs/actito-contract.md'), 'utf8');

/** The cells of the row of a route or fact. */
function row(name: string): string[] | undefined {
  const line = PAGE.split('\n').find((text) => text.startsWith(`| \`${name}\` |`));
  return line?.split('|').map((cell) => cell.trim());
}

test.each(ROUTE_NAMES)('the page has the mark and the default path of route %s', (route) => {
  const [, , mark, path] = row(route)!;
  expect(mark!.split(' ')[0]).toBe(ROUTE_MARKS[route]);
  const [, end] = /^(?:`|the same with `)…?([^`]+)`$/.exec(path!)!;
  expect(ROUTES[route].endsWith(end!)).toBe(true);
});

test('the page has a row for every fact, with its mark', () => {
  const facts = Object.keys(contractSchema.shape).filter((name) => name !== 'paths');
  expect(facts.filter((name) => !/^[DCA]\b/.test(row(name)?.[2] ?? ''))).toEqual([]);
});

test('every bullet about Actito has a mark', () => {
  const [, about] = /## Structure\n([^]*?)\n## All routes and facts/.exec(PAGE)!;
  const bullets = about!.split('\n').filter((line) => line.startsWith('- '));
  expect(bullets.length).toBeGreaterThan(15);
  const marked = /^- (\*\*.* is A, |[DCA](→A)?( for V4, A for V5)?: |Ownership \(ours\))/;
  expect(bullets.filter((line) => !marked.test(line))).toEqual([]);
});

test('the page begins with the checks by a person, and their definition is the one that is sent', () => {
  expect(PAGE.match(/^## .*$/gm)![0]).toBe('## Before you trust it');
  const sent = JSON.stringify(importDefinition('16', 'emailAddress', ['emailAddress', 'firstName']));
  expect(PAGE.split(sent)).toHaveLength(3);
});
