import { fileURLToPath } from 'node:url';
import { startProcess } from '../../dev/processes.ts';
import type { Resources } from '../../dev/resources.ts';
import { untilItAnswers } from '../../dev/waiting.ts';
import type { Place } from './replay/main.ts';

const START = fileURLToPath(new URL('../../dev/start.js', import.meta.url));
const PROGRAM = fileURLToPath(new URL('replay/main.ts', import.meta.url));

/**
 * Starts the servers that stand in for services, in a process of their own.
 * @param postgres the URL of a database with the same rows
 * @returns where they are, by driver
 */
export async function startReplay(
  resources: Resources,
  rows: number,
  postgres: string,
  drivers: readonly string[],
): Promise<Record<string, Place>> {
  let printed = '';
  const command = [process.execPath, START, PROGRAM, String(rows), postgres, ...drivers] as const;
  const server = startProcess([[...command]], {
    stopSignal: 'KILL',
    onOutput: (text) => (printed += text),
  });
  await resources.start(Promise.resolve(server), () => server.stop());
  await untilItAnswers('The replay', server, async () => printed.includes('\n'));
  return JSON.parse(printed) as Record<string, Place>;
}
