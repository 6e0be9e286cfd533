import { Failure, tellable } from '../contract/failure.ts';
import { tell } from '../contract/messages/tell.ts';
import { HEALTH_PATH, healthPort } from './health.ts';

/** The health check of containers, whose image has no curl. Exits with 0 if the worker of this machine is healthy. */
const TIMEOUT = 4_000; // milliseconds; the Dockerfile gives this program 10 seconds

async function main(): Promise<void> {
  const port = healthPort(process.env);
  if (!port) throw new Failure('healthPortMissing', {});
  const url = `http://127.0.0.1:${port}${HEALTH_PATH}`;
  const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT) });
  console.log(`${response.status} ${(await response.text()).trim()}`);
  if (!response.ok) process.exitCode = 1;
}

main().catch((error: Error) => {
  console.error(tell('workerSilent', { why: tellable(error) }).message);
  process.exitCode = 1;
});
