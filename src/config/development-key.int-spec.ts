import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { developmentKey } from './development-key.js';

describe(developmentKey.name, () => {
  let root: string;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'development-key-'));
    vi.spyOn(Logger.prototype, 'warn').mockReturnValue(undefined);
  });

  afterEach(() => rmSync(root, { recursive: true }));

  it('should make a key of 32 bytes', () => {
    const [id, key = ''] = developmentKey(root).split(':');

    expect(id).toBe('dev');
    expect(Buffer.from(key, 'base64')).toHaveLength(32);
  });

  it('should find the same key again, and leave nothing else', () => {
    expect(developmentKey(root)).toBe(developmentKey(root));
    expect(readdirSync(root)).toEqual(['development.key']);
  });

  it('should make a directory and a file that only their owner can read', () => {
    const dataDir = join(root, 'data');
    developmentKey(dataDir);

    expect(statSync(dataDir).mode & 0o777).toBe(0o700);
    expect(statSync(join(dataDir, 'development.key')).mode & 0o777).toBe(0o600);
  });

  it('should warn every time, without the key', () => {
    const key = developmentKey(root);
    developmentKey(root);

    const warned = vi.mocked(Logger.prototype.warn).mock.calls.flat();
    expect(warned).toHaveLength(2);
    expect(warned.join()).toContain('DEVELOPMENT KEY');
    expect(warned.join()).not.toContain(key.slice('dev:'.length));
    expect(readFileSync(join(root, 'development.key'), 'utf8')).toContain(key);
  });
});
