import fc from 'fast-check';
import type { z } from 'zod';
import { describe, expect, expectTypeOf, test } from 'vitest';
import { decisionSchema, type DecisionInput } from '../../contract/decision.ts';
import { checkArgument } from '../../contract/argument.ts';
import { doctorSchema } from '../../contract/doctor.ts';
import { Failure } from '../../contract/failure.ts';
import { inspectSchema } from '../../contract/inspect.ts';
import { requestSchema, type Mode, type RunInput, type RunRequest } from '../../contract/request.ts';
import { applying, taskOf, type Task } from '../../contract/task.ts';

const HASH = '0123456789ab';
const activation = 'vip';

describe('a request', () => {
  test.each([
    { input: { activation }, request: { mode: 'sync', activation } },
    { input: { activation, plan: HASH }, request: { mode: 'sync', activation, plan: HASH } },
    { input: { mode: 'preview', activation }, request: { mode: 'preview', activation, of: 'sync' } },
  ] satisfies { input: RunInput; request: RunRequest }[])(
    'of $input is completed to $request',
    ({ input, request }) => {
      expect(requestSchema.parse(input)).toEqual(request);
    },
  );

  test.each<{ input: object; says: string }>([
    { input: { mode: 'rebase' }, says: 'reason: text, because a rebase needs a reason' },
    { input: { mode: 'rebase', reason: ' ' }, says: 'reason: non-empty text' },
    { input: { mode: 'rebase', reason: 'x', plan: HASH }, says: 'Unrecognized key: "plan"' },
    {
      input: { mode: 'undo', to: '1', reason: 'x' },
      says: 'plan: a plan hash, because an undo must be planned first',
    },
    { input: { mode: 'undo', to: '1', plan: HASH }, says: 'reason: text, because an undo needs a reason' },
    { input: { mode: 'undo', to: 1, plan: HASH, reason: 'x' }, says: 'to: the number of a run, as text' },
    { input: { mode: 'resync', approve: HASH, reason: 'x' }, says: 'Unrecognized key: "approve"' },
    { input: { approve: HASH }, says: 'Unrecognized key: "approve"' },
    { input: { mode: 'preview', plan: HASH }, says: 'Unrecognized key: "plan"' },
    { input: { mode: 'preview', of: 'repair' }, says: 'of: "sync", "resync", "rebase" or {"undo"' },
    { input: { mode: 'dry' }, says: 'mode: sync (the default), resync, preview, rebase or undo' },
  ])('of $input is rejected', ({ input, says }) => {
    const issues = requestSchema.safeParse({ activation, ...input }).error?.issues ?? [];
    expect(issues.map(({ path, message }) => [...path, message].join(': ')).join('\n')).toContain(says);
  });

  test('that makes no sense does not compile', () => {
    expectTypeOf<{ activation: string }>().toExtend<RunInput>();
    expectTypeOf<{ activation: string; plan: string }>().toExtend<RunInput>();
    expectTypeOf<RunRequest['mode']>().toEqualTypeOf<'sync' | 'resync' | 'preview' | 'rebase' | 'undo'>();
    const illegal: RunInput[] = [
      // @ts-expect-error a rebase needs a reason
      { mode: 'rebase', activation },
      // @ts-expect-error a rebase sends nothing, so it has no plan
      { mode: 'rebase', activation, reason: 'x', plan: HASH },
      // @ts-expect-error an undo is applied only with the hash of its plan
      { mode: 'undo', activation, to: '1', reason: 'x' },
      // @ts-expect-error an undo needs a reason
      { mode: 'undo', activation, to: '1', plan: HASH },
      // @ts-expect-error an approval is a decision (contract/decision.ts), and not a run
      { mode: 'sync', activation, approve: HASH, reason: 'x' },
      // @ts-expect-error a list either follows the segment or goes back to a run
      { mode: 'resync', activation, to: '1' },
      // @ts-expect-error a field of earlier versions
      { activation, dryRun: true },
    ];
    expect(illegal.filter((input) => requestSchema.safeParse(input).success)).toEqual([]);
  });
});

