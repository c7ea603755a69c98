import { createServer, type AddressInfo, type Server } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { claimPort, PortInUseError } from './free-port.js';

describe(claimPort.name, () => {
  let server: Server | undefined;

  afterEach(() => server?.close());

  async function takenPort(): Promise<number> {
    const taken = createServer();
    server = taken;
    await new Promise<void>((done) => taken.listen(0, '127.0.0.1', done));
    return (taken.address() as AddressInfo).port;
  }

  it('should pick a free port for 0, and leave it free', async () => {
    const port = await claimPort('PORT', '127.0.0.1', 0);

    expect(port).toBeGreaterThan(0);
    await expect(claimPort('PORT', '127.0.0.1', port)).resolves.toBe(port);
  });

  it('should name the variable that moves away from a taken port', async () => {
    const port = await takenPort();

    await expect(claimPort('SANDBOX_PORT', '127.0.0.1', port)).rejects.toMatchObject({
      name: PortInUseError.name,
      variable: 'SANDBOX_PORT',
      message: expect.stringContaining('SANDBOX_PORT=') as string,
    });
  });

  it('should name HOST when the address is not of this machine', async () => {
    await expect(claimPort('PORT', '192.0.2.1', 0)).rejects.toThrow('HOST 192.0.2.1');
  });
});
