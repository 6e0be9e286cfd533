import { MockActivityEnvironment } from '@temporalio/testing';
import { beforeEach } from 'vitest';
import { createActivities } from '../../activities/create.ts';
import type { RefreshOptions } from '../../activities/profiles/refresh.ts';
import type { DirectoryResult } from '../../contract/inspect.ts';
import { rows } from '../../state/state.ts';
import { SILENT, standWithRunner } from './direct-run.ts';
import { exportsFolder, profilesSetting } from './exported.ts';
import { resetStand } from './stand.ts';
import { words } from './words.ts';

export const ANNA = 'anna@shop.be';
export const BOB = 'bob@shop.be';
export const EVE = 'eve@shop.be';

const today = new Date();
/** The name of the file of a day, counted from today. */
const dated = (prefix: string, days: number) =>
  `${prefix}_${new Date(today.getTime() + days * 86_400_000).toISOString().slice(0, 10).replaceAll('-', '')}.csv`;
export const daily = (days: number) => dated('profiles', days);
export const full = (days: number) => dated('full', days);

/** A stand whose list is resolved by the profile directory, and its exports on a real SFTP server. Empty before each test. */
export async function standWithExports() {
  const { stand, runner } = await standWithRunner({ listIdentifiers: 'profileId' });
  const activities = createActivities(stand);
  const folder = exportsFolder(stand);
  beforeEach(async () => {
    await resetStand(stand);
    await folder.clear();
    await stand.writeDestination({ profiles: profilesSetting() });
    await stand.writeActivation({ list: { identifier: 'profileId' } });
  });
  const newEnvironment = () => new MockActivityEnvironment({}, { client: runner.client, logger: SILENT });
  return {
    stand,
    runner,
    folder,
    newEnvironment,
    /** Reads the new exports, as `directory refresh` does. `environment` can be canceled. */
    refresh: async (options: RefreshOptions = {}, environment = newEnvironment()) => {
      const result: DirectoryResult = await environment.run(activities.refreshDestination, 'actito', options);
      const [{ read, notes, writtenAt }] = result.directories as [DirectoryResult['directories'][0]];
      return { read: read.map(({ file }) => file), notes: words(notes), writtenAt };
    },
    /** The keys of the directory, by profile id. */
    directory: async (): Promise<Record<string, string | null>> => {
      const [found] = await rows<{ id: string }>(stand.state, 'select id from directories', {});
      const profiles = await rows<{ id: string; key: string | null }>(
        stand.state,
        `select profile_id as id, key from profiles_${found!.id} order by profile_id`,
        {},
      );
      return Object.fromEntries(profiles.map(({ id, key }) => [id, key]));
    },
    segment: (...emails: string[]) =>
      stand.warehouse.query('insert into people (email) select unnest($1::text[])', [emails]),
  };
}
