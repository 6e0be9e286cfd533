import { afterEach } from 'vitest';
import { deliverList, type ListDelivery } from '../../actito/delivery/deliver.ts';
import type { FileServer } from '../../actito/delivery/file-server.ts';
import { connectSftp, type SftpLogin } from '../../actito/delivery/sftp.ts';
import { FILE } from './delivery-stand.ts';
import { type Script, startScriptedSftp } from './sftp-scripted-server.ts';

/** Scripted servers and connections of a test file; each ends with its test. */
export function scriptedSftp() {
  const ends: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end();
  });
  const start = async (script: Script = {}) => {
    const server = await startScriptedSftp(script);
    ends.push(() => server.stop());
    return server;
  };
  const connect = async (login: SftpLogin): Promise<FileServer> => {
    const server = await connectSftp(login, new AbortController().signal);
    ends.push(() => server.close());
    return server;
  };
  return { start, connect };
}

/** Delivers a text, or bytes, as a list. */
export function deliver(
  server: FileServer,
  content: string | Buffer,
  more: Partial<ListDelivery> = {},
): Promise<number> {
  async function* whole() {
    yield Buffer.from(content);
  }
  return deliverList(server, {
    directory: '/in',
    fileName: FILE,
    fence: '5',
    delivery: '1',
    content: whole(),
    checkFence: async () => undefined,
    ...more,
  });
}
