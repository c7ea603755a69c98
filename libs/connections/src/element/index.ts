import { definePowensConnections } from './define.js';

export { definePowensConnections } from './define.js';
export type { PowensConnectDetail, PowensConnectionsEventMap, PowensErrorDetail } from './element-events.js';
export { FRENCH } from './words/french.js';
export { connectInPopup } from './windows/connect-popup.js';
export { connectInFrame } from './windows/connect-frame.js';
export type { ConnectPopupOptions } from './windows/connect-popup.js';
export type { ConnectWindowOptions, StartAttempt } from './windows/follow-attempt.js';
export { PowensConnectionsElement } from './powens-connections.element.js';
export { ENGLISH } from './words/texts.js';
export type { PowensConnectionsTexts } from './words/texts.js';

definePowensConnections();
