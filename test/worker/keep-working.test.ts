import { setImmediate } from 'node:timers/promises';
import { TransportError } from '@temporalio/worker';
import { describe, expect, test } from 'vitest';
import { Failure } from '../../contract/failure.ts';
import { keepWorking, type Working } from '../../worker/keep-working.ts';

const LOST = new TransportError('unimplemented');
const AWAY = new Failure('temporalRefused', { code: 'UNAVAILABLE' });
const MISSING = new Failure('namespaceMissing', { namespace: 'shop' });

/** The result of one start: the error that prevents it, or how its worker ends; null: cleanly. */
type Attempt = { bars: Error } | { ends: Error | null };

/** Runs through the attempts. @returns the events, in their order, and how it ended */
async function life(attempts: Attempt[], { toldAfter = Infinity } = {}) {
  const told: string[] = [];
  let starts = 0;
  const start = async (): Promise<Working> => {
    const attempt = attempts[starts++]!;
    if ('bars' in attempt) throw attempt.bars;
    told.push('started');
    return {
      run: async () => {
        if (attempt.ends) throw attempt.ends;
      },
      hasFailed: () => false,
      close: async () => void told.push('closed'),
    };
  };
  const ended = await keepWorking({
    start,
    onInterruption: (_, pause) => void told.push(`again in ${pause}`),
    isTold: () => starts >= toldAfter,
    backoff: { first: 1, longest: 4 },
  }).then(
    () => 'in good order',
    (error: unknown) => error,
  );
  return { told, starts, ended };
}

test('a worker that loses Temporal is closed, and another one replaces it as soon as Temporal is back', async () => {
  const away = Array.from({ length: 4 }, () => ({ bars: AWAY }));
  expect(await life([{ ends: LOST }, ...away, { ends: LOST }, { ends: null }])).toEqual({
    told: [
      'started',
      'again in 1',
      'closed',
      'again in 2',
      'again in 4',
      'again in 4',
      'again in 4',
      'started',
      'again in 1',
      'closed',
      'started',
      'closed',
    ],
    starts: 7,
    ended: 'in good order',
  });
});

test('a worker that is stopped while Temporal is away shuts down cleanly', async () => {
  const away = Array.from({ length: 9 }, () => ({ bars: AWAY }));
  const { starts, ended } = await life([{ ends: LOST }, ...away], { toldAfter: 3 });
  expect({ starts, ended }).toEqual({ starts: 3, ended: 'in good order' });
});

test.each([
  ['a first start that fails', [{ bars: AWAY }], AWAY],
  ['an error of another kind', [{ ends: new TypeError('ours') }], new TypeError('ours')],
  ['a later start that the configuration prevents', [{ ends: LOST }, { bars: MISSING }], MISSING],
])('%s ends the process', async (_, attempts, error) => {
  const { starts, ended } = await life(attempts);
  expect(ended).toEqual(error);
  expect(starts).toBe(attempts.length);
});

describe('a worker that Temporal rejects permanently', () => {
  const kept = (run: () => Promise<void>, hasFailed: () => boolean) =>
    keepWorking({
      start: async () => ({ run, hasFailed, close: async () => undefined }),
      onInterruption: () => undefined,
      isTold: () => true,
      letGo: 30,
    });
  const never = () => new Promise<void>(() => undefined);

  test('ends the process with a clear failure if the library does not release it', async () => {
    const failure = { type: 'TemporalUnavailable', told: { reason: 'workerNotLetGo' } };
    await expect(kept(never, () => true)).rejects.toMatchObject(failure);
  });

  test('ends with the error of the library if that releases it in time', async () => {
    const ends = () => Promise.reject(LOST);
    await expect(kept(ends, () => true)).rejects.toBe(LOST);
  });

  test('ends as the library says even if its error comes a little later than its end', async () => {
    const failing = Promise.reject(LOST);
    failing.catch(() => undefined);
    /** Its end is known at once, and its error a turn later. */
    const later = async (onEnd: () => void) => {
      onEnd();
      await setImmediate();
      return failing;
    };
    const ends = () => Object.assign(failing, { finally: later }) as Promise<void>;
    await expect(kept(ends, () => true)).rejects.toBe(LOST);
  });

  test('is left alone while it has not failed', async () => {
    let asked = 0;
    let end!: () => void;
    const run = () => new Promise<void>((resolve) => (end = resolve));
    await kept(run, () => {
      if (++asked === 3) end();
      return false;
    });
    expect(asked).toBe(3);
  });
});
