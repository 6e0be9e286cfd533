import { LIST, usualActivation } from '../../support/stand.ts';
import type { Script } from './odd-actito.ts';

/** A kind of failure: what is odd, and how the run ends. Its name is the activation's id, too. */
export interface Kind {
  /** The failure's type; of one that is tried again, what it waits out. `succeeded` for runs that get through. */
  expect: string | RegExp;
  /** Changes to the usual activation. */
  activation?: Record<string, unknown>;
  /** Changes to the usual destination. */
  destination?: Record<string, unknown>;
  /** Changes to the usual source. */
  source?: Record<string, unknown>;
  /** What Actito says instead of what the simulator would. */
  actito?: Script;
  /** Variables of the worker. */
  env?: Record<string, string>;
  /** What is put into the state database before. */
  state?: string;
}

export type Kinds = Record<string, Kind>;

const ATTRIBUTES = [
  { column: 'first_name', attribute: 'firstName' },
  { column: 'city', attribute: 'city' },
];

/** The usual activation as the kinds change it: each has a list of its own. */
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
