import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connectSftp, type SftpLogin } from '../../actito/delivery/sftp.ts';
import { startSimulator, type Simulator, type SimulatorOptions } from '../../simulator/start.ts';
import type { DeliveryFixture } from './delivery-contract.ts';

/** Polls would take the files away. */
export const NEVER = 3_600_000;

export function loginOf({ sftp }: Simulator): SftpLogin {
  const { host, port, username, password, hostKey } = sftp;
  return { host, port, username, password, hostKey };
}

export async function startSftpFixture(
  options: SimulatorOptions = {},
): Promise<DeliveryFixture & { simulator: Simulator }> {
  const simulator = await startSimulator({ pollInterval: NEVER, ...options });
  const { root, directory } = simulator.sftp;
  const path = (name: string) => join(root, directory, name);
  return {
    simulator,
    directory,
    connect: (signal, login = {}) => connectSftp({ ...loginOf(simulator), ...login }, signal),
    names: async () => (await readdir(path(''))).sort(),
    read: (name) =>
      readFile(path(name)).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOENT') throw error;
        return undefined;
      }),
    write: (name, content) => writeFile(path(name), content),
    breakUploads: (afterBytes) => simulator.setFault('uploadBreaks', { afterBytes }),
    refuseRenames: () => simulator.setFault('renameRefused', {}),
    reset: async () => {
      simulator.setFault('uploadBreaks', null);
      simulator.setFault('renameRefused', null);
      for (const name of await readdir(path(''))) await rm(path(name));
    },
    stop: () => simulator.stop(),
  };
}
