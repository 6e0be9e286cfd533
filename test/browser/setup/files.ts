import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Simulator } from '../../../simulator/start.ts';

/** Puts a list's file on the customer's server, and lets Actito look for it. */
export async function deliver(simulator: Simulator, list: string, lines: string[]): Promise<void> {
  const { root, directory } = simulator.sftp;
  const path = join(root, directory, `${list}.csv`);
  await writeFile(`${path}.part`, lines.join('\n'));
  await rename(`${path}.part`, path);
  await simulator.pollNow();
}

/** The lines of a list's file with the first so many of `people()`. */
export function addresses(count: number): string[] {
  return ['emailAddress', ...Array.from({ length: count }, (_, i) => `a${i + 1}@shop.be`)];
}
