const LENGTH_BYTES = 4;

/**
 * Writes fields one after the other, each as a 4-byte big-endian byte count and its UTF-8 bytes. The counts make it
 * injective: no two lists share their bytes, whatever the fields contain.
 *
 * @internal
 */
export function lengthPrefixed(fields: readonly string[]): Buffer {
  let size = 0;
  for (const field of fields) {
    size += LENGTH_BYTES + Buffer.byteLength(field, 'utf8');
  }
  const bytes = Buffer.allocUnsafe(size);
  let offset = 0;
  for (const field of fields) {
    const written = bytes.write(field, offset + LENGTH_BYTES, 'utf8');
    bytes.writeUInt32BE(written, offset);
    offset += LENGTH_BYTES + written;
  }
  return bytes;
}
