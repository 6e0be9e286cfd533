import type { Definition } from '../activation/definition/definition.ts';
import type { Delivery } from '../activation/definition/delivery.ts';
import { resolveHostKeys, resolvePort, resolveText, resolveUrl, type Environment } from './secrets.ts';

/**
 * Adds the destination's values from the environment that are no secrets: base URL, host, port, user name, host key.
 * They are stored with the run, so a variable with another Actito is noticed like any other change of the destination.
 * @throws Failure ConfigurationInvalid if a variable is missing
 */
export function withEnvironment(definition: Definition, env: Environment): Definition {
  const { destination } = definition;
  const { baseUrl, delivery } = destination;
  return {
    ...definition,
    destination: {
      ...destination,
      ...(baseUrl === undefined ? {} : { baseUrl: resolveUrl(baseUrl, env, 'baseUrl') }),
      delivery: withoutVariables(delivery, env),
    },
  };
}

function withoutVariables(delivery: Delivery, env: Environment): Delivery {
  const place = {
    host: resolveText(delivery.host, env, 'delivery.host', 'host'),
    port: resolvePort(delivery.port, env, 'delivery.port'),
    username: resolveText(delivery.username, env, 'delivery.username'),
  };
  if (delivery.protocol === 'ftps') return { ...delivery, ...place };
  const hostKeys = resolveHostKeys(delivery.hostKey, env, 'delivery.hostKey');
  return { ...delivery, ...place, hostKey: hostKeys.length === 1 ? hostKeys[0]! : hostKeys };
}
