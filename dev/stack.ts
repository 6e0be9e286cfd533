import { randomBytes } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { temporalSettings } from '../config/temporal-variables.ts';
import { startSimulator, type Simulator, type SimulatorOptions } from '../simulator/start.ts';
import { createDatabase, dropDatabase } from './databases.ts';
import { assertNoOtherWorker } from './other-worker.ts';
import { startPostgres, type PostgresOptions } from './postgres.ts';
import type { Resources } from './resources.ts';
import { startTemporal, type TemporalOptions, type TemporalServer } from './temporal.ts';
import {
  bundleWorkflows,
  startWorkerHere,
  startWorkerProcess,
  type HostedWorker,
  type WorkerProcessOptions,
  type WorkerSettings,
} from './worker.ts';

/** The parts of a stack. Each server is new unless an existing one is named. */
export interface StackOptions {
  /** Default: a temporary server. On an existing one, databases have unique names and are dropped at the end. */
  postgres?: PostgresOptions | { adminUrl: string };
  temporal?: TemporalOptions | { address: string };
  /** A simulator for each destination. */
  simulators?: Record<string, SimulatorOptions>;
  /** Makes the project folder when servers and simulators are ready. The worker waits for it. */
  project: (parts: StackParts) => Promise<StackProject>;
  /**
   * Where the worker runs: in this process, or in separate processes, from the sources or from the build of `npm run
   * build`.
   */
  worker: 'here' | 'none' | (WorkerProcessOptions & { count?: number });
  /** The bundled workflows; default: bundled when the stack starts. */
  bundle?: string;
  /** Additional environment variables of the worker. */
  env?: NodeJS.ProcessEnv;
  /** Called if a worker ends although it was not stopped. */
  onWorkerEnd?: (error: Error) => void;
}

/** The parts that a project folder can refer to. */
export interface StackParts {
  resources: Resources;
  adminUrl: string;
  /** Creates a database; resolves to its URL. */
  database: (name: string) => Promise<string>;
  /** By destination. */
  simulators: ReadonlyMap<string, Simulator>;
}

/** A project folder, and the environment variables that its files refer to. */
export interface StackProject {
  folder: string;
  env: NodeJS.ProcessEnv;
}

/** A running stack. */
export interface Stack extends StackParts {
  temporal: TemporalServer;
  stateUrl: string;
  project: StackProject;
  workers: HostedWorker[];
  /** The settings of an additional worker. */
  workerSettings: WorkerSettings;
  /** Connects to Temporal; the connection ends with the stack. */
  client: () => Promise<Client>;
}

/** A starting stack: each part is ready when its promise resolves, as early as possible. */
export interface StartingStack {
  resources: Resources;
  /** Creates a database when PostgreSQL is ready. */
  database: (name: string) => Promise<string>;
  stateUrl: Promise<string>;
  temporal: Promise<TemporalServer>;
  simulators: Promise<ReadonlyMap<string, Simulator>>;
  workers: Promise<HostedWorker[]>;
  client: () => Promise<Client>;
  ready: Promise<Stack>;
}

/** Starts a complete stack; `resources` stops it, last part first. @throws Error of the part that failed to start */
export function startStack(resources: Resources, options: StackOptions): Promise<Stack> {
  return beginStack(resources, options).ready;
}

/**
 * Starts all parts at the same time; `resources` stops them. If a part fails, all parts that need it fail with its
 * error.
 */
