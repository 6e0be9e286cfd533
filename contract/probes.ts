import type { Told } from './messages/message.ts';

/** One thing that was tried, from where the worker is. */
export interface Probe {
  name: string;
  ok: boolean;
  /** Nothing was tried, since it cannot be read: what is said is for people to compare. */
  told?: true;
  /** Of what went wrong: the type of the failure, or the kind of an error that is none of ours. */
  type?: string;
  /** What was found, or what went wrong. Never a secret, a key or a value. */
  says: Told[];
  /** What to do; only of what is not well. */
  advice?: Told;
}

/** What was found, or what went wrong, line by line. */
export function probeInWords({ type, says }: Probe): string[] {
  const words = says.map(({ message }) => message).join('\n');
  return (type === undefined ? words : `${type}: ${words}`).split('\n');
}
