import { Client, Connection } from '@temporalio/client';
import { loadClientConnectConfig, type ClientConnectConfig } from '@temporalio/envconfig';
import { temporalVariables } from '../config/temporal-variables.ts';
import { Failure } from '../contract/failure.ts';

/** Milliseconds; a server that is there answers at once. */
const PATIENCE = 5_000;

/**
 * A client of the Temporal server that the environment names, by the variables of Temporal's own CLI
 * (`TEMPORAL_ADDRESS`, `TEMPORAL_NAMESPACE`, `TEMPORAL_API_KEY`, TLS …) and its configuration file.
 * @throws Failure ConfigurationInvalid when the variables or the file are not usable, TemporalUnavailable when no server
 * answers
 */
export async function connectTemporal(env: NodeJS.ProcessEnv): Promise<Client> {
  if (env.TEMPORAL_ADDRESS === '') {
    throw new Failure('temporalAddressEmpty', {});
  }
  const { connectionOptions, namespace } = configuration(temporalVariables(env));
  try {
    const connection = await Connection.connect({ ...connectionOptions, connectTimeout: PATIENCE });
    return new Client({ connection, namespace });
  } catch (cause) {
    const address = connectionOptions.address ?? 'localhost:7233';
    if (address.includes('://')) throw new Failure('temporalAddressUrl', { address }, { cause });
    throw new Failure('temporalSilent', { address, why: (cause as Error).message }, { cause });
  }
}

function configuration(env: NodeJS.ProcessEnv): ClientConnectConfig {
  try {
    return loadClientConnectConfig({ overrideEnvVars: env as Record<string, string> });
  } catch (cause) {
    throw new Failure('temporalSettingsUnusable', { why: (cause as Error).message }, { cause });
  }
}
