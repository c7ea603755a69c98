/**
 * Colours of light and dark: the page decides with `color-scheme`, and `--powens-*` replace each. Without `light-dark()`, which
 * browsers have since 2024, all is light. The contrast of every pair is at least 4.5 to 1.
 */
const COLOURS: readonly (readonly [name: string, light: string, dark: string])[] = [
  ['background', '#ffffff', '#14171b'],
  ['surface', '#ffffff', '#1d2126'],
  ['text', '#1b1f24', '#f1f3f5'],
  ['muted', '#4b5563', '#b6bec9'],
  ['border', '#6b7280', '#8a94a3'],
  ['accent', '#1d4ed8', '#8ab4ff'],
  ['accent-text', '#ffffff', '#0b1626'],
  ['danger', '#b42318', '#ff9d94'],
  ['ok', '#14532d', '#bbf7d0'],
  ['ok-background', '#dcfce7', '#14532d'],
  ['action', '#7a2e0e', '#fed7aa'],
  ['action-background', '#ffedd5', '#7c2d12'],
  ['wait', '#1e3a8a', '#bfdbfe'],
  ['wait-background', '#dbeafe', '#1e3a8a'],
];

const declare = (valueOf: (light: string, dark: string) => string): string =>
  COLOURS.map(([name, light, dark]) => `--_${name}: var(--powens-${name}, ${valueOf(light, dark)});`).join(
    ' ',
  );

const CSS = `
:host { display: block; container-type: inline-size; ${declare((light) => light)}
  color: var(--_text); background: var(--_background);
  font: var(--powens-font, 1rem/1.5 system-ui, sans-serif); }
@supports (color: light-dark(#000, #fff)) {
  :host { ${declare((light, dark) => `light-dark(${light}, ${dark})`)} }
}
:host([hidden]), [hidden] { display: none; }
* { box-sizing: border-box; }
h2, h3, p, ul { margin: 0; padding: 0; }
h2 { font-size: 1.25em; }
h3 { font-size: 1.05em; overflow-wrap: anywhere; }
ul { list-style: none; }
li + li { margin-block-start: 0.75rem; }
.frame > :not(:first-child, :empty, dialog) { margin-block-start: 0.75rem; }
.head, .foot { display: flex; flex-wrap: wrap; gap: 0.5rem; align-items: center; }
.head { justify-content: space-between; }
.card, .problem, dialog { border: 1px solid var(--_border); border-radius: var(--powens-radius, 0.5rem);
  background: var(--_surface); color: inherit; padding: 0.9rem 1rem; }
.card, .problem { display: grid; gap: 0.4rem; }
.card { border-color: color-mix(in srgb, var(--_border) 45%, transparent); }
.problem { border-color: var(--_danger); border-inline-start-width: 0.35rem; }
.problem strong { color: var(--_danger); }
.dates, .status, .empty { color: var(--_muted); }
.dates { font-size: 0.875em; }
.badge { border-radius: 1rem; padding: 0.1rem 0.65rem; font-size: 0.875em; font-weight: 600; }
.badge { color: var(--_action); background: var(--_action-background); }
.badge.none { color: var(--_ok); background: var(--_ok-background); }
.badge.wait { color: var(--_wait); background: var(--_wait-background); }
button { font: inherit; font-weight: 600; min-height: 2.75rem; padding: 0.35rem 0.9rem; cursor: pointer;
  border-radius: var(--powens-radius, 0.5rem); border: 1px solid var(--_border); background: transparent; color: var(--_text); }
button.primary { background: var(--_accent); border-color: var(--_accent); color: var(--_accent-text); }
button.danger { color: var(--_danger); border-color: currentColor; }
button:hover { text-decoration: underline; }
button[aria-disabled] { cursor: progress; border-style: dashed; }
:focus-visible { outline: 3px solid var(--_accent); outline-offset: 2px; }
h2:focus, h3:focus { outline: 3px solid var(--_accent); outline-offset: 2px; }
dialog { max-width: min(28rem, calc(100vw - 2rem)); }
dialog[open] { display: grid; gap: 0.75rem; }
dialog::backdrop { background: rgb(0 0 0 / 55%); }
.spoken { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
@media (forced-colors: active) { button, .card, .badge { border: 1px solid; } }
`;

let shared: CSSStyleSheet | undefined;

/** One sheet for all elements of a page, adopted: a strict Content-Security-Policy refuses inline styles, and has no word on these. */
export function styleSheet(): CSSStyleSheet {
  if (shared === undefined) {
    shared = new CSSStyleSheet();
    shared.replaceSync(CSS);
  }
  return shared;
}
