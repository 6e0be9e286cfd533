import fc from 'fast-check';
import { expect, test } from 'vitest';
import { wholeLines } from '../../../activation/comparison/whole-lines.ts';

test('chunks of any sizes become buffers of whole lines, of the size that was asked for except the last', async () => {
  const line = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 30 }).map((text) => `${text}\n`);
  await fc.assert(
    fc.asyncProperty(
      fc.array(line, { maxLength: 40 }),
      fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 }),
      fc.boolean(),
      async (lines, sizes, reuse) => {
        const text = lines.join('');
        async function* chunks() {
          for (let at = 0, turn = 0; at < text.length; turn++) {
            const size = sizes[turn % sizes.length]!;
            yield Buffer.from(text.slice(at, at + size));
            at += size;
          }
        }
        const buffers: string[] = [];
        for await (const buffer of wholeLines(chunks(), { size: 50, reuse })) buffers.push(buffer.toString());
        expect(buffers.join('')).toBe(text);
        for (const buffer of buffers) expect(buffer.endsWith('\n')).toBe(true);
        for (const buffer of buffers.slice(0, -1)) expect(buffer.length).toBeGreaterThanOrEqual(50);
      },
    ),
  );
});
