import fc from 'fast-check';
import { expect, test } from 'vitest';
import { html, Html } from '../../simulator/page/html.ts';
import { counted, duration } from '../../simulator/page/words.ts';
import { connect, createList, simulatorForTests } from './support.ts';

const simulator = simulatorForTests();

test.each(['/', '/imports', '/profiles', '/profiles?q=nobody', '/attributes'])(
  'the page %s answers without a token, in HTML that can run only its own script',
  async (path) => {
    const response = await fetch(simulator().apiUrl + path);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(response.headers.get('content-security-policy')).toMatch(
      /^default-src 'none';.*script-src 'sha256-/,
    );
    expect(await response.text()).toMatch(/^<!doctype html>[^]*<html lang="en">[^]*<\/html>\s*$/i);
  },
);

test('a list is on the page, and its name is not interpreted as HTML', async () => {
  await createList(await connect(simulator()), 'VIP <b>');
  const page = await (await fetch(simulator().apiUrl)).text();
  expect(page).toContain('VIP &#60;b&#62;</h2>');
  expect(page).not.toContain('<b>VIP');
});

test('any method except GET, and any other path, goes to the API', async () => {
  expect((await fetch(simulator().apiUrl, { method: 'POST' })).status).toBe(401);
  expect((await fetch(`${simulator().apiUrl}/imports/1`)).status).toBe(401);
});

test('no text in a template can begin a tag, end an attribute or become another character', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const written = html`${text}`.toString();
      expect(written).not.toMatch(/[<>"']/);
      const readBack = written.replaceAll(/&#(\d+);/g, (_, code: string) =>
        String.fromCharCode(Number(code)),
      );
      expect(readBack).toBe(text);
    }),
  );
});

test('nested templates are not escaped twice, and omit absent parts', () => {
  const items = ['<', 2].map((item) => html`<i>${item}</i>`);
  const absent = [undefined, null, false] as const;
  expect(html`<b>${items}${absent}</b>${new Html('<hr>')}`.toString()).toBe(
    '<b><i>&#60;</i><i>2</i></b><hr>',
  );
});

const UNITS = { day: 86_400_000, hour: 3_600_000, minute: 60_000 };

test('a duration is shown in its two largest units, and never as longer than it is', () => {
  fc.assert(
    fc.property(fc.integer({ min: UNITS.minute, max: 5_000 * UNITS.day }), (milliseconds) => {
      const told = [...duration(milliseconds).matchAll(/([\d,]+) (day|hour|minute)s?/g)].map(
        ([, count, unit]) => ({
          count: Number(count!.replace(',', '')),
          size: UNITS[unit as keyof typeof UNITS],
        }),
      );
      const sum = told.reduce((total, { count, size }) => total + count * size, 0);
      const precision = milliseconds >= UNITS.day ? UNITS.hour : UNITS.minute;
      expect(told.length).toBeGreaterThan(0);
      expect(milliseconds - sum).toBeGreaterThanOrEqual(0);
      expect(milliseconds - sum).toBeLessThan(precision);
    }),
  );
});

test.each([
  [0, 'less than a minute'],
  [59_999, 'less than a minute'],
  [60_000, '1 minute'],
  [2 * UNITS.hour + 1, '2 hours'],
  [UNITS.day + 59 * UNITS.minute, '1 day'],
  [2 * UNITS.day - 1, '1 day 23 hours'],
])('%d milliseconds are %s', (milliseconds, words) => {
  expect(duration(milliseconds)).toBe(words);
});

test('numbers are grouped, and 1 has a singular noun', () => {
  expect([0, 1, 2, 1_234_567].map((number) => counted(number, 'line'))).toEqual([
    '0 lines',
    '1 line',
    '2 lines',
    '1,234,567 lines',
  ]);
});
