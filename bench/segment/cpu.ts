import { readdir, readFile } from 'node:fs/promises';

/** CPU time in milliseconds, in user and kernel mode. Other work on the machine changes it less than elapsed time. */
export interface CpuTime {
  worker: number;
  postgres: number;
}

/** Linux counts CPU time in hundredths of a second, for all programs (USER_HZ). */
const MS_PER_TICK = 10;

/**
 * Reads how much CPU time worker and PostgreSQL have used since they started. Linux only.
 * @param postgres the pid of the server, whose other processes are its children
 */
export async function readCpu(worker: number, postgres: number): Promise<CpuTime> {
  const [own, server, children] = [await ticks(worker), await ticks(postgres), await childrenOf(postgres)];
  const live = await Promise.all(children.map((pid) => ticks(pid).catch(() => undefined))); // it may have ended
  const running = live.reduce((sum, found) => sum + (found?.own ?? 0), 0);
  return { worker: own.own * MS_PER_TICK, postgres: (server.own + server.ended + running) * MS_PER_TICK };
}

/** The CPU time between two readings. */
export function cpuBetween(before: CpuTime, after: CpuTime): CpuTime {
  return { worker: after.worker - before.worker, postgres: after.postgres - before.postgres };
}

/** The pid of a process's parent. */
export async function parentOf(pid: number): Promise<number> {
  return (await readStat(pid))[1]!;
}

/** `own`: of the process itself. `ended`: of its children that have ended. */
async function ticks(pid: number): Promise<{ own: number; ended: number }> {
  const stat = await readStat(pid);
  return { own: stat[11]! + stat[12]!, ended: stat[13]! + stat[14]! };
}

/** The fields after the name, which is in parentheses: state, parent, … (proc(5)). */
async function readStat(pid: number): Promise<number[]> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8');
  return text
    .slice(text.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
}

async function childrenOf(pid: number): Promise<number[]> {
  const pids = (await readdir('/proc')).map(Number).filter((found) => found > 0);
  const parents = await Promise.all(pids.map((found) => parentOf(found).catch(() => 0)));
  return pids.filter((_, index) => parents[index] === pid);
}
