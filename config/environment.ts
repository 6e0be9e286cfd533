import type { Definition } from '../activation/definition/definition.ts';
import type { Delivery } from '../activation/definition/delivery.ts';
import { resolveHostKeys, resolvePort, resolveText, resolveUrl, type Environment } from './secrets.ts';

/**
 * Fills in what a destination takes from the environment and is no secret: base URL, host, port, user name, host key.
 * Frozen with the run, so that pointing a variable at another Actito is noticed like any other change of destination.
 * @throws Failure ConfigurationInvalid when a variable is missing
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
