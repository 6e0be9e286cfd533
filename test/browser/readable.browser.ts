import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Simulator, startSimulator } from '../../simulator/start.ts';
import { connect, createList, importRows, NEVER, people } from '../simulator/support.ts';
import { browserForTests } from './setup/browser.ts';
import { addresses, deliver } from './setup/files.ts';
import { contrast, shownStyle, widerThanWindow } from './setup/looks.ts';

const HOUR = 3_600_000;
const LONG = 'x'.repeat(60);
const PAGES = [
  '/',
  '/imports',
  '/profiles',
  `/profiles?q=${LONG}@shop.be`,
  '/profiles?q=nobody',
  '/attributes',
];
const open = browserForTests();
let simulator: Simulator;

/** Lists in all states and imports with all ends; names and values without blanks are long. */
beforeAll(async () => {
  simulator = await startSimulator({ pollInterval: NEVER });
  await simulator.seedContacts([
    ...people(2),
    { emailAddress: `${LONG}@shop.be`, lastName: 'y'.repeat(255), city: `${LONG} ${LONG}` },
  ]);
  const call = await connect(simulator);
  for (const list of ['Expired', LONG, 'Waiting', 'Refused']) {
    await createList(call, list, { name: list.repeat(2), description: `[actito-sync:${LONG}]` });
  }
  await deliver(simulator, 'Expired', addresses(2));
  await deliver(simulator, 'Refused', ['wrong']);
  await importRows(call, ['emailAddress', 'sex'], [`${LONG}@nowhere.be;F`, 'a1@shop.be;X']);
  await importRows(call, ['emailAddress', 'sex'], ['a1@shop.be;F']);
  simulator.setFault('importFails', { times: 1 });
  await importRows(call, ['emailAddress', 'sex'], ['a1@shop.be;F']);
  simulator.advanceClock(49 * HOUR);
  await deliver(simulator, LONG, [...addresses(2), `${LONG}@shop.be`]);
});
afterAll(() => simulator.stop());

describe.each(PAGES)('the page %s', (path) => {
  test('needs no horizontal scrolling, on a phone or on a desktop', async () => {
    for (const width of [320, 360, 640, 700, 1280]) {
      const viewport = { width, height: 800 };
      const page = await open(simulator.apiUrl + path, { viewport, isMobile: width < 640 });
      expect(await page.evaluate('innerWidth')).toBe(width); // a phone would scale down a page that is too wide
      expect(await widerThanWindow(page)).toBeLessThanOrEqual(0);
    }
  });

  test.each(['light', 'dark'] as const)(
    'has text of sufficient contrast when the reader prefers it %s',
    async (scheme) => {
      for (const width of [360, 1280]) {
        const viewport = { width, height: 800 };
        const page = await open(simulator.apiUrl + path, { colorScheme: scheme, viewport });
        const { measured, tooFaint } = await contrast(page);
        expect(tooFaint).toEqual([]);
        expect(measured).toBeGreaterThan(10);
      }
    },
  );

  test('states its language, its title, the current section, and the meaning of each field and column', async () => {
    const page = await open(simulator.apiUrl + path);
    expect(await page.locator('html').getAttribute('lang')).toBe('en');
    expect(await page.title()).toMatch(/^\S.* · Actito simulator$/);
    expect(await page.getByRole('heading', { level: 1 }).count()).toBe(1);
    expect(await page.locator('nav a[aria-current=page]').getAttribute('href')).toBe(
      path.replace(/\?.*/, ''),
    );
    expect(await page.locator('input:not([id])').count()).toBe(0);
    for (const input of await page.locator('input').all()) {
      expect(await page.locator(`label[for=${await input.getAttribute('id')}]`).innerText()).not.toBe('');
    }
    for (const table of await page.locator('table').all()) {
      expect(await table.locator('caption').innerText()).not.toBe('');
      expect(await table.locator('th:not([scope])').count()).toBe(0);
    }
  });
});

test('a wide table is a table for screen readers on a phone too, where each value has the name of its column', async () => {
  const page = await open(`${simulator.apiUrl}/attributes`, { viewport: { width: 360, height: 800 } });
  const table = page.getByRole('table');
  const heads = await table.getByRole('columnheader').allTextContents();
  expect(heads).toEqual(['Attribute', 'Type', 'Unique', 'Mandatory']);
  const cells = table.getByRole('row', { name: 'emailAddress' }).getByRole('cell');
  const labels = (await cells.all()).map((cell) => shownStyle(cell, 'content', '::before'));
  expect(await Promise.all(labels)).toEqual(['"Type"', '"Unique"', '"Mandatory"']);
});
