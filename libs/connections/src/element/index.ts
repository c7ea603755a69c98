import { definePowensConnections } from './define.js';

export { definePowensConnections } from './define.js';
export type { PowensConnectDetail, PowensConnectionsEventMap, PowensErrorDetail } from './element-events.js';
export { FRENCH } from './words/french.js';
export { connectInFrame, connectInPopup } from './windows/connect-windows.js';
export type { ConnectPopupOptions, ConnectWindowOptions, StartAttempt } from './windows/connect-windows.js';
export { PowensConnectionsElement } from './powens-connections.element.js';
export { ENGLISH } from './words/texts.js';
export type { PowensConnectionsTexts } from './words/texts.js';

definePowensConnections();
