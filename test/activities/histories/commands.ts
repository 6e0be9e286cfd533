import fc from 'fast-check';
import { expect } from 'vitest';
import { spellingsOf } from '../../../activation/keys/spellings.ts';
import { recordForgotten } from '../../../state/forgotten/record.ts';
import { PHASES, type PhaseName } from '../../support/direct-run.ts';
import { FAULTS } from '../invariants/history.ts';
import { address, CONTACTS, MAPPINGS, NAMES, type Person, type Shown, type World } from './world.ts';

/*
 * The possible steps of an activation, in any order. After each step, Actito may only show what the step
 * explains.
 */

/** The known facts of a history so far. */
export interface Model {
  segment: Person[];
  forgotten: Set<string>;
  /** People whom a rebase recorded as members of the list: a grace period keeps them on it. */
  assumed: Set<string>;
  /** Lists that were delivered by runs that can be undone. */
  undoable: { run: string; list: string[] }[];
  /** The steps so far, so that a test can check that all kinds occurred. */
  steps: Set<string>;
}

type Command = fc.AsyncCommand<Model, World>;

/**
 * Makes a step. Afterwards every attribute has its former value or the value of the segment; a null of an
 * attribute with `nulls: keep` changes nothing; and every new member of the list is in the segment or in
 * `also`.
 */
async function step(
  model: Model,
  world: World,
  name: string,
  act: () => Promise<unknown>,
  also: string[] = [],
) {
  const before = world.shown();
  await act();
  model.steps.add(name);
  expectExplained(model, world.mapped, before, world.shown(), also);
  expect(world.stand.actito.contactCount()).toBe(CONTACTS.length + 1);
}

function expectExplained(model: Model, mapped: string[], before: Shown, after: Shown, also: string[]): void {
  for (const name of CONTACTS) {
    const person = model.segment.find((one) => one.name === name);
    for (const attribute of ['firstName', 'spent', 'city'] as const) {
      const [was, is] = [before.profiles[name]![attribute], after.profiles[name]![attribute]];
      const isSent = person && mapped.includes(attribute) && !model.forgotten.has(name);
      const sent = isSent ? valueOf(person, attribute) : undefined;
      expect([was, ...(sent === undefined ? [] : [sent])], `${name}.${attribute}`).toContain(is);
    }
  }
  const mayEnter = [...model.segment.map(({ name }) => name), ...model.assumed, ...also].filter(
    (name) => !model.forgotten.has(name),
  );
  expect([...before.list, ...mayEnter]).toEqual(expect.arrayContaining(after.list));
}

/** The value in Actito once a value is sent; undefined: a null that is kept, so the former value. */
function valueOf(person: Person, attribute: 'firstName' | 'spent' | 'city'): string | undefined {
  return person[attribute] ?? (attribute === 'city' ? '' : undefined);
}

class Run implements Command {
  readonly #people: Person[] | undefined;
  readonly #fault: string;
  readonly #killedAfter: PhaseName | undefined;
  readonly #resync: boolean;

  constructor(
    people: Person[] | undefined,
    fault: string,
    killedAfter: PhaseName | undefined,
    resync: boolean,
  ) {
    this.#people = people;
    this.#fault = fault;
    this.#killedAfter = killedAfter;
    this.#resync = resync;
  }

  check = () => true;

