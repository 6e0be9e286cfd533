import type { Dependencies } from '../dependencies.ts';
import { probeKey, probeLists, probeTable } from './actito.ts';
import { probeActitoClock, probeStateClock } from './clocks.ts';
import { probeExports } from './exports.ts';
import { probeFileServer } from './file-server.ts';
import { showIdentifiers } from './list-identifiers.ts';
import { showCreatedInActito } from './created-in-actito.ts';
import { probeAttributes, probeMatchingKey } from './mapping.ts';
import { probeState, probeTemporal } from './state-and-temporal.ts';
import { probe, type Probed } from './probe.ts';
import { Failure } from '../../contract/failure.ts';
import { tell } from '../../contract/messages/tell.ts';
import type { Probe } from '../../contract/probes.ts';
import { hasProfiles } from '../../activation/definition/destination.ts';
import { findScope, type Scope } from './scope.ts';
import { probeSegment, probeSource } from './warehouse.ts';

/** What to check. */
export interface Examination {
  /** A destination or an activation; undefined: everything. */
  target?: string;
  /** Names of the search attributes that runs set. */
  searchAttributes: string[];
}

/** Checks everything that a run needs, from the worker. Every check runs, whatever the others find. */
export async function examine(
  deps: Dependencies,
  { target, searchAttributes }: Examination,
): Promise<Probe[]> {
  const scope = findScope(deps.projectFolder, target);
  const { projectFolder: folder } = deps;
  const project = probe({
    name: 'project folder',
    advice: tell('adviseProject', { folder }),
    look: async () => {
      const found = await scope;
      const { problems } = found;
      if (problems.length > 0) throw new Failure('projectInvalid', { folder, problems });
      return { says: tell('projectRead', inNumbers(found)) };
    },
  });
  const all = await Promise.all([
    project,
    probeState(deps.state),
    probeTemporal(searchAttributes),
    probeStateClock(deps.state),
    // Valid files are checked even if others are not valid.
    project.then(() =>
      scope.then(
        (found) => Promise.all(probesOf(deps, found)),
        () => [], // the check of the project has reported it
      ),
    ),
  ]);
  return all.flat().map((probed) => probed.probe);
}

function probesOf(
  deps: Dependencies,
  { sources, destinations, activations, listsOf, warnings }: Scope,
): Promise<Probed>[] {
  const tables = new Map(destinations.map(([id, found]) => [id, probeTable(deps, id, found)]));
  return [
    ...sources.map(([id, source]) => probeSource(deps, id, source)),
    ...destinations.flatMap(([id, found]) => [
      probeKey(deps, id, found),
      tables.get(id)!,
      ...(listsOf.includes(id)
        ? [tables.get(id)!.then((table) => probeLists(deps, [id, found], table))]
        : []),
      probeFileServer(deps, id, found),
      ...(hasProfiles(found) ? [probeExports(deps, id, found)] : []),
      probeActitoClock(deps, id, found),
      ...showIdentifiers(id, warnings),
    ]),
    ...activations.flatMap((activation) => {
      const source = sources.find(([id]) => id === activation.source)![1];
      const [, destination] = destinations.find(([id]) => id === activation.destination)!;
      const table = tables.get(activation.destination)!;
      const segment = probeSegment(deps, activation, source);
      return [
        segment,
        table.then((found) => probeMatchingKey({ activation, destination }, found)),
        Promise.all([table, segment]).then((found) => probeAttributes({ activation, destination }, ...found)),
        ...showCreatedInActito(deps, { activation, source, destination }),
      ];
    }),
  ];
}

function inNumbers({ sources, destinations, activations, warnings }: Scope) {
  return {
    sources: sources.length,
    destinations: destinations.length,
    activations: activations.length,
    warnings: warnings.length,
  };
}
