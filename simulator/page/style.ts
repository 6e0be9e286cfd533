/** The style of all pages: one column on a phone; light or dark, according to the browser's setting. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --ground: #f4f5f8; --card: #ffffff; --text: #1b2430; --quiet: #566170; --line: #dfe3e9;
  --accent: #0b635b; --top: #10302d; --top-text: #eaf5f3;
  --good: #146238; --good-ground: #e1f3e8; --bad: #b3261e; --bad-ground: #fdeae8;
  --mixed: #7d4c00; --mixed-ground: #fdf0d8; --waiting: #47536a; --waiting-ground: #e9edf4;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #11161c; --card: #1a212a; --text: #e7ecf2; --quiet: #a6b1bf; --line: #303a46;
    --accent: #74d4c6; --top: #0c2220; --top-text: #dff3f0;
    --good: #7fd8a2; --good-ground: #15321f; --bad: #ff9d94; --bad-ground: #401b19;
    --mixed: #f2c57e; --mixed-ground: #3b2d12; --waiting: #b6c2d6; --waiting-ground: #272f3b;
  }
}
*, ::before, ::after { box-sizing: border-box; }
body {
  margin: 0; background: var(--ground); color: var(--text); overflow-wrap: anywhere;
  font: 16px/1.5 Inter, system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif;
}
h1, h2, h3, p, dl, dd, ul { margin: 0; }
h1 { font-size: 1.6rem; line-height: 1.25; margin-bottom: 1.25rem; }
h2 { font-size: 1.2rem; line-height: 1.3; }
h3 { font-size: 1rem; margin-top: 1rem; }
a { color: var(--accent); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: 4px; }
.quiet { color: var(--quiet); font-size: 0.875rem; }
.complaint { color: var(--bad); }
.empty { padding: 2rem 1rem; text-align: center; color: var(--quiet); border: 1px dashed; border-radius: 12px; }

.top {
  display: flex; flex-wrap: wrap; align-items: baseline; gap: 0 1.25rem;
  padding: 0.9rem max(1rem, 50vw - 30rem) 0; background: var(--top); color: var(--top-text); font-size: 0.875rem;
}
.top .brand { font-size: 1.1rem; font-weight: 700; }
.top nav { display: flex; flex-wrap: wrap; width: 100%; margin: 0.5rem -0.75rem 0; }
.top nav a { padding: 0.6rem 0.75rem; color: inherit; text-decoration: none; border-bottom: 3px solid transparent; }
.top nav a:hover { border-color: var(--top-text); }
.top nav a[aria-current] { font-weight: 700; border-color: #4fd1bf; }
.top :focus-visible { outline-color: currentColor; outline-offset: -3px; }

main, footer { max-width: 62rem; margin: 0 auto; padding: 1.5rem 1rem; }
footer { padding-top: 0; }
.asof { margin-top: 1.25rem; }

.card {
  margin-top: 1rem; padding: 1.25rem; background: var(--card);
  border: 1px solid var(--line); border-radius: 12px;
}
.card.waiting { border-left: 5px solid var(--line); }
.card.good { border-left: 5px solid var(--good); }
.card.bad { border-left: 5px solid var(--bad); }
.card.mixed { border-left: 5px solid var(--mixed); }
.card > header { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0.25rem 1.5rem; }
.figure strong { font-size: 1.9rem; line-height: 1.1; }
.state { margin: 0.75rem 0; }
.state.bad { color: var(--bad); font-weight: 600; }
.pill { padding: 0.15rem 0.6rem; border-radius: 99px; font-size: 0.875rem; font-weight: 600; white-space: nowrap; }
.good .pill { color: var(--good); background: var(--good-ground); }
.bad .pill { color: var(--bad); background: var(--bad-ground); }
.mixed .pill { color: var(--mixed); background: var(--mixed-ground); }
.waiting .pill { color: var(--waiting); background: var(--waiting-ground); }
dl { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(15rem, 100%), 1fr)); gap: 1rem; }
dt { color: var(--quiet); font-size: 0.875rem; }

table { width: 100%; margin-top: 1.25rem; border-collapse: collapse; font-size: 0.9375rem; }
.card > table:first-child { margin-top: 0; }
caption { text-align: left; font-weight: 600; padding-bottom: 0.25rem; }
th, td { padding: 0.45rem 1rem 0.45rem 0; text-align: left; vertical-align: top; border-top: 1px solid var(--line); }
thead th { border: 0; color: var(--quiet); font-size: 0.8125rem; font-weight: 400; }
tbody th { font-weight: 600; min-width: 9rem; }
.number { text-align: right; font-variant-numeric: tabular-nums; }

form { margin-bottom: 1.25rem; }
.field { display: flex; flex-wrap: wrap; gap: 0.5rem; margin-top: 0.35rem; }
input, button { font: inherit; padding: 0.6rem 0.8rem; border-radius: 8px; border: 1px solid var(--quiet); }
input { flex: 1 1 14rem; min-width: 0; color: var(--text); background: var(--card); }
button { color: var(--card); background: var(--accent); border-color: var(--accent); font-weight: 600; }

@media (max-width: 40rem) {
  .wide, .wide :is(caption, tbody, tr, th, td) { display: block; }
  .wide thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  .wide tbody tr { padding: 0.6rem 0; border-top: 1px solid var(--line); }
  .wide :is(th, td) { padding: 0.1rem 0; border: 0; text-align: left; }
  .wide td { display: flex; gap: 0.75rem; }
  .wide td::before { content: attr(data-label); flex: 0 0 6.5rem; color: var(--quiet); font-size: 0.875rem; }
}
`;
