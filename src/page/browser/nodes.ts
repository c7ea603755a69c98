/** The node of the page with this id. */
export function byId<T extends HTMLElement = HTMLElement>(
  id: string,
  type: new () => T = HTMLElement as unknown as new () => T,
): T {
  const node = document.getElementById(id);
  if (!(node instanceof type)) {
    throw new Error(`The page has no #${id}.`);
  }
  return node;
}
