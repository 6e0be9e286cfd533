import { afterAll, beforeAll, expect, test } from 'vitest';
import { EXIT } from '../../../cli/exit-codes.ts';
import { openState } from '../../../state/state.ts';
import { freshDatabase, type TestDatabase } from '../../setup/servers.ts';
import { pastForTests, seedPeople } from './support.ts';

const past = pastForTests();
let empty: TestDatabase;
beforeAll(async () => {
  empty = await freshDatabase('empty');
});
afterAll(() => empty?.dispose());

/** The address of a database that a test names before it exists. */
const urlOf = (change: (url: URL) => void) => () => {
  const url = new URL(empty.url);
  change(url);
  return url.href;
};

test.each<{ what: string; args: string; code: number; says: string; database?: () => string | undefined }>([
  {
    what: 'a misspelled activation',
    args: 'history vipp',
    code: EXIT.usage,
    says: 'has no activation "vipp", did you mean "vip"?',
  },
  {
    what: 'the status of a misspelled activation',
    args: 'status vipp',
    code: EXIT.usage,
    says: 'InvalidActivation: The project has no activation "vipp", did you mean "vip"?',
  },
  { what: 'an SQL injection', args: "rejects vip';--", code: EXIT.usage, says: 'has no activation' },
  {
    what: 'a limit of zero',
    args: 'history vip --limit 0',
    code: EXIT.usage,
    says: "error: option '--limit <n>' argument '0' is invalid. Expected a whole number of at least 1.",
  },
  {
    what: 'a run that is not a number',
    args: 'rejects vip --run last',
    code: EXIT.usage,
    says: "error: option '--run <n>' argument 'last' is invalid.",
  },
  {
    what: 'a run of another activation',
    args: 'rejects vip --run 999999',
    code: EXIT.usage,
    says: 'Activation vip has no run 999999, or its record was deleted. List the runs: actito-sync history vip',
  },
  {
    what: 'the unmatched members of a run',
    args: 'rejects vip --reason Unmatched --run 1',
    code: EXIT.usage,
    says: '--reason Unmatched cannot be combined with --run: ',
  },
  {
    what: 'no database',
    args: 'status',
    code: EXIT.failed,
    says: 'ConfigurationInvalid: ACTITO_SYNC_DATABASE_URL is not set.',
    database: () => undefined,
  },
  {
    what: 'an invalid address',
    args: 'history vip',
    code: EXIT.failed,
    says: 'ConfigurationInvalid: ACTITO_SYNC_DATABASE_URL is not a PostgreSQL URL.',
    database: () => 'hunter2@somewhere',
  },
  {
    what: 'a database that is not responding',
    args: 'history vip',
    code: EXIT.failed,
    says: 'StateUnavailable: The state database (ACTITO_SYNC_DATABASE_URL) cannot be reached (ECONNREFUSED).',
    database: urlOf((url) => (url.port = '1')),
  },
  {
    what: 'a database that does not exist',
    args: 'explain vip anna@shop.be',
    code: EXIT.failed,
    says: 'StateRefused: The state database rejected the login or denied access (3D000). Check user, password and database in',
    database: urlOf((url) => (url.pathname = '/nowhere')),
  },
  {
    what: 'a database that no worker has used',
    args: 'rejects vip',
    code: EXIT.failed,
    says: 'does not have the tables of this version of actito-sync (42P01). Start a worker of this version',
    database: () => empty.url,
  },
])('$what: the exit code and the message are right', async ({ args, code, says, database }) => {
  await seedPeople(past.stand);
  await past.hosted.run();
  const env = database ? { ACTITO_SYNC_DATABASE_URL: database() } : {};
  const ended = await past.ask(args.split(' '), { env });
  expect(ended).toMatchObject({ code, out: '' });
  expect(ended.err).toContain(says);
  expect(ended.err).not.toContain('hunter2');
});

test('a read-only user is enough, and reading changes nothing', async () => {
  await seedPeople(past.stand);
  await past.hosted.run();
  await past.stand.state.raw(`
    create role reader_${process.pid} login password 'reads';
    grant usage on schema actito_sync to reader_${process.pid};
    grant select on all tables in schema actito_sync to reader_${process.pid}`);
  const url = new URL(past.stand.stateUrl);
  [url.username, url.password] = [`reader_${process.pid}`, 'reads'];
  const reader = openState({ url: url.href, poolSize: 1 });
  await expect(reader.raw('delete from rejects')).rejects.toThrow('permission denied');
  await reader.destroy();
  for (const args of [
    'status',
    'history vip',
    'rejects vip',
    'rejects vip --csv',
    'explain vip anna@shop.be',
  ]) {
    const ended = await past.ask(args.split(' '), { env: { ACTITO_SYNC_DATABASE_URL: url.href } });
    expect({ args, ...ended }).toMatchObject({ args, code: 0, err: '' });
  }
  await past.stand.state.raw(`drop owned by reader_${process.pid}; drop role reader_${process.pid}`);
});
