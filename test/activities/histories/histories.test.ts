import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { FAULTS } from '../invariants/history.ts';
import { historiesOf, historyOfAll, type Model } from './commands.ts';
import { CONTACTS, MAPPINGS, World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await World.start();
});
afterAll(() => world?.stop());

/** After one run that sends everything, Actito has exactly the segment, and the next run does nothing. */
async function expectRepaired({ segment, forgotten }: Model): Promise<void> {
  await world.configure(MAPPINGS.all!, 0);
  await world.fill(segment);
  await world.stand.age(25); // refused rows are due again
  const before = world.shown();
  const { outcome, failure } = await world.run({ resync: true });
  expect([outcome, failure]).toEqual(['succeeded', undefined]);
  const { profiles, list } = world.shown();
  const members = segment.filter(({ name }) => CONTACTS.includes(name) && !forgotten.has(name));
  expect(list).toEqual(members.map(({ name }) => name).sort());
  for (const name of CONTACTS) {
    const person = members.find((member) => member.name === name);
    const kept = before.profiles[name]!;
    expect(profiles[name]).toEqual({
      firstName: person?.firstName ?? kept.firstName,
      spent: person?.spent ?? kept.spent,
      city: person ? (person.city ?? '') : kept.city,
    });
  }
  const work = world.work();
  await world.run();
  expect(world.work()).toEqual(work);
}

async function replay(commands: Iterable<fc.AsyncCommand<Model, World>>): Promise<Set<string>> {
  await world.reset();
  const steps = new Set<string>();
  const model: Model = { segment: [], forgotten: new Set(), assumed: new Set(), undoable: [], steps };
  await fc.asyncModelRun(() => ({ model, real: world }), commands);
  world.switchFaultsOff();
  await expectRepaired(model);
  return steps;
}

test('in a history with every kind of step, each step makes only explainable changes, and one run repairs everything', async () => {
  const made = await replay(historyOfAll());
  expect([...made].sort()).toEqual(['forget', 'grace', 'mapping', 'none', 'rebase', 'shared', 'undo']);
});

test('in any history, each step makes only explainable changes, and one run repairs everything', async () => {
  const steps = new Set<string>();
  const random = fc.asyncProperty(historiesOf(9), async (commands) => {
    for (const name of await replay(commands)) steps.add(name);
  });
  await fc.assert(random, { numRuns: 24 });
  expect([...steps]).toEqual(expect.arrayContaining(['none', 'killed']));
  expect(Object.keys(FAULTS).filter((fault) => steps.has(fault)).length).toBeGreaterThan(4);
}, 900_000);
