import { once } from 'node:events';
import { Command, InvalidArgumentError } from 'commander';
import { demoContacts } from './demo-contacts.ts';
import { environmentOf } from './environment.ts';
import { type Simulator, type SimulatorOptions, startSimulator } from './start.ts';
import { counted } from './page/words.ts';
import { PackageMissing } from './transfer/development-package.ts';

interface Arguments {
  apiPort: number;
  sftpPort: number;
  ftpsPort?: number;
  contacts: number;
  uniquePhone?: boolean;
  profileIdsOnly?: boolean;
  documentedOnly?: boolean;
}

async function run(): Promise<void> {
  const { contacts, ...ports } = new Command('simulator')
    .description('Start a simulated Actito with an SFTP and an FTPS server.')
    .option('--api-port <port>', 'port of the HTTP API', wholeNumber, 8480)
    .option('--sftp-port <port>', 'port of the SFTP server', wholeNumber, 8422)
    .option(
      '--ftps-port <port>',
      'port of the FTPS server (default: 8421, or a free port if --sftp-port is 0)',
      wholeNumber,
    )
    .option('--contacts <number>', 'number of demo contacts', wholeNumber, 0)
    .option('--unique-phone', 'make gsmNumber unique, so that it can be a matching key')
    .option('--profile-ids-only', 'let list files contain profile IDs only')
    .option('--documented-only', 'answer 404 on all routes that Actito does not document')
    .parse()
    .opts<Arguments>();
  const stopped = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);

  const simulator = await start(ports);
  const seeded = await simulator.seedContacts(demoContacts(contacts));
  const { ftps } = simulator;
  console.log(`Actito simulator: entity ${simulator.entity}, table ${simulator.profileTable.name}, ${counted(seeded, 'contact')}.
Set these variables for actito-sync:

${exportLines(environmentOf(simulator))}
${ftps ? ftpsLines(ftps) : ''}
Lists and imports:  ${simulator.apiUrl}/
Inspection:         ${simulator.inspectionUrl}/lists, /imports, /contacts, /faults, …
Press Ctrl-C to stop.`);

  await stopped;
  await simulator.stop();
  process.exit(); // ftp-srv leaves timers running
}

/** Starts the simulator, with FTPS if its development packages are installed. */
async function start(chosen: Omit<Arguments, 'contacts'>): Promise<Simulator> {
  const { ftpsPort, profileIdsOnly, documentedOnly, ...ports } = chosen;
  const options: SimulatorOptions = {
    ...ports,
    listIdentifiers: profileIdsOnly ? 'profileId' : undefined,
    assumedRoutes: documentedOnly ? 404 : undefined,
  };
  try {
    return await startSimulator({ ...options, ftpsPort: ftpsPort ?? (ports.sftpPort === 0 ? 0 : 8421) });
  } catch (error) {
    if (ftpsPort !== undefined || !(error instanceof PackageMissing)) throw error;
    console.log(`FTPS is not available: ${error.message}`);
    return startSimulator(options);
  }
}

function ftpsLines({ host, port, username, password, ca }: NonNullable<Simulator['ftps']>): string {
  return `
or over FTPS:

  export ACTITO_FTPS_HOST=${host}
  export ACTITO_FTPS_PORT=${port}
  export ACTITO_FTPS_USERNAME=${username}
  export ACTITO_FTPS_PASSWORD=${password}
  export ACTITO_FTPS_CA='${ca.trim()}'
`;
}

function exportLines(variables: Record<string, string>): string {
  return Object.entries(variables)
    .map(([name, value]) => `  export ${name}=${value}`)
    .join('\n');
}

function wholeNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('Expected a whole number.');
  return Number(text);
}

run().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') {
    console.error('Choose other ports with --api-port, --sftp-port and --ftps-port; 0 uses a free port.');
  }
  process.exitCode = 1;
});
