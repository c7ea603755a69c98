// Published as `nestjs-powens-connections/custom`: connections without the webview, for hosts that collect the credentials of
// the bank themselves. `ConnectionsModule` provides the service where the option `customConnections` is on.

export {
  CustomConnectionsService,
  type CustomConnectionAnswer,
  type CustomConnectionRequest,
} from '../flow/custom/custom-connections.service.js';
export type { CustomConnectionNext, CustomConnectionStep } from '../flow/custom/custom-step.js';
export type { ConnectorField } from '../powens/custom/custom.parsers.js';
