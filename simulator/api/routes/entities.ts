import { z } from 'zod';
import { custom, LONGEST_STRING, VALUE_TYPES } from '../../contacts/attributes.ts';
import type { Profiles } from '../../contacts/profiles.ts';
import { readJson, shaped } from '../../http/body.ts';
import { pathOf, type Route } from '../../http/route.ts';
import { invalid } from '../../refusal.ts';
import type { World } from '../../world.ts';

const TABLES = '/profile-table-structure/v5/entities/{entity}/profile-tables';

const ChangeRequest = z.strictObject({
  changes: z
    .array(
      z.strictObject({
        type: z.literal('ADD_ATTRIBUTE'),
        attribute: z.strictObject({
          type: z.literal('CUSTOM'),
          name: z.string().regex(/^[A-Za-z]\w{0,49}$/, 'must be a technical name of at most 50 characters'),
          valueType: z.enum(VALUE_TYPES),
          unique: z.literal(false),
          mandatory: z.literal(false),
          multiValued: z.literal(false),
          valueRestriction: z.strictObject({ maxLength: z.int().min(1).max(LONGEST_STRING) }).optional(),
        }),
      }),
    )
    .min(1),
});

/** The connection test, and the structure of the profile table. */
export const entityRoutes: Route<World>[] = [
  {
    method: 'GET',
    path: '/entities/v5/entities',
    handle: ({ settings }) => ({
      status: 200,
      json: { entities: [{ id: '1', name: settings.entity, comment: 'Simulated by actito-sync' }] },
    }),
  },
  {
    method: 'GET',
    path: TABLES,
    handle: ({ profiles }) => ({ status: 200, json: { profileTables: [shown(profiles)] } }),
  },
  {
    method: 'GET',
    path: `${TABLES}/{table}`,
    handle: ({ profiles }) => ({ status: 200, json: shown(profiles) }),
  },
  {
    method: 'POST',
    path: `${TABLES}/{table}/change-requests`,
    assumed: true,
    handle: async ({ profiles, nextId }, { request }) => {
      const { changes } = shaped(ChangeRequest, await readJson(request));
      profiles.addAttributes(
        changes.map(({ attribute: { name, valueType, valueRestriction } }) => {
          if (valueType !== 'STRING') {
            if (valueRestriction) throw invalid(`Attribute "${name}": only a STRING has a longest length.`);
            return custom(name, valueType);
          }
          return custom(name, valueType, {
            valueRestriction: { maxLength: LONGEST_STRING, ...valueRestriction },
          });
        }),
      );
      const id = nextId();
      return { status: 201, location: `${pathOf(request)}/${id}`, json: { id, status: 'APPLIED' } };
    },
  },
];

function shown({ id, name, attributes }: Profiles) {
  return { id, name, attributes, displayOptions: {} };
}