export function beginStack(resources: Resources, options: StackOptions): StartingStack {
  const { worker: where } = options;
  const postgres = watched(givenOrStarted(resources, options.postgres));
  const temporal = watched(startTemporalFor(resources, options.temporal));
  const bundled =
    options.bundle !== undefined || where === 'none' || (where !== 'here' && where.from === 'build')
      ? Promise.resolve({ bundle: options.bundle ?? '' })
      : watched(resources.start(bundleWorkflows(), ({ remove }) => remove()));
  const simulators = watched(startSimulators(resources, options.simulators ?? {}));
  const database = (name: string) => newDatabase(resources, postgres, name);
  const stateUrl = watched(database('actito_sync'));

  const parts = watched(
    (async (): Promise<StackParts> => {
      const [{ adminUrl }, found] = [await postgres, await simulators];
      return { resources, adminUrl, database, simulators: found };
    })(),
  );
  const project = watched(parts.then((found) => options.project(found)));
  const client = async () => {
    const server = await temporal;
    return resources.start(connect(server), ({ connection }) => connection.close());
  };
  const settings = watched(
    (async (): Promise<WorkerSettings> => {
      const { folder, env } = await project;
      const server = await temporal;
      if (server.origin === 'TEMPORAL_ADDRESS' && where !== 'none')
        await assertNoOtherWorker(await client(), server.address);
      return {
        temporal: variablesOf(server),
        stateUrl: await stateUrl,
        projectFolder: folder,
        env: { ...options.env, ...env },
        bundle: (await bundled).bundle,
      };
    })(),
  );
  const workers = watched(settings.then((found) => startWorkers(resources, found, options)));
  const ready = watched(
    (async (): Promise<Stack> => ({
      ...(await parts),
      temporal: await temporal,
      stateUrl: await stateUrl,
      project: await project,
      workerSettings: await settings,
      workers: await workers,
      client,
    }))(),
  );
  return { resources, database, stateUrl, temporal, simulators, workers, client, ready };
}

/** The caller that awaits a part gets its error; the error of a part that is not awaited must not end the process. */
function watched<T>(part: Promise<T>): Promise<T> {
  part.catch(() => undefined);
  return part;
}

async function givenOrStarted(
  resources: Resources,
  wanted: StackOptions['postgres'] = {},
): Promise<{ adminUrl: string; isShared: boolean }> {
  if ('adminUrl' in wanted) return { adminUrl: wanted.adminUrl, isShared: true };
  const { adminUrl } = await resources.start(startPostgres(wanted), (server) => server.stop());
  return { adminUrl, isShared: false };
}

async function startTemporalFor(
  resources: Resources,
  wanted: StackOptions['temporal'] = {},
): Promise<TemporalServer> {
  if ('address' in wanted) return { address: wanted.address, origin: 'given', stop: async () => undefined };
  return resources.start(startTemporal(wanted), (server) => server.stop(), { abandon: true });
}

async function startSimulators(
  resources: Resources,
  wanted: Record<string, SimulatorOptions>,
): Promise<ReadonlyMap<string, Simulator>> {
  const started = Object.entries(wanted).map(async ([id, options]) => {
    const simulator = resources.start(startSimulator(options), (running) => running.stop());
    return [id, await simulator] as const;
  });
  return new Map(await Promise.all(started));
}

async function startWorkers(
  resources: Resources,
  settings: WorkerSettings,
  { worker, onWorkerEnd }: StackOptions,
): Promise<HostedWorker[]> {
  const start = () => {
    if (worker === 'none' || worker === 'here') return startWorkerHere(settings);
    return startWorkerProcess(settings, worker);
  };
  const count = worker === 'none' ? 0 : worker === 'here' ? 1 : (worker.count ?? 1);
  const started = Array.from({ length: count }, async () => {
    const one = await resources.start(start(), (running) => running.stop(), { abandon: true });
    void one.ended.then(
      (code) => onWorkerEnd?.(new Error(`The worker ended with exit code ${code}.`)),
      (error: Error) => onWorkerEnd?.(error),
    );
    return one;
  });
  return Promise.all(started);
}

/** On a shared server, creates a database with a unique name, which is dropped at the end. */
async function newDatabase(
  resources: Resources,
  postgres: Promise<{ adminUrl: string; isShared: boolean }>,
  name: string,
): Promise<string> {
  const { adminUrl, isShared } = await postgres;
  if (!isShared) return createDatabase(adminUrl, name);
  const own = `${name}_${randomBytes(4).toString('hex')}`;
  return resources.start(createDatabase(adminUrl, own), () => dropDatabase(adminUrl, own));
}

/** An existing server is reached with the settings of the environment; our own by its address alone. */
function variablesOf({ origin, address }: TemporalServer): NodeJS.ProcessEnv {
  if (origin === 'TEMPORAL_ADDRESS') return { ...process.env, TEMPORAL_ADDRESS: address };
  return { TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: 'default' };
}

async function connect(server: TemporalServer): Promise<Client> {
  const { connectionOptions, namespace } = temporalSettings(variablesOf(server));
  return new Client({ connection: await Connection.connect(connectionOptions), namespace });
}
