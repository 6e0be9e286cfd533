const MARKER = '[actito-sync:';

/** Our marker in a list's description: the activation that owns it. */
function ownerMarker(activation: string): string {
  return `${MARKER}${activation}]`;
}

/** The description of an activation's list: the text of people, without any marker, and our marker. */
export function markedDescription(activation: string, description = ''): string {
  return `${description.replaceAll(MARKER, '(actito-sync:')} ${ownerMarker(activation)}`.trim();
}

/**
 * Returns the activation in the marker of a list's description, or null if actito-sync did not create it. The last
 * marker counts, because people's text, which may be copied from another list, precedes it.
 */
export function ownerOf({ description }: { description?: string | null }): string | null {
  return [...(description ?? '').matchAll(/\[actito-sync:([a-z0-9-]+)\]/g)].at(-1)?.[1] ?? null;
}
