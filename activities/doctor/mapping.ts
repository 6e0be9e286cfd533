import type { ProfileTable } from '../../actito/contract.ts';
import { checkStructure } from '../../actito/structure/check.ts';
import { findAttribute } from '../../actito/structure/table.ts';
import type { Activation, Definition } from '../../activation/definition/definition.ts';
import type { Column } from '../../activation/values/kinds.ts';
import { tell } from '../../contract/messages/tell.ts';
import { notTried, probe, type Probed } from './probe.ts';

type Mapped = Pick<Definition, 'activation' | 'destination'>;

/** Checks whether the matching key and the identifier in the list's file identify profiles uniquely. */
export async function probeMatchingKey(
  { activation, destination }: Mapped,
  table: Probed<ProfileTable>,
): Promise<Probed> {
  const { id, matchingKey, list } = activation;
  const name = `matching key of ${id}`;
  const { found } = table;
  if (!found) return notTried(name, table.probe.name);
  return probe({
    name,
    advice: tell('adviseMatchingKey', { activation: id }),
    look: async () => {
      checkStructure(found, { activation: { ...activation, attributes: [] }, destination }, []);
      const identifier = list.identifier.attribute;
      const other = identifier === matchingKey.attribute ? {} : { identifier };
      return { says: tell('keyUnique', { key: matchingKey.attribute, ...other }) };
    },
  });
}

/**
 * Checks whether the profile table has the mapped attributes, whether missing ones can be created, and whether the
 * columns fit.
 */
export async function probeAttributes(
  { activation, destination }: Mapped,
  table: Probed<ProfileTable>,
  segment: Probed<Column[]>,
): Promise<Probed> {
  const { id, attributes } = activation;
  const name = `attributes of ${id}`;
  const [found, columns] = [table.found, segment.found];
  if (!found) return notTried(name, table.probe.name);
  if (!columns) return notTried(name, segment.probe.name);
  return probe({
    name,
    advice: tell('adviseAttributes', { activation: id }),
    look: async () => {
      const mapped = columns.slice(columns.length - attributes.length);
      checkStructure(found, { activation: withCertainKey(activation), destination }, mapped);
      const missing = attributes.filter(({ attribute }) => !findAttribute(found, attribute));
      const created = missing.map(({ attribute, create }) => ({ name: attribute, type: create!.type }));
      const there = attributes.length - missing.length;
      return { says: tell('attributesThere', { there, mapped: attributes.length, created }) };
    },
  });
}

/** The key has its own check, so it is replaced here with a key that every table has. */
function withCertainKey(activation: Activation): Activation {
  const { matchingKey, list } = activation;
  const attribute = 'profileId';
  return {
    ...activation,
    matchingKey: { ...matchingKey, attribute },
    list: { ...list, identifier: { ...list.identifier, attribute } },
  };
}
