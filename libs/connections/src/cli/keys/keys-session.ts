import { AuditRepository } from '../../custody/audit/audit.repository.js';
import { AuditWriter } from '../../custody/audit/audit-writer.js';
import { KeyRotationRepository } from '../../custody/rotation/key-rotation.repository.js';
import { KeyRotationService } from '../../custody/rotation/key-rotation.service.js';
import { PowensUserRepository } from '../../custody/powens-user.repository.js';
import { loadRing } from '../shared/key-source.js';
import { databaseUrl, withDatabase } from '../shared/open-database.js';
import type { Environment } from '../shared/output.js';
import type { KeysArguments } from './keys-arguments.js';

/** Nothing is removed from the trail here. */
const TRAIL = { retentionDays: 36_500, anonymiseErased: false };

/**
 * Runs a function with a rotation service, as the application builds it, on its own database sessions.
 *
 * @throws UsageError, ConfigurationError, ConnectionsError; StorageError without the URL, which holds a password
 */
export async function withRotation<T>(
  args: KeysArguments,
  env: Environment,
  use: (rotation: KeyRotationService) => Promise<T>,
): Promise<T> {
  const url = databaseUrl(env['DATABASE_URL']);
  // The ring first: without it the database is not queried.
  const keyRing = await loadRing(args.keyProvider, env);
  return withDatabase(url, args, 'connections keys', async (database) => {
    const users = new PowensUserRepository(database);
    const auditTrail = { ...TRAIL, enabled: env['CONNECTIONS_AUDIT_TRAIL'] === 'true' };
    const audit = new AuditWriter(
      { instance: args.instance, auditTrail },
      new AuditRepository(database),
      keyRing,
    );
    const rows = new KeyRotationRepository(database);
    const result = await use(new KeyRotationService(args, keyRing, users, rows, audit));
    await audit.flush();
    return result;
  });
}
