import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import ssh2 from 'ssh2';
import { createCertificate } from '../../../simulator/transfer/certificate.ts';
import { fingerprintOf, generateKeyPair } from '../../../simulator/transfer/host-key.ts';
import { startScriptedServer, type Answers } from '../../actito/ftps-scripted-server.ts';
import { ALL } from './markers.ts';

const { STATUS_CODE } = ssh2.utils.sftp;

/** File servers whose texts show too much. */
export async function startOddFileServers() {
  const stops: (() => Promise<void>)[] = [];
  const key = generateKeyPair().private;
  const certificate = await createCertificate(['127.0.0.1']);
  const other = await createCertificate(['qz7secret.example.com']);

  async function listening(server: Server | ssh2.Server): Promise<number> {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    stops.push(async () => void server.close());
    return (server.address() as AddressInfo).port;
  }
  const sftp = (refuse: 'login' | 'list') =>
    listening(
      new ssh2.Server({ hostKeys: [key], banner: ALL }, (client) => {
        client.on('error', () => undefined);
        client.on('authentication', (login) => (refuse === 'login' ? login.reject() : login.accept()));
        client.on('ready', () =>
          client.on('session', (accept) =>
            accept().on('sftp', (begin) => {
              const stream = begin();
              stream.on('OPENDIR', (id) => stream.status(id, STATUS_CODE.FAILURE, ALL));
              stream.on('STAT', (id) => stream.status(id, STATUS_CODE.FAILURE, ALL));
              stream.on('LSTAT', (id) => stream.status(id, STATUS_CODE.FAILURE, ALL));
            }),
          ),
        );
      }),
    );
  const ftps = async (answers: Answers, tls = certificate) => {
    const server = await startScriptedServer({ tls, answers });
    stops.push(() => server.stop());
    return server.port;
  };
  const garbage = () =>
    listening(
      createServer((socket) => {
        socket.on('error', () => undefined);
        socket.end(`220 ${ALL}\r\n${ALL}\r\n`);
      }),
    );
  return {
    hostKey: fingerprintOf(key),
    ca: certificate.cert,
    otherCa: other.cert,
    sftp,
    garbage,
    ftps,
    ftpsOfOther: () => ftps({}, other),
    stop: async () => void (await Promise.all(stops.map((stop) => stop()))),
  };
}
