import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { Resources } from '../../dev/resources.ts';

/** A resource that starts on request, and records that it was stopped. */
function resource(name: string, stopped: string[]) {
  let begin!: () => void;
  const starting = new Promise<string>((resolve) => (begin = () => resolve(name)));
  return { starting, begin, stop: async () => void stopped.push(name) };
}

test('the resource that was started last is stopped first, and a starting resource is waited for', async () => {
  const [resources, stopped] = [new Resources(), [] as string[]];
  const [first, second] = [resource('first', stopped), resource('second', stopped)];
  for (const { starting, stop } of [first, second]) void resources.start(starting, stop);
  first.begin();
  const ending = resources.end();
  await setImmediate();
  expect(stopped).toEqual([]);
  second.begin();
  await ending;
  expect(stopped).toEqual(['second', 'first']);
});

test('a resource that may be abandoned is not waited for, and one that could not be started is not stopped', async () => {
  const [resources, stopped] = [new Resources(), [] as string[]];
  const download = resource('download', stopped);
  void resources.start(download.starting, download.stop, { abandon: true });
  const failing = resources.start(
    Promise.reject(new Error('no server')),
    async () => void stopped.push('failed'),
  );
  await expect(failing).rejects.toThrow('no server');
  await resources.end();
  expect(stopped).toEqual([]);
});

test('a resource that starts while others end, or after that, is stopped too', async () => {
  const [resources, stopped] = [new Resources(), [] as string[]];
  const [during, after] = [resource('during', stopped), resource('after', stopped)];
  await resources.start(Promise.resolve(), async () => {
    during.begin();
    void resources.start(during.starting, during.stop);
  });
  await resources.end();
  expect(stopped).toEqual(['during']);
  after.begin();
  await resources.start(after.starting, after.stop);
  await setImmediate();
  expect(stopped).toEqual(['during', 'after']);
});
