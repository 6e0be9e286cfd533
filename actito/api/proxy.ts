import { EnvHttpProxyAgent, Pool, type Dispatcher } from 'undici';
import { Failure } from '../../contract/failure.ts';
import { codeOf } from '../../contract/foreign.ts';

/** Longest wait for a proxy's answer, and for the next bytes of any answer, in milliseconds. */
const PROXY_TIMEOUT = 30_000;

/** What the environment says of proxies, as curl and most tools read it. */
export interface ProxySettings {
  http: string;
  https: string;
  /** Hosts that are reached without one. */
  none: string;
}

/** How calls go out: straight, or through the proxy that the environment names. */
export interface WayOut {
  dispatcher: Dispatcher;
  /** The proxy that has let calls to this address through, without its credentials; undefined: they went straight. */
  proxyOf(url: string): string | undefined;
}

/** What `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` say, in small letters or capitals. */
export function proxySettings(env: NodeJS.ProcessEnv): ProxySettings {
  const read = (name: string) => (env[name.toLowerCase()] ?? env[name] ?? '').trim();
  return {
    http: proxyUrl('HTTP_PROXY', read('HTTP_PROXY')),
    https: proxyUrl('HTTPS_PROXY', read('HTTPS_PROXY')),
    none: read('NO_PROXY'),
  };
}

/** A proxy's address; without a scheme it is http://, as elsewhere. The value may hold a password, so it is never shown. */
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

/** Connections are kept and used again, so all calls under the same settings share them. */
const ways = new Map<string, WayOut>();

/** @param silence longest wait for the next bytes of an answer, in milliseconds */
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
    headersTimeout: 0, // each call has a limit of its own
    clientFactory: (origin, options) => tunnelling(new URL(origin), options, proxies),
  });
  return { dispatcher, proxyOf: (url) => proxies.get(hostAndPort(new URL(url))) };
}

/** Connections to a proxy, whose failures are told as its own: Actito has no part in them. */
function tunnelling(proxy: URL, options: object, proxies: Map<string, string>): Pool {
  const pool = new Pool(proxy.origin, { ...options, headersTimeout: PROXY_TIMEOUT });
  const connect: (to: Dispatcher.ConnectOptions) => Promise<Dispatcher.ConnectData> = pool.connect.bind(pool);
  const tunnel = async (to: Dispatcher.ConnectOptions) => {
    const answer = await connect(to).catch((error: unknown) => {
      throw new Failure('proxyUnreachable', { proxy: proxy.host, error: codeOf(error) }, { notDone: true });
    });
    const { statusCode: status, socket } = answer;
    if (status !== 200) {
      socket.on('error', () => undefined).destroy(); // what it says further has no reader
      throw refusal(proxy.host, status);
    }
    proxies.set(to.path, proxy.host);
    return answer;
  };
  return Object.assign(pool, { connect: tunnel });
}

/** 4xx: the proxy wants other credentials or forbids the way. Otherwise it could not reach Actito, which passes. */
function refusal(proxy: string, status: number): Failure {
  const isFinal = status >= 400 && status < 500 && status !== 408 && status !== 429;
  return new Failure(isFinal ? 'proxyRefuses' : 'proxyFailed', { proxy, status }, { notDone: true });
}

function hostAndPort({ protocol, hostname, port }: URL): string {
  return `${hostname}:${port || (protocol === 'https:' ? 443 : 80)}`;
}
