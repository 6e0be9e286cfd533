import type { Told } from './messages/message.ts';

/** The result of one check, made from the worker's machine. */
export interface Probe {
  name: string;
  ok: boolean;
  /** The check cannot be automated. The text says what people must compare. */
  told?: true;
  /** If it failed: the type of the failure, or the kind of a foreign error. */
  type?: string;
  /** The finding or the error. Never contains a secret, a key or a value. */
  says: Told[];
  /** What to do; only if the check failed. */
  advice?: Told;
}

/** Returns the finding or the error, line by line. */
export function probeInWords({ type, says }: Probe): string[] {
  const words = says.map(({ message }) => message).join('\n');
  return (type === undefined ? words : `${type}: ${words}`).split('\n');
}
