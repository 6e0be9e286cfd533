import type { ActivationFile } from '../activation/definition/activation.ts';
import type { Loaded } from './folder.ts';
import { problemAt, settingName, type Problem } from './problem.ts';

/**
 * Within one activation an attribute has one source: a file with a column twice would let the last one win. Looks at
 * the file, not at the resolved activation: that one has its attributes in another order.
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
