/*
 * A program for garbage.test.ts: passes 60 MB of buffers, a little at a time, as rows pass. It is a separate
 * process, since V8 decides by the whole history of a process. Prints the maximum number of bytes outside
 * V8's heap, above the initial number: without our collecting, and with it.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { collectGarbage } from '../../worker/garbage.ts';

const MB = 2 ** 20;
setFlagsFromString('--expose-gc');
const gc = runInNewContext('gc') as () => void;

async function passBuffers(): Promise<number> {
  gc();
  const before = getHeapStatistics().external_memory;
  let most = 0;
  for (let passed = 0; passed < 60; passed++) {
    Buffer.alloc(MB);
    await sleep(20);
    most = Math.max(most, getHeapStatistics().external_memory - before);
  }
  return most;
}

const without = await passBuffers();
Object.assign(globalThis, { gc });
const end = collectGarbage();
const withIt = await passBuffers();
end();
console.log(JSON.stringify({ without, with: withIt }));
