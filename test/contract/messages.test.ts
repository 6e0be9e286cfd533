import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { Failure } from '../../contract/failure.ts';
import { CATALOGUE, MESSAGES } from '../../contract/messages/catalogue.ts';
import { EXPECTED } from '../../contract/messages/expected.ts';
import type { Message } from '../../contract/messages/message.ts';
import type { KeyReject, ValueReject } from '../../contract/messages/rejects.ts';
import { messagesPage } from '../../contract/messages/page.ts';
import { tell } from '../../contract/messages/tell.ts';

const all = Object.entries(MESSAGES) as unknown as [string, Message<object>][];

it('writes every message of the product into docs/messages.md', async () => {
  const page = await readFile(new URL('../../docs/messages.md', import.meta.url), 'utf8');
  expect(page, 'run: npm run messages').toBe(messagesPage());
});

it('has a unique name for each message', () => {
  const names = Object.values(CATALOGUE).flatMap((part) => Object.keys(part));
  expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([]);
  expect(names.sort()).toEqual(Object.keys(MESSAGES).sort());
});

it('has complete sentences, whatever the facts are', () => {
  for (const [name, { examples, says }] of all) {
    for (const facts of examples) {
      expect(says(facts), name).not.toMatch(/undefined|NaN|\[object/);
      expect(says(facts), name).toMatch(/\S/);
    }
  }
});

it('describes an expected value so that it continues the word "expected"', () => {
  for (const [name, { examples, says }] of Object.entries(EXPECTED) as unknown as [
    string,
    Message<object>,
  ][]) {
    for (const facts of examples)
      expect(says(facts), name).not.toMatch(/undefined|NaN|\[object|^\s|^[A-Z][a-z]|[.\s]$|^$/);
  }
});

it('passes facts on as JSON without loss', () => {
  for (const [name, { examples }] of all) {
    for (const facts of examples) expect(JSON.parse(JSON.stringify(facts)), name).toEqual(facts);
  }
});

it('requires a known message and its facts', () => {
  // @ts-expect-error a reason that the catalogue lacks
  expect(() => tell('noSuchReason', {})).toThrow();
  // @ts-expect-error facts of another message
  tell('planUnknown', { activation: 'vip' });
  // @ts-expect-error a note is no failure
  expect(() => new Failure('skipped', { holder: 'activation/vip' }).retryable).toThrow();
});

it('has a sentence for each code of a rejected row or value', () => {
  // @ts-expect-error a code that the catalogue lacks
  const key: KeyReject = 'KeyNoSuch';
  // @ts-expect-error a code of keys
  const value: ValueReject = 'KeyMissing';
  expect([key in MESSAGES, value in MESSAGES]).toEqual([false, true]);
});

it('puts what to do on a line of its own after a list of lines', () => {
  const problems = [tell('attributeNotShown', { attribute: 'tier' })];
  const facts = { profileTable: 'Customers', activation: 'vip', problems, missing: true };
  expect(tell('structureUnfit', facts).message).toMatch(/ does not return it yet\.\nIn Actito, open the app/);
});

it('says the same in words and as data', () => {
  const { told, message, type } = new Failure('planUnknown', { activation: 'vip', planHash: '0123456789ab' });
  expect({ type, ...told }).toEqual({
    type: 'PlanUnknown',
    reason: 'planUnknown',
    facts: { activation: 'vip', planHash: '0123456789ab' },
    next: [
      {
        advice: 'Find the plan hash in the output of plan, or in the failure of a held run.',
      },
    ],
    message,
  });
  expect(message).toBe(
    'Activation vip has no plan 0123456789ab. Find the plan hash in the output of plan, or in the failure of a ' +
      'held run.',
  );
});
