import { EnvHttpProxyAgent, Pool, type Dispatcher } from 'undici';
import { Failure } from '../../contract/failure.ts';
import { codeOf } from '../../contract/foreign.ts';

/** Timeout for a proxy's answer, and for the next bytes of any answer, in milliseconds. */
const PROXY_TIMEOUT = 30_000;

/** The proxy variables of the environment, as curl and most tools read them. */
export interface ProxySettings {
  http: string;
  https: string;
  /** Hosts that are reached without a proxy. */
  none: string;
}

/** How calls reach Actito: directly, or through the proxy in the environment. */
export interface WayOut {
  dispatcher: Dispatcher;
  /** The proxy that forwarded calls to this address, without its credentials; undefined if there was none. */
  proxyOf(url: string): string | undefined;
}

/** Reads `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`, in lower or upper case. */
export function proxySettings(env: NodeJS.ProcessEnv): ProxySettings {
  const read = (name: string) => (env[name.toLowerCase()] ?? env[name] ?? '').trim();
  return {
    http: proxyUrl('HTTP_PROXY', read('HTTP_PROXY')),
    https: proxyUrl('HTTPS_PROXY', read('HTTPS_PROXY')),
    none: read('NO_PROXY'),
  };
}

/**
 * A proxy's address. Without a scheme it is http://, as in other tools. The value may contain a password, so it is
 * never shown.
 */
function proxyUrl(variable: string, value: string): string {
  if (value === '') return '';
  const url = value.includes('://') ? value : `http://${value}`;
  const parsed = URL.canParse(url) ? new URL(url) : null;
  const isKnown = parsed && parsed.hostname !== '' && ['http:', 'https:'].includes(parsed.protocol);
  if (isKnown && isEncoded(parsed.username) && isEncoded(parsed.password)) return url;
  throw new Failure('proxyUnusable', { variable });
}

/** A % in credentials must begin an encoded byte. */
function isEncoded(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

/** Connections are kept and reused, so all calls with the same settings share them. */
const ways = new Map<string, WayOut>();

/** @param silence timeout for the next bytes of an answer, in milliseconds */
export function wayOut(settings: ProxySettings, { silence }: { silence: number }): WayOut {
  const key = JSON.stringify([settings, silence]);
  const known = ways.get(key);
  if (known) return known;
  const made = makeWay(settings, silence);
  ways.set(key, made);
  return made;
}

function makeWay({ http, https, none }: ProxySettings, silence: number): WayOut {
  const proxies = new Map<string, string>();
  const dispatcher = new EnvHttpProxyAgent({
    httpProxy: http,
    httpsProxy: https,
    noProxy: none,
    bodyTimeout: silence,
    headersTimeout: 0, // each call has its own limit
    clientFactory: (origin, options) => tunnelling(new URL(origin), options, proxies),
  });
  return { dispatcher, proxyOf: (url) => proxies.get(hostAndPort(new URL(url))) };
}

/** Connections through a proxy. Their failures are reported as the proxy's, not as Actito's. */
function tunnelling(proxy: URL, options: object, proxies: Map<string, string>): Pool {
  const pool = new Pool(proxy.origin, { ...options, headersTimeout: PROXY_TIMEOUT });
  const connect: (to: Dispatcher.ConnectOptions) => Promise<Dispatcher.ConnectData> = pool.connect.bind(pool);
  const tunnel = async (to: Dispatcher.ConnectOptions) => {
    const answer = await connect(to).catch((error: unknown) => {
      throw new Failure('proxyUnreachable', { proxy: proxy.host, error: codeOf(error) }, { notDone: true });
    });
    const { statusCode: status, socket } = answer;
    if (status !== 200) {
      socket.on('error', () => undefined).destroy(); // nothing reads the rest of its answer
      throw refusal(proxy.host, status);
    }
    proxies.set(to.path, proxy.host);
    return answer;
  };
  return Object.assign(pool, { connect: tunnel });
}

/** 4xx: the proxy rejects the credentials or the target. Otherwise it could not reach Actito, which is temporary. */
function refusal(proxy: string, status: number): Failure {
  const isFinal = status >= 400 && status < 500 && status !== 408 && status !== 429;
  return new Failure(isFinal ? 'proxyRefuses' : 'proxyFailed', { proxy, status }, { notDone: true });
}

function hostAndPort({ protocol, hostname, port }: URL): string {
  return `${hostname}:${port || (protocol === 'https:' ? 443 : 80)}`;
}
