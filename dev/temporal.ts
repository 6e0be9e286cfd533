import { Connection } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { SEARCH_ATTRIBUTES } from '../contract/names.ts';
import { freePort, preferPort } from './ports.ts';
import { startProcess } from './processes.ts';
import { findTemporalCli, type CliOrigin } from './temporal/find-cli.ts';
import { untilItAnswers } from './waiting.ts';

export interface TemporalOptions {
  /** Start a new server even if `TEMPORAL_ADDRESS` names another. */
  own?: boolean;
  /** Port of the gRPC service; default, and if it is in use: any free one. */
  port?: number;
  /** Port of the web UI; if it is in use: any free one. Without it, there is no UI. */
  uiPort?: number;
  /** Keep the server's database in this file; without it, the data is in memory. */
  dbFilename?: string;
  /** The timeout for the connection to `TEMPORAL_ADDRESS`, in milliseconds. */
  connectTimeout?: number;
  /** Called with messages about the server and downloads. */
  log?: (message: string) => void;
}

export interface TemporalServer {
  /** `host:port` of the gRPC service. */
  address: string;
  /** Address of the web UI, if it was requested and we started the server. */
  uiUrl?: string;
  /** The Temporal CLI that runs the server, for commands to display; undefined for an existing server. */
  cliPath?: string;
  /** `given`: another part of this program started it. */
  origin: 'TEMPORAL_ADDRESS' | 'given' | CliOrigin;
  /** Stops the server if we started it. An existing server keeps running. */
  stop(): Promise<void>;
}

/**
 * Connects to the server at `TEMPORAL_ADDRESS`, or starts a development server that ends with this process if the
 * variable is not set. Resolves when the server responds.
 * @throws Error when the server at `TEMPORAL_ADDRESS` does not respond, or when there is no Temporal CLI
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

/**
 * Another process can take a port, including an internal one, before the server binds it. In that case, tries again.
 */
async function startOnFreePorts(cli: string, options: TemporalOptions) {
  for (let tries = 1; ; tries++) {
    const port = await (options.port ? preferPort(options.port) : freePort());
    const uiPort = options.uiPort && (await preferPort(options.uiPort));
    const address = `127.0.0.1:${port}`;
    const server = startProcess([[cli, ...startDev(port, { ...options, uiPort })]], {
      stopSignal: options.dbFilename ? 'TERM' : 'KILL',
    });
    try {
      // Only our server prints this. Without the check, another server that took the port would be used.
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

/** The server gets our search attributes at its start. */
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

/** Uses all settings of the environment (TLS, an API key), like the worker and the CLI. */
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

/** True when the server's default namespace can be read. This is the last part of the server to start. */
async function answers(address: string): Promise<boolean> {
  let connection: Connection | undefined;
  try {
    connection = await Connection.connect({ address, connectTimeout: 1_000 });
    await connection.workflowService.describeNamespace({ namespace: 'default' });
    return true;
  } catch {
    return false; // the cause does not matter here; the caller reports the server's output
  } finally {
    await connection?.close();
  }
}
