import { Client, Connection } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';

/** Milliseconds; a server that is there answers at once. */
const PATIENCE = 5_000;

/**
 * A client of the Temporal server that the environment names, by the variables of Temporal's own CLI
 * (`TEMPORAL_ADDRESS`, `TEMPORAL_NAMESPACE`, `TEMPORAL_API_KEY`, TLS …) and its configuration file.
 * @throws Error that names the address and says how to start a server, when none answers
 */
export async function connectTemporal(env: NodeJS.ProcessEnv): Promise<Client> {
  const { connectionOptions, namespace } = loadClientConnectConfig({
    overrideEnvVars: env as Record<string, string>,
  });
  try {
    const connection = await Connection.connect({ ...connectionOptions, connectTimeout: PATIENCE });
    return new Client({ connection, namespace });
  } catch (cause) {
    const address = connectionOptions.address ?? 'localhost:7233';
    throw new Error(
      `No Temporal server answers at ${address} (${(cause as Error).message}).\n` +
        'Set TEMPORAL_ADDRESS to the address of yours, or start one: temporal server start-dev; ' +
        'with everything around it: npm run demo -- --keep',
      { cause },
    );
  }
}