describe('a decision', () => {
  const decision = { activation, plan: HASH, reason: 'x' };

  test('to approve starts a run unless it says otherwise; to decline starts none', () => {
    expect(decisionSchema.parse({ decision: 'approve', ...decision })).toMatchObject({
      run: true,
      by: 'unknown',
    });
    expect(decisionSchema.parse({ decision: 'decline', ...decision })).not.toHaveProperty('run');
  });

  test('that makes no sense does not compile', () => {
    const illegal: DecisionInput[] = [
      // @ts-expect-error a decision is missing
      decision,
      // @ts-expect-error a decision needs a reason
      { decision: 'approve', activation, plan: HASH },
      // @ts-expect-error a decision needs a plan
      { decision: 'approve', activation, reason: 'x' },
      // @ts-expect-error a declined plan starts no run
      { decision: 'decline', ...decision, run: true },
    ];
    expect(illegal.filter((input) => decisionSchema.safeParse(input).success)).toEqual([]);
  });
});

describe('a task', () => {
  const tasks: Record<Mode, RunInput> = {
    sync: { activation },
    resync: { mode: 'resync', activation },
    preview: { mode: 'preview', activation, of: { undo: '41' } },
    rebase: { mode: 'rebase', activation, reason: 'x' },
    undo: { mode: 'undo', activation, to: '41', plan: HASH, reason: 'x' },
  };
  const task = (mode: Mode) => taskOf(requestSchema.parse(tasks[mode]));

  test('tells the steps of every mode what they need to know', () => {
    const traits = (Object.keys(tasks) as Mode[]).map((mode) => {
      const { preview, undo, resends, sends, repairs } = task(mode);
      return [mode, { preview, undo, resends, sends, repairs }];
    });
    expect(Object.fromEntries(traits)).toEqual({
      sync: { preview: false, undo: null, resends: false, sends: true, repairs: false },
      resync: { preview: false, undo: null, resends: true, sends: true, repairs: true },
      preview: { preview: true, undo: '41', resends: false, sends: true, repairs: false },
      rebase: { preview: false, undo: null, resends: false, sends: false, repairs: true },
      undo: { preview: false, undo: '41', resends: false, sends: true, repairs: false },
    });
  });

  test('that applies a plan does what that plan says', () => {
    const sync: Task = { ...task('sync'), plan: HASH, reason: 'y' };
    expect(applying(sync, task('preview'))).toEqual({ ...task('undo'), plan: HASH, reason: 'y' });
    expect(applying(sync, task('resync'))).toEqual({ ...task('resync'), plan: HASH, reason: 'y' });
    expect(applying(sync, task('sync'))).toEqual(sync);
  });
});

describe('an argument beyond its limits', () => {
  /** Longer than the limit of any text of an argument, and even longer than Temporal accepts. */
  const endless = fc.integer({ min: 201, max: 3_000_000 }).map((length) => 'x'.repeat(length));

  test('is rejected before anything is started, whichever of its texts is too long', () => {
    const schemas: [z.ZodType, object, string[]][] = [
      [requestSchema, { activation }, ['activation', 'plan', 'reason']],
      [
        requestSchema,
        { mode: 'undo', activation, to: '1', plan: HASH, reason: 'x' },
        ['activation', 'to', 'plan', 'reason'],
      ],
      [
        decisionSchema,
        { activation, plan: HASH, decision: 'approve', reason: 'x' },
        ['activation', 'plan', 'reason', 'by'],
      ],
      [doctorSchema, {}, ['target']],
      [inspectSchema, { what: 'lists', destination: 'actito' }, ['destination', 'what']],
    ];
    fc.assert(
      fc.property(endless, (text) => {
        for (const [schema, usable, fields] of schemas) {
          expect(checkArgument(schema, usable)).toHaveProperty('value');
          for (const field of fields)
            expect(checkArgument(schema, { ...usable, [field]: text })).toHaveProperty('problems');
        }
      }),
      { numRuns: 10 },
    );
  });

  test('is reported in a few words, whatever it contains', () => {
    const keys = fc.array(fc.oneof(endless, fc.string({ unit: 'binary', maxLength: 300 })), {
      maxLength: 30,
    });
    fc.assert(
      fc.property(keys, endless, (unknown, text) => {
        const input = {
          ...Object.fromEntries(unknown.map((key, at) => [`${key}${at}`, text])),
          activation: text,
        };
        const checked = checkArgument(requestSchema, input);
        const problems = 'problems' in checked ? checked.problems : [];
        expect(problems).not.toEqual([]);
        const { message, facts } = new Failure('argumentUnusable', { workflow: 'runActivation', problems })
          .told;
        expect(message.length + JSON.stringify(facts).length).toBeLessThan(10_000);
      }),
      { numRuns: 10 },
    );
  });
});
