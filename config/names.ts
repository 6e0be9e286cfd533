import type { ActivationFile } from '../activation/definition/activation.ts';
import type { Activation } from '../activation/definition/definition.ts';
import { MOST_NAME_BYTES, nameFault } from '../activation/definition/list-names.ts';
import type { Loaded } from './folder.ts';
import { problemAt, type Problem } from './problem.ts';
import type { Path } from './yaml-file.ts';

/** Checks that the names of lists and files are read in the same way by Actito, people and file servers. */
export function checkNames({ file, value }: Loaded<ActivationFile>, { list }: Activation): Problem[] {
  const names = [
    { name: list.name, what: 'list' as const, path: nameOfList(value) },
    { name: list.fileName, what: 'file' as const, path: nameOfFile(value) },
  ];
  for (const { name, what, path } of names) {
    const fault = nameFault(name, what);
    // The file's name comes from the list's, so one problem is enough.
    if (fault) return [problemAt(file, path, 'nameUnusable', { what, fault, most: MOST_NAME_BYTES })];
  }
  return [];
}

/** Returns where the list's name is set. It can be the name of the activation or of the segment. */
function nameOfList({ list, name }: ActivationFile): Path {
  if (list.name !== undefined) return ['list', 'name'];
  return name === undefined ? ['segment', 'name'] : ['name'];
}

function nameOfFile(value: ActivationFile): Path {
  return value.list.fileName === '{list}.csv' ? nameOfList(value) : ['list', 'fileName'];
}
