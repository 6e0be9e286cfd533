import type { ActivationFile } from '../activation/definition/activation.ts';
import type { Loaded } from './folder.ts';
import { problemAt, settingName, type Problem } from './problem.ts';

/**
 * Checks that an activation maps each attribute only once: in a file with a column twice, the last one would win. It
 * checks the file and not the resolved activation, which has its attributes in another order.
 */
export function checkMapping({ file, value }: Loaded<ActivationFile>): Problem[] {
  const { matchingKey, attributes } = value;
  return attributes.flatMap(({ attribute }, i) => {
    const path = ['attributes', i, 'attribute'];
    if (attribute === matchingKey.attribute) {
      return [problemAt(file, path, 'keyMapped', { attribute })];
    }
    const first = attributes.findIndex((other) => other.attribute === attribute);
    if (first === i) return [];
    const by = settingName(file.place(['attributes', first]).path);
    return [problemAt(file, path, 'attributeMappedTwice', { attribute, by })];
  });
}
