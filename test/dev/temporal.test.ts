import { expect, test } from 'vitest';
import { freePort } from '../../dev/ports.ts';
import { startTemporal } from '../../dev/temporal.ts';

test('servers that want the same ports at the same moment all start, each on its own ports', async () => {
  const [port, uiPort] = [await freePort(), await freePort()];
  const servers = await Promise.all([1, 2, 3].map(() => startTemporal({ port, uiPort })));
  try {
    const addresses = servers.flatMap(({ address, uiUrl }) => [address, uiUrl]);
    expect(new Set(addresses).size).toBe(6);
    expect(addresses).toContain(`127.0.0.1:${port}`);
  } finally {
    await Promise.all(servers.map((server) => server.stop()));
  }
});
