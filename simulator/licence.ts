import { z } from 'zod';

const Licence = z.strictObject({
  assumedRoutes: z.union([z.literal('served'), z.literal(404)], { error: "'served' or 404" }),
  emptyValue: z.enum(['clears', 'ignored'], { error: 'clears or ignored' }),
  executionListing: z.enum(['none', 'byFileName'], { error: 'none or byFileName' }),
  fileDisappears: z.boolean(),
  importParts: z.strictObject({ file: z.string(), definition: z.string() }),
});

/**
 * Behavior that Actito does not document and that can differ between licenses. It can change while the simulator runs.
 * - `assumedRoutes`: routes that Actito has not documented are `served` (default), or answer 404;
 * - `emptyValue`: an empty field in an import `clears` the attribute (default), or is `ignored`;
 * - `executionListing`: imports can be listed `byFileName`, or not at all (`none`, default);
 * - `fileDisappears`: Actito removes a list's file after reading it (default true);
 * - `importParts`: the names of the parts in an import's multipart call.
 */
export type Licence = z.infer<typeof Licence>;

export const USUAL_LICENCE: Licence = {
  assumedRoutes: 'served',
  emptyValue: 'clears',
  executionListing: 'none',
  fileDisappears: true,
  importParts: { file: 'file', definition: 'definition' },
};

/** Changes the given settings for all later calls and checks. @throws Error for an invalid setting. */
export function changeLicence(licence: Licence, changes: Partial<Licence>): void {
  const parsed = Licence.partial().safeParse(changes);
  if (!parsed.success) throw new Error(`Licence: ${z.prettifyError(parsed.error)}`);
  Object.assign(licence, parsed.data);
}
