import { z } from 'zod';

const Licence = z.strictObject({
  assumedRoutes: z.union([z.literal('served'), z.literal(404)], { error: "'served' or 404" }),
  emptyValue: z.enum(['clears', 'ignored'], { error: 'clears or ignored' }),
  executionListing: z.enum(['none', 'byFileName'], { error: 'none or byFileName' }),
  fileDisappears: z.boolean(),
  importParts: z.strictObject({ file: z.string(), definition: z.string() }),
});

/**
 * What is open in Actito's documentation, and may differ between licences; can be changed while the simulator runs.
 * - `assumedRoutes`: the routes that Actito has not documented are `served` (default), or answered 404;
 * - `emptyValue`: an empty field of an import `clears` the attribute (default), or is `ignored`;
 * - `executionListing`: imports can be asked for `byFileName`, or cannot (`none`, default);
 * - `fileDisappears`: Actito removes a list's file once it has read it (default true);
 * - `importParts`: what the parts of an import's multipart call are named.
 */
export type Licence = z.infer<typeof Licence>;

export const USUAL_LICENCE: Licence = {
  assumedRoutes: 'served',
  emptyValue: 'clears',
  executionListing: 'none',
  fileDisappears: true,
  importParts: { file: 'file', definition: 'definition' },
};

/** Changes what is given, for all calls and looks that come after. @throws Error for anything that is no setting. */
export function changeLicence(licence: Licence, changes: Partial<Licence>): void {
  const parsed = Licence.partial().safeParse(changes);
  if (!parsed.success) throw new Error(`Licence: ${z.prettifyError(parsed.error)}`);
  Object.assign(licence, parsed.data);
}
