/**
 * Runs in the browser. Fetches the page every two seconds, and replaces its content if it has changed. The focus stays.
 * Without JavaScript, the page reloads itself instead (see layout.ts).
 */
export const LIVE_SCRIPT = `
const main = document.querySelector('main');
const note = document.getElementById('live');
let shown = main.innerHTML;

async function update() {
  const response = await fetch(location.href, { cache: 'no-store' });
  if (!response.ok) throw new Error(response.statusText);
  const next = new DOMParser().parseFromString(await response.text(), 'text/html');
  const content = next.querySelector('main');
  if (content.innerHTML === shown) return;
  shown = content.innerHTML;
  const focused = main.contains(document.activeElement) && document.activeElement.id;
  main.replaceChildren(...content.childNodes);
  document.title = next.title;
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
}

async function follow() {
  try {
    if (!document.hidden) await update();
    note.textContent = 'This page updates automatically.';
    note.className = 'quiet';
  } catch {
    note.textContent = 'The simulator is not responding. This page may be out of date.';
    note.className = 'complaint';
  }
  setTimeout(follow, 2000);
}
follow();
`;
