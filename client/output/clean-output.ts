import type { Writable } from 'node:stream';
import { clean, cleanJson } from '../../contract/clean.ts';

const RAW = new WeakMap<Writable, Writable>();

/**
 * The same output, through which nothing passes that a terminal would obey: names, reasons and what others said are shown,
 * whatever characters they have. JSON keeps its data, with escapes.
 * @param isJson asked at each write
 */
export function cleanOutput<T extends Writable>(out: T, isJson: () => boolean): T {
  const write = (chunk: string | Uint8Array, ...rest: unknown[]) => {
    const text = typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString();
    return (out.write as (...args: unknown[]) => boolean)(isJson() ? cleanJson(text) : clean(text), ...rest);
  };
  const cleaned = new Proxy(out, {
    get(target, name) {
      if (name === 'write') return write;
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
  RAW.set(cleaned, out);
  return cleaned;
}

/** The output itself, for what draws on a terminal and cleans its texts by itself. */
export function rawOutput(out: Writable): Writable {
  return RAW.get(out) ?? out;
}
