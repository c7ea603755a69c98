/** The style of the page; the element brings its own. */
export const CSS = `
:root { color-scheme: light dark; --text: #1b1f24; --back: #f6f7f9; --line: #6b7280; --accent: #1d4ed8; --on-accent: #ffffff; }
@media (prefers-color-scheme: dark) {
  :root { --text: #f1f3f5; --back: #0f1215; --line: #8a94a3; --accent: #8ab4ff; --on-accent: #0b1626; }
}
* { box-sizing: border-box; }
[hidden] { display: none !important; }
body { margin: 0; font: 1rem/1.5 system-ui, sans-serif; color: var(--text); background: var(--back); }
header, main { max-width: 46rem; margin: 0 auto; padding: 1rem; }
header, .person, form { display: flex; flex-wrap: wrap; gap: 0.5rem 1rem; align-items: center; }
header, .person { justify-content: space-between; }
h1 { font-size: 1.4rem; margin: 0; }
h2 { font-size: 1.15rem; margin: 0; }
a { color: var(--accent); }
input, select, button { font: inherit; min-height: 2.75rem; padding: 0.3rem 0.7rem; color: inherit; background: transparent;
  border: 1px solid var(--line); border-radius: 0.5rem; max-width: 100%; }
option { color: var(--text); background: var(--back); }
button { font-weight: 600; cursor: pointer; }
#sign-in button { color: var(--on-accent); background: var(--accent); border-color: var(--accent); }
:focus-visible, h2:focus { outline: 3px solid var(--accent); outline-offset: 2px; }
powens-connections, .panel { margin-top: 1rem; padding: 1rem; border: 1px solid var(--line); border-radius: 0.5rem; }
ol { margin: 0; padding-inline-start: 1.2rem; }
li { overflow-wrap: anywhere; }
code, time { font-family: ui-monospace, monospace; font-size: 0.9em; }
`;
