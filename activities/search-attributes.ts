import type { OperatorService, WorkflowService } from '@temporalio/client';
import { Failure } from '../contract/failure.ts';
import { temporalCode, temporalFailure } from '../contract/grpc.ts';

/** The types of search attributes by number: temporal.api.enums.v1.IndexedValueType. */
const TYPES = ['Unspecified', 'Text', 'Keyword', 'Int', 'Double', 'Bool', 'Datetime', 'KeywordList'];
/** The number of the type that ours have. */
export const KEYWORD = TYPES.indexOf('Keyword');

/** What Temporal answers whoever may not use its operator API: no such API (Temporal Cloud), or no right to it. */
const NO_OPERATOR = ['UNIMPLEMENTED', 'PERMISSION_DENIED', 'UNAUTHENTICATED'];

/** The parts of a connection that are asked. */
export interface TemporalServices {
  operatorService: Pick<OperatorService, 'listSearchAttributes' | 'addSearchAttributes'>;
  workflowService: Pick<WorkflowService, 'countWorkflowExecutions'>;
}

/** What was found out about a namespace's search attributes. */
export interface AttributesFound {
  /** Those that it lacks. */
  missing: string[];
  /** How many attributes of their type it has. */
  used: number;
}

/**
 * Looks whether the namespace has search attributes of these names as runs set them: with the type Keyword.
 * @throws Failure ConfigurationInvalid when one has another type, or when one is missing and the operator API, which could add it,
 *   is out of reach; TemporalUnavailable when Temporal fails
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
 * The same without the operator API: whoever may list workflows can ask for those of which an attribute begins with a text.
 * Of all types only Keyword allows that, so a refusal says that the attribute is missing, or of another type.
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

/** Whether the operator API is not there, or not for us. */
export function isNoOperator(error: unknown): boolean {
  return NO_OPERATOR.includes(temporalCode(error) ?? '');
}

/** What Temporal answered about a namespace, in words of ours. */
export function translated(error: unknown, namespace: string): Error {
  if (temporalCode(error) === 'NOT_FOUND') return new Failure('namespaceMissing', { namespace });
  return temporalFailure(error) ?? (error as Error);
}
