import { isDeepStrictEqual } from 'node:util';
import type { Knex } from 'knex';
import type { AttributeMapping } from '../../activation/definition/activation.ts';
import type { Definition } from '../../activation/definition/definition.ts';
import type { Run } from '../runs/runs.ts';
import { rows } from '../state.ts';

/**
 * Returns the attribute mapping of the last settled run that may send attributes; null if there was none.
 * @param folded includes held runs that have folded what was confirmed before a guard held them
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

/** Whether a run maps the attributes as before; also true for a first run. */
export function isSameMapping(
  { definition }: Pick<Run, 'definition'>,
  before: AttributeMapping[] | null,
): boolean {
  return before === null || isDeepStrictEqual(before, definition.activation.attributes);
}

/**
 * Whether values are written as in the last settled run. If not, all of them differ, which says nothing about people.
 */
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

/** Whether a mapping gives values the same marks as the one before. The source column has no effect on marks. */
export function hasSameMarks(
  { definition }: Pick<Run, 'definition'>,
  before: AttributeMapping[] | null,
): boolean {
  const marked = (mappings: AttributeMapping[]) => mappings.map(({ attribute, nulls }) => [attribute, nulls]);
  return before === null || isDeepStrictEqual(marked(before), marked(definition.activation.attributes));
}

/**
 * Returns which attributes of a mapping are new, if some are and others are not: members whose other values are
 * confirmed need only the new ones. Null if a file must contain every attribute, or if there is nothing to distinguish.
 */
export function newAttributes({ activation, destination }: Definition, last: AttributeMapping[] | null) {
  const { importMode, attributes } = activation;
  if (!last || (importMode !== 'oneShot' && destination.contract.etlColumns === 'all')) return null;
  const isNew = attributes.map((mapping) => !last.some((old) => isSentAlike(old, mapping)));
  return isNew.includes(true) && isNew.includes(false) ? isNew : null;
}

/** Whether two mappings convert a value in the same way. */
function isSentAlike(one: AttributeMapping, other: AttributeMapping): boolean {
  const parts = ['attribute', 'nulls', 'timezone', 'defaultCountry'] as const;
  return parts.every((part) => one[part] === other[part]);
}
