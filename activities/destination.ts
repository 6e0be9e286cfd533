import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { ActitoClient } from '../actito/api/client.ts';
import { isActitoAnswer } from '../actito/api/failures.ts';
import { HOSTS } from '../actito/contract.ts';
import { connectFileServer, type Login } from '../actito/delivery/connect.ts';
import type { FileServer } from '../actito/delivery/file-server.ts';
import type { EnvReference } from '../activation/definition/common.ts';
import type { Delivery } from '../activation/definition/delivery.ts';
import type { Destination } from '../activation/definition/destination.ts';
import { EXPORT_SERVER, type ExportServer } from '../activation/definition/profiles.ts';
import { requireSecret, resolveHostKeys, resolvePort, resolveText, resolveUrl } from '../config/secrets.ts';
import { withSlot } from '../state/slots.ts';
import type { Dependencies } from './dependencies.ts';
import { currentCaller, underWay } from './under-way.ts';

/** A destination with all values from environment variables. It exists only inside an activity. */
export interface ConnectedDestination {
  client: ActitoClient;
  /** Identifies license, entity and profile table without the key. Quotas are counted by it. */
  quotaKey: string;
}

/** Prepares calls to Actito. Each call uses one of the license's slots, which all workers share. */
export function connectActito(
  { state, env, peers }: Dependencies,
  destination: Destination,
  signal: AbortSignal,
): ConnectedDestination {
  const { environment, limits } = destination;
  const baseUrl = environment ? HOSTS[environment] : resolveUrl(destination.baseUrl!, env, 'baseUrl');
  const apiKey = requireSecret(destination.apiKey, env, 'apiKey');
  const licence = createHash('sha256').update(`${baseUrl} ${apiKey}`).digest('hex');
  const caller = currentCaller();
  const isUnderWay = underWay();
  const client = new ActitoClient({
    baseUrl,
    apiKey,
    signal,
    env,
    paths: destination.contract.paths,
    withSlot: async (call) => {
      const slot = {
        licence,
        slots: limits.concurrentCalls,
        caller: await unlessAborted(caller, signal),
        isUnderWay,
        signal,
      };
      return withSlot(state, slot, () =>
        peers.ask(`actito ${licence}`, 'ActitoUnavailable', call, isActitoAnswer),
      );
    },
  });
  return { client, quotaKey: `${licence} ${destination.entity} ${destination.profileTable}` };
}

/** Waits for `work` until `signal` is aborted. */
async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  const done = new AbortController();
  const aborted = once(signal, 'abort', { signal: done.signal }).then(() =>
    Promise.reject(signal.reason as Error),
  );
  try {
    return await Promise.race([work, aborted]);
  } finally {
    done.abort();
  }
}

/** Logs in to the file server that lists are delivered to. @throws Failure DeliveryRefused, DeliveryUnavailable */
export function connectDelivery(
  { peers }: Dependencies,
  login: Login,
  signal: AbortSignal,
): Promise<FileServer> {
  return peers.ask(fileServerPeer(login), 'DeliveryUnavailable', () => connectFileServer(login, signal));
}

/** Names a file server as a peer. */
export function fileServerPeer({ protocol, host, port, username }: Login): string {
  return `${protocol} ${username} ${host} ${port}`;
}

/** On this port, FTP begins with TLS (IANA: ftps). */
const IMPLICIT_PORT = 990;

/** Returns the login to the file server to which lists are delivered. */
export function resolveLogin(deps: Dependencies, { delivery }: Destination): Login {
  return loginTo(deps, delivery, 'delivery');
}

/** Returns the login to the file server with the exports of a destination. */
export function resolveExportLogin(deps: Dependencies, destination: Destination): Login {
  const own = destination.profiles?.export.server;
  return own
    ? { ...loginTo(deps, own, EXPORT_SERVER), setting: EXPORT_SERVER }
    : resolveLogin(deps, destination);
}

/** @param setting where the server is configured, for errors */
function loginTo({ env }: Dependencies, server: Delivery | ExportServer, setting: string): Login {
  const secret = (ref: EnvReference | undefined, name: string) =>
    ref && requireSecret(ref, env, `${setting}.${name}`);
  const place = {
    host: resolveText(server.host, env, `${setting}.host`, 'host'),
    port: resolvePort(server.port, env, `${setting}.port`),
    username: resolveText(server.username, env, `${setting}.username`),
    timeout: server.timeout,
  };
  return server.protocol === 'sftp'
    ? {
        ...place,
        protocol: 'sftp',
        password: secret(server.password, 'password'),
        privateKey: secret(server.privateKey, 'privateKey'),
        passphrase: secret(server.privateKey?.passphrase, 'privateKey.passphrase'),
        hostKeys: resolveHostKeys(server.hostKey, env, `${setting}.hostKey`),
        concurrentWrites: 'concurrentWrites' in server ? server.concurrentWrites : undefined,
      }
    : {
        ...place,
        protocol: 'ftps',
        password: requireSecret(server.password, env, `${setting}.password`),
        ca: secret(server.ca, 'ca'),
        tls: server.tls ?? (place.port === IMPLICIT_PORT ? 'implicit' : 'explicit'),
        encoding: server.encoding,
      };
}
