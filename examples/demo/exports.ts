import type { Simulator, SimulatorOptions } from '../../simulator/start.ts';

const COLUMNS = { profileId: 'profileId', emailAddress: 'emailAddress', customerId: 'customerId' };
const common = { columns: COLUMNS, directory: '/exports' };
const DAILY = {
  ...common,
  name: 'daily',
  kind: 'daily' as const,
  fileName: 'profiles_$yyyyMMdd.csv.gz',
};
const FULL = {
  ...common,
  name: 'full',
  kind: 'full' as const,
  fileName: 'profiles_full_$yyyyMMdd.csv.gz',
};

/** The demo's Actito takes lists of profile IDs only, as Actito documents them. */
export const DOCUMENTED: Pick<SimulatorOptions, 'listIdentifiers'> = { listIdentifiers: 'profileId' };

/** Lets Actito export all profiles now, and from now on, the changed ones every day. */
export async function exportAll(actito: Simulator): Promise<void> {
  actito.createExport(FULL);
  actito.createExport(DAILY);
  await actito.exportNow(FULL.name);
}

/** Lets Actito export the profiles that changed, as it does every day. */
export async function exportChanges(actito: Simulator): Promise<void> {
  await actito.exportNow(DAILY.name);
}
