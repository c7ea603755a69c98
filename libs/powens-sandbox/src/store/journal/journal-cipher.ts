import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';

const KEY_BYTES = 32;
const TAG_BYTES = 16;
const IV_BYTES = 12;

/**
 * Seals the lines of the journal. The books of the provider hold every token in clear, and in the demo they lie in the
 * same directory as the host's database: sealed, a search of that directory for a leaked secret finds real leaks only.
 * This protects nothing against who can read the key beside it, and is not meant to.
 */
export class JournalCipher {
  private constructor(private readonly key: Buffer) {}

  /** Reads the key of a directory, or makes one. */
  static at(path: string): JournalCipher {
    if (existsSync(path)) {
      return new JournalCipher(readFileSync(path));
    }
    const key = randomBytes(KEY_BYTES);
    // The rename is the moment it counts: a process that dies before it leaves no half a key.
    writeFileSync(`${path}.new`, key, { mode: 0o600 });
    renameSync(`${path}.new`, path);
    return new JournalCipher(key);
  }

  /** One line of text to one line of base64. */
  seal(line: string): string {
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.key, iv, { authTagLength: TAG_BYTES });
    const sealed = Buffer.concat([iv, cipher.update(line, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    return sealed.toString('base64');
  }

  /** The reverse; throws on a line that was cut or changed. */
  open(line: string): string {
    const bytes = Buffer.from(line, 'base64');
    const decipher = createDecipheriv('aes-256-gcm', this.key, bytes.subarray(0, IV_BYTES), {
      authTagLength: TAG_BYTES,
    });
    decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
    return Buffer.concat([decipher.update(bytes.subarray(IV_BYTES, -TAG_BYTES)), decipher.final()]).toString(
      'utf8',
    );
  }
}
