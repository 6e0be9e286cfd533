import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { connect, createList, people, simulatorForTests } from '../simulator/support.ts';
import { browserForTests } from './setup/browser.ts';
import { addresses, deliver } from './setup/files.ts';
import { focused } from './setup/looks.ts';

const HOUR = 3_600_000;
const simulator = simulatorForTests();
const open = browserForTests();

/** Uses the page without a mouse. */
async function searchByKeyboard(page: Page, query: string): Promise<void> {
  const field = page.getByLabel('Email address, phone number or external ID');
  const id = await field.getAttribute('id');
  for (let tabs = 0; tabs < 10 && (await focused(page)) !== id; tabs += 1) await page.keyboard.press('Tab');
  await page.keyboard.type(query);
  await page.keyboard.press('Enter');
  await page.getByRole('status').waitFor();
}

test('a profile is found with the keyboard alone, with its attributes and its lists', async () => {
  await simulator().seedContacts([...people(2), { emailAddress: 'anna@shop.be', firstName: 'Anna' }]);
  const call = await connect(simulator());
  for (const list of ['Old', 'VIP', 'Others']) await createList(call, list);
  await deliver(simulator(), 'Old', ['emailAddress', 'anna@shop.be']);
  simulator().advanceClock(49 * HOUR);
  await deliver(simulator(), 'VIP', ['emailAddress', 'anna@shop.be']);
  await deliver(simulator(), 'Others', addresses(2));

  const page = await open(`${simulator().apiUrl}/profiles`);
  await searchByKeyboard(page, ' Anna@Shop.BE ');
  const profile = page.getByRole('article', { name: 'anna@shop.be' });
  expect(await profile.getByRole('listitem').allInnerTexts()).toEqual([
    'Old (expired, targets nobody)',
    'VIP',
  ]);
  const attributes = profile.getByRole('table', { name: 'Attributes' });
  expect(await attributes.getByRole('columnheader').allInnerTexts()).toEqual(['Attribute', 'Value']);
  const valueOf = (name: string) => attributes.getByRole('row', { name }).getByRole('cell').innerText();
  expect(await valueOf('firstName')).toBe('Anna');
  expect(await valueOf('city')).toBe('no value');
});

test.each([
  ['a phone number as it is stored', '+32470123456'],
  ['a phone number as people write it', '0032 (470) 12.34-56'],
  ['an external id', 'C-17'],
])('a profile is found by %s', async (_, query) => {
  await simulator().seedContacts([
    ...people(3),
    { emailAddress: 'bo@shop.be', gsmNumber: '+32470123456', customerId: 'C-17' },
  ]);
  const page = await open(`${simulator().apiUrl}/profiles`);
  await searchByKeyboard(page, query);
  expect(await page.getByRole('article').count()).toBe(1);
  await page
    .getByRole('article', { name: 'bo@shop.be' })
    .getByText('Not on any external target list.')
    .waitFor();
});

test('a search without a result says so, keeps the typed text, and does not interpret it as HTML', async () => {
  await simulator().seedContacts(people(1));
  const page = await open(`${simulator().apiUrl}/profiles`);
  const typed = '"><img src=x>&amp;';
  await searchByKeyboard(page, typed);
  expect(await page.getByRole('status').innerText()).toContain(`No profile has “${typed}”`);
  expect(await page.getByRole('searchbox').inputValue()).toBe(typed);
  expect(await page.locator('img').count()).toBe(0);
});

test('before a search, the page offers some profiles', async () => {
  await simulator().seedContacts(people(9));
  const page = await open(`${simulator().apiUrl}/profiles`);
  expect(await page.locator('main').getByRole('listitem').count()).toBe(5);
  await page.getByRole('link', { name: 'a2@shop.be' }).click();
  await page.getByRole('article', { name: 'a2@shop.be' }).waitFor();
});

test('a table without profiles says so', async () => {
  const page = await open(`${simulator().apiUrl}/profiles`);
  expect(await page.locator('main').innerText()).toContain('The profile table is empty.');
});
