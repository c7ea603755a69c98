import type { Command } from './command.js';
import { MAINTENANCE_COMMANDS } from './commands/maintenance.commands.js';
import { OWNER_COMMANDS } from './commands/owner.commands.js';
import { QUEUE_COMMANDS } from './commands/queue.commands.js';

/** Every command that works on the application's services. */
export const COMMANDS: readonly Command[] = [...OWNER_COMMANDS, ...QUEUE_COMMANDS, ...MAINTENANCE_COMMANDS];
