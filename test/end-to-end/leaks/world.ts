import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { WorkflowHandle } from '@temporalio/client';
import { stringify } from 'yaml';
import { writeFile } from 'node:fs/promises';
import { WORKFLOW_TYPE } from '../../../contract/names.ts';
import { connectClient } from '../../cli/support.ts';
import { until } from '../../setup/until.ts';
import { destination, startStand } from '../../support/stand.ts';
import { newTaskQueue } from '../../support/temporal-run.ts';
import { startWorkerProcess, type WorkerProcess } from '../../support/temporal-run.ts';
import { actitoKinds } from './actito-kinds.ts';
import { deliveryKinds, stateKinds } from './delivery-kinds.ts';
import { activationOf, type Kind, type Kinds } from './kinds.ts';
import { KEYS, SECRET, VALUE } from './markers.ts';
import { startOddActito } from './odd-actito.ts';
import { startOddFileServers } from './odd-file-servers.ts';
import { WAREHOUSE_SQL, warehouseKinds } from './warehouse-kinds.ts';

/** How a run of a kind ended, or the failure that it waits out. */
export interface Met {
  type: string;
  handle: WorkflowHandle;
}

/** One stand for all kinds: each has its own activation, destination and source, with the same name. */
export async function startLeakyWorld() {
  const stand = await startStand({
    apiKey: `${SECRET}-of-the-licence`,
    password: `${SECRET}-of-the-server`,
    importsPerTablePerDay: 10_000,
  });
  const odd = await startOddActito(stand.actito.apiUrl);
  const servers = await startOddFileServers();
  const temporary = await mkdtemp(join(tmpdir(), 'actito-sync-leaks-'));
  const client = await connectClient();
  const taskQueue = newTaskQueue();
  await stand.warehouse.query(WAREHOUSE_SQL);
  await stand.actito.seedContacts(KEYS.map((emailAddress) => ({ emailAddress })));
  await stand.warehouse.query(
    `insert into people (email, first_name, spent, city) select email, '${VALUE}', 1, '${VALUE}' from unnest($1::text[]) email`,
    [KEYS],
  );
  const usual = destination(stand.actito);
  const kinds: Kinds = {
    ...warehouseKinds(stand.env.SHOP_URL!),
    ...actitoKinds(odd.url('usual')),
    ...(await deliveryKinds(servers, usual.delivery as Record<string, unknown>)),
    ...stateKinds(),
  };
  for (const [name, kind] of Object.entries(kinds)) await write(name, kind);
  const env: NodeJS.ProcessEnv = Object.assign({}, ...Object.values(kinds).map((kind) => kind.env ?? {}));
  let worker = await hire();

  async function write(name: string, kind: Kind): Promise<void> {
    const files = {
      sources: { driver: 'postgres', connection: { env: 'SHOP_URL' }, ...kind.source },
      destinations: { ...usual, baseUrl: odd.url(name), ...kind.destination },
      activations: activationOf(name, kind),
    };
    for (const [folder, content] of Object.entries(files)) {
      await writeFile(join(stand.projectFolder, folder, `${name}.yaml`), stringify(content));
    }
    if (kind.actito) odd.script(name, kind.actito);
    if (kind.state) await stand.state.transaction((trx) => trx.raw(kind.state!.replaceAll('?', '\\?')));
  }

  function hire(): Promise<WorkerProcess> {
    return startWorkerProcess(stand, taskQueue, { LOG_LEVEL: 'trace', TMPDIR: temporary, ...env });
  }

  /** Starts a run, and resolves when it has ended or waits out a failure. */
  async function meet(activation: string): Promise<Met> {
    const handle = await client.workflow.start(WORKFLOW_TYPE, {
      taskQueue,
      workflowId: `activation/${activation}`,
      args: [{ activation }],
    });
    let type = '';
    await until(`${activation} has met its failure`, async () => {
      const { status, raw } = await handle.describe();
      const failed = raw.pendingActivities?.find(({ lastFailure }) => lastFailure);
      type = failed?.lastFailure?.applicationFailureInfo?.type ?? '';
      return status.name !== 'RUNNING' || type !== '';
    });
    if (type === '') {
      type = await handle.result().then(
        (result) => (result as { outcome: string }).outcome,
        (error: Error) => (error.cause as { type?: string }).type ?? 'unknown',
      );
    }
    return { type, handle };
  }

  return {
    stand,
    kinds,
    client,
    taskQueue,
    meet,
    /** The output of the workers. */
    printed: () => worker.output(),
    /** The command lines of the worker and of its child processes. */
    processArguments: async () => {
      const { pid } = worker;
      const children = (await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')).trim().split(' ');
      const all = [String(pid), ...children.filter(Boolean)];
      return Promise.all(all.map((each) => readFile(`/proc/${each}/cmdline`, 'utf8')));
    },
    /** Ends the worker and starts another. @returns the output of the first one */
    restart: async () => {
      await worker.kill('SIGTERM');
      const printed = worker.output();
      worker = await hire();
      return printed;
    },
    /** Names and contents of the files that are left in the temporary folder. */
    leftFiles: async () => {
      const names = await readdir(temporary, { recursive: true });
      const read = (name: string) => readFile(join(temporary, name), 'utf8').catch(() => '');
      return [names.join(' '), ...(await Promise.all(names.map(read)))];
    },
    stop: async () => {
      await worker.kill('SIGKILL');
      await client.connection.close();
      await Promise.all([odd.stop(), servers.stop(), stand.dispose(), rm(temporary, { recursive: true })]);
    },
  };
}

export type LeakyWorld = Awaited<ReturnType<typeof startLeakyWorld>>;
