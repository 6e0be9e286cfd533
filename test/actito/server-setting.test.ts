import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connectFileServer, type Login } from '../../actito/delivery/connect.ts';
import { startSimulator, type Simulator } from '../../simulator/start.ts';
import { ftpsLoginOf } from './ftps-fixture.ts';

/* The server of exports is configured elsewhere than that of lists. What a person must change depends on it. */

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator({ ftpsPort: 0 });
});
afterAll(() => simulator?.stop());

const sftp = (): Login => {
  const { host, port, username, password, hostKey } = simulator.sftp;
  return { protocol: 'sftp', host, port, username, password, hostKeys: [hostKey] };
};
const ftps = () => ftpsLoginOf(simulator);

interface Wrong {
  what: string;
  login: () => Login;
  /** The settings to check, without where the server is configured. */
  names: string[];
}

describe.each<Wrong>([
  {
    what: 'a wrong password (SFTP)',
    login: () => ({ ...sftp(), password: 'wrong' }),
    names: ['username'],
  },
  {
    what: 'another host key',
    login: () => ({ ...sftp(), hostKeys: [`SHA256:${'x'.repeat(43)}`] }) as Login,
    names: ['hostKey'],
  },
  {
    what: 'a private key that is none',
    login: () => ({ ...sftp(), privateKey: 'no key' }) as Login,
    names: ['privateKey'],
  },
  {
    what: 'a wrong password (FTPS)',
    login: () => ({ ...ftps(), password: 'wrong' }),
    names: ['username', 'password'],
  },
  {
    what: 'a certificate of an unknown authority',
    login: () => ({ ...ftps(), ca: undefined }),
    names: ['ca'],
  },
  { what: 'a certificate authority that is none', login: () => ({ ...ftps(), ca: 'none' }), names: ['ca'] },
  {
    what: 'TLS at once from a server that waits for AUTH TLS',
    login: () => ({ ...ftps(), tls: 'implicit' }),
    names: ['tls'],
  },
])('$what', ({ login, names }) => {
  const failing = (setting?: string) =>
    connectFileServer({ ...login(), setting }, new AbortController().signal).then(
      () => '',
      (error: Error) => error.message,
    );

  test.each([
    { server: 'of lists', setting: undefined, named: 'delivery', other: 'profiles' },
    {
      server: 'of exports',
      setting: 'profiles.export.server',
      named: 'profiles.export.server',
      other: 'delivery.',
    },
  ])('on the server $server is reported with its own settings', async ({ setting, named, other }) => {
    const message = await failing(setting);
    for (const name of names) expect(message).toContain(`${named}.${name}`);
    expect(message).not.toContain(other);
  });
});

test('a folder of exports that cannot be listed is reported as that, whatever the server', async () => {
  for (const setting of [undefined, 'profiles.export.server']) {
    const server = await connectFileServer({ ...sftp(), setting }, new AbortController().signal);
    try {
      await expect(server.entries('/nowhere')).rejects.toMatchObject({
        type: 'DeliveryRefused',
        message: expect.stringContaining('Check profiles.export.directory:') as string,
      });
    } finally {
      await server.close();
    }
  }
});
