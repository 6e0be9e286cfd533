import { expect, test } from 'vitest';
import { startSimulator } from '../../simulator/start.ts';
import { connect, createList, NEVER, people, simulatorForTests } from '../simulator/support.ts';
import { browserForTests } from './setup/browser.ts';
import { addresses, deliver } from './setup/files.ts';
import { focused, isRed, shownStyle } from './setup/looks.ts';

const HOUR = 3_600_000;
const simulator = simulatorForTests({ clock: () => Date.UTC(2026, 0, 15, 12) });
const open = browserForTests();

test('a list is shown with its profiles, its last retrieved file, its expiration date and the time left', async () => {
  await simulator().seedContacts(people(3));
  await createList(await connect(simulator()), 'VIP', { validityHours: 48 });
  await deliver(simulator(), 'VIP', [...addresses(3), 'unknown@shop.be']);
  simulator().advanceClock(1.5 * HOUR);
  const page = await open(simulator().apiUrl);
  const list = page.getByRole('article', { name: 'VIP' });
  expect(await list.innerText()).toContain('3 profiles');
  expect(await list.innerText()).toContain('VIP.csv\n15 Jan 2026, 12:00 UTC\n4 lines, 3 profiles matched');
  expect(await list.innerText()).toContain('Expiration date\n17 Jan 2026, 12:00 UTC');
  const state = list.getByText('Valid 1 day 22 hours left');
  expect(isRed(await shownStyle(state, 'color'))).toBe(false);
  expect(await page.locator('main').innerText()).toContain('As of 15 Jan 2026, 13:30 UTC.');
});

test('an expired list is red, and says in words that it targets no profile', async () => {
  await simulator().seedContacts(people(3));
  await createList(await connect(simulator()), 'VIP', { validityHours: 48 });
  await deliver(simulator(), 'VIP', addresses(3));
  simulator().advanceClock(50 * HOUR);
  for (const colorScheme of ['light', 'dark'] as const) {
    const page = await open(simulator().apiUrl, { colorScheme });
    const list = page.getByRole('article', { name: 'VIP' });
    const state = list.getByText(
      'Expired 2 hours ago, so the list targets nobody. Its last file contained 3 profiles.',
    );
    expect(isRed(await shownStyle(state, 'color'))).toBe(true);
    expect(isRed(await shownStyle(list, 'border-left-color'))).toBe(true);
    expect(await list.innerText()).toContain('0 profiles');
  }
});

test('a list without a retrieved file says that it waits for one, and which', async () => {
  await createList(await connect(simulator()), 'VIP');
  const page = await open(simulator().apiUrl);
  const list = page.getByRole('article', { name: 'VIP' });
  expect(await list.innerText()).toContain('No file has been retrieved yet, so the list targets nobody.');
  expect(await list.innerText()).toContain('Expected file\nVIP.csv\nProfiles identified by emailAddress');
});

test('a file that Actito did not accept is shown with the reason, and the list is unchanged', async () => {
  await simulator().seedContacts(people(2));
  await createList(await connect(simulator()), 'VIP');
  await deliver(simulator(), 'VIP', addresses(2));
  await deliver(simulator(), 'VIP', ['e-mail', 'a1@shop.be']);
  const page = await open(simulator().apiUrl);
  const complaint = page.getByText('File rejected: The header line is not emailAddress.');
  expect(isRed(await shownStyle(complaint, 'color'))).toBe(true);
  expect(await page.getByRole('article').innerText()).toContain('2 profiles');
});

test('without lists, the page says so, and where they come from', async () => {
  const page = await open(simulator().apiUrl);
  expect(await page.locator('main').innerText()).toContain('There are no external target lists yet.');
  expect(await page.getByRole('article').count()).toBe(0);
});

test('the page updates by itself, and the keyboard focus stays where it was', async () => {
  const page = await open(simulator().apiUrl);
  await page.getByText('This page updates automatically.').waitFor();
  await page.getByRole('link', { name: 'Refresh' }).focus();
  await createList(await connect(simulator()), 'VIP');
  await page.getByRole('article', { name: 'VIP' }).waitFor();
  expect(await focused(page)).toBe('refresh');
});

test('without JavaScript the list is still shown, and Refresh updates it', async () => {
  const page = await open(simulator().apiUrl, { javaScriptEnabled: false });
  await createList(await connect(simulator()), 'VIP');
  await page.getByRole('link', { name: 'Refresh' }).click();
  await page.getByRole('article', { name: 'VIP' }).waitFor();
});

test('a page whose simulator has ended says that it is out of date', async () => {
  const mortal = await startSimulator({ pollInterval: NEVER });
  const page = await open(mortal.apiUrl);
  await page.getByText('This page updates automatically.').waitFor();
  await mortal.stop();
  await page.getByText('The simulator is not responding. This page may be out of date.').waitFor();
});

test('no name is interpreted as HTML', async () => {
  const name = `<b id="bold">VIP</b><script>document.title = 'taken'</script> "&amp;'`;
  const call = await connect(simulator());
  await createList(call, 'plain', { name, description: '<img src=x onerror="document.title = 1">' });
  const page = await open(simulator().apiUrl);
  expect(await page.getByRole('heading', { level: 2 }).innerText()).toBe(name);
  expect(await page.locator('#bold, main img, main script').count()).toBe(0);
  expect(await page.title()).toBe('External target lists · Actito simulator');
});
