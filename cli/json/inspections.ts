import { z } from 'zod';
import { MARKS, ROUTE_RESULTS } from '../../contract/inspect.ts';
import { count, many, moment, text, told } from './parts.ts';

const { strictObject: shape, array } = z;

/** What the commands print that read Actito or its exports through the worker. */
export const INSPECTIONS = {
  attributes: shape({
    what: z.literal('attributes'),
    destination: text,
    profileTable: text,
    attributes: array(
      shape({
        name: text,
        type: text,
        unique: z.boolean(),
        mandatory: z.boolean(),
        maxLength: count.optional(),
        mappedBy: many,
      }),
    ),
    more: count,
  }),
  lists: shape({
    what: z.literal('lists'),
    destination: text,
    lists: array(
      shape({
        name: text,
        profiles: count.nullable(),
        expires: text.nullable(),
        file: text.nullable(),
        owner: text.nullable(),
        orphaned: z.boolean(),
      }),
    ),
    more: count,
  }),
  directoryRefresh: shape({
    what: z.literal('directory'),
    destination: text,
    directories: array(
      shape({
        attribute: text,
        read: array(shape({ file: text, kind: z.enum(['daily', 'full']), profiles: count, unusable: count })),
        notes: array(told),
        writtenAt: moment.nullable(),
      }),
    ),
  }),
  contractCheck: shape({
    what: z.literal('contract'),
    destination: text,
    actito: text.nullable(),
    checks: array(
      shape({
        route: text,
        mark: z.enum(MARKS),
        call: text,
        result: z.enum(ROUTE_RESULTS),
        status: count.nullable(),
        fields: many,
        says: told,
        settings: many,
      }),
    ),
  }),
};
