import { describe, expect, it, vi } from 'vitest';
import { OpenedResources } from './opened-resources.js';

describe(OpenedResources.name, () => {
  it('should close the last one opened first, each once', async () => {
    const closed: string[] = [];
    const opened = new OpenedResources();
    for (const name of ['sandbox', 'database', 'app']) {
      opened.add(async () => {
        closed.push(name);
      });
    }

    await opened.close();
    await opened.close();

    expect(closed).toEqual(['app', 'database', 'sandbox']);
  });

  it('should close the others when one fails, then tell', async () => {
    const first = vi.fn().mockResolvedValue(undefined);
    const opened = new OpenedResources();
    opened.add(first);
    opened.add(() => Promise.reject(new Error('stuck')));

    await expect(opened.close()).rejects.toThrow('stuck');
    expect(first).toHaveBeenCalledOnce();
  });
});
