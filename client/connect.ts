import { Client, Connection } from '@temporalio/client';
import { temporalTlsFailure } from '../config/temporal-tls.ts';
import { temporalSettings } from '../config/temporal-variables.ts';
import { Failure } from '../contract/failure.ts';
import { knownCode } from '../contract/foreign.ts';
import { temporalCode } from '../contract/grpc.ts';

/** Milliseconds. A running server answers immediately. */
const CONNECT_TIMEOUT = 5_000;

/**
 * Connects to the Temporal server that the environment names, with the variables of Temporal's CLI (`TEMPORAL_ADDRESS`,
 * `TEMPORAL_NAMESPACE`, `TEMPORAL_API_KEY`, TLS …) and its configuration file.
 * @throws Failure ConfigurationInvalid when the variables, the file or TLS are unusable, TemporalUnavailable when no
 * server answers
 */
export async function connectTemporal(env: NodeJS.ProcessEnv): Promise<Client> {
  if (env.TEMPORAL_ADDRESS === '') {
    throw new Failure('temporalAddressEmpty', {});
  }
  const { connectionOptions, namespace } = temporalSettings(env);
  try {
    const connection = await Connection.connect({ ...connectionOptions, connectTimeout: CONNECT_TIMEOUT });
    return new Client({ connection, namespace });
  } catch (error) {
    const address = connectionOptions.address ?? 'localhost:7233';
    const scheme = /^([a-z][a-z+.-]*):\/\//i.exec(address)?.[1];
    if (scheme !== undefined) throw new Failure('temporalAddressUrl', { scheme });
    const tls = await temporalTlsFailure(connectionOptions);
    if (tls) throw tls;
    throw new Failure('temporalSilent', { address: withoutUser(address), why: whyOf(error) });
  }
}

/** Removes a user from an address. Temporal addresses have none, and a mistaken one can include a password. */
function withoutUser(address: string): string {
  return address.slice(address.lastIndexOf('@') + 1);
}

/** The library's own error for a missing answer has no code. */
function whyOf(error: unknown): string {
  return temporalCode(error) ?? knownCode(error) ?? 'no answer in time';
}
