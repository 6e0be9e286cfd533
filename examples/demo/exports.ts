import type { Simulator, SimulatorOptions } from '../../simulator/start.ts';

const COLUMNS = { profileId: 'profileId', emailAddress: 'emailAddress', customerId: 'customerId' };

/** What the demo's Actito does as it documents it: lists take profile IDs, and exports say which profiles exist. */
export const DOCUMENTED: Pick<SimulatorOptions, 'listIdentifiers' | 'exports'> = {
  listIdentifiers: 'profileId',
  exports: [
    { name: 'daily', kind: 'daily', fileName: 'profiles_$yyyyMMdd.csv.gz', columns: COLUMNS },
    { name: 'full', kind: 'full', fileName: 'profiles_full_$yyyyMMdd.csv.gz', columns: COLUMNS },
  ],
};

/** Lets Actito write all profiles, as after the export was set up. */
export async function exportAll(actito: Simulator): Promise<void> {
  await actito.exportNow('full');
}

/** Lets Actito write the profiles that changed, as it does every day. */
export async function exportChanges(actito: Simulator): Promise<void> {
  await actito.exportNow('daily');
}
