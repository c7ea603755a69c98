import type { DatabaseConfig } from '../config/app.config.js';

/** The tables in the database differ from those of this version: the message names them, and the repair. */
export class OtherSchemaError extends Error {
  constructor(database: DatabaseConfig, difference: string) {
    super(
      database.kind === 'embedded'
        ? `DATA_DIR ${database.dataDir} was made by another version of this demo (${difference}). ` +
            `Remove it (rm -r ${database.dataDir}), or set DATA_DIR to another directory.`
        : `The database of DATABASE_URL was made by another version of this demo (${difference}). ` +
            'Use an empty database.',
    );
    this.name = OtherSchemaError.name;
  }
}
