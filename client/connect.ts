import { Client, Connection } from '@temporalio/client';
import { loadClientConnectConfig, type ClientConnectConfig } from '@temporalio/envconfig';
import { Failure } from '../contract/failure.ts';

/** Milliseconds; a server that is there answers at once. */
const PATIENCE = 5_000;

/**
 * A client of the Temporal server that the environment names, by the variables of Temporal's own CLI
 * (`TEMPORAL_ADDRESS`, `TEMPORAL_NAMESPACE`, `TEMPORAL_API_KEY`, TLS …) and its configuration file.
 * @throws Failure ConfigurationInvalid when the variables or the file are not usable; Error that names the address and
 * says how to start a server, when none answers
 */
export async function connectTemporal(env: NodeJS.ProcessEnv): Promise<Client> {
  if (env.TEMPORAL_ADDRESS === '') {
    throw new Failure(
      'ConfigurationInvalid',
      'TEMPORAL_ADDRESS is empty. Set it to the address of your Temporal server (host:port), or unset it.',
    );
  }
  const { connectionOptions, namespace } = configuration(env);
  try {
    const connection = await Connection.connect({ ...connectionOptions, connectTimeout: PATIENCE });
    return new Client({ connection, namespace });
  } catch (cause) {
    const address = connectionOptions.address ?? 'localhost:7233';
    if (address.includes('://')) {
      const message = `TEMPORAL_ADDRESS is ${address}: write host:port, such as localhost:7233, without http:// or the like.`;
      throw new Failure('ConfigurationInvalid', message, { cause });
    }
    throw new Error(
      `No Temporal server answers at ${address} (${(cause as Error).message}).\n` +
        'Set TEMPORAL_ADDRESS to the address of yours, or start one: temporal server start-dev; ' +
        'with everything around it: npm run demo -- --keep',
      { cause },
    );
  }
}

function configuration(env: NodeJS.ProcessEnv): ClientConnectConfig {
  try {
    return loadClientConnectConfig({ overrideEnvVars: env as Record<string, string> });
  } catch (cause) {
    throw new Failure(
      'ConfigurationInvalid',
      `What is set for Temporal cannot be used: ${(cause as Error).message}. Check the variables TEMPORAL_… ` +
        "(TEMPORAL_PROFILE, TEMPORAL_CONFIG_FILE, TLS), and Temporal's configuration file.",
      { cause },
    );
  }
}
