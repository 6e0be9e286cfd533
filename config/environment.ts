import type { Definition } from '../activation/definition/definition.ts';
import type { Delivery } from '../activation/definition/delivery.ts';
import { EXPORT_SERVER, type ExportServer, type Profiles } from '../activation/definition/profiles.ts';
import { resolveHostKeys, resolvePort, resolveText, resolveUrl, type Environment } from './secrets.ts';

/**
 * Adds the destination's values from the environment that are no secrets: base URL, host, port, user name, host key.
 * They are stored with the run, so a variable with another Actito is noticed like any other change of the destination.
 * @throws Failure ConfigurationInvalid if a variable is missing
 */
export function withEnvironment<T extends Pick<Definition, 'destination'>>(
  definition: T,
  env: Environment,
): T {
  const { destination } = definition;
  const { baseUrl, delivery, profiles } = destination;
  return {
    ...definition,
    destination: {
      ...destination,
      ...(baseUrl === undefined ? {} : { baseUrl: resolveUrl(baseUrl, env, 'baseUrl') }),
      delivery: withoutVariables(delivery, env, 'delivery'),
      ...(profiles && { profiles: profilesWithout(profiles, env) }),
    },
  };
}

/** @param setting where the server is configured, for errors */
function withoutVariables<T extends Delivery | ExportServer>(
  server: T,
  env: Environment,
  setting: string,
): T {
  const place = {
    host: resolveText(server.host, env, `${setting}.host`, 'host'),
    port: resolvePort(server.port, env, `${setting}.port`),
    username: resolveText(server.username, env, `${setting}.username`),
  };
  if (server.protocol === 'ftps') return { ...server, ...place };
  const hostKeys = resolveHostKeys(server.hostKey, env, `${setting}.hostKey`);
  return { ...server, ...place, hostKey: hostKeys.length === 1 ? hostKeys[0]! : hostKeys };
}

function profilesWithout(profiles: Profiles, env: Environment): Profiles {
  const { server } = profiles.export;
  if (!server) return profiles;
  const resolved = withoutVariables(server, env, EXPORT_SERVER);
  return { ...profiles, export: { ...profiles.export, server: resolved } };
}
