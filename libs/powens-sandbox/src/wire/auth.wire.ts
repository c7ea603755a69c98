/**
 * Answer of `POST /auth/init`.
 *
 * @see protocol notes, section 2.1
 */
export interface InitWire {
  auth_token: string;
  type: 'permanent' | 'temporary';
  id_user: number;
  expires_in: number | null;
}

/**
 * Answer of `GET /auth/token/code`.
 *
 * @see protocol notes, section 2.2
 */
export interface TemporaryCodeWire {
  code: string;
  type: 'temporary';
  access: 'single' | 'standard';
  expires_in: number;
}

/**
 * Answer of `POST /auth/token/access` and `POST /auth/renew`: no `id_user`.
 *
 * @see protocol notes, section 2.3
 */
export interface AccessTokenWire {
  access_token: string;
  token_type: 'Bearer';
}

/**
 * Answer of `POST /auth/token`.
 *
 * @see protocol notes, section 2.5
 */
export interface ServiceTokenWire {
  token: string;
  scope: string;
}
