import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parse, stringify } from 'yaml';
import type { Destination } from '../../activation/definition/destination.ts';
import type { Profiles } from '../../activation/definition/profiles.ts';
import type { Project } from '../../config/project.ts';
import { custom } from '../../simulator/contacts/attributes.ts';
import type { Simulator, SimulatorOptions } from '../../simulator/start.ts';

/** Secrets of the simulators. No real secrets have these names. */
export const API_KEY = { name: 'ACTITO_SYNC_DEV_API_KEY', value: randomUUID() };
export const PASSWORD = { name: 'ACTITO_SYNC_DEV_PASSWORD', value: randomUUID() };

/**
 * Returns the options of a simulator that has what the destination's activations expect in Actito: entity, table, and
 * manually created attributes.
 */
export function simulatorFor(
  id: string,
  destination: Destination,
  { activations }: Project,
): SimulatorOptions {
  const { entity, profileTable: table, delivery, profiles, contract } = destination;
  const own = [...activations.values()].filter((activation) => activation.destination === id);
  const exported = Object.keys(profiles?.export.columns ?? {});
  const unique = own.flatMap(({ matchingKey, list }) => [matchingKey.attribute, list.identifier.attribute]);
  const mapped = own.flatMap(({ attributes }) => attributes.filter((each) => !each.create));
  const needed = [...exported, ...mapped.map(({ attribute }) => attribute)];
  const attributes = new Map(needed.map((name) => [name, custom(name, 'STRING')]));
  for (const name of PREDEFINED) attributes.delete(name);
  for (const name of unique) attributes.set(name, custom(name, 'STRING', { unique: true }));
  for (const name of ALWAYS_UNIQUE) attributes.delete(name);
  return {
    entity,
    apiKey: API_KEY.value,
    password: PASSWORD.value,
    pollInterval: 500,
    profileTable: /^\d+$/.test(table) ? { id: table, name: 'Profiles' } : { id: '16', name: table },
    attributes: [...attributes.values()],
    ...(delivery.protocol === 'ftps' ? { ftpsPort: 0 } : {}),
    listIdentifiers: contract.listIdentifiers,
    exports: profiles ? exportsOf(profiles) : [],
  };
}

/** The folder of exports on a simulator. A real one may be the whole server. */
const EXPORTS = '/exports';

/** Returns the exports that a destination reads. The text that their names leave open is empty. */
function exportsOf({ export: { file, full, columns } }: Profiles): NonNullable<SimulatorOptions['exports']> {
  const common = { directory: EXPORTS, columns };
  const fileName = (pattern: string) => pattern.replaceAll('*', '');
  return [
    ...(full === undefined
      ? []
      : [{ ...common, name: 'full', kind: 'full' as const, fileName: fileName(full) }]),
    { ...common, name: 'daily', kind: 'daily' as const, fileName: fileName(file) },
  ];
}

/**
 * Lets a simulator write its profiles for the first time: a full export, or a daily one with everything since its
 * start.
 */
export async function exportProfiles(simulator: Simulator): Promise<void> {
  const [first] = simulator.exports();
  if (first) await simulator.exportNow(first.name);
}

/** These attributes of the simulator's table already have the right type. */
const ALWAYS_UNIQUE = ['profileId', 'emailAddress', 'customerId'];
const PREDEFINED = ['lastName', 'firstName', 'birthDate', 'sex', 'motherLanguage'];

/** A temporary project folder that uses simulators. */
export interface Redirected {
  projectFolder: string;
  /** Environment variables with the certificate authorities to trust. */
  certificates: Record<string, string>;
  remove: () => Promise<void>;
}

/**
 * Creates a folder whose destinations point to the simulators. It contains no secrets or addresses of the real
 * destinations. All other files are links to the original ones, so edits apply immediately. It is beside the original
 * one, so that a relative path out of the folder, such as that of a dbt manifest, leads to the same file; if nothing can be
 * written there, it is a temporary one.
 */
export async function writeRedirected(
  folder: string,
  { destinations }: Project,
  simulators: ReadonlyMap<string, Simulator>,
): Promise<Redirected> {
  const projectFolder = await mkdtemp(join(dirname(folder), '.actito-sync-dev-')).catch(() =>
    mkdtemp(join(tmpdir(), 'actito-sync-dev-')),
  );
  for (const name of await readdir(folder)) {
    // also what sources and activations name by a path
    if (name !== 'destinations' && !name.startsWith('.'))
      await symlink(join(folder, name), join(projectFolder, name));
  }
  await mkdir(join(projectFolder, 'destinations'));
  const certificates: Record<string, string> = {};
  for (const id of destinations.keys()) {
    const { sftp, ftps, apiUrl } = simulators.get(id)!;
    const ca = `ACTITO_SYNC_DEV_CA_${id.replaceAll('-', '_').toUpperCase()}`;
    if (ftps) certificates[ca] = ftps.ca;
    const { host, port, username, directory } = ftps ?? sftp;
    const place = { host, port, username, directory, password: { env: PASSWORD.name } };
    const delivery = ftps
      ? { protocol: 'ftps', ...place, ca: { env: ca } }
      : { protocol: 'sftp', ...place, hostKey: sftp.hostKey };
    const real = { ...(await readDestination(folder, id)), environment: undefined };
    const contract = { ...((real as { contract?: object }).contract ?? {}), paths: undefined };
    const { profiles } = real as { profiles?: { export?: object } };
    const redirected = {
      ...real,
      baseUrl: apiUrl,
      apiKey: { env: API_KEY.name },
      delivery,
      contract,
      // Exports are read from the simulator's server, too.
      ...(profiles && {
        profiles: { ...profiles, export: { ...profiles.export, directory: EXPORTS, server: undefined } },
      }),
    };
    await writeFile(join(projectFolder, `destinations/${id}.yaml`), stringify(redirected));
  }
  return { projectFolder, certificates, remove: () => rm(projectFolder, { recursive: true, force: true }) };
}

async function readDestination(folder: string, id: string): Promise<Record<string, unknown>> {
  const [file] = ['yaml', 'yml'].map((end) => join(folder, `destinations/${id}.${end}`)).filter(existsSync);
  return parse(await readFile(file!, 'utf8')) as Record<string, unknown>;
}
