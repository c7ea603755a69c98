/** What a class that writes itself in its own way amounts to. @returns the same object for what is read by its properties */
export function plainOf(value: object): unknown {
  if (value instanceof URL) {
    return value.href;
  }
  if (value instanceof URLSearchParams) {
    return `?${value.toString()}`;
  }
  if (ArrayBuffer.isView(value)) {
    return `[${value.byteLength} bytes]`;
  }
  if (value instanceof Map || (typeof Headers !== 'undefined' && value instanceof Headers)) {
    return Object.fromEntries([...value].map(([name, item]) => [String(name), item as unknown]));
  }
  if (value instanceof Set) {
    return [...value];
  }
  const { toJSON } = value as { toJSON?: unknown };
  return typeof toJSON === 'function' ? (toJSON.call(value) as unknown) : value;
}
