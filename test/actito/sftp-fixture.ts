import { statSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connectSftp, type SftpLogin } from '../../actito/delivery/sftp.ts';
import { startSimulator, type Simulator, type SimulatorOptions } from '../../simulator/start.ts';
import type { DeliveryFixture } from './delivery-stand.ts';

/** Polls would remove the files. */
export const NEVER = 3_600_000;

export function loginOf({ sftp }: Simulator): SftpLogin {
  const { host, port, username, password, hostKey } = sftp;
  return { protocol: 'sftp', host, port, username, password, hostKeys: [hostKey] };
}

export async function startSftpFixture(
  options: SimulatorOptions = {},
): Promise<DeliveryFixture & { simulator: Simulator }> {
  const simulator = await startSimulator({ pollInterval: NEVER, ...options });
  return {
    simulator,
    ...folderOf(simulator),
    connect: (signal, login = {}) => connectSftp({ ...loginOf(simulator), ...login }, signal),
  };
}

/** The folder that all protocols of a simulator serve, and its faults. */
export function folderOf(simulator: Simulator): Omit<DeliveryFixture, 'connect'> {
  const { root, directory } = simulator.sftp;
  const path = (name: string) => join(root, directory, name);
  return {
    directory,
    names: async () => (await readdir(path(''))).sort(),
    read: (name) =>
      readFile(path(name)).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOENT') throw error;
        return undefined;
      }),
    size: (name) => statSync(path(name), { throwIfNoEntry: false })?.size ?? 0,
    write: (name, content) => writeFile(path(name), content),
    makeFolder: (name) => mkdir(path(name)),
    breakUploads: (afterBytes) => simulator.setFault('uploadBreaks', { afterBytes }),
    refuseRenames: () => simulator.setFault('renameRefused', {}),
    refuseReplacing: () => simulator.setFault('replaceRefused', {}),
    reset: async () => {
      for (const fault of ['uploadBreaks', 'renameRefused', 'replaceRefused'] as const) {
        simulator.setFault(fault, null);
      }
      for (const name of await readdir(path(''))) await rm(path(name), { recursive: true });
    },
    stop: () => simulator.stop(),
  };
}
