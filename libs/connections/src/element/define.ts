import type { PowensConnectionsEventMap } from './element-events.js';
import { PowensConnectionsElement } from './powens-connections.element.js';

/**
 * Defines `<powens-connections>`, once; it does nothing where there are no custom elements, as on a server. Importing the subpath
 * does it already.
 */
export function definePowensConnections(): void {
  const { customElements: registry } = globalThis as { customElements?: CustomElementRegistry };
  if (registry !== undefined && registry.get('powens-connections') === undefined) {
    registry.define('powens-connections', PowensConnectionsElement);
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'powens-connections': PowensConnectionsElement;
  }
  interface HTMLElementEventMap {
    'powens-load': PowensConnectionsEventMap['powens-load'];
    'powens-connect': PowensConnectionsEventMap['powens-connect'];
    'powens-attempt': PowensConnectionsEventMap['powens-attempt'];
    'powens-remove': PowensConnectionsEventMap['powens-remove'];
    'powens-sync': PowensConnectionsEventMap['powens-sync'];
    'powens-sign-in': PowensConnectionsEventMap['powens-sign-in'];
    'powens-error': PowensConnectionsEventMap['powens-error'];
  }
}
