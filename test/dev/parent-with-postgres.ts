/** Starts PostgreSQL, says so, and then stays (`stay`) or fails (`fail`): see processes.test.ts. */
import { startPostgres } from '../../dev/postgres.ts';

async function run(then: string | undefined): Promise<void> {
  await startPostgres();
  console.log('started');
  if (then === 'fail') throw new Error('on purpose');
  setInterval(() => undefined, 1_000);
}

run(process.argv[2]).catch((error: unknown) => {
  setImmediate(() => {
    throw error; // uncaught, as any error of a callback
  });
});
