import { expect, test } from 'vitest';
import { connect, importRows, people, runEtl, simulatorForTests } from '../simulator/support.ts';
import { browserForTests } from './setup/browser.ts';

const simulator = simulatorForTests({ clock: () => Date.UTC(2026, 0, 15, 12), importsPerTablePerDay: 51 });
const open = browserForTests();

test('the rows in error of an import are shown by code, with their number, message and lines', async () => {
  await simulator().seedContacts(people(2));
  const rows = ['a1@shop.be;1990-01-01', 'x@shop.be;1990-01-01', 'a2@shop.be;soon', 'y@shop.be;1990-01-01'];
  await importRows(await connect(simulator()), ['emailAddress', 'birthDate'], rows);
  const page = await open(`${simulator().apiUrl}/imports`);
  const shown = page.getByRole('article', { name: /^Import \d+$/ });
  expect(await shown.innerText()).toContain('15 Jan 2026, 12:00 UTC');
  expect(await shown.innerText()).toContain('data.csv\n4 rows, 3 in error');
  expect(await shown.innerText()).toContain('One-shot, UPDATE_ONLY');
  await shown.getByText('WITH_ERROR', { exact: true }).waitFor();

  const errors = shown.getByRole('table', { name: '3 rows in error' });
  const heads = await errors.getByRole('columnheader').allInnerTexts();
  expect(heads).toEqual(['Code', 'Rows', 'Message', 'Examples']);
  const unmatched = errors.getByRole('row', { name: 'PROFILE_NOT_FOUND' });
  expect(await unmatched.getByRole('cell').allInnerTexts()).toEqual([
    '2',
    'no profile has this emailAddress',
    'line 3: x@shop.be\nline 5: y@shop.be',
  ]);
  const invalid = errors.getByRole('row', { name: 'INVALID_VALUE' });
  expect(await invalid.innerText()).toContain('birthDate is not a date yyyy-MM-dd');
});

test('of very many rows in error, the first five are shown and all are counted', async () => {
  const rows = Array.from({ length: 1200 }, (_, i) => `x${i + 1}@shop.be;Anna`);
  await importRows(await connect(simulator()), ['emailAddress', 'firstName'], rows);
  const page = await open(`${simulator().apiUrl}/imports`);
  const row = page.getByRole('table', { name: '1,200 rows in error' }).getByRole('row').nth(1);
  expect(await row.getByRole('cell').first().innerText()).toBe('1,200');
  expect(await row.getByRole('cell').last().innerText()).toMatch(/^line 2: x1@shop\.be\n(.*\n){4}…$/);
});

test('the latest import comes first; a succeeded and a failed import say what that means', async () => {
  await simulator().seedContacts(people(2));
  const call = await connect(simulator());
  await importRows(call, ['emailAddress', 'firstName'], ['a1@shop.be;Anna', 'a2@shop.be;Bo']);
  simulator().setFault('importFails', {});
  await importRows(call, ['emailAddress', 'city'], ['a1@shop.be;Gent', 'a2@shop.be;Namur']);
  const page = await open(`${simulator().apiUrl}/imports`);
  const [latest, first] = await page.getByRole('article').allInnerTexts();
  expect(latest).toContain('FAILED The import stopped; some rows may have been applied.');
  expect(latest).toContain('The import failed by a fault switch');
  expect(latest).toContain('Attributes\ncity');
  expect(first).toContain('SUCCESS Every row was applied.');
  expect(first).toContain('2 updated');
  expect(await page.getByRole('table').count()).toBe(0);
});

test('an import by an ETL shows the name of the ETL, and how many profiles it created', async () => {
  await simulator().seedContacts(people(1));
  const columns = { email: 'emailAddress', town: 'city' };
  simulator().createEtl({ id: 'crm', mode: 'CREATE_UPDATE', key: 'emailAddress', columns });
  await runEtl(await connect(simulator()), 'crm', ['email;town', 'a1@shop.be;Gent', 'new@shop.be;Namur']);
  const page = await open(`${simulator().apiUrl}/imports`);
  const shown = await page.getByRole('article').innerText();
  expect(shown).toContain('ETL crm, CREATE_UPDATE');
  expect(shown).toContain('2 rows, 1 profile created, 0 in error');
});

test('of a long history, the last fifty imports are shown', async () => {
  const call = await connect(simulator());
  for (let i = 0; i < 51; i += 1) await importRows(call, ['emailAddress', 'city'], ['x@shop.be;Gent']);
  const page = await open(`${simulator().apiUrl}/imports`);
  expect(await page.getByRole('article').count()).toBe(50);
  expect(await page.locator('main').innerText()).toContain('Showing the latest 50 of 51 imports.');
});

test('without imports, the page says so', async () => {
  const page = await open(`${simulator().apiUrl}/imports`);
  expect(await page.locator('main').innerText()).toContain('Nothing has been imported yet.');
});
