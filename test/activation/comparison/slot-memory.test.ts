import { expect, test } from 'vitest';
import { SlotMemory } from '../../../activation/comparison/budget.ts';
import { NARROW, PAGE, WIDE } from '../../../activation/comparison/slots.ts';

test('a page with room for identifiers is used again for marks without identifiers, and is empty', () => {
  const memory = new SlotMemory();
  const wide = memory.takePage(PAGE, WIDE);
  wide.words.fill(7);
  wide.flags.fill(1);
  memory.givePageBack(wide);
  const narrow = memory.takePage(PAGE, NARROW);
  expect(narrow.words.buffer).toBe(wide.words.buffer);
  expect([narrow.words.length, narrow.flags.length]).toEqual([PAGE * NARROW, PAGE]);
  expect(narrow.flags.every((flags) => flags === 0)).toBe(true);

  memory.givePageBack(narrow);
  const again = memory.takePage(PAGE, WIDE);
  expect(again.words.buffer).toBe(wide.words.buffer);
  expect([again.words.length, again.flags.length]).toEqual([PAGE * WIDE, PAGE]);
  expect(again.flags.every((flags) => flags === 0)).toBe(true);
});

test('a page that is too small for identifiers is not kept beside the one that replaces it', () => {
  const memory = new SlotMemory();
  const narrow = memory.takePage(PAGE, NARROW);
  memory.givePageBack(narrow);
  const wide = memory.takePage(PAGE, WIDE);
  expect(wide.words.buffer).not.toBe(narrow.words.buffer);
  expect(memory.takePage(PAGE, NARROW).words.buffer).not.toBe(narrow.words.buffer);
});
