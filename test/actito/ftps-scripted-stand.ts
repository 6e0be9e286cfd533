import { afterEach, beforeAll } from 'vitest';
import type { FileServer } from '../../actito/delivery/file-server.ts';
import { connectFtps, type FtpsLogin } from '../../actito/delivery/ftps.ts';
import { type Certificate, createCertificate } from '../../simulator/transfer/certificate.ts';
import { type Answers, type ScriptedServer, startScriptedServer } from './ftps-scripted-server.ts';

type Options = {
  /** The longest time without progress, in milliseconds. */
  timeout?: number;
  signal?: AbortSignal;
  login?: Partial<FtpsLogin>;
} & Partial<Omit<Parameters<typeof startScriptedServer>[0], 'answers'>>;

/** Scripted servers for the tests of a file: each ends with its test. */
export function scriptedStand() {
  let certificate: Certificate;
  let scripted: ScriptedServer | undefined;
  const open: FileServer[] = [];
  beforeAll(async () => {
    certificate = await createCertificate(['127.0.0.1']);
  });
  afterEach(async () => {
    for (const server of open.splice(0)) await server.close();
    await scripted?.stop();
  });

  /** The login of the running server. */
  const loginOf = (changes: Partial<FtpsLogin> = {}): FtpsLogin => ({
    protocol: 'ftps',
    host: '127.0.0.1',
    port: scripted!.port,
    username: 'actito',
    password: 'top-secret',
    ca: certificate.cert,
    ...changes,
  });

  /** Logs in to the running server. */
  async function logIn({
    timeout = 30_000,
    signal = new AbortController().signal,
    login,
  }: Options = {}): Promise<FileServer> {
    const server = await connectFtps(loginOf(login), signal, timeout);
    open.push(server);
    return server;
  }

  return {
    scripted: () => scripted,
    certificate: () => certificate,
    login: () => loginOf(),
    logIn,
    /** Starts a server and logs in to it. */
    connect: async (answers: Answers, options: Options = {}): Promise<FileServer> => {
      const { timeout, signal, login, ...script } = options;
      scripted = await startScriptedServer({ answers, tls: certificate, ...script });
      return logIn({ timeout, signal, login });
    },
  };
}
