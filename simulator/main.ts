import { once } from 'node:events';
import { Command, InvalidArgumentError } from 'commander';
import { demoContacts } from './demo-contacts.ts';
import { startSimulator } from './start.ts';

interface Arguments {
  apiPort: number;
  sftpPort: number;
  contacts: number;
}

async function run(): Promise<void> {
  const { contacts, ...ports } = new Command('simulator')
    .description('A stand-in for Actito, with the SFTP server of a customer.')
    .option('--api-port <port>', 'port of the HTTP API', wholeNumber, 8480)
    .option('--sftp-port <port>', 'port of the SFTP server', wholeNumber, 8422)
    .option('--contacts <number>', 'demo contacts to begin with', wholeNumber, 0)
    .parse()
    .opts<Arguments>();
  const stopped = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);

  const simulator = await startSimulator(ports);
  const seeded = await simulator.seedContacts(demoContacts(contacts));
  const { sftp } = simulator;
  console.log(`Actito simulator: entity ${simulator.entity}, table ${simulator.profileTable.name}, ${seeded} contacts.
Point actito-sync at it:

  export ACTITO_BASE_URL=${simulator.apiUrl}
  export ACTITO_API_KEY=${simulator.apiKey}
  export ACTITO_SFTP_HOST=${sftp.host}
  export ACTITO_SFTP_PORT=${sftp.port}
  export ACTITO_SFTP_USERNAME=${sftp.username}
  export ACTITO_SFTP_PASSWORD=${sftp.password}
  export ACTITO_SFTP_HOST_KEY=${sftp.hostKey}

Lists and imports:  ${simulator.apiUrl}/
Inspection:         ${simulator.inspectionUrl}/lists, /imports, /contacts, /faults, …
Ctrl-C ends it.`);

  await stopped;
  await simulator.stop();
}

function wholeNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('It must be a whole number.');
  return Number(text);
}

run().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') {
    console.error('Choose other ports by --api-port and --sftp-port; 0 takes a free one.');
  }
  process.exitCode = 1;
});