  async run(model: Model, world: World): Promise<void> {
    if (this.#people) model.segment = this.#people;
    await world.fill(model.segment);
    FAULTS[this.#fault]!(world.stand);
    const how = { killedAfter: this.#killedAfter, resync: this.#resync };
    await step(model, world, this.#killedAfter ? 'killed' : this.#fault, async () => {
      const { outcome, run } = await world.run(how);
      if (outcome?.startsWith('succeeded') && run !== undefined)
        model.undoable.push({ run, list: world.shown().list });
    });
    world.switchFaultsOff();
  }

  toString = () =>
    `run(${JSON.stringify(this.#people)}, ${this.#fault}, ${this.#killedAfter}, ${this.#resync})`;
}

/** A command without a fault. */
function command(name: string, check: (model: Model) => boolean, run: Command['run']): Command {
  return { check, run, toString: () => name };
}

const runTogether = command(
  'runs that share imports',
  () => true,
  async (model, world) => {
    await world.fill(model.segment);
    await step(model, world, 'shared', () => world.runTogether());
  },
);

const map = (name: string) =>
  command(
    `mapping ${name}`,
    () => true,
    async (model, world) => {
      model.steps.add('mapping');
      await world.map(MAPPINGS[name]!);
    },
  );

const grace = (runs: number) =>
  command(
    `grace ${runs}`,
    () => true,
    async (model, world) => {
      model.steps.add('grace');
      await world.setGrace(runs);
    },
  );

const rebase = command(
  'rebase',
  () => true,
  async (model, world) => {
    await world.fill(model.segment);
    const before = world.shown();
    await step(model, world, 'rebase', () => world.run({ rebase: true }));
    for (const { name } of model.segment) model.assumed.add(name);
    expect(world.shown()).toEqual(before); // nothing is sent
  },
);

const undo = (age: number) =>
  command(
    `undo ${age}`,
    ({ undoable }) => undoable.length > age,
    async (model, world) => {
      const { run: to, list } = model.undoable.at(-1 - age)!;
      const before = world.shown();
      await step(model, world, 'undo', () => world.run({ undo: to }).catch(notUndoable), list);
      expect(world.shown().profiles).toEqual(before.profiles); // an undo sends no attributes
    },
  );

/** After a rebase, or a run that logged nothing, an undo is impossible: it says so and does nothing. */
function notUndoable(error: { type?: string }): void {
  expect(error.type).toBe('InvalidActivation');
}

const forget = (name: string) =>
  command(
    `forget ${name}`,
    ({ forgotten }) => !forgotten.has(name),
    async (model, world) => {
      const wish = { spellings: spellingsOf(address(name), []), by: 'test', reason: null };
      const { record } = await recordForgotten(world.stand.state, wish);
      model.forgotten.add(name);
      await step(model, world, 'forget', () => world.forget(record));
    },
  );

const age = command(
  'a day passes',
  () => true,
  async (_, world) => world.stand.age(25),
);

const peopleArb = fc.uniqueArray(
  fc.record({
    name: fc.constantFrom(...NAMES),
    firstName: fc.constantFrom('Ann', 'Bob', null),
    spent: fc.constantFrom('1', '2.5', null),
    city: fc.constantFrom('Gent', 'Lyon', null),
  }),
  { selector: ({ name }) => name, minLength: 1, maxLength: 6 },
);

/** Everything that can happen between runs. */
const OTHERS = [
  runTogether,
  rebase,
  age,
  ...Object.keys(MAPPINGS).map(map),
  ...[0, 1, 2].map(grace),
  ...[0, 1, 2].map(undo),
  ...['a', 'b', 'x'].map(forget),
];

/** One history with each kind of step, since a random one may omit some. */
export function historyOfAll(): Command[] {
  const people = (names: string[], firstName: string) =>
    names.map((name) => ({ name, firstName, spent: '1', city: null }));
  const run = (...names: string[]) => new Run(people(names, names[0]!), 'none', undefined, false);
  return [run('a', 'b', 'c'), map('all'), run('a', 'b'), grace(2), run('b', 'c'), undo(0), rebase].concat([
    forget('b'),
    run('c', 'd'),
    runTogether,
    age,
  ]);
}

/** Histories with this maximum number of steps; half of the runs read the unchanged segment. */
export function historiesOf(maxCommands: number) {
  const runArb = fc
    .tuple(
      fc.option(peopleArb, { nil: undefined, freq: 2 }),
      fc.oneof(fc.constant('none'), fc.constantFrom(...Object.keys(FAULTS))),
      fc.oneof(fc.constant(undefined), fc.constant(undefined), fc.constantFrom(...PHASES)),
      fc.constantFrom(false, false, false, true),
    )
    .map((settings) => new Run(...settings));
  return fc.commands(
    [
      runArb,
      runArb,
      runArb,
      fc.constantFrom(...OTHERS),
      fc.constantFrom(...OTHERS),
    ] as fc.Arbitrary<Command>[],
    { maxCommands, size: 'max' },
  );
}
