import { Failure } from '../activation/failures.ts';
import type { Path, YamlFile } from './yaml-file.ts';

/** One thing that is wrong in a project folder. */
export interface Problem {
  /** Relative to the project folder. */
  file: string;
  /** From 1; 0 when the file as a whole is meant. */
  line: number;
  /** The setting, e.g. `['attributes', 2, 'column']`; empty for the whole file. */
  path: Path;
  message: string;
}

/** A problem at a setting of a file, with the setting's line. */
export function problemAt(file: YamlFile, path: Path, message: string): Problem {
  return { file: file.name, line: file.lineOf(path), path, message };
}

/** All problems of a folder as one failure, a line each, in the order of the files. */
export function configurationInvalid(folder: string, problems: readonly Problem[]): Failure {
  const sorted = [...problems].sort((a, b) => compare(a.file, b.file) || a.line - b.line);
  const count = problems.length === 1 ? 'a problem' : `${problems.length} problems`;
  return new Failure(
    'ConfigurationInvalid',
    [`The project folder ${folder} has ${count}:`, ...sorted.map(describe)].join('\n'),
  );
}

/** E.g. `activations/vip.yaml:12 matchingKey.type: expected email or externalId, got "phone"`. */
function describe({ file, line, path, message }: Problem): string {
  const place = line > 0 ? `${file}:${line}` : file;
  const setting = path
    .map((step, i) => (typeof step === 'number' ? `[${step}]` : `${i > 0 ? '.' : ''}${String(step)}`))
    .join('');
  return setting ? `${place} ${setting}: ${message}` : `${place}: ${message}`;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
