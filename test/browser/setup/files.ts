import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Simulator } from '../../../simulator/start.ts';

/** Puts the file of a list on the server of the customer, and lets Actito look for it. */
export async function deliver(simulator: Simulator, list: string, lines: string[]): Promise<void> {
  const { root, directory } = simulator.sftp;
  const path = join(root, directory, `${list}.csv`);
  await writeFile(`${path}.part`, lines.join('\n'));
  await rename(`${path}.part`, path);
  await simulator.pollNow();
}

/** The lines of a list's file with the first members of `people()`. */
export function addresses(count: number): string[] {
  return ['emailAddress', ...Array.from({ length: count }, (_, i) => `a${i + 1}@shop.be`)];
}
