import { Connection } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { SEARCH_ATTRIBUTES } from '../contract/names.ts';
import { freePort, preferPort } from './ports.ts';
import { startProcess } from './processes.ts';
import { findTemporalCli, type CliOrigin } from './temporal/find-cli.ts';
import { untilItAnswers } from './waiting.ts';

export interface TemporalOptions {
  /** A server of its own in any case, also when `TEMPORAL_ADDRESS` names another. */
  own?: boolean;
  /** Port of the gRPC service, taken when it is free; default, and when it is not: any free one. */
  port?: number;
  /** Port of the web UI, or any free one when it is taken; without it there is no UI. */
  uiPort?: number;
  /** Keep the server's database in this file; without it all is in memory. */
  dbFilename?: string;
  /** Milliseconds for a server at `TEMPORAL_ADDRESS` to answer. */
  connectTimeout?: number;
  /** Told which server is used, and what is downloaded. */
  log?: (message: string) => void;
}

export interface TemporalServer {
  /** `host:port` of the gRPC service. */
  address: string;
  /** Address of the web UI, when it was asked for and the server is ours. */
  uiUrl?: string;
  /** The Temporal CLI that runs it, to show in a command line; undefined for a server that was there. */
  cliPath?: string;
  /** `given`: it was started elsewhere in this program. */
  origin: 'TEMPORAL_ADDRESS' | 'given' | CliOrigin;
  /** Ends a server that was started here; one that was there stays. */
  stop(): Promise<void>;
}

/**
 * A Temporal server: the one at `TEMPORAL_ADDRESS` when that is set, else a development server of its own, which
 * ends with this process. Resolves when it answers.
 * @throws Error when the server at `TEMPORAL_ADDRESS` does not answer, or when there is no Temporal CLI to run
 */
export async function startTemporal(options: TemporalOptions = {}): Promise<TemporalServer> {
  const log = options.log ?? (() => undefined);
  const given = options.own ? undefined : process.env.TEMPORAL_ADDRESS;
  if (given) {
    await connectAsConfigured(given, options.connectTimeout ?? 5_000);
    log(`Temporal server: ${given}, from TEMPORAL_ADDRESS`);
    return { address: given, origin: 'TEMPORAL_ADDRESS', stop: async () => undefined };
  }
  const cli = await findTemporalCli(log);
  const { server, address, uiPort } = await startOnFreePorts(cli.path, options);
  log(`Temporal server: ${address}, started with ${cli.path} (from: ${cli.origin}; ${cli.version})`);
  return {
    address,
    uiUrl: uiPort ? `http://127.0.0.1:${uiPort}` : undefined,
    cliPath: cli.path,
    origin: cli.origin,
    stop: () => server.stop(),
  };
}

/** Someone else may take a port, also one of the server's inner ones, before the server has it: then once more. */
async function startOnFreePorts(cli: string, options: TemporalOptions) {
  for (let tries = 1; ; tries++) {
    const port = await (options.port ? preferPort(options.port) : freePort());
    const uiPort = options.uiPort && (await preferPort(options.uiPort));
    const address = `127.0.0.1:${port}`;
    const server = startProcess([[cli, ...startDev(port, { ...options, uiPort })]], {
      stopSignal: options.dbFilename ? 'TERM' : 'KILL',
    });
    try {
      // What it prints when it is up tells it from another server that has taken the port meanwhile.
      const isUp = () =>
        server.output().includes(`localhost:${port}`) && !server.output().includes(PORT_TAKEN);
      await untilItAnswers('The Temporal server', server, async () => isUp() && answers(address));
      return { server, address, uiPort };
    } catch (error) {
      if (!server.output().includes(PORT_TAKEN) || tries === 3) throw error;
    }
  }
}

const PORT_TAKEN = 'address already in use';

/** A server of ours has the search attributes of our workflows from its start. */
function startDev(port: number, { uiPort, dbFilename }: TemporalOptions): string[] {
  return [
    'server',
    'start-dev',
    '--ip',
    '127.0.0.1',
    '--port',
    String(port),
    '--log-level',
    'warn',
    ...(uiPort ? ['--ui-port', String(uiPort), '--ui-disable-news-fetch'] : ['--headless']),
    ...(dbFilename ? ['--db-filename', dbFilename] : []),
    ...SEARCH_ATTRIBUTES.flatMap(({ name }) => ['--search-attribute', `${name}=Keyword`]),
  ];
}

/** The environment may ask for more than an address (TLS, an API key): then as the worker and the CLI do. */
async function connectAsConfigured(address: string, connectTimeout: number): Promise<void> {
  try {
    const { connectionOptions } = loadClientConnectConfig();
    const connection = await Connection.connect({ ...connectionOptions, connectTimeout });
    await connection.close();
  } catch (cause) {
    throw new Error(
      `No Temporal server is responding at TEMPORAL_ADDRESS=${address}. Start it, or unset the variable.`,
      {
        cause,
      },
    );
  }
}

/** True when the server's default namespace can be read, which is the last thing to come up. */
async function answers(address: string): Promise<boolean> {
  let connection: Connection | undefined;
  try {
    connection = await Connection.connect({ address, connectTimeout: 1_000 });
    await connection.workflowService.describeNamespace({ namespace: 'default' });
    return true;
  } catch {
    return false; // whatever it is, it is not answering; who waits reports the server's own output
  } finally {
    await connection?.close();
  }
}
