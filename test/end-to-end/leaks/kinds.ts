import { LIST, usualActivation } from '../../support/stand.ts';
import type { Script } from './odd-actito.ts';

/** A kind of failure: the fault, and how the run ends. Its name is the activation's id, too. */
export interface Kind {
  /** The failure's type; for a retried failure, the type that it waits out. `succeeded` for runs that succeed. */
  expect: string | RegExp;
  /** Changes to the default activation. */
  activation?: Record<string, unknown>;
  /** Changes to the default destination. */
  destination?: Record<string, unknown>;
  /** Changes to the default source. */
  source?: Record<string, unknown>;
  /** The answer of Actito instead of that of the simulator. */
  actito?: Script;
  /** Variables of the worker. */
  env?: Record<string, string>;
  /** Rows that the state database contains before. */
  state?: string;
}

export type Kinds = Record<string, Kind>;

const ATTRIBUTES = [
  { column: 'first_name', attribute: 'firstName' },
  { column: 'city', attribute: 'city' },
];

/** The default activation with the changes of a kind: each has its own list. */
export function activationOf(name: string, { activation = {} }: Kind): Record<string, unknown> {
  const segment = { name: `${LIST} ${name}`, table: 'people' };
  return {
    ...usualActivation(),
    segment,
    attributes: ATTRIBUTES,
    attributesRequired: true,
    destination: name,
    source: name,
    list: { name: `odd ${name}` },
    ...activation,
  };
}

/** A segment that is a query. */
export function query(text: string): Pick<Kind, 'activation'> {
  return { activation: { segment: { name: 'odd', query: text } } };
}
