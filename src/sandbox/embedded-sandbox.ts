import { join } from 'node:path';
import { SandboxStartError, startPowensSandbox, type PowensSandbox } from 'powens-sandbox';
import type { Foundation, HostLog } from '../foundation.js';
import { explainListenError, SANDBOX_HOST } from '../config/free-port.js';
import { DataDirError } from '../database/data-dir.error.js';
import type { OpenedResources } from '../opened-resources.js';

/**
 * Starts the sandbox in this process, when no Powens is configured.
 *
 * @throws DataDirError when its state cannot be read or written; PortInUseError
 */
export async function openSandbox(
  { sandboxPort, dataDir }: Pick<Foundation, 'sandboxPort' | 'dataDir'>,
  opened: OpenedResources,
  logger: HostLog,
): Promise<PowensSandbox | null> {
  if (sandboxPort === null || dataDir === null) {
    return null;
  }
  const path = join(dataDir, 'sandbox');
  try {
    // It is a Nest application too, and the logger of the last one created serves the whole process: hence the same one.
    const sandbox = await startPowensSandbox({ port: sandboxPort, dataDir: path, logger });
    opened.add(() => sandbox.close());
    return sandbox;
  } catch (refusal) {
    const error = refusal instanceof SandboxStartError ? (refusal.cause ?? refusal) : refusal;
    const explained = explainListenError('SANDBOX_PORT', SANDBOX_HOST, sandboxPort, error);
    throw explained === error ? DataDirError.of(path, error) : explained;
  }
}
