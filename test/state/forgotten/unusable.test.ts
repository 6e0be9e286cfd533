import { describe, expect, test } from 'vitest';
import { hintsOf, spellingsOf } from '../../../activation/keys/spellings.ts';
import { closeRun } from '../../../state/runs/close.ts';
import { recordForgotten } from '../../../state/forgotten/record.ts';
import { storeRejects } from '../../../state/rejects/rejects.ts';
import { rows } from '../../../state/state.ts';
import { ended } from '../../support/ended.ts';
import { goodRun } from '../sending.ts';
import { compareInto, definitionFor, open } from '../support.ts';
import { forgettingForTests, person } from './support.ts';

/* A forgotten person has more texts than the canonical key: other spellings, and unusable keys. */

const gdpr = forgettingForTests();

const EMAIL = { matchingKey: { column: 'mail', type: 'email', attribute: 'emailAddress' } };
const phoneOf = (country?: string) => ({
  matchingKey: {
    column: 'gsm',
    type: 'phone',
    attribute: 'gsmNumber',
    ...(country && { defaultCountry: country }),
  },
});

/** Records the request like the command. */
async function record(key: string, countries: string[] = []): Promise<string> {
  const [spellings, hints] = [spellingsOf(key, countries), hintsOf(key, countries)];
  return (await recordForgotten(gdpr.world.state, { spellings, hints, by: 'dpo', reason: null })).record;
}

async function keysOf(table: string): Promise<string[]> {
  const found = await rows<{ key: string }>(gdpr.world.state, `select key from ${table} order by key`);
  return found.map(({ key }) => key);
}

const [BUECHER, ENCODED] = ['a@bücher.example', 'a@xn--bcher-kva.example'];

/** A forgotten person, and keys of rejected rows that name them. */
const NAMED: [forgotten: string, matchingKey: object, rejected: string[]][] = [
  [
    'anna@shop.be',
    EMAIL,
    [
      'Anna <anna@shop.be>',
      'anna@shop.be;other@x.be',
      'other@x.be, Anna@Shop.BE',
      'mailto:anna@shop.be?subject=x',
      "'anna@shop.be'",
      '"Anna" anna@shop.be.',
      'email=anna@shop.be',
      'anna @shop.be',
      'an\u200bna@shop.be',
      'anna@shop.be\u0007',
      'anna%40shop.be',
      '(anna@shop.be)',
      'other@x.be|anna@shop.be',
      'anna@shop.be/other@x.be',
    ],
  ],
  [BUECHER, EMAIL, ['A <a@xn--bcher-kva.example>', 'A <a@BÜCHER.example>', 'a@bu\u0308cher.example;b@x.be']],
  [ENCODED, EMAIL, ['A <a@bücher.example>']],
  [
    '+32475123456',
    phoneOf('BE'),
    [
      '0475 12 34 56 ext. 7',
      '+32475123456x12',
      '0475123456 (maman)',
      '0475 12 34 56 / 0475 12 34 57',
      '+3232475123456',
      '0475123456.5',
      '3.2475123456E+10',
      'GSM: 0475/12.34.56',
    ],
  ],
  // The country of this number is unknown.
  ['+32475123456', phoneOf(), ['0475 12 34 56', '475123456', 'tel 0475/123456']],
  ['+491713920012', phoneOf('DE'), ['+49491713920012']],
  ['C-0042', {}, ['C-0042;C-0043', 'C-0042\u0000', '"C-0042"', 'C-00\u200b42']],
];

describe.each(NAMED)('after %s is forgotten, no reject remains', (forgotten, changes, rejected) => {
  test.each(rejected)('that names the person as %j', async (text) => {
    const definition = definitionFor(gdpr.vip, changes);
    const run = await open(gdpr.world, definition);
    const others = ['bob@shop.be <', '+32 475 99 88 77 ext. 1', 'C-9999;'];
    const rejects = [text, ...others].map((key) => ({ key: key.replace('\0', ''), reason: 'KeyMalformed' }));
    await storeRejects(gdpr.world.state, run, rejects);
    await closeRun(gdpr.world.state, run, ended('failed'));

    await gdpr.erase(await record(forgotten, ['BE']));
    for (const table of ['rejects', 'reject_history']) {
      expect(await keysOf(table)).toEqual(others.toSorted());
    }

    const next = await open(gdpr.world, definition);
    await storeRejects(gdpr.world.state, next, rejects);
    expect(await keysOf('rejects')).toEqual([...others, ...others].toSorted());
  });
});

describe.each([
  [BUECHER, ENCODED],
  [ENCODED, BUECHER],
])('a person who is forgotten as %s', (forgotten, other) => {
  test('is erased and stays away, however the segment spells the key', async () => {
    const definition = definitionFor(gdpr.vip, EMAIL);
    await goodRun(gdpr.world, definition, [person(other), person('bob@shop.be')]);
    expect(await gdpr.erase(await record(forgotten))).toMatchObject({ members: 1, listed: 1 });
    for (const spelling of [forgotten, other]) {
      const run = await open(gdpr.world, definition);
      const { found } = await compareInto(gdpr.world, run, [person(spelling), person('bob@shop.be')]);
      expect(found.counts).toMatchObject({ read: 2, rejected: 0, forgotten: 1 });
    }
  });

  test('is erased if the key was stored under older rules, and if a list has it as its identifier', async () => {
    const list = { identifier: { column: 'card', attribute: 'cardNumber' } };
    const definition = definitionFor(gdpr.vip, { ...EMAIL, list });
    await goodRun(gdpr.world, definition, [person('x@shop.be', other), person('bob@shop.be', 'b')]);
    const members = `members_${gdpr.vip.replaceAll('-', '_')}`;
    await gdpr.world.state.raw(`update ${members} set key = ?, identifier = 'c' where key = 'bob@shop.be'`, [
      other,
    ]);
    expect(await gdpr.erase(await record(forgotten))).toMatchObject({ members: 2 });
  });
});

test('two people whose numbers end with the same digits are two records', async () => {
  const [one, other] = ['+32475123456', '+33655123456'];
  expect(hintsOf(one, [])).toEqual(hintsOf(other, []));
  expect(await record(one)).not.toBe(await record(other));
});
