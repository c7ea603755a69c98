/** Time at which an id was made, as a uuidv7 carries it. An id of another version gives an arbitrary or an invalid date. */
export function timeOfId(id: string): Date {
  return new Date(Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16));
}
