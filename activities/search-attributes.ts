import type { OperatorService, WorkflowService } from '@temporalio/client';
import { Failure } from '../contract/failure.ts';
import { temporalCode, temporalFailure } from '../contract/grpc.ts';

/** The types of search attributes by number: temporal.api.enums.v1.IndexedValueType. */
const TYPES = ['Unspecified', 'Text', 'Keyword', 'Int', 'Double', 'Bool', 'Datetime', 'KeywordList'];
/** The number of the type of our attributes. */
export const KEYWORD = TYPES.indexOf('Keyword');

/**
 * Temporal's answers to a client that may not use its operator API: there is none (Temporal Cloud), or no permission.
 */
const NO_OPERATOR = ['UNIMPLEMENTED', 'PERMISSION_DENIED', 'UNAUTHENTICATED'];

/** The parts of a connection that are used. */
export interface TemporalServices {
  operatorService: Pick<OperatorService, 'listSearchAttributes' | 'addSearchAttributes'>;
  workflowService: Pick<WorkflowService, 'countWorkflowExecutions'>;
}

/** The search attributes of a namespace. */
export interface AttributesFound {
  /** Those that are missing. */
  missing: string[];
  /** How many attributes of type Keyword it has. */
  used: number;
}

/**
 * Checks whether the namespace has search attributes of these names with the type Keyword, as runs set them.
 * @throws Failure ConfigurationInvalid if one has another type, or if one is missing and the operator API, which could
 *   add it, cannot be used; TemporalUnavailable if Temporal fails
 */
export async function lookAtSearchAttributes(
  services: TemporalServices,
  namespace: string,
  names: readonly string[],
): Promise<AttributesFound> {
  let known: Record<string, number>;
  try {
    const { customAttributes } = await services.operatorService.listSearchAttributes({ namespace });
    known = { ...(customAttributes as Record<string, number>) };
  } catch (error) {
    if (!isNoOperator(error)) throw translated(error, namespace);
    await requireByQueries(services, namespace, names);
    return { missing: [], used: 0 };
  }
  const others = names.filter((name) => Object.hasOwn(known, name) && known[name] !== KEYWORD);
  if (others.length > 0) {
    const attributes = others.map((name) => ({ name, type: TYPES[known[name]!] ?? String(known[name]) }));
    throw new Failure('searchAttributesOfOtherType', { namespace, attributes });
  }
  return {
    missing: names.filter((name) => !Object.hasOwn(known, name)),
    used: Object.values(known).filter((type) => type === KEYWORD).length,
  };
}

/**
 * The same without the operator API. A client that may list workflows can query an attribute by a prefix. Of all types,
 * only Keyword allows that, so a refusal means that the attribute is missing or has another type.
 */
async function requireByQueries(
  { workflowService }: TemporalServices,
  namespace: string,
  names: readonly string[],
): Promise<void> {
  const unusable: string[] = [];
  for (const name of names) {
    try {
      await workflowService.countWorkflowExecutions({ namespace, query: `${name} STARTS_WITH "-"` });
    } catch (error) {
      if (temporalCode(error) !== 'INVALID_ARGUMENT') throw translated(error, namespace);
      unusable.push(name);
    }
  }
  if (unusable.length > 0) throw new Failure('searchAttributesOutOfReach', { namespace, names: unusable });
}

/** Whether the operator API does not exist, or may not be used. */
export function isNoOperator(error: unknown): boolean {
  return NO_OPERATOR.includes(temporalCode(error) ?? '');
}

/** Converts an error of Temporal about a namespace into a failure with our own text. */
export function translated(error: unknown, namespace: string): Error {
  if (temporalCode(error) === 'NOT_FOUND') return new Failure('namespaceMissing', { namespace });
  return temporalFailure(error) ?? (error as Error);
}
