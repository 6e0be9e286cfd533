import { connectFtps, type FtpsLogin } from '../../actito/delivery/ftps.ts';
import { startSimulator, type Simulator, type SimulatorOptions } from '../../simulator/start.ts';
import type { DeliveryFixture } from './delivery-stand.ts';
import { folderOf, NEVER } from './sftp-fixture.ts';

export function ftpsLoginOf({ ftps }: Simulator): FtpsLogin {
  const { host, port, username, password, ca } = ftps!;
  return { protocol: 'ftps', host, port, username, password, ca };
}

export async function startFtpsFixture(
  options: SimulatorOptions = {},
): Promise<DeliveryFixture & { simulator: Simulator }> {
  const simulator = await startSimulator({ pollInterval: NEVER, ftpsPort: 0, ...options });
  return {
    simulator,
    ...folderOf(simulator),
    connect: (signal, login = {}) => connectFtps({ ...ftpsLoginOf(simulator), ...login }, signal),
  };
}
