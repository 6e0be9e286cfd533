import type { Failure } from '../contract/failure.ts';
import { onConnected } from '../state/state.ts';
import { close } from './close.ts';
import { compare } from './compare.ts';
import { confirmList } from './confirm-list.ts';
import { decide } from './decide.ts';
import type { Dependencies } from './dependencies.ts';
import { examine } from './doctor/examine.ts';
import { beginForgetting, endForgetting, forgetIn } from './forget.ts';
import { importAttributes } from './import-attributes.ts';
import { inspectAttributes } from './inspect/attributes.ts';
import { inspectContract } from './inspect/contract.ts';
import { inspectLists } from './inspect/lists.ts';
import { keepAlive } from './keep-alive.ts';
import { keepForeignWords } from './keep-words.ts';
import { open } from './open.ts';
import { requireOwnRun } from './own-run.ts';
import { STATE_PEER } from './peers.ts';
import { plan } from './plan.ts';
import { beating, cancellation, reportWaiting } from './progress.ts';
import { provision } from './provision.ts';
import { pushList } from './push-list.ts';
import { rebase } from './rebase.ts';
import { refreshDestination, refreshProfiles } from './refresh-profiles.ts';
import { settle } from './settle.ts';
import { currentActivity, currentDeadline, isFinal, toTemporalFailure } from './translate.ts';

const SYNC = {
  refreshProfiles,
  compare,
  plan,
  provision,
  importAttributes,
  pushList,
  confirmList,
  keepAlive,
};
const RUN = { open, ...SYNC, rebase, settle, close };
const FORGET = { beginForgetting, forgetIn, endForgetting };
const ACTIVITIES = {
  ...RUN,
  ...FORGET,
  decide,
  inspectAttributes,
  inspectContract,
  inspectLists,
  refreshDestination,
  examine,
};

/** The activities as the workflow calls them: without their dependencies. */
export type Activities = {
  [Name in keyof typeof ACTIVITIES]: (typeof ACTIVITIES)[Name] extends (
    deps: Dependencies,
    ...rest: infer Rest
  ) => infer R
    ? (...rest: Rest) => R
    : never;
};

/** Binds the activities to their dependencies, and their failures to Temporal's. */
export function createActivities(deps: Dependencies): Activities {
  const { peers } = deps;
  onConnected(deps.state, () => peers.answered(STATE_PEER));
  const bound = Object.entries(ACTIVITIES).map(([name, activity]) => {
    const run = activity as (deps: Dependencies, ...rest: unknown[]) => Promise<unknown>;
    const translated = async (...rest: unknown[]) => {
      const activity = currentActivity();
      try {
        const result = await beating(async () => {
          await peers.waitOut(activity, { signal: cancellation(), report: reportWaiting });
          await requireOwnRun(deps, rest[0]);
          return run(deps, ...rest);
        });
        peers.ended(activity);
        return result;
      } catch (error) {
        const keep = (failure: Failure) => keepForeignWords(deps, failure, rest[0]);
        const pauseAfter = (failure: Failure) => peers.failed(activity, failure, currentDeadline());
        const failure = await toTemporalFailure(error, keep, pauseAfter);
        if (isFinal(failure)) peers.ended(activity);
        throw failure;
      }
    };
    return [name, translated];
  });
  return Object.fromEntries(bound) as Activities;
}
