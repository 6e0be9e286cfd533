import { describe, expect, test, vi } from 'vitest';
import { Receiver, shortText } from '../../warehouse/http/answer.ts';
import { until } from '../setup/until.ts';

/** What undici calls, and what it is told. */
function received(signal?: AbortSignal) {
  const controller = {
    aborted: false,
    paused: false,
    reason: null,
    rawHeaders: null,
    rawTrailers: null,
    pause: vi.fn(() => void (controller.paused = true)),
    resume: vi.fn(() => void (controller.paused = false)),
    abort: vi.fn(),
  };
  const receiver = new Receiver(signal);
  receiver.onRequestStart(controller);
  return {
    controller,
    answer: receiver.answer,
    start: (status: number) => receiver.onResponseStart(controller, status, {}),
    data: (text: string) => receiver.onResponseData(controller, Buffer.from(text)),
    end: () => receiver.onResponseEnd(),
    fail: (error: Error) => receiver.onResponseError(controller, error),
  };
}

async function collect(body: AsyncIterable<Buffer>, into: string[]): Promise<void> {
  for await (const piece of body) into.push(piece.toString());
}

describe('an answer', () => {
  test('is not one that only informs, such as 102 or 103', async () => {
    const { answer, start, data, end } = received();
    for (const status of [102, 103, 200]) start(status);
    data('rows');
    end();
    const { status, body } = await answer;
    expect(status).toBe(200);
    expect(await shortText({ body })).toBe('rows');
  });

  test('gives all bytes that arrived before the connection broke, then its error', async () => {
    const { answer, start, data, fail, end } = received();
    start(200);
    data('a');
    data('b');
    fail(new Error('broken'));
    end(); // the first end counts
    const pieces: string[] = [];
    await expect(collect((await answer).body, pieces)).rejects.toThrow('broken');
    expect(pieces).toEqual(['a', 'b']);
  });

  test('whose reader waits goes on with the next byte, and ends', async () => {
    const { answer, start, data, end } = received();
    start(200);
    const pieces: string[] = [];
    const read = collect((await answer).body, pieces);
    data('a');
    await until('the piece is read', async () => pieces.length === 1);
    end();
    await read;
    expect(pieces).toEqual(['a']);
  });

  test('that never begins is an error', async () => {
    const { answer, fail } = received();
    fail(new Error('refused'));
    await expect(answer).rejects.toThrow('refused');
  });

  test('is paused while 512 kB wait for their reader', async () => {
    const { answer, controller, start, data, end } = received();
    start(200);
    data('x'.repeat(512 * 1024));
    expect(controller.pause).not.toHaveBeenCalled();
    data('x');
    expect(controller.pause).toHaveBeenCalledTimes(1);
    for await (const piece of (await answer).body) {
      expect(piece.length).toBeGreaterThan(0);
      expect(controller.resume).toHaveBeenCalledTimes(1);
      end();
    }
    // what was read does not count any more
    data('x');
    expect(controller.pause).toHaveBeenCalledTimes(1);
  });
});

describe('a request is ended', () => {
  test('by a reader that stops early, and not by one that has read all', async () => {
    for (const stopsEarly of [true, false]) {
      const { answer, controller, start, data, end } = received();
      start(200);
      data('a');
      if (!stopsEarly) end();
      for await (const piece of (await answer).body) {
        expect(piece.toString()).toBe('a');
        if (stopsEarly) break;
      }
      expect(controller.abort).toHaveBeenCalledTimes(stopsEarly ? 1 : 0);
    }
  });

  test.each([
    [new Error('hunter2'), 'ECANCELED'],
    [new DOMException('late', 'TimeoutError'), 'ETIMEDOUT'],
  ])('by its signal, before it starts and later: %s', (reason, code) => {
    const before = received(AbortSignal.abort(reason));
    const cancellation = new AbortController();
    const later = received(cancellation.signal);
    expect(later.controller.abort).not.toHaveBeenCalled();
    cancellation.abort(reason);
    for (const { controller } of [before, later]) {
      expect(controller.abort).toHaveBeenCalledTimes(1);
      expect(controller.abort).toHaveBeenCalledWith(expect.objectContaining({ code }));
    }
  });

  test('not by its signal after the end', () => {
    const cancellation = new AbortController();
    const { controller, start, end } = received(cancellation.signal);
    start(200);
    end();
    cancellation.abort();
    expect(controller.abort).not.toHaveBeenCalled();
  });
});

test('a short text is cut at 64 KiB, and no more than that is read', async () => {
  let pieces = 0;
  const body = async function* () {
    for (; pieces < 5; pieces++) yield Buffer.alloc(40_000, 'x');
  };
  expect((await shortText({ body: body() })).length).toBe(64 * 1024);
  expect(pieces).toBe(1); // the second one was not taken to its end
});
