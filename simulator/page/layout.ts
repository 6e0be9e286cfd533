import { createHash } from 'node:crypto';
import type { World } from '../world.ts';
import { html, Html } from './html.ts';
import { LIVE_SCRIPT } from './live.ts';
import { STYLE } from './style.ts';
import type { View } from './view.ts';
import { counted, moment } from './words.ts';

const hashOf = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** Allows only our own style and script, in case a name is ever interpreted as HTML. */
export const CONTENT_SECURITY_POLICY = [
  "default-src 'none'; connect-src 'self'; img-src data:; form-action 'self'; base-uri 'none'",
  `style-src ${hashOf(STYLE)}; script-src ${hashOf(LIVE_SCRIPT)}; frame-ancestors 'none'`,
].join('; ');

const NAVIGATION = [
  ['/', 'Lists'],
  ['/imports', 'Imports'],
  ['/profiles', 'Profiles'],
  ['/attributes', 'Attributes'],
] as const;

/** Returns a complete HTML document for a view; `path` is the path of the page. */
export function layout({ settings, profiles, clock }: World, path: string, view: View): string {
  // Not escaped, because escaping would change the code and its hash.
  const style = new Html(`<style>${STYLE}</style>`);
  const script = new Html(`<script type="module">${LIVE_SCRIPT}</script>`);
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        ${view.live && html`<noscript><meta http-equiv="refresh" content="10" /></noscript>`}
        <title>${view.title} · Actito simulator</title>
        <link rel="icon" href="data:," />
        ${style}
      </head>
      <body>
        <header class="top">
          <p class="brand">Actito simulator</p>
          <p>
            Entity <b>${settings.entity}</b> · table <b>${profiles.name}</b> ·
            ${counted(profiles.count, 'profile')}
          </p>
          <nav aria-label="Pages">
            ${NAVIGATION.map(([href, text]) =>
              href === path
                ? html`<a href="${href}" aria-current="page">${text}</a>`
                : html`<a href="${href}">${text}</a>`,
            )}
          </nav>
        </header>
        <main>
          ${view.main}
          <p class="quiet asof">
            As of ${moment(clock.now())}. ${view.live && html`<a href="${path}" id="refresh">Refresh</a>`}
          </p>
        </main>
        <footer>
          ${view.live && html`<p id="live" role="status" class="quiet"></p>`}
          <p class="quiet">This is a simulator, not Actito. It shows what a marketer would see in Actito.</p>
        </footer>
        ${view.live && script}
      </body>
    </html> `.toString();
}
