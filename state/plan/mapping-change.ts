import { isDeepStrictEqual } from 'node:util';
import type { Knex } from 'knex';
import type { AttributeMapping } from '../../activation/definition/activation.ts';
import type { Definition } from '../../activation/definition/definition.ts';
import type { Run } from '../runs/runs.ts';
import { rows } from '../state.ts';

/**
 * The attributes as they were mapped when a run that may send any was settled last; null: none was.
 * @param folded also when a held run has folded what was confirmed before a guard held it
 */
export async function lastMapping(
  db: Knex,
  { activation }: Pick<Run, 'activation'>,
  { folded = false }: { folded?: boolean } = {},
): Promise<AttributeMapping[] | null> {
  const [last] = await rows<{ attributes: AttributeMapping[] }>(
    db,
    `select definition->'activation'->'attributes' as attributes from runs
     where activation = :activation and task->>'undo' is null
       and (settled_at is not null or (:folded and counts->>'updated' is not null)) order by no desc limit 1`,
    { activation, folded },
  );
  return last?.attributes ?? null;
}

/** Whether a run maps the attributes as they were mapped before; true also of a first one. */
export function isSameMapping(
  { definition }: Pick<Run, 'definition'>,
  before: AttributeMapping[] | null,
): boolean {
  return before === null || isDeepStrictEqual(before, definition.activation.attributes);
}

/** Whether values are written as they were when a run was settled last; if not, all of them differ, which is no news about people. */
export async function hasSameFormats(db: Knex, { activation, definition }: Run): Promise<boolean> {
  const [last] = await rows<{ contract: Contract }>(
    db,
    `select definition->'destination'->'contract' as contract from runs
     where activation = ? and settled_at is not null order by no desc limit 1`,
    [activation],
  );
  const formats = ({ formats, lengthUnit, numberDigits }: Contract) => [formats, lengthUnit, numberDigits];
  return !last || isDeepStrictEqual(formats(last.contract), formats(definition.destination.contract));
}
type Contract = Definition['destination']['contract'];

/** Whether a mapping gives values the same marks as the one before: the column that they come from has no part in them. */
export function hasSameMarks(
  { definition }: Pick<Run, 'definition'>,
  before: AttributeMapping[] | null,
): boolean {
  const marked = (mappings: AttributeMapping[]) => mappings.map(({ attribute, nulls }) => [attribute, nulls]);
  return before === null || isDeepStrictEqual(marked(before), marked(definition.activation.attributes));
}

/**
 * Which attributes of a mapping are new since the last one, when some are and others are not: whoever has the others
 * confirmed needs only the new ones. Null where a file must hold every attribute, or there is nothing to tell apart.
 */
export function newAttributes({ activation, destination }: Definition, last: AttributeMapping[] | null) {
  const { importMode, attributes } = activation;
  if (!last || (importMode !== 'oneShot' && destination.contract.etlColumns === 'all')) return null;
  const isNew = attributes.map((mapping) => !last.some((old) => isSentAlike(old, mapping)));
  return isNew.includes(true) && isNew.includes(false) ? isNew : null;
}

/** Whether two mappings make the same of a value, as far as they say. */
function isSentAlike(one: AttributeMapping, other: AttributeMapping): boolean {
  const parts = ['attribute', 'nulls', 'timezone', 'defaultCountry'] as const;
  return parts.every((part) => one[part] === other[part]);
}
