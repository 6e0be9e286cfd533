import { createReadStream } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readExport } from '../../actito/exports/read-export.ts';
import { openDirectory, type DirectoryKey } from '../../state/profiles/directory.ts';
import { loadExport } from '../../state/profiles/load.ts';
import { openState, type State } from '../../state/state.ts';
import { cpuBetween, readCpu } from '../segment/cpu.ts';
import type { BenchStand } from '../segment/stand.ts';
import { COLUMNS, EXPORTS, writeExport } from './exports.ts';

/** One load of an export from a local file, in milliseconds. */
export interface MeasuredLoad {
  kind: 'full, empty directory' | 'full, the same' | 'full, 1 % changed' | 'daily of 10,000';
  round: number;
  total: number;
  /** CPU time of this process and of PostgreSQL. */
  cpu: { reader: number; postgres: number };
  profiles: number;
}

/** Loads exports into directories of the state that no run uses; each round begins with an empty one. */
export async function measureLoads(
  stand: BenchStand,
  rounds: number,
  report: (load: MeasuredLoad) => void,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'actito-sync-bench-exports-'));
  const state = openState({ url: stand.stateUrl });
  const write = async (query: string, name: string) => {
    await writeExport(stand.warehouse.url, query, join(folder, name));
    return join(folder, name);
  };
  try {
    const full = await write(EXPORTS.full, 'full.csv');
    const changed = await write(EXPORTS.changed, 'changed.csv');
    for (let round = 1; round <= rounds; round++) {
      const key: DirectoryKey = {
        profileTable: `bench ${round}`,
        attribute: 'emailAddress',
        keyType: 'email',
      };
      const load = async (kind: MeasuredLoad['kind'], file: string) =>
        report({ kind, round, ...(await measureLoad(state, stand, key, file, kind)) });
      await load('full, empty directory', full);
      await load('full, the same', full);
      await load('full, 1 % changed', changed);
      for (let day = 1; day <= 3; day++)
        await load('daily of 10,000', await write(EXPORTS.daily(day), `daily${day}.csv`));
    }
  } finally {
    await state.destroy();
    await rm(folder, { recursive: true });
  }
}

async function measureLoad(
  state: State,
  { workerPid, postgresPid }: BenchStand,
  key: DirectoryKey,
  path: string,
  kind: MeasuredLoad['kind'],
): Promise<Pick<MeasuredLoad, 'total' | 'cpu' | 'profiles'>> {
  const directory = await openDirectory(state, key);
  const { size, mtime: modified } = await stat(path);
  const name = `${directory.load + 1}.csv`;
  const file = {
    name,
    kind: kind.startsWith('full') ? ('full' as const) : ('daily' as const),
    size,
    modified,
  };
  const [cpuBefore, own, started] = [
    await readCpu(workerPid, postgresPid),
    process.cpuUsage(),
    performance.now(),
  ];
  const lines = readExport(createReadStream(path), { name, columns: COLUMNS });
  const loaded = await loadExport(state, directory, { file, settings: 'bench', lines });
  const total = performance.now() - started;
  const { user, system } = process.cpuUsage(own);
  const { postgres } = cpuBetween(cpuBefore, await readCpu(workerPid, postgresPid));
  return { total, cpu: { reader: (user + system) / 1000, postgres }, profiles: loaded!.profiles };
}
