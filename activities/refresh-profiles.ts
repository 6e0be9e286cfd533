import { usesDirectory, type Definition } from '../activation/definition/definition.ts';
import { hasProfiles } from '../activation/definition/destination.ts';
import { withEnvironment } from '../config/environment.ts';
import { Failure } from '../contract/failure.ts';
import type { DirectoryResult } from '../contract/inspect.ts';
import type { RefreshSummary, RunRef } from '../contract/steps.ts';
import { directoryKey } from '../state/profiles/directory.ts';
import { readRun } from '../state/runs/runs.ts';
import type { Dependencies } from './dependencies.ts';
import { findDestination } from './inspect/destination.ts';
import { refreshDirectory, type RefreshOptions } from './profiles/refresh.ts';

/**
 * Reads the new exports into the profile directory that a run needs.
 * @throws Failure DeliveryUnavailable, DeliveryRefused, ExportInvalid
 */
export async function refreshProfiles(deps: Dependencies, ref: RunRef): Promise<RefreshSummary> {
  const { definition } = await readRun(deps.state, ref.run);
  return refresh(deps, definition);
}

/** Reads the new exports of a destination into all profile directories that its activations need. */
export async function refreshDestination(
  deps: Dependencies,
  id: string,
  options: RefreshOptions = {},
): Promise<DirectoryResult> {
  const { destination: configured, activations } = await findDestination(deps, id);
  const using = activations.filter(usesDirectory);
  if (using.length === 0) throw new Failure('directoryUnused', { destination: id });
  // As for a run, or it would be the directory of another profile table.
  const { destination } = withEnvironment({ destination: configured }, deps.env);
  const first = new Map(
    using.map((activation) => [
      JSON.stringify(directoryKey({ activation, destination })),
      { activation, destination },
    ]),
  );
  const directories: RefreshSummary[] = [];
  for (const needing of first.values()) directories.push(await refresh(deps, needing, options));
  return { what: 'directory', destination: id, directories };
}

function refresh(
  deps: Dependencies,
  definition: Pick<Definition, 'activation' | 'destination'>,
  options: RefreshOptions = {},
): Promise<RefreshSummary> {
  const { destination } = definition;
  // The check of the project requires it.
  if (!hasProfiles(destination))
    throw new Failure('directoryEmpty', { attribute: definition.activation.matchingKey.attribute });
  return refreshDirectory(deps, destination, directoryKey(definition), options);
}
