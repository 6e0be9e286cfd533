import { mkdir, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Stand } from './stand.ts';

/** Where the exports of the tests are, on the file server. */
const FOLDER = '/exports';

/** `profiles` of a destination that reads the exports of the simulator. */
export function profilesSetting(changes: object = {}, more: object = {}): Record<string, unknown> {
  return {
    export: {
      directory: FOLDER,
      file: 'profiles_$yyyyMMdd.csv',
      full: 'full_$yyyyMMdd.csv',
      columns: { profileId: 'profileId', emailAddress: 'emailAddress' },
      ...changes,
    },
    ...more,
  };
}

/** The FTPS server of the simulator as a server of exports. */
export function ftpsExports({ actito, env }: Stand): Record<string, unknown> {
  const { host, port, username, password, ca } = actito.ftps!;
  Object.assign(env, { EXPORTS_PASSWORD: password, EXPORTS_CA: ca });
  return {
    protocol: 'ftps',
    host,
    port,
    username,
    password: { env: 'EXPORTS_PASSWORD' },
    ca: { env: 'EXPORTS_CA' },
  };
}

/** The text of an export with these profiles. */
export function exportText(profiles: readonly (readonly [id: string, email: string])[]): string {
  return ['profileId;emailAddress', ...profiles.map((fields) => fields.join(';'))].join('\n') + '\n';
}

/** The folder of the exports, as its disk shows it. */
export function exportsFolder({ actito }: Pick<Stand, 'actito'>) {
  const path = (name: string) => join(actito.sftp.root, FOLDER, name);
  return {
    path,
    /** @param hoursAgo when it was last modified */
    write: async (name: string, content: string | Buffer, hoursAgo = 1) => {
      await writeFile(path(name), content);
      const at = new Date(Date.now() - hoursAgo * 3_600_000);
      await utimes(path(name), at, at);
    },
    remove: (name: string) => rm(path(name)),
    clear: async () => {
      await rm(path(''), { recursive: true, force: true });
      await mkdir(path(''));
    },
  };
}
