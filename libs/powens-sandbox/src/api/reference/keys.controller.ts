import { Controller, Get, Param } from '@nestjs/common';
import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { notFound } from '../../http/sandbox-api.error.js';
import { PUBLIC_KEY, SIGN_KEY } from '../../wire/key.wire.js';
import type { PublicKeyWire, SignKeyWire } from '../../wire/key.wire.js';
import { write } from '../../wire/table/field.js';

const KEY_ID = 1;

/**
 * The public keys of the provider. Made when they are first asked for; the sandbox neither signs answers nor decrypts
 * fields with them.
 *
 * @see protocol notes, section 8
 */
@Controller()
export class KeysController {
  private made: string | undefined;

  @Get('publickey')
  publicKey(): PublicKeyWire {
    const { n = '', e = '' } = createPublicKey(this.pem()).export({ format: 'jwk' });
    return write(PUBLIC_KEY, { kty: 'RSA', kid: `sandbox-${KEY_ID}`, use: 'enc', alg: 'RSA-OAEP-256', n, e });
  }

  @Get('sign-keys')
  signKeys(): Record<string, unknown> {
    return { signkeys: [this.signKey()], total: 1 };
  }

  @Get('sign-keys/:id')
  readSignKey(@Param('id') id: string): SignKeyWire {
    if (id !== String(KEY_ID)) {
      throw notFound();
    }
    return this.signKey();
  }

  private signKey(): SignKeyWire {
    return write(SIGN_KEY, { id: KEY_ID, public_key: this.pem() });
  }

  private pem(): string {
    this.made ??= generateKeyPairSync('rsa', {
      modulusLength: 2048,
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    }).publicKey;
    return this.made;
  }
}
